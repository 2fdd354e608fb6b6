// A grid as somebody left it, to come back to: what filters it, its order and its columns.

import { type ColumnFilter, type GridState, UNFILTERED } from "./grid.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** The longest name of a view. */
export const LONGEST_NAME = 60;

/** Under what names somebody's views of a grid are kept. */
export function viewPrefix(pageId: string, componentId: string): string {
  return `view ${pageId}/${componentId}/`;
}

/** What is kept of it. */
export function keptView({ sort, filters, search, columns }: GridState): JsonObject {
  return {
    filters: Object.fromEntries(Object.entries(filters).map(([field, one]) => [field, { ...one }])),
    search,
    ...(sort ? { sort: { ...sort } } : {}),
    ...(columns ? { columns } : {}),
  };
}

/** The grid that was kept. What cannot be read, of another version or another hand, is left out. */
export function readView(kept: Json): GridState {
  if (!isObject(kept)) return UNFILTERED;
  const { sort, filters, search, columns } = kept;
  const fields = Array.isArray(columns)
    ? columns.filter((one: Json) => typeof one === "string")
    : [];
  return {
    page: 0,
    sort: readSort(sort),
    filters: Object.fromEntries(
      Object.entries(isObject(filters) ? filters : {}).map(([field, one]) => [
        field,
        readFilter(one),
      ]),
    ),
    search: typeof search === "string" ? search : "",
    ...(fields.length > 0 ? { columns: fields } : {}),
  };
}

function readSort(sort: Json | undefined): GridState["sort"] {
  if (!isObject(sort) || typeof sort["field"] !== "string") return undefined;
  return { field: sort["field"], order: sort["order"] === "desc" ? "desc" : "asc" };
}

function readFilter(filter: Json | undefined): ColumnFilter {
  const texts = Object.entries(isObject(filter) ? filter : {}).filter(
    ([name, value]) => ["text", "from", "to"].includes(name) && typeof value === "string",
  );
  return Object.fromEntries(texts);
}
