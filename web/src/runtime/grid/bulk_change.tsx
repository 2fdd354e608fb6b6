// One property, one value, for all chosen rows.

import { Alert, Button, Group, NativeSelect, Stack } from "@mantine/core";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntityTypeDescription } from "../../model/entity.ts";
import { change, type FormDefinition, startForm, toValue } from "../../model/form.ts";
import { checkForm } from "../../model/form_check.ts";
import { generatedForm } from "../../model/generated_form.ts";
import type { Json } from "../../model/json.ts";
import { Dialog } from "../../ui/dialog.tsx";
import "../../ui/form_styles.css";
import { FieldInput } from "../form/field_input.tsx";
import { useFieldWords } from "../form/field_words.ts";

export interface BulkChangeProps {
  readonly type: EntityTypeDescription;
  readonly count: number;
  readonly onClose: () => void;
  /** Why it was refused, or nothing. */
  readonly onChange: (name: string, value: Json) => Promise<string | undefined>;
}

export function BulkChange({ type, count, onClose, onChange }: BulkChangeProps) {
  const { t } = useTranslation();
  const id = useId();
  const words = useFieldWords();
  const generated = generatedForm(type);
  // A new entity's default is nothing that anybody chose for these.
  const form = {
    ...generated,
    fields: generated.fields.map(({ defaultValue: _ofNew, ...field }) => field),
  };
  const { fields } = form;
  const [name, setName] = useState(fields[0]?.name ?? "");
  const field = fields.find((one) => one.name === name);
  const definition: FormDefinition = { ...form, fields: field ? [field] : [] };
  const [state, setState] = useState(() => startForm(definition, undefined));
  const [error, setError] = useState<string>();
  const [refused, setRefused] = useState<string>();
  const [isSaving, setSaving] = useState(false);

  const save = async () => {
    if (!field) return;
    const found = checkForm(definition, state)[0];
    setError(found && words(found, field.label));
    if (found) return;
    setSaving(true);
    setRefused(await onChange(name, toValue(field, state.inputs[name]) ?? null));
    setSaving(false);
  };
  return (
    <Dialog title={t("grid.bulk.changeTitle", { count })} onClose={onClose}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void save();
        }}
      >
        <Stack gap="md">
          {refused && (
            <Alert color="red" variant="light" role="alert" title={t("grid.bulk.changeFailed")}>
              {refused}
            </Alert>
          )}
          <NativeSelect
            label={t("grid.bulk.property")}
            data-autofocus
            value={name}
            data={fields.map((one) => ({ value: one.name, label: one.label }))}
            onChange={(event) => {
              const next = fields.find((one) => one.name === event.currentTarget.value);
              if (!next) return;
              setName(next.name);
              setState(startForm({ ...form, fields: [next] }, undefined));
              setError(undefined);
            }}
          />
          {field && (
            <FieldInput
              key={name}
              id={`${id}-${name}`}
              field={field}
              input={state.inputs[name] ?? ""}
              error={error}
              isFirst={false}
              onChange={(input) => {
                setState((old) => change(old, name, input));
                setError(undefined);
              }}
            />
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={isSaving}>
              {t("grid.bulk.apply", { count })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
