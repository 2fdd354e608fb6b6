// The views of a grid that somebody keeps, in a menu: chosen, kept, replaced and deleted.

import { Button, Group, Menu, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "../../api/refusal_text.ts";
import { UNFILTERED } from "../../model/grid.ts";
import { sameJson } from "../../model/json.ts";
import { keptView, LONGEST_NAME, readView } from "../../model/saved_view.ts";
import { Dialog } from "../../ui/dialog.tsx";
import "../../ui/form_styles.css";
import { CheckIcon } from "../../ui/icons.tsx";
import { showToast } from "../../ui/toast.tsx";
import type { GridView } from "./grid_view.ts";
import classes from "./view_menu.module.css";
import "./texts.ts";
import { type SavedViews, useSavedViews } from "./use_saved_views.ts";

export interface ViewMenuProps {
  readonly gridId: string;
  readonly view: GridView;
  readonly onClose: () => void;
}

/** Where the focus goes when the menu opens. */
const FOCUSED = { "data-autofocus": true };

export function ViewMenu({ gridId, view, onClose }: ViewMenuProps) {
  const { t } = useTranslation();
  const saved = useSavedViews(gridId);
  const { views, error } = saved;
  const [isNaming, setNaming] = useState(false);
  const now = keptView(view.state);
  const current = views?.find(({ name }) => name === view.state.view);
  // Compared as it is read: what an older version kept may lack a part.
  const isChanged = current && !sameJson(keptView(readView(current.value)), now);
  const isNobody = error?.code === "unauthenticated";

  const report = (work: Promise<void>) =>
    void work.catch((cause: unknown) =>
      showToast({ kind: "failure", title: t("grid.views.failed"), detail: explain(cause, t) }),
    );
  const remove = async (name: string) => {
    const value = current?.value ?? null;
    await saved.remove(name);
    view.show({ ...view.state, view: undefined });
    showToast({
      kind: "success",
      title: t("grid.views.deleted", { name }),
      action: { label: t("action.undo"), perform: () => report(saved.keep({ name, value })) },
    });
  };
  const keep = async (name: string) => {
    await saved.keep({ name, value: now });
    view.show({ ...view.state, view: name });
    showToast({ kind: "success", title: t("grid.views.kept", { name }) });
  };

  if (isNaming) {
    return <NameDialog name={view.state.view ?? ""} onKeep={keep} onClose={onClose} />;
  }
  // It opens with all that is in it, so that nothing moves under the focus.
  if (!views && !error) return null;
  const first = current ?? views?.[0];
  return (
    <Menu
      opened
      onClose={onClose}
      position="top-end"
      shadow="md"
      width={260}
      returnFocus={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        {/* Only the place: the button below it is what is named and reached. */}
        <span className={classes["anchored"]} aria-hidden="true">
          {t("grid.viewsButton")}
        </span>
      </Menu.Target>
      <Menu.Dropdown className={classes["menu"] ?? ""}>
        <Menu.Label>{t("grid.views.own")}</Menu.Label>
        <Menu.RadioGroup value={view.state.view ?? null}>
          {views?.map(({ name, value }) => (
            <Menu.RadioItem
              key={name}
              value={name}
              checkIcon={<CheckIcon size={14} />}
              closeMenuOnClick
              {...(name === first?.name ? FOCUSED : {})}
              onClick={() => view.show({ ...readView(value), view: name })}
            >
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        {views?.length === 0 && <Menu.Label>{t("grid.views.none")}</Menu.Label>}
        {error && <Menu.Label>{isNobody ? t("grid.views.signIn") : explain(error, t)}</Menu.Label>}
        <Menu.Divider />
        {current && isChanged && (
          <Menu.Item onClick={() => report(keep(current.name))}>
            {t("grid.views.keepChanges", { name: current.name })}
          </Menu.Item>
        )}
        {views && (
          <Menu.Item
            closeMenuOnClick={false}
            {...(first ? {} : FOCUSED)}
            onClick={() => setNaming(true)}
          >
            {t("grid.views.keep")}
          </Menu.Item>
        )}
        {current && (
          <Menu.Item onClick={() => report(remove(current.name))}>
            {t("grid.views.delete", { name: current.name })}
          </Menu.Item>
        )}
        <Menu.Item {...(views ? {} : FOCUSED)} onClick={() => view.show(UNFILTERED)}>
          {t("grid.views.designed")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

interface NameDialogProps {
  readonly name: string;
  readonly onKeep: (name: string) => ReturnType<SavedViews["remove"]>;
  readonly onClose: () => void;
}

function NameDialog(props: NameDialogProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(props.name);
  const [error, setError] = useState<string>();
  const [isSaving, setSaving] = useState(false);
  const save = async () => {
    const given = name.trim();
    if (given === "") return setError(t("grid.views.nameMissing"));
    setSaving(true);
    try {
      await props.onKeep(given);
      props.onClose();
    } catch (cause) {
      setError(explain(cause, t));
      setSaving(false);
    }
    return undefined;
  };
  return (
    <Dialog title={t("grid.views.keep")} onClose={props.onClose} size="sm">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void save();
        }}
      >
        <Stack gap="md">
          <TextInput
            label={t("grid.views.name")}
            description={t("grid.views.keepHint")}
            value={name}
            error={error}
            maxLength={LONGEST_NAME}
            required
            autoComplete="off"
            data-autofocus
            onChange={(event) => {
              setName(event.currentTarget.value);
              setError(undefined);
            }}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={props.onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={isSaving}>
              {t("action.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
