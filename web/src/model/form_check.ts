// What a form can tell before it asks the server.
//
// Of a type's rules only what can be judged without doubt: presence, readability,
// length, bounds. Its patterns, uniqueness and everything else are the database's
// to decide, since its answer is the one that counts. A form's own rules hold in
// the form alone, and are judged here.

import { compareDecimals, decimalPlaces } from "./decimal.ts";
import type { PropertyTypeName } from "./entity.ts";
import {
  type FormDefinition,
  type FormField,
  type FormState,
  propertyTypeOf,
  toValue,
  type ValidationRule,
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
    const input = state.inputs[field.name];
    const found = checkField(field, input);
    if (!found) return checkRules(definition, field, toValue(field, input));
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

/** The form's own rules for a field whose type has nothing against the value. */
function checkRules(
  { validation = [] }: FormDefinition,
  { name }: FormField,
  value: Json | undefined,
): readonly FieldError[] {
  const broken = validation.find((rule) => rule.field === name && isBroken(rule, value ?? null));
  if (!broken) return [];
  const { message, parameters } = broken;
  const length = parameters?.["length"];
  return [
    {
      field: name,
      code: codeOf(broken),
      ...(typeof length === "number" ? { limit: length } : {}),
      ...(message ? { message } : {}),
    },
  ];
}

function isBroken({ rule_type, parameters }: ValidationRule, value: Json): boolean {
  const isMissing = value === null || (Array.isArray(value) && value.length === 0);
  if (rule_type === "Required") return isMissing;
  if (typeof value !== "string") return false;
  const length = Array.from(value).length;
  switch (rule_type) {
    case "MinLength":
      return length < Number(parameters?.["length"] ?? 0);
    case "MaxLength":
      return length > Number(parameters?.["length"] ?? Number.POSITIVE_INFINITY);
    case "Pattern":
      return !matches(String(parameters?.["pattern"] ?? ""), value);
    case "Email":
      return !/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(value);
    default:
      return false;
  }
}

/** Whether the whole value matches. What only PostgreSQL can read as a pattern is left to it. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(value);
  } catch {
    return true;
  }
}

/** `MinLength` of a rule is `min_length` of a refusal. */
function codeOf({ rule_type }: ValidationRule): string {
  if (typeof rule_type !== "string") return "custom";
  return rule_type.replace(/(?<=[a-z])[A-Z]/g, "_$&").toLowerCase();
}

function ownMessage(definition: FormDefinition, error: FieldError): string | undefined {
  const rule = definition.validation?.find(
    (one) => one.field === error.field && codeOf(one) === error.code,
  );
  return rule?.message ?? undefined;
}
