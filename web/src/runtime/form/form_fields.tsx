// The fields of a form, in their sections.

import { SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type FormDefinition, type FormField, visibleFields } from "../../model/form.ts";
import type { FieldError } from "../../model/form_check.ts";
import { FieldInput } from "./field_input.tsx";
import type { FormWork } from "./use_form.ts";

const SPACING = { small: "xs", medium: "md", large: "xl" } as const;

export interface FormFieldsProps {
  readonly formId: string;
  readonly definition: FormDefinition;
  readonly work: FormWork;
  readonly onEntered: () => void;
}

export function fieldId(formId: string, name: string): string {
  return `${formId}-${name}`;
}

export function FormFields({ formId, definition, work, onEntered }: FormFieldsProps) {
  const { t } = useTranslation();
  const fields = visibleFields(definition, work.state);
  const first = fields.find((field) => !field.read_only)?.name;
  const spacing = SPACING[definition.layout?.["spacing"] as keyof typeof SPACING] ?? "md";
  const isHorizontal = definition.layout?.["type"] === "horizontal";

  const words = (error: FieldError, label: string): string => {
    if (error.message) return error.message;
    const { code, limit = "" } = error;
    switch (code) {
      case "required":
      case "max_length":
      case "min_length":
      case "min":
      case "max":
      case "integer":
      case "number":
      case "json":
        return t(`field.${code}`, { label, limit });
      default:
        return code;
    }
  };
  const draw = (some: readonly FormField[]) => {
    const drawn = some.map((field) => {
      const error = work.errors.find((one) => one.field === field.name);
      return (
        <FieldInput
          key={field.name}
          id={fieldId(formId, field.name)}
          field={field}
          input={work.state.inputs[field.name] ?? ""}
          error={error && words(error, field.label)}
          isFirst={field.name === first}
          onChange={(input) => {
            work.enter(field.name, input);
            onEntered();
          }}
        />
      );
    });
    return isHorizontal ? (
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing={spacing}>
        {drawn}
      </SimpleGrid>
    ) : (
      <Stack gap={spacing}>{drawn}</Stack>
    );
  };

  const sections = definition.sections ?? [];
  const known = new Set(sections.map(({ id }) => id));
  const loose = fields.filter(({ section }) => !section || !known.has(section));
  return (
    <Stack gap="lg">
      {loose.length > 0 && draw(loose)}
      {sections.map(({ id, title, description }) => {
        const own = fields.filter(({ section }) => section === id);
        return own.length === 0 ? null : (
          <Stack key={id} component="fieldset" gap="sm" p={0} m={0} bd="none" miw={0}>
            <Title order={3} size="h5" component="legend" p={0}>
              {title ?? id}
            </Title>
            {description && (
              <Text size="sm" c="dimmed">
                {description}
              </Text>
            )}
            {draw(own)}
          </Stack>
        );
      })}
    </Stack>
  );
}
