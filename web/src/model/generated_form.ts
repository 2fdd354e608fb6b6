// A form for an entity type whose model has none: every property a person may enter.

import { type EntityTypeDescription, isWritable, type PropertyDescription } from "./entity.ts";
import type { FieldType, FormDefinition, FormField } from "./form.ts";

export function generatedForm(type: EntityTypeDescription): FormDefinition {
  return {
    id: `${type.entityType}_form`,
    name: type.name,
    entity_type: type.entityType,
    fields: type.properties.filter(isWritable).map(fieldOf),
    submit_action: "SaveEntity",
  };
}

const FIELD_TYPES: Readonly<Partial<Record<PropertyDescription["type"], FieldType>>> = {
  Text: "TextArea",
  Json: "TextArea",
  Enum: "Select",
  MultiEnum: "Select",
  Reference: "Select",
  Boolean: "Checkbox",
  Date: "DatePicker",
  DateTime: "DatePicker",
  Integer: "NumberInput",
  Decimal: "NumberInput",
};

export function fieldOf(property: PropertyDescription): FormField {
  const { name, label, required, type, options, scale, target, ui } = property;
  const { defaultValue } = property;
  const [placeholder, help] = [ui?.["placeholder"], ui?.["help"]];
  return {
    name,
    label,
    required,
    property_type: type,
    field_type: FIELD_TYPES[type] ?? "TextInput",
    ...(defaultValue === undefined || defaultValue === null ? {} : { defaultValue }),
    ...(options ? { options } : {}),
    ...(scale === undefined ? {} : { validation: { scale } }),
    ...(type === "MultiEnum" ? { multiple: true } : {}),
    ...(target ? { reference: { entityType: target } } : {}),
    ...(typeof placeholder === "string" ? { placeholder } : {}),
    ...(typeof help === "string" ? { help } : {}),
  };
}
