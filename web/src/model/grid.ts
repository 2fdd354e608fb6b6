// What a grid asks for: its sort, page and column filters as a query.

import { isDecimal } from "./decimal.ts";
import type { EntityTypeDescription, PropertyDescription } from "./entity.ts";
import { propertyOf } from "./entity.ts";
import type { Filter } from "./filter.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";
import type { GridColumn, LinkedBy } from "./page.ts";

export interface Sort {
  readonly field: string;
  readonly order: "asc" | "desc";
}

/** What stands in a column's filter: one text or choice, or the two ends of a range. */
export interface ColumnFilter {
  readonly text?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface GridState {
  readonly page: number;
  readonly sort: Sort | undefined;
  readonly filters: Readonly<Record<string, ColumnFilter>>;
  readonly search: string;
  /** The columns somebody chose, in their order; without any, those of the layout. */
  readonly columns?: readonly string[] | undefined;
  /** The view of one's own that it began with. */
  readonly view?: string | undefined;
}

export const UNFILTERED: GridState = { page: 0, sort: undefined, filters: {}, search: "" };

/** Ascending, descending, and back to the order the server gives. */
export function nextSort(sort: Sort | undefined, field: string): Sort | undefined {
  if (sort?.field !== field) return { field, order: "asc" };
  return sort.order === "asc" ? { field, order: "desc" } : undefined;
}

export function withFilter(state: GridState, field: string, filter: ColumnFilter): GridState {
  const { [field]: _replaced, ...others } = state.filters;
  const filters = isEmpty(filter) ? others : { ...others, [field]: filter };
  return { ...state, page: 0, filters };
}

export function isEmpty(filter: ColumnFilter | undefined): boolean {
  return !filter?.text?.trim() && !filter?.from && !filter?.to;
}

export function isFiltered(state: GridState): boolean {
  return state.search.trim() !== "" || Object.values(state.filters).some((one) => !isEmpty(one));
}

/** How a column's filter is entered. */
export type FilterEntry = "text" | "number" | "choice" | "boolean" | "dates" | "reference" | "none";

export function filterEntry(property: PropertyDescription | undefined): FilterEntry {
  switch (property?.type) {
    case "String":
    case "Text":
      return "text";
    case "Integer":
    case "Decimal":
      return "number";
    case "Enum":
    case "MultiEnum":
      return "choice";
    case "Boolean":
      return "boolean";
    case "Date":
    case "DateTime":
      return "dates";
    case "Reference":
      return "reference";
    default:
      return "none";
  }
}

/** The condition a column's filter means; `"invalid"` while it cannot be read. */
export function conditionFor(
  property: PropertyDescription,
  filter: ColumnFilter,
): Json | "invalid" | undefined {
  const text = filter.text?.trim() ?? "";
  switch (filterEntry(property)) {
    case "text":
      return text === "" ? undefined : { contains: text };
    case "number":
      return text === "" ? undefined : numberCondition(text, property.type === "Integer");
    case "choice":
      if (text === "") return undefined;
      return property.type === "MultiEnum" ? { contains: text } : { eq: text };
    case "boolean":
      return text === "" ? undefined : { eq: text === "true" };
    case "reference":
      return text === "" ? undefined : { eq: text };
    case "dates":
      return datesCondition(filter, property.type === "DateTime");
    default:
      return undefined;
  }
}

const COMPARISONS: Readonly<Record<string, string>> = {
  ">": "gt",
  ">=": "gte",
  "≥": "gte",
  "<": "lt",
  "<=": "lte",
  "≤": "lte",
  "=": "eq",
};

/** `5`, `>5`, `<= 10` or `5..10`. */
function numberCondition(text: string, whole: boolean): Json | "invalid" {
  const read = (digits: string): number | string | undefined => {
    const plain = digits.trim();
    if (!isDecimal(plain)) return undefined;
    if (!whole) return plain;
    return /^-?\d+$/.test(plain) ? Number(plain) : undefined;
  };
  const range = /^(.+?)\.\.(.+)$/.exec(text);
  if (range) {
    const from = read(range[1] ?? "");
    const to = read(range[2] ?? "");
    return from === undefined || to === undefined ? "invalid" : { between: [from, to] };
  }
  const [, sign = "", digits = ""] = /^(>=|<=|[<>=≥≤])?(.*)$/.exec(text) ?? [];
  const value = read(digits);
  return value === undefined ? "invalid" : { [COMPARISONS[sign] ?? "eq"]: value };
}

/** Both days belong to the range; of an instant, up to the next local midnight. */
function datesCondition({ from, to }: ColumnFilter, instants: boolean): Json | undefined {
  if (!from && !to) return undefined;
  if (!instants) return { ...(from ? { gte: from } : {}), ...(to ? { lte: to } : {}) };
  return {
    ...(from ? { gte: midnight(from, 0) } : {}),
    ...(to ? { lt: midnight(to, 1) } : {}),
  };
}

function midnight(day: string, daysLater: number): string {
  const time = new Date(`${day}T00:00:00`);
  time.setDate(time.getDate() + daysLater);
  return time.toISOString();
}

/** The columns as they stand: those of the layout, or a few of the type's properties. */
export function columnsOf(
  columns: readonly GridColumn[] | undefined,
  type: EntityTypeDescription | undefined,
): readonly GridColumn[] {
  if (columns && columns.length > 0) return columns;
  return (type?.properties ?? [])
    .filter(
      (property) => !property.readOnly && property.type !== "Json" && property.type !== "Text",
    )
    .slice(0, 6)
    .map(columnOf);
}

function columnOf(property: PropertyDescription): GridColumn {
  return {
    field: property.name,
    title: property.label,
    sortable: property.sortable ?? true,
    filterable: property.filterable ?? true,
  };
}

/** The columns a grid may show: those of the layout, then what else people may know of the type. */
export function offeredColumns(
  own: readonly GridColumn[],
  type: EntityTypeDescription | undefined,
): readonly GridColumn[] {
  const known = new Set(own.map(({ field }) => field));
  const others = (type?.properties ?? []).filter(
    ({ name, ui }) => !known.has(name) && ui?.["hidden"] !== true,
  );
  return [...own, ...others.map(columnOf)];
}

/** Those of them that were chosen; what the model no longer has is left out. */
export function chosenColumns(
  own: readonly GridColumn[],
  type: EntityTypeDescription | undefined,
  fields: readonly string[] | undefined,
): readonly GridColumn[] {
  if (!fields) return own;
  const offered = offeredColumns(own, type);
  const chosen = fields.flatMap((field) => offered.find((one) => one.field === field) ?? []);
  return chosen.length > 0 ? chosen : own;
}

/** A filter of a column that is no longer shown goes with it: nobody could see that it filters. */
export function withColumns(
  state: GridState,
  columns: readonly string[] | undefined,
  own: readonly GridColumn[],
): GridState {
  const fields = new Set(columns ?? own.map(({ field }) => field));
  const kept = Object.entries(state.filters).filter(([field]) => fields.has(field));
  const isSame = kept.length === Object.keys(state.filters).length;
  return { ...state, columns, ...(isSame ? {} : { page: 0, filters: Object.fromEntries(kept) }) };
}

export interface GridQuery extends JsonObject {
  readonly entityType: string;
  readonly limit: number;
  readonly page: number;
  readonly filters?: Filter;
  readonly sortBy?: string;
  readonly sortOrder?: "asc" | "desc";
  readonly search?: string;
  readonly include?: readonly string[];
  readonly linked?: LinkedBy;
}

/**
 * The query for a page of the grid. A sort or filter on a property that the model
 * no longer has is left out, so that a model change cannot break an open grid.
 */
export function queryOf(
  state: GridState,
  given: {
    readonly entityType: string;
    readonly preset: Filter | undefined;
    readonly linked?: LinkedBy | undefined;
    readonly type: EntityTypeDescription;
    readonly columns: readonly GridColumn[];
    readonly limit: number;
    readonly defaultSort?: Sort | undefined;
  },
): GridQuery {
  const { type, preset } = given;
  const own: Record<string, Json> = {};
  for (const [field, filter] of Object.entries(state.filters)) {
    const property = propertyOf(type, field);
    const condition = property && conditionFor(property, filter);
    if (condition !== undefined && condition !== "invalid") own[field] = condition;
  }
  const parts = [preset ?? {}, own].filter((part) => Object.keys(part).length > 0);
  const filters: Filter = parts.length > 1 ? { and: parts } : (parts[0] ?? {});
  const sort = [state.sort, given.defaultSort].find((one) => one && propertyOf(type, one.field));
  const references = given.columns
    .map((column) => propertyOf(type, column.field))
    .filter((property) => property?.type === "Reference")
    .map((property) => property?.name ?? "");
  const search = state.search.trim();
  return {
    entityType: given.entityType,
    page: state.page,
    limit: given.limit,
    filters,
    ...(given.linked ? { linked: given.linked } : {}),
    ...(sort ? { sortBy: sort.field, sortOrder: sort.order } : {}),
    ...(search ? { search } : {}),
    ...(references.length > 0 ? { include: references } : {}),
  };
}

/** What a query finds, whatever their order and whichever page: the same text for the same rows. */
export function scopeOf(query: GridQuery | undefined): string {
  const { entityType, filters, search, linked } = query ?? {};
  return JSON.stringify([entityType, filters, search, linked]);
}

/** What a new entity has to start with, so that a grid with this filter shows it. */
export function presetOf(filters: Filter | undefined): JsonObject {
  const preset: Record<string, Json> = {};
  for (const [name, test] of Object.entries(filters ?? {})) {
    if (name === "and" || name === "or" || name === "not" || name.includes(".")) continue;
    const value = isObject(test) ? test["eq"] : test;
    if (value !== undefined && value !== null) preset[name] = value;
  }
  return preset;
}

/** The path of a download of everything that a query finds, with these columns. */
export function downloadPath(query: GridQuery, fields: readonly string[]): string {
  const { entityType, filters, search, sortBy, sortOrder } = query;
  const params = new URLSearchParams({ style: "readable", bom: "1", fields: fields.join(",") });
  if (filters && Object.keys(filters).length > 0) params.set("filters", JSON.stringify(filters));
  if (search) params.set("search", search);
  if (sortBy) params.set("sort", `${sortBy}:${sortOrder ?? "asc"}`);
  return `export/${encodeURIComponent(entityType)}?${params}`;
}
