import { describe, expect, test } from "vitest";
import type { EntityTypeDescription, PropertyDescription } from "./entity.ts";
import {
  chosenColumns,
  conditionFor,
  nextSort,
  offeredColumns,
  queryOf,
  UNFILTERED,
  withColumns,
  withFilter,
} from "./grid.ts";

const property = (name: string, type: PropertyDescription["type"]): PropertyDescription => ({
  name,
  label: name,
  type,
  required: false,
  readOnly: false,
});

const TYPE: EntityTypeDescription = {
  entityType: "todo",
  name: "Todo",
  properties: [
    property("label", "String"),
    property("status", "Enum"),
    property("hours", "Decimal"),
    property("count", "Integer"),
    property("done", "Boolean"),
    property("tags", "MultiEnum"),
    property("day", "Date"),
    property("created_at", "DateTime"),
    property("owner", "Reference"),
  ],
};

const of = (name: string) => {
  const found = TYPE.properties.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
};

const query = (state: Partial<typeof UNFILTERED>, preset = {}) =>
  queryOf(
    { ...UNFILTERED, ...state },
    { entityType: "todo", preset, type: TYPE, columns: [], limit: 50 },
  );

describe("a column's filter means a condition of its property's type", () => {
  test.each([
    ["label", { text: " milk " }, { contains: "milk" }],
    ["label", { text: "  " }, undefined],
    ["status", { text: "open" }, { eq: "open" }],
    ["tags", { text: "red" }, { contains: "red" }],
    ["done", { text: "false" }, { eq: false }],
    ["owner", { text: "some-id" }, { eq: "some-id" }],
    ["count", { text: "5" }, { eq: 5 }],
    ["count", { text: ">= 5" }, { gte: 5 }],
    ["count", { text: "<5" }, { lt: 5 }],
    ["count", { text: "-3..10" }, { between: [-3, 10] }],
    ["count", { text: "1.5" }, "invalid"],
    ["count", { text: "many" }, "invalid"],
    ["count", { text: "1.." }, "invalid"],
    ["hours", { text: ">1.50" }, { gt: "1.50" }],
    ["day", { from: "2024-07-01", to: "2024-07-31" }, { gte: "2024-07-01", lte: "2024-07-31" }],
    ["day", { from: "2024-07-01" }, { gte: "2024-07-01" }],
  ] as const)("%s %o", (name, filter, condition) => {
    expect(conditionFor(of(name), filter)).toEqual(condition);
  });
});

test("a day of an instant ends at the next local midnight", () => {
  const condition = conditionFor(of("created_at"), { from: "2024-07-10", to: "2024-07-10" });
  const { gte, lt } = condition as { gte: string; lt: string };
  expect(Date.parse(lt) - Date.parse(gte)).toBe(86_400_000);
  expect(new Date(gte).getHours()).toBe(0);
});

test("sorting goes up, down, and back to the usual order", () => {
  const up = nextSort(undefined, "label");
  const down = nextSort(up, "label");
  expect([up, down, nextSort(down, "label"), nextSort(down, "status")]).toEqual([
    { field: "label", order: "asc" },
    { field: "label", order: "desc" },
    undefined,
    { field: "status", order: "asc" },
  ]);
});

test("another filter starts at the first page, and an empty one goes away", () => {
  const filtered = withFilter({ ...UNFILTERED, page: 3 }, "label", { text: "milk" });
  expect(filtered).toMatchObject({ page: 0, filters: { label: { text: "milk" } } });
  expect(withFilter(filtered, "label", { text: " " }).filters).toEqual({});
});

test("a preset filter always counts, beside what is typed", () => {
  const typed = { filters: { status: { text: "closed" } } };
  expect(query(typed, { status: "open" }).filters).toEqual({
    and: [{ status: "open" }, { status: { eq: "closed" } }],
  });
  expect(query({}, { status: "open" }).filters).toEqual({ status: "open" });
});

test("what the model no longer has is left out of the query", () => {
  const state = {
    sort: { field: "gone", order: "asc" as const },
    filters: { gone: { text: "x" }, label: { text: "milk" } },
  };
  expect(query(state)).toEqual({
    entityType: "todo",
    page: 0,
    limit: 50,
    filters: { label: { contains: "milk" } },
  });
});

test("columns are chosen from the layout's and the type's, in any order", () => {
  const own = [{ field: "label", title: "What", width: 300 }];
  expect(offeredColumns(own, TYPE).map(({ field }) => field)).toHaveLength(TYPE.properties.length);
  expect(chosenColumns(own, TYPE, undefined)).toBe(own);
  // The layout's own keep what it says of them; a property the model lost is left out.
  const chosen = chosenColumns(own, TYPE, ["day", "gone", "label"]);
  expect(chosen.map(({ title }) => title)).toEqual(["day", "What"]);
  expect(chosenColumns(own, TYPE, ["gone"])).toBe(own);
});

test("a column that is no longer shown filters nothing", () => {
  const filtered = withFilter({ ...UNFILTERED, page: 3 }, "day", { from: "2026-01-01" });
  const own = [{ field: "label", title: "Task" }];
  expect(withColumns(filtered, ["day"], own).filters).toEqual(filtered.filters);
  expect(withColumns(filtered, ["label"], own)).toMatchObject({ page: 0, filters: {} });
  expect(withColumns(filtered, undefined, own).filters).toEqual({});
});
