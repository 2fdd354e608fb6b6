// What a form can tell before it asks the server.
//
// Only what can be judged without doubt: presence, readability, length, bounds.
// Patterns, uniqueness and everything else are the database's to decide, since
// its answer is the one that counts.

import { compareDecimals, decimalPlaces } from "./decimal.ts";
import type { PropertyTypeName } from "./entity.ts";
import {
  type FormDefinition,
  type FormField,
  type FormState,
  propertyTypeOf,
  toValue,
  visibleFields,
} from "./form.ts";
import type { Json } from "./json.ts";
import { jsonFault } from "./json_text.ts";

/** What is wrong with a field: a code of the validator, and the limit it speaks of. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly limit?: number | string;
  /** Where in a JSON text. */
  readonly line?: number;
  readonly column?: number;
  /** The model's own words for it, or the server's. */
  readonly message?: string;
}

/** What cannot be read as a value of the type. */
const UNREADABLE: Readonly<Partial<Record<PropertyTypeName, string>>> = {
  Integer: "integer",
  Date: "date",
  DateTime: "datetime",
  Uuid: "uuid",
};

export function checkForm(definition: FormDefinition, state: FormState): readonly FieldError[] {
  return visibleFields(definition, state).flatMap((field) => {
    if (field.read_only) return [];
    const found = checkField(field, state.inputs[field.name]);
    if (!found) return [];
    const message = ownMessage(definition, found);
    return [message ? { ...found, message } : found];
  });
}

function checkField(field: FormField, input: Json | undefined): FieldError | undefined {
  const of = (code: string, limit?: number | string): FieldError =>
    limit === undefined ? { field: field.name, code } : { field: field.name, code, limit };
  const value = toValue(field, input);
  const type = propertyTypeOf(field);
  if (value === undefined) {
    const fault = type === "Json" ? jsonFault(String(input ?? "")) : undefined;
    return fault
      ? {
          field: field.name,
          code: `json_${fault.expected}`,
          line: fault.line,
          column: fault.column,
        }
      : of(UNREADABLE[type] ?? "number");
  }
  const isMissing = value === null || (Array.isArray(value) && value.length === 0);
  if (isMissing) return field.required ? of("required") : undefined;
  if (typeof value === "string" && (type === "String" || type === "Text")) {
    const length = Array.from(value).length;
    const [shortest, longest] = [limitOf(field, "minLength"), limitOf(field, "maxLength")];
    if (longest !== undefined && length > Number(longest)) return of("max_length", longest);
    if (shortest !== undefined && length < Number(shortest)) return of("min_length", shortest);
  }
  if (type === "Integer" || type === "Decimal") {
    const [least, most] = [limitOf(field, "min"), limitOf(field, "max")];
    const scale = limitOf(field, "scale");
    if (scale != null && decimalPlaces(value) > Number(scale)) return of("precision", scale);
    if (least != null && (compareDecimals(value, least) ?? 0) < 0) return of("min", least);
    if (most != null && (compareDecimals(value, most) ?? 0) > 0) return of("max", most);
  }
  return undefined;
}

export function limitOf(field: FormField, name: string): number | string | undefined {
  const limit = field.validation?.[name];
  return typeof limit === "number" || typeof limit === "string" ? limit : undefined;
}

/** `MinLength` of a rule is `min_length` of a refusal. */
function ownMessage(definition: FormDefinition, error: FieldError): string | undefined {
  const rule = definition.validation?.find(
    ({ field, rule_type }) =>
      field === error.field &&
      typeof rule_type === "string" &&
      rule_type.replace(/(?<=[a-z])[A-Z]/g, "_$&").toLowerCase() === error.code,
  );
  return rule?.message ?? undefined;
}
