import { expect, test } from "vitest";
import { stepTo, typedBy } from "./use_cells.ts";

test("arrows lead from the row through its cells and back", () => {
  expect(stepTo("ArrowRight", -1, 3)).toBe(0);
  expect(stepTo("ArrowRight", 2, 3)).toBe(2);
  expect(stepTo("ArrowLeft", 0, 3)).toBe(-1);
  expect(stepTo("Home", 2, 3)).toBe(0);
  expect(stepTo("End", 0, 3)).toBe(2);
});

test("on the row itself Home and End are the list's", () => {
  expect(stepTo("Home", -1, 3)).toBeUndefined();
  expect(stepTo("End", -1, 3)).toBeUndefined();
  expect(stepTo("ArrowLeft", -1, 3)).toBeUndefined();
});

test("a letter begins a value, Delete empties it, and Space and named keys do neither", () => {
  expect(typedBy("x")).toBe("x");
  expect(typedBy("ß")).toBe("ß");
  expect(typedBy("😀")).toBe("😀");
  expect(typedBy("Delete")).toBe("");
  expect(typedBy(" ")).toBeUndefined();
  expect(typedBy("Shift")).toBeUndefined();
});
