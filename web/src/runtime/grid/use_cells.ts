// The way through the cells of a grid, and which of them is being edited in its place.

import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from "react";
import { type Entity, isWritable } from "../../model/entity.ts";
import type { ColumnView } from "./grid_view.ts";

export interface EditedCell {
  readonly id: string;
  readonly field: string;
  /** What was typed on the cell, and stands in place of its value at first. */
  readonly typed: string | undefined;
}

/** Where the focus goes when a cell has been edited; nothing when it went away by itself. */
export type Way = "stay" | "down" | "left" | "right" | undefined;

export interface Cells {
  readonly edited: EditedCell | undefined;
  readonly isEditable: (field: string | undefined) => boolean;
  readonly onClick: (event: MouseEvent, row: Entity) => void;
  readonly onDoubleClick: (event: MouseEvent, row: Entity) => void;
  /** Whether the key meant a cell. */
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>, row: Entity, index: number) => boolean;
  readonly onEdited: (way: Way, field: string, index: number) => void;
}

/** How long a click waits for a second one where that means something else. */
const SECOND_CLICK_MS = 250;

export function useCells(
  columns: readonly ColumnView[],
  given: {
    readonly canEdit: boolean;
    readonly onOpen: ((row: Entity) => void) | undefined;
    /** Without a field the row itself. */
    readonly focus: (index: number, field?: string) => void;
  },
): Cells {
  const { canEdit, onOpen, focus } = given;
  const [edited, setEdited] = useState<EditedCell>();
  const click = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(click.current), []);

  const fields = columns.map(({ field }) => field);
  const isEditable = (field: string | undefined) =>
    canEdit && columns.some((one) => one.field === field && isWritable(one.property));
  const edit = ({ id }: Entity, field: string | undefined, typed?: string) => {
    if (field === undefined || !isEditable(field)) return false;
    setEdited({ id, field, typed });
    return true;
  };

  return {
    edited,
    isEditable,
    onClick: (event, row) => {
      clearTimeout(click.current);
      if (!onOpen || event.detail > 1) return;
      const isTouch = (event.nativeEvent as PointerEvent).pointerType === "touch";
      if (event.detail === 0 || isTouch || !isEditable(fieldAt(event))) onOpen(row);
      else click.current = setTimeout(() => onOpen(row), SECOND_CLICK_MS);
    },
    onDoubleClick: (event, row) => void edit(row, fieldAt(event)),
    onKeyDown: (event, row, index) => {
      const { key } = event;
      const isOnRow = event.target === event.currentTarget;
      const place = fields.indexOf((event.target as HTMLElement).dataset["field"] ?? "");
      if ((place < 0 && !isOnRow) || event.ctrlKey || event.metaKey || event.altKey) return false;
      const step = stepTo(key, place, fields.length);
      if (step !== undefined) focus(index, fields[step]);
      else if (isOnRow) {
        if (key !== "F2" || !edit(row, fields.find(isEditable))) return false;
      } else {
        const typed = typedBy(key);
        const starts = key === "F2" || key === "Enter" || typed !== undefined;
        if (!starts || !edit(row, fields[place], typed)) return false;
      }
      event.preventDefault();
      return true;
    },
    onEdited: (way, field, index) => {
      setEdited(undefined);
      if (way === undefined) return;
      const place = fields.indexOf(field);
      const next = { stay: place, down: place, left: place - 1, right: place + 1 }[way];
      focus(way === "down" ? index + 1 : index, fields[next] ?? field);
    },
  };
}

function fieldAt({ target }: MouseEvent): string | undefined {
  return (target as HTMLElement).closest<HTMLElement>("[data-field]")?.dataset["field"];
}

/** The place a key leads to within a row: -1 is the row itself, as is the place before the first cell. */
export function stepTo(key: string, place: number, count: number): number | undefined {
  if (key === "ArrowRight") return Math.min(place + 1, count - 1);
  if (place < 0) return undefined;
  if (key === "ArrowLeft") return place - 1;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : undefined;
}

/** What a key puts in place of a cell's value; Space chooses the row. */
export function typedBy(key: string): string | undefined {
  if (key === "Delete" || key === "Backspace") return "";
  return key !== " " && Array.from(key).length === 1 ? key : undefined;
}
