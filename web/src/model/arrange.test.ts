import { expect, test } from "vitest";
import { arrange } from "./arrange.ts";
import type { Component } from "./page.ts";

const text = (id: string, position: Component["position"]): Component => ({
  type: "Text",
  id,
  props: { content: id },
  ...(position ? { position } : {}),
});

const places = (layout: "Single" | "Grid", components: readonly Component[]) =>
  arrange(layout, components).flatMap((band) =>
    band.kind === "tracks"
      ? band.placed.map(({ component, columnStart, columnSpan, rowStart, rowSpan }) => ({
          id: component.id,
          column: [columnStart, columnSpan],
          row: [rowStart, rowSpan],
        }))
      : [],
  );

test("rows that nothing stands in take no room", () => {
  const found = places("Single", [
    text("grid", { row: 5, col: 0, width: 12, height: 8 }),
    text("button", { row: 0, col: 0, width: 3, height: 1 }),
  ]);
  expect(found).toEqual([
    { id: "button", column: [1, 3], row: [1, 1] },
    { id: "grid", column: [1, 12], row: [2, 1] },
  ]);
});

test("what stands beside something higher spans along with it", () => {
  const found = places("Grid", [
    text("high", { row: 0, col: 0, width: 6, height: 4 }),
    text("upper", { row: 0, col: 6, width: 6, height: 1 }),
    text("lower", { row: 1, col: 6, width: 6, height: 3 }),
  ]);
  expect(found.map(({ id, row }) => [id, ...row])).toEqual([
    ["high", 1, 2],
    ["upper", 1, 1],
    ["lower", 2, 1],
  ]);
});

test("a position beyond the twelve columns is pulled back into them", () => {
  expect(places("Grid", [text("far", { row: 0, col: 20, width: 40 })])).toEqual([
    { id: "far", column: [12, 1], row: [1, 1] },
  ]);
});

test("components without a position follow one another", () => {
  const found = places("Single", [text("first", undefined), text("second", undefined)]);
  expect(found.map(({ row }) => row[0])).toEqual([1, 2]);
});

test("two columns stack on their own, and what is as wide as the page cuts through", () => {
  const bands = arrange("TwoColumn", [
    text("left", { row: 0, col: 0, width: 6 }),
    text("right", { row: 0, col: 6, width: 6 }),
    text("left too", { row: 1, col: 2, width: 4 }),
    text("wide", { row: 3, col: 0, width: 12 }),
    text("below", { row: 4, col: 6, width: 6 }),
  ]);
  const read = bands.map((band) =>
    band.kind === "columns"
      ? band.columns.map((column) => column.map(({ id }) => id))
      : band.placed.map(({ component }) => component.id),
  );
  expect(read).toEqual([[["left", "left too"], ["right"]], ["wide"], [[], ["below"]]]);
});

test("modals are not part of the flow", () => {
  const modal: Component = { type: "Modal", id: "m", props: { title: "M" } };
  expect(places("Single", [modal, text("a", undefined)]).map(({ id }) => id)).toEqual(["a"]);
});
