// One field: the input that fits its type, with its name, help and error.

import { Checkbox, Group, MultiSelect, Radio, Select, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type FormField, propertyTypeOf } from "../../model/form.ts";
import type { Json } from "../../model/json.ts";
import { DateInput, ExactNumberInput, JsonInput } from "./inputs.tsx";
import { ReferenceField } from "./reference_field.tsx";

export interface FieldInputProps {
  /** Unique in the page, also when a form is open twice. */
  readonly id: string;
  readonly field: FormField;
  readonly input: Json;
  /** What is wrong, or only that something is, where it is said elsewhere. */
  readonly error: string | boolean | undefined;
  readonly isFirst: boolean;
  readonly onChange: (input: Json) => void;
}

export function FieldInput(props: FieldInputProps) {
  const { field, input, isFirst, onChange } = props;
  const { t } = useTranslation();
  const type = propertyTypeOf(field);
  const text = typeof input === "string" ? input : "";
  const common = {
    id: props.id,
    label: field.label,
    description: field.help ?? undefined,
    error: props.error,
    required: field.required ?? false,
    readOnly: field.read_only ?? false,
    ...(isFirst ? { "data-autofocus": true } : {}),
  };
  const placeholder = field.placeholder ? { placeholder: field.placeholder } : {};
  const options = choicesOf(field, t("value.yes"), t("value.no"));

  if (type === "Reference" && field.reference) {
    return <ReferenceField {...props} text={text} target={field.reference.entityType} />;
  }
  const typed = { ...common, ...placeholder, value: text, onChange };
  if (type === "Json") return <JsonInput {...typed} />;
  if (type === "Date" || type === "DateTime") {
    return <DateInput {...typed} hasTime={type === "DateTime"} />;
  }

  switch (field.field_type) {
    case "TextArea":
      return (
        <Textarea
          {...common}
          {...placeholder}
          value={text}
          autosize
          minRows={3}
          maxRows={12}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case "NumberInput":
      return <ExactNumberInput {...typed} isWhole={type === "Integer"} />;
    case "Checkbox":
      if (type === "MultiEnum") {
        return (
          <Checkbox.Group
            {...omitReadOnly(common)}
            value={chosen(input)}
            onChange={(values) => onChange(values)}
          >
            <Group mt={6} gap="md">
              {options.map(({ value, label }) => (
                <Checkbox key={value} value={value} label={label} disabled={common.readOnly} />
              ))}
            </Group>
          </Checkbox.Group>
        );
      }
      return (
        <Checkbox
          {...omitReadOnly(common)}
          disabled={common.readOnly}
          checked={input === true || input === "true"}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "Radio":
      return (
        <Radio.Group
          {...omitReadOnly(common)}
          value={text === "" ? null : text}
          onChange={(value) => onChange(value)}
        >
          <Group mt={6} gap="md">
            {options.map(({ value, label }, place) => (
              <Radio
                key={value}
                value={value}
                label={label}
                disabled={common.readOnly}
                {...(isFirst && place === 0 ? { "data-autofocus": true } : {})}
              />
            ))}
          </Group>
        </Radio.Group>
      );
    case "Select":
      if (type === "MultiEnum") {
        return (
          <MultiSelect
            {...common}
            {...placeholder}
            data={options}
            value={chosen(input)}
            clearable
            searchable
            hidePickedOptions
            nothingFoundMessage={t("form.nothingFound")}
            clearButtonProps={{ "aria-label": t("form.clear") }}
            comboboxProps={{ shadow: "md" }}
            onChange={(values) => onChange(values)}
          />
        );
      }
      return (
        <Select
          {...common}
          placeholder={field.placeholder ?? t("form.choose", { label: field.label })}
          data={options}
          value={text === "" ? null : text}
          allowDeselect={!common.required}
          searchable={options.length > 10}
          nothingFoundMessage={t("form.nothingFound")}
          comboboxProps={{ shadow: "md" }}
          onChange={(value) => onChange(value ?? "")}
        />
      );
    default:
      if (type === "Integer" || type === "Decimal") {
        return <ExactNumberInput {...typed} isWhole={type === "Integer"} />;
      }
      return (
        <TextInput
          {...common}
          {...placeholder}
          type={typedAs(field)}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}

/** Keyboards of phones fit the text; the database decides whether it is one. */
function typedAs(field: FormField): "email" | "url" | "text" {
  const format = field.validation?.["format"];
  return format === "email" || format === "url" ? format : "text";
}

function choicesOf(field: FormField, yes: string, no: string) {
  if (field.options) return field.options.map(({ value, label }) => ({ value, label }));
  return propertyTypeOf(field) === "Boolean"
    ? [
        { value: "true", label: yes },
        { value: "false", label: no },
      ]
    : [];
}

function chosen(input: Json): string[] {
  return Array.isArray(input) ? input.filter((one: Json) => typeof one === "string") : [];
}

function omitReadOnly<T extends { readonly readOnly: boolean }>({ readOnly: _, ...rest }: T) {
  return rest;
}
