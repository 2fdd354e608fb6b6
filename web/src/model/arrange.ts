// Where a page's components stand: positions on 12 columns become rows to draw.
//
// Rows that nothing occupies take no room, so a grid of height 8 below a button
// follows right after it. TwoColumn and ThreeColumn stack each column on its own
// and let whatever is as wide as the page cut through.

import type { Component, LayoutType, Position } from "./page.ts";

export const COLUMNS = 12;

export interface Placed {
  readonly component: Component;
  /** CSS grid lines, counted from 1. */
  readonly columnStart: number;
  readonly columnSpan: number;
  readonly rowStart: number;
  readonly rowSpan: number;
}

export type Band =
  | { readonly kind: "tracks"; readonly placed: readonly Placed[] }
  | { readonly kind: "columns"; readonly columns: readonly (readonly Component[])[] };

interface Box {
  readonly component: Component;
  readonly row: number;
  readonly col: number;
  readonly width: number;
  readonly height: number;
}

/** Modals are not part of a page's flow: they are opened over it. */
export function arrange(layout: LayoutType, components: readonly Component[]): readonly Band[] {
  const boxes = components
    .filter((component) => component.type !== "Modal")
    .map((component, index) => boxOf(component, index))
    .sort((a, b) => a.row - b.row || a.col - b.col);
  const columns = layout === "TwoColumn" ? 2 : layout === "ThreeColumn" ? 3 : 0;
  return columns === 0 ? [tracks(boxes)] : stacks(boxes, columns);
}

function boxOf(component: Component, index: number): Box {
  const position: Position = component.position ?? { row: index, col: 0 };
  const col = clamp(Math.trunc(position.col), 0, COLUMNS - 1);
  return {
    component,
    row: Math.max(0, Math.trunc(position.row)),
    col,
    width: clamp(Math.trunc(position.width ?? COLUMNS - col), 1, COLUMNS - col),
    height: Math.max(1, Math.trunc(position.height ?? 1)),
  };
}

function tracks(boxes: readonly Box[]): Band {
  const edges = [...new Set(boxes.flatMap((box) => [box.row, box.row + box.height]))].sort(
    (a, b) => a - b,
  );
  // An edge counts as a track only where something begins or stands there.
  const starts = edges.filter((edge) =>
    boxes.some((box) => box.row <= edge && edge < box.row + box.height),
  );
  const placed = boxes.map((box) => {
    const first = starts.indexOf(box.row);
    const after = starts.filter((edge) => edge < box.row + box.height).length;
    return {
      component: box.component,
      columnStart: box.col + 1,
      columnSpan: box.width,
      rowStart: first + 1,
      rowSpan: Math.max(1, after - first),
    };
  });
  return { kind: "tracks", placed };
}

function stacks(boxes: readonly Box[], count: number): readonly Band[] {
  const bands: Band[] = [];
  let columns: Component[][] = [];
  const flush = () => {
    if (columns.some((column) => column.length > 0)) bands.push({ kind: "columns", columns });
    columns = Array.from({ length: count }, () => []);
  };
  flush();
  for (const box of boxes) {
    if (box.width === COLUMNS) {
      flush();
      bands.push(tracks([{ ...box, row: 0, height: 1 }]));
    } else {
      columns[Math.floor((box.col * count) / COLUMNS)]?.push(box.component);
    }
  }
  flush();
  return bands;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
