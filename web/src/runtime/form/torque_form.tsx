// A form of a model, on a page or in a modal: creates an entity or edits one.

import { Alert, Button, Group, Skeleton, Stack, Title } from "@mantine/core";
import { useDebouncedCallback, useId } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { displayName, type Entity, type EntityTypeDescription } from "../../model/entity.ts";
import { dataOf, type FormDefinition } from "../../model/form.ts";
import { generatedForm } from "../../model/generated_form.ts";
import type { JsonObject } from "../../model/json.ts";
import { type Action, actionsFor, type EventHandler } from "../../model/page.ts";
import { useAsk } from "../../ui/ask.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { showToast } from "../../ui/toast.tsx";
import "../../ui/form_styles.css";
import { explain } from "../../api/refusal_text.ts";
import { useActions } from "../actions.ts";
import { guardLeaving, navigate } from "../address.ts";
import { useEntityType, useFormDefinition } from "../definitions.ts";
import { useEntities } from "../entities.ts";
import { ConflictDialog } from "./conflict_dialog.tsx";
import { EntityView } from "./entity_view.tsx";
import { FormFields } from "./form_fields.tsx";
import { FormScopeProvider } from "./form_scope.ts";
import { type Saved, useForm } from "./use_form.ts";

export interface TorqueFormProps {
  readonly formId: string;
  readonly modal?: boolean;
  readonly title?: string;
  /** The entity to edit; without one, the form makes a new one. */
  readonly entity?: Entity;
  /** Whether it is only shown until a person asks to edit it. */
  readonly mode?: "edit" | "view";
  /** Or only its id, as an address has it. */
  readonly entityId?: string;
  readonly data?: JsonObject;
  readonly events?: readonly EventHandler[];
  /** A form is made from this type when the model has none of that name. */
  readonly fallbackType?: string;
  /** Whether it ends with its first save, whatever the model says. */
  readonly closesOnSave?: boolean;
  readonly onClose?: () => void;
  /** Registers what Back does instead of closing the form's modal at once. */
  readonly onBack?: (close: () => Promise<void>) => () => void;
  readonly onSubmit?: (entity: Entity) => void;
}

export function TorqueForm(props: TorqueFormProps) {
  const { t } = useTranslation();
  const given = useFormDefinition(props.formId);
  const isMissing = given.error?.code === "not_found" && props.fallbackType !== undefined;
  const entityType = given.data?.entity_type ?? (isMissing ? props.fallbackType : undefined);
  const type = useEntityType(entityType);
  const definition = given.data ?? (isMissing && type.data ? generatedForm(type.data) : undefined);
  const { entityId } = props;
  const isAsked = entityId !== undefined && entityType !== undefined && !props.entity;
  const [fetched] = useEntities(isAsked ? [{ entityType, id: entityId }] : []);
  const entity = props.entity ?? fetched?.entity;
  const error = isMissing ? type.error : (given.error ?? fetched?.error);

  if (definition && (entity || entityId === undefined)) {
    return (
      <LoadedForm
        {...props}
        definition={definition}
        type={type.data}
        entity={entity}
        key={entity?.id}
      />
    );
  }
  const waiting = error ? (
    <Notice
      kind="failure"
      title={error.code === "not_found" && given.data ? t("form.gone") : t("form.failed")}
      detail={explain(error, t)}
      action={{ label: t("action.retry"), perform: () => void given.refetch() }}
    />
  ) : (
    <Stack gap="md" role="status" aria-label={t("form.loading")}>
      <Skeleton height={36} />
      <Skeleton height={36} />
      <Skeleton height={36} width={120} ml="auto" />
    </Stack>
  );
  if (!props.modal) return waiting;
  return (
    <Dialog
      onClose={() => props.onClose?.()}
      title={error ? t("form.failed") : t("form.loading")}
      fillsPhone
    >
      {waiting}
    </Dialog>
  );
}

interface LoadedFormProps extends Omit<TorqueFormProps, "entity"> {
  readonly definition: FormDefinition;
  readonly type: EntityTypeDescription | undefined;
  readonly entity: Entity | undefined;
}

const CHANGE_PAUSE_MS = 300;

function LoadedForm(props: LoadedFormProps) {
  const { definition, type, entity, onClose, onSubmit } = props;
  const { t } = useTranslation();
  const ask = useAsk();
  const run = useActions();
  const work = useForm(definition, entity, props.data);
  const formId = useId();
  const formRef = useRef<HTMLFormElement | null>(null);
  const editRef = useRef<HTMLButtonElement | null>(null);
  const isShown = props.mode === "view" && entity !== undefined;
  const [isEditing, setEditing] = useState(!isShown);
  const action = definition.submit_action;
  const closes = action !== "SaveAndNew" || props.closesOnSave === true;

  const confirmDiscard = () =>
    ask({
      title: t("form.dirtyTitle"),
      message: t("form.dirtyMessage"),
      confirm: t("action.discard"),
      cancel: t("action.keepEditing"),
      isDangerous: true,
    });
  const confirmRef = useRef(confirmDiscard);
  useEffect(() => {
    confirmRef.current = confirmDiscard;
  });
  const { isDirty } = work;
  useEffect(() => (isDirty ? guardLeaving(() => confirmRef.current()) : undefined), [isDirty]);

  const eventsOf = (event: "change" | "submit"): readonly Action[] =>
    actionsFor(
      { type: "Form", id: formId, props: { formId: definition.id }, events: props.events ?? [] },
      event,
    );
  const entered = useDebouncedCallback(() => {
    const actions = eventsOf("change");
    if (actions.length > 0) void run(actions, scope());
  }, CHANGE_PAUSE_MS);
  const scope = () => ({
    ...(work.state.base ? { entity: work.state.base } : {}),
    form: dataOf(definition, work.state),
  });

  const focusOn = (selector: string) =>
    requestAnimationFrame(() => formRef.current?.querySelector<HTMLElement>(selector)?.focus());
  // Between showing and editing the focus goes where one goes on.
  const wasEditing = useRef(isEditing);
  useEffect(() => {
    if (wasEditing.current === isEditing) return;
    wasEditing.current = isEditing;
    if (isEditing) formRef.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    else editRef.current?.focus();
  }, [isEditing]);
  const after = async (saved: Saved | undefined) => {
    if (!saved) {
      focusOn('[aria-invalid="true"]');
      return;
    }
    const name = displayName(saved.entity, type);
    showToast({
      kind: "success",
      title: t(saved.wasNew ? "form.created" : "form.updated", { name }),
    });
    onSubmit?.(saved.entity);
    await run(eventsOf("submit"), { entity: saved.entity });
    if (isShown) setEditing(false);
    else if (closes && onClose) onClose();
    else if (action === "SaveAndClose") await navigate(undefined);
    else focusOn("[data-autofocus]");
  };
  const close = async () => {
    if (work.isDirty && !(await confirmDiscard())) return;
    if (isShown) {
      work.restart();
      setEditing(false);
    } else onClose?.();
  };

  const { onBack } = props;
  const closeRef = useRef(close);
  useEffect(() => {
    closeRef.current = close;
  });
  useEffect(() => onBack?.(() => closeRef.current()), [onBack]);

  const title =
    props.title ?? (entity ? t("form.edit", { name: displayName(entity, type) }) : definition.name);
  if (!isEditing && work.state.base) {
    return (
      <EntityView
        definition={definition}
        type={type}
        entity={work.state.base}
        title={props.title ?? displayName(work.state.base, type)}
        editRef={editRef}
        onEdit={() => setEditing(true)}
      />
    );
  }
  const body = (
    <form
      ref={formRef}
      noValidate
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault();
        // A form inside a modal of a page must not submit the page's own form.
        event.stopPropagation();
        void work.save().then(after);
      }}
    >
      <FormScopeProvider value={scope}>
        <Stack gap="lg">
          {!props.modal && (
            <Title order={2} size="h3">
              {title}
            </Title>
          )}
          {work.news && (
            <Alert color="yellow" variant="light" role="status">
              <Group justify="space-between" gap="sm">
                {t(`form.news.${work.news}`)}
                {work.news === "deleted" && (
                  <Button size="compact-sm" variant="default" onClick={() => void work.bringBack()}>
                    {t("form.bringBack")}
                  </Button>
                )}
              </Group>
            </Alert>
          )}
          {work.failure && (
            <Alert color="red" variant="light" title={t("form.notSaved")} role="alert">
              {work.failure}
            </Alert>
          )}
          {work.errors.length > 0 && (
            <Alert color="red" variant="light" role="alert" p="sm">
              {t("form.correct", { count: work.errors.length })}
            </Alert>
          )}
          <FormFields formId={formId} definition={definition} work={work} onEntered={entered} />
          <Group justify="flex-end" gap="sm">
            {(onClose || isShown) && (
              <Button variant="default" onClick={() => void close()}>
                {t("action.cancel")}
              </Button>
            )}
            <Button type="submit" loading={work.isSaving} disabled={work.news === "deleted"}>
              {!closes ? t("form.saveAndNew") : t("form.save")}
            </Button>
          </Group>
        </Stack>
      </FormScopeProvider>
      <ConflictDialog
        definition={definition}
        type={type}
        state={work.state}
        current={work.conflict}
        onSettle={(sides) =>
          void work.settle(sides).then((saved) => {
            if (saved) void after(saved);
          })
        }
      />
    </form>
  );
  if (!props.modal) return body;
  return (
    <Dialog onClose={() => void close()} title={title} fillsPhone>
      {body}
    </Dialog>
  );
}
