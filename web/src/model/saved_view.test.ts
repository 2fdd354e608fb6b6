import { expect, test } from "vitest";
import { type GridState, UNFILTERED } from "./grid.ts";
import { keptView, readView } from "./saved_view.ts";

test("a view comes back as it was kept, on its first page", () => {
  const state: GridState = {
    page: 4,
    sort: { field: "day", order: "desc" },
    filters: { label: { text: "milk" }, day: { from: "2026-01-01", to: "2026-02-01" } },
    search: "",
    columns: ["day", "label"],
  };
  expect(readView(JSON.parse(JSON.stringify(keptView(state))))).toEqual({ ...state, page: 0 });
  expect(readView(keptView(UNFILTERED))).toEqual(UNFILTERED);
});

test("what cannot be read of a view is left out, and the rest holds", () => {
  expect(readView("nonsense")).toEqual(UNFILTERED);
  expect(
    readView({
      sort: { order: "desc" },
      filters: { label: { text: 7, from: "2026-01-01", more: "x" }, day: 3 },
      search: null,
      columns: ["label", 9],
    }),
  ).toEqual({
    page: 0,
    sort: undefined,
    filters: { label: { from: "2026-01-01" }, day: {} },
    search: "",
    columns: ["label"],
  });
});
