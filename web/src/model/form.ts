// Forms: their definition on the wire, and what is typed into them, as pure data.
//
// A form keeps *inputs* (what the field shows, mostly text) apart from *values*
// (what goes to the server), and remembers the entity it started from, so that an
// update sends only what was changed and a newer state can be taken in underneath.

import { isDecimal } from "./decimal.ts";
import type { Entity, Option, PropertyTypeName } from "./entity.ts";
import { type Filter, meets } from "./filter.ts";
import { isUuid } from "./identifier.ts";
import { canonicalInstant } from "./instant.ts";
import { type Json, type JsonObject, sameJson } from "./json.ts";

export type FieldType =
  | "TextInput"
  | "TextArea"
  | "Select"
  | "Checkbox"
  | "Radio"
  | "DatePicker"
  | "NumberInput";

export interface FormField {
  readonly name: string;
  readonly field_type: FieldType;
  readonly label: string;
  readonly required?: boolean;
  readonly placeholder?: string | null;
  readonly help?: string | null;
  readonly read_only?: boolean;
  readonly section?: string | null;
  readonly visible_if?: Filter | null;
  readonly options?: readonly Option[];
  readonly multiple?: boolean;
  /** Where the choices of a Reference come from. */
  readonly reference?: {
    readonly entityType: string;
    readonly displayProperty?: string | null;
  } | null;
  readonly property_type?: PropertyTypeName | null;
  readonly defaultValue?: Json;
  readonly validation?: JsonObject | null;
}

export interface ValidationRule {
  readonly rule_type: string | JsonObject;
  readonly field?: string;
  readonly message?: string | null;
  readonly parameters?: JsonObject | null;
}

export type SubmitAction =
  | "SaveEntity"
  | "SaveAndClose"
  | "SaveAndNew"
  | { readonly Custom: { readonly xflow_id: string } };

export interface FormSection {
  readonly id: string;
  readonly title?: string | null;
  readonly description?: string | null;
}

export interface FormDefinition {
  readonly id: string;
  readonly name: string;
  readonly entity_type: string;
  readonly fields: readonly FormField[];
  readonly sections?: readonly FormSection[];
  readonly validation?: readonly ValidationRule[];
  readonly submit_action: SubmitAction;
  readonly layout?: JsonObject | null;
}

export type Inputs = Readonly<Record<string, Json>>;

export interface FormState {
  /** The entity being edited, as last seen; nothing when one is being made. */
  readonly base: Entity | undefined;
  readonly initial: Inputs;
  readonly inputs: Inputs;
}

export function propertyTypeOf(field: FormField): PropertyTypeName {
  if (field.property_type) return field.property_type;
  if (field.reference) return "Reference";
  switch (field.field_type) {
    case "NumberInput":
      return "Decimal";
    case "Checkbox":
      return "Boolean";
    case "DatePicker":
      return "Date";
    case "Select":
    case "Radio":
      return field.multiple ? "MultiEnum" : "Enum";
    default:
      return "String";
  }
}

/** The empty input of a field: what it shows before anything is entered. */
function emptyInput(field: FormField): Json {
  const type = propertyTypeOf(field);
  if (type === "MultiEnum") return [];
  if (type === "Boolean" && field.field_type === "Checkbox") return false;
  return "";
}

export function toInput(field: FormField, value: Json | undefined): Json {
  if (value === null || value === undefined) return emptyInput(field);
  const type = propertyTypeOf(field);
  if (type === "Json") return JSON.stringify(value, null, 2);
  if (type === "Boolean" && field.field_type !== "Checkbox") return String(value);
  return typeof value === "number" ? String(value) : value;
}

/** The value an input means: null when empty, nothing when it cannot be read. */
export function toValue(field: FormField, input: Json | undefined): Json | undefined {
  const type = propertyTypeOf(field);
  if (type === "Boolean") return typeof input === "boolean" ? input : booleanOf(input);
  if (type === "MultiEnum") return input ?? [];
  const text = typeof input === "string" ? input : String(input ?? "");
  if (text.trim() === "") return null;
  switch (type) {
    case "Integer":
      return integerOf(text);
    case "Decimal":
      return isDecimal(text.trim()) ? text.trim() : undefined;
    case "Date":
      return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined;
    case "DateTime":
      return canonicalInstant(text) === undefined ? undefined : text;
    case "Uuid":
      return isUuid(text.trim()) ? text.trim().toLowerCase() : undefined;
    case "Json":
      try {
        return JSON.parse(text) as Json;
      } catch {
        return undefined;
      }
    default:
      return text;
  }
}

/** A whole number that JSON carries without loss, as the database allows. */
function integerOf(text: string): number | undefined {
  const number = /^\s*-?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function booleanOf(input: Json | undefined): Json {
  return input === "true" ? true : input === "false" ? false : null;
}

/** `preset` fills a new form beyond the model's own defaults. */
export function startForm(
  definition: FormDefinition,
  entity?: Entity,
  preset: JsonObject = {},
): FormState {
  const initial = Object.fromEntries(
    definition.fields.map((field) => {
      const value = entity ? entity[field.name] : (preset[field.name] ?? field.defaultValue);
      return [field.name, toInput(field, value)];
    }),
  );
  return { base: entity, initial, inputs: initial };
}

export function change(state: FormState, name: string, input: Json): FormState {
  return { ...state, inputs: { ...state.inputs, [name]: input } };
}

export function isChanged(state: FormState, name: string): boolean {
  return !sameJson(state.inputs[name], state.initial[name]);
}

export function isDirty(state: FormState): boolean {
  return Object.keys(state.inputs).some((name) => isChanged(state, name));
}

/** Takes in a new definition of the form: what was entered stays, new fields get their defaults. */
export function adopt(state: FormState, definition: FormDefinition): FormState {
  const fresh = startForm(definition, state.base);
  const inputs = Object.fromEntries(
    Object.entries(fresh.inputs).map(([name, input]) => {
      const entered = state.inputs[name];
      const keeps =
        entered !== undefined && isChanged(state, name) && typeof entered === typeof input;
      return [name, keeps ? entered : input];
    }),
  );
  return { ...fresh, inputs };
}

/** Takes in a newer state of the entity: untouched fields follow it, entered ones stay. */
export function rebase(state: FormState, definition: FormDefinition, entity: Entity): FormState {
  return adopt({ ...state, base: entity }, definition);
}

export interface Difference {
  readonly field: FormField;
  readonly mine: Json;
  readonly theirs: Json;
}

/** Fields that were entered here and, meanwhile, changed elsewhere to something else. */
export function conflicts(
  state: FormState,
  definition: FormDefinition,
  current: Entity,
): readonly Difference[] {
  return definition.fields.flatMap((field) => {
    const mine = state.inputs[field.name] ?? null;
    const theirs = toInput(field, current[field.name]);
    const movedOn = !sameJson(theirs, state.initial[field.name]);
    return isChanged(state, field.name) && movedOn && !sameJson(mine, theirs)
      ? [{ field, mine, theirs }]
      : [];
  });
}

/** Whose value of a field counts. */
export type Side = "mine" | "theirs";

/** Takes in the state that someone else saved, field by field as it was decided. */
export function settle(
  state: FormState,
  definition: FormDefinition,
  current: Entity,
  sides: Readonly<Record<string, Side>>,
): FormState {
  const mine = rebase(state, definition, current);
  const inputs = definition.fields.map(({ name }): [string, Json] => [
    name,
    (sides[name] === "theirs" ? mine.initial[name] : mine.inputs[name]) ?? null,
  ]);
  return { ...mine, inputs: Object.fromEntries(inputs) };
}

export function visibleFields(definition: FormDefinition, state: FormState): readonly FormField[] {
  const types = new Map(definition.fields.map((field) => [field.name, propertyTypeOf(field)]));
  const values: Record<string, Json | undefined> = { ...state.base };
  for (const field of definition.fields) {
    values[field.name] = toValue(field, state.inputs[field.name]) ?? null;
  }
  return definition.fields.filter((field) =>
    meets(field.visible_if, values, { typeOf: (path) => types.get(path) }),
  );
}

/** What to send: of a new entity everything filled in, of an old one what was changed. */
export function dataOf(definition: FormDefinition, state: FormState): JsonObject {
  const data: Record<string, Json> = {};
  for (const field of visibleFields(definition, state)) {
    if (field.read_only) continue;
    const value = toValue(field, state.inputs[field.name]);
    if (value === undefined) continue;
    const isEmpty = value === null || (Array.isArray(value) && value.length === 0);
    if (state.base ? isChanged(state, field.name) : !isEmpty) data[field.name] = value;
  }
  return data;
}
