import { expect, test } from "vitest";
import { toggled } from "./use_selection.ts";

const rows = ["a", "b", "c", "d"].map((id) => ({ id }));
const [a, b, c, d] = rows as [{ id: string }, { id: string }, { id: string }, { id: string }];
const ids = (chosen: { readonly rows: ReadonlyMap<string, unknown> }) => [...chosen.rows.keys()];

test("a row is chosen and let go again", () => {
  const once = toggled({ rows: new Map(), last: undefined }, b, undefined);
  expect(ids(once)).toEqual(["b"]);
  expect(ids(toggled(once, b, undefined))).toEqual([]);
});

test("a range goes from the row chosen last, either way", () => {
  const from = toggled({ rows: new Map(), last: undefined }, c, undefined);
  expect(ids(toggled(from, a, rows)).sort()).toEqual(["a", "b", "c"]);
  expect(ids(toggled(from, d, rows)).sort()).toEqual(["c", "d"]);
});

test("a range from a row that is not loaded is the row alone", () => {
  const far = toggled({ rows: new Map(), last: undefined }, { id: "far" }, undefined);
  expect(ids(toggled(far, b, rows))).toEqual(["far", "b"]);
});
