// The fields of a form, in their sections.

import { SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { Fragment } from "react";
import { type FormDefinition, type FormField, visibleFields } from "../../model/form.ts";
import { FieldInput } from "./field_input.tsx";
import { useFieldWords } from "./field_words.ts";
import { sectionsOf } from "./sections.ts";
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
  const words = useFieldWords();
  const fields = visibleFields(definition, work.state);
  const first = fields.find((field) => !field.read_only)?.name;
  const spacing = SPACING[definition.layout?.["spacing"] as keyof typeof SPACING] ?? "md";
  const isHorizontal = definition.layout?.["type"] === "horizontal";

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

  return (
    <Stack gap="lg">
      {sectionsOf(definition, fields).map(({ section, fields: own }) =>
        section ? (
          <Stack key={section.id} component="fieldset" gap="sm" p={0} m={0} bd="none" miw={0}>
            <Title order={3} size="h5" component="legend" p={0}>
              {section.title ?? section.id}
            </Title>
            {section.description && (
              <Text size="sm" c="dimmed">
                {section.description}
              </Text>
            )}
            {draw(own)}
          </Stack>
        ) : (
          <Fragment key="">{draw(own)}</Fragment>
        ),
      )}
    </Stack>
  );
}
