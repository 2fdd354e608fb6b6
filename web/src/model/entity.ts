// Entities and what their types say about them, as the wire has it.

import type { Json, JsonObject } from "./json.ts";

export type PropertyTypeName =
  | "String"
  | "Text"
  | "Integer"
  | "Decimal"
  | "Boolean"
  | "Enum"
  | "MultiEnum"
  | "Date"
  | "DateTime"
  | "Uuid"
  | "Json"
  | "Reference";

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly color?: string;
}

export interface PropertyDescription {
  readonly name: string;
  readonly label: string;
  readonly type: PropertyTypeName;
  readonly required: boolean;
  readonly readOnly: boolean;
  /** What a new entity has without one. */
  readonly defaultValue?: Json;
  readonly options?: readonly Option[];
  readonly scale?: number;
  /** The entity type that a Reference points to. */
  readonly target?: string;
  readonly searchable?: boolean;
  readonly sortable?: boolean;
  readonly filterable?: boolean;
  readonly ui?: JsonObject | null;
}

export interface EntityTypeDescription {
  readonly entityType: string;
  readonly name: string;
  readonly plural?: string | null;
  /** The property by which people know an entity. */
  readonly displayProperty?: string | null;
  /** The form that makes and edits its entities, when the model has one. */
  readonly formId?: string | null;
  readonly properties: readonly PropertyDescription[];
  readonly relationships?: readonly RelationshipDescription[];
}

/** A relationship, seen from an entity type. */
export interface RelationshipDescription {
  readonly name: string;
  readonly kind: string;
  /** `outgoing` when it starts here. */
  readonly direction: "outgoing" | "incoming";
  /** The entity type on the other side. */
  readonly entityType: string;
  /** What each link carries. */
  readonly properties?: readonly PropertyDescription[];
}

/** An entity, flattened: its properties beside `id`, `version` and its times. */
export interface Entity extends JsonObject {
  readonly id: string;
  readonly version?: number;
}

export function propertyOf(
  type: EntityTypeDescription | undefined,
  name: string,
): PropertyDescription | undefined {
  return type?.properties.find((property) => property.name === name);
}

/** Whether people enter it themselves, in forms and in the cells of grids. */
export function isWritable(property: PropertyDescription | undefined): boolean {
  return property !== undefined && !property.readOnly && property.ui?.["hidden"] !== true;
}

/** What people call this entity: its display property, else its type and the beginning of its id. */
export function displayName(entity: Entity, type: EntityTypeDescription | undefined): string {
  const shown: Json | undefined = type?.displayProperty ? entity[type.displayProperty] : undefined;
  if (typeof shown === "string" && shown !== "") return shown;
  if (typeof shown === "number") return String(shown);
  return type ? `${type.name} ${entity.id.slice(0, 8)}` : entity.id.slice(0, 8);
}
