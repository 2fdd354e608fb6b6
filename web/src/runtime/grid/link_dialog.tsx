// What to link, and what the link carries.

import { Alert, Button, Group, Stack } from "@mantine/core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "../../api/refusal_text.ts";
import { displayName, type Entity, type EntityTypeDescription } from "../../model/entity.ts";
import { change, startForm, toValue } from "../../model/form.ts";
import { checkForm } from "../../model/form_check.ts";
import { generatedForm } from "../../model/generated_form.ts";
import type { JsonObject } from "../../model/json.ts";
import { Dialog } from "../../ui/dialog.tsx";
import "../../ui/form_styles.css";
import { showToast } from "../../ui/toast.tsx";
import { FieldInput } from "../form/field_input.tsx";
import { useFieldWords } from "../form/field_words.ts";
import { ReferenceSelect } from "../form/reference_select.tsx";
import "./texts.ts";
import type { Links } from "./use_links.ts";

export interface LinkDialogProps {
  readonly type: EntityTypeDescription;
  readonly links: Links;
  /** The one to link; without it, it is asked. */
  readonly entity: Entity | undefined;
  /** What its link carries already. */
  readonly carried: JsonObject | undefined;
  readonly onClose: () => void;
}

export function LinkDialog({ type, links, entity, carried, onClose }: LinkDialogProps) {
  const { t } = useTranslation();
  const id = useId();
  const words = useFieldWords();
  const properties = links.way?.properties ?? [];
  const form = generatedForm({ ...type, properties });
  const [chosen, setChosen] = useState(entity);
  const [state, setState] = useState(() =>
    startForm(form, carried && { id: entity?.id ?? "", ...carried }),
  );
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [refused, setRefused] = useState<string>();
  const [isSaving, setSaving] = useState(false);
  const name = entity ? displayName(entity, type) : type.name;

  const save = async (row: Entity | undefined) => {
    const found = checkForm(form, state).map((one) => {
      const label = form.fields.find((field) => field.name === one.field)?.label ?? one.field;
      return [one.field, words(one, label)];
    });
    setErrors(Object.fromEntries(found));
    setRefused(row ? undefined : t("grid.chooseOne", { name: type.name }));
    if (!row || found.length > 0) return;
    const data = form.fields.map((field) => [
      field.name,
      toValue(field, state.inputs[field.name]) ?? null,
    ]);
    setSaving(true);
    const refusal = await links.attempt(
      row,
      // What the form does not ask stays as it is.
      properties.length > 0 ? { ...carried, ...Object.fromEntries(data) } : undefined,
    );
    setSaving(false);
    if (!refusal) {
      const title = t(carried ? "grid.linkChanged" : "grid.linked", {
        name: displayName(row, type),
      });
      showToast({ kind: "success", title });
      onClose();
      return;
    }
    const own = refusal.fields.filter(({ field }) => form.fields.some((f) => f.name === field));
    setErrors(Object.fromEntries(own.map(({ field, message }) => [field, message])));
    setRefused(own.length > 0 ? undefined : explain(refusal, t));
  };
  return (
    <Dialog title={t(carried ? "grid.linkOf" : "grid.link", { name })} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void save(chosen);
        }}
      >
        <Stack gap="md">
          {refused && (
            <Alert color="red" variant="light" role="alert">
              {refused}
            </Alert>
          )}
          {!entity && (
            <ReferenceSelect
              target={type.entityType}
              value={chosen?.id ?? ""}
              label={type.name}
              isAutoFocused
              onChange={(value, found) => {
                const row = value === "" ? undefined : (found ?? { id: value });
                setChosen(row);
                setRefused(undefined);
                // With nothing more to say, the choice is all.
                if (row && properties.length === 0) void save(row);
              }}
            />
          )}
          {form.fields.map((field, place) => (
            <FieldInput
              key={field.name}
              id={`${id}-${field.name}`}
              field={field}
              input={state.inputs[field.name] ?? ""}
              error={errors[field.name]}
              isFirst={place === 0 && entity !== undefined}
              onChange={(input) => {
                setState((old) => change(old, field.name, input));
                setErrors(({ [field.name]: _mended, ...others }) => others);
              }}
            />
          ))}
          {(properties.length > 0 || refused) && (
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                {t("action.cancel")}
              </Button>
              <Button type="submit" loading={isSaving}>
                {t(carried ? "action.save" : "grid.linkNow")}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Dialog>
  );
}
