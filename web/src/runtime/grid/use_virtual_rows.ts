// Which rows are in the page: those in view, and the way through them by keyboard.

import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Entity } from "../../model/entity.ts";
import type { Filter } from "../../model/filter.ts";
import { type Rows, useLiveRows, useRows } from "../rows.ts";
import type { GridView } from "./grid_view.ts";

const ROW_PX = 44;
const CARD_PX = 96;
const OVERSCAN = 8;

export interface VirtualRow {
  readonly row: Entity;
  readonly index: number;
  readonly offset: number;
  /** Counted from 1 with the head, as screen readers say it. */
  readonly rowIndex: number;
}

interface RowKeys {
  readonly onOpen: (() => void) | undefined;
  readonly onDelete: (() => void) | undefined;
  readonly onSelect: ((extend: boolean) => void) | undefined;
  readonly onExtend: ((to: Entity) => void) | undefined;
  readonly onSelectAll: (() => void) | undefined;
}

export interface VirtualRows {
  readonly rows: Rows;
  readonly items: readonly VirtualRow[];
  readonly height: number;
  readonly headRows: number;
  readonly active: number;
  readonly marked: ReadonlySet<string>;
  readonly setActive: (index: number) => void;
  /** Brings a row into view and gives it the focus, or its cell with this field. */
  readonly focus: (index: number, field?: string) => void;
  readonly scrollerRef: React.RefObject<HTMLDivElement | null>;
  readonly measure: (element: HTMLDivElement | null) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLDivElement>, index: number, keys: RowKeys) => void;
}

export function useVirtualRows(
  view: GridView,
  options: {
    readonly entityType: string;
    readonly preset: Filter | undefined;
    readonly isPaged: boolean;
    readonly isCompact: boolean;
  },
): VirtualRows {
  const { isPaged, isCompact } = options;
  const { query, state } = view;
  const limit = query?.limit ?? 1;
  const scrollerRef = useRef<HTMLDivElement | null>(null);
  const [inView, setInView] = useState<{ from: number; to: number }>({ from: 0, to: 0 });
  const [active, setActive] = useState(0);

  const pages = isPaged ? [state.page] : pagesOf(inView, limit);
  const rows = useRows(query, pages);
  const marked = useLiveRows(options.entityType, options.preset);

  const first = isPaged ? state.page * limit : 0;
  const count = isPaged ? Math.max(0, Math.min(limit, rows.total - first)) : rows.total;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scrollerRef.current,
    estimateSize: () => (isCompact ? CARD_PX : ROW_PX),
    overscan: OVERSCAN,
    // The row with the focus stays in the page when it is scrolled out of view.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return active < range.count && !indexes.includes(active) ? [...indexes, active] : indexes;
    },
    onChange: (instance) => {
      const range = instance.range;
      if (isPaged || !range) return;
      const [from, to] = [Math.max(0, range.startIndex), range.endIndex];
      if (pagesOf(inView, limit).join() !== pagesOf({ from, to }, limit).join()) {
        setInView({ from, to });
      }
    },
  });

  // A row of the next page takes its place only once it is loaded.
  const items = virtualizer.getVirtualItems().flatMap(({ index, start }) => {
    const row = rows.at(first + index);
    const rowIndex = first + index + 1 + headRows(view, isCompact);
    return row ? [{ row, index, offset: start, rowIndex }] : [];
  });
  const reachable = items.some(({ index }) => index === active) ? active : (items[0]?.index ?? 0);

  // A row far away is there to be focused only after it was scrolled to and loaded.
  const wanted = useRef<{ readonly index: number; readonly field: string | undefined }>(undefined);
  const reach = () => {
    if (wanted.current === undefined) return;
    const { index, field } = wanted.current;
    const row = scrollerRef.current?.querySelector<HTMLElement>(
      `[role="row"][data-index="${index}"]`,
    );
    if (!row) return;
    wanted.current = undefined;
    const cells = [...row.children] as HTMLElement[];
    const cell =
      field === undefined ? undefined : cells.find((one) => one.dataset["field"] === field);
    (cell ?? row).focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  useEffect(reach);
  const focus = (index: number, field?: string) => {
    const target = Math.min(Math.max(index, 0), count - 1);
    wanted.current = { index: target, field };
    setActive(target);
    virtualizer.scrollToIndex(target);
    reach();
  };
  const rowsInView = Math.max(
    1,
    Math.floor((scrollerRef.current?.clientHeight ?? 0) / (isCompact ? CARD_PX : ROW_PX)) - 2,
  );

  return {
    rows,
    items,
    height: virtualizer.getTotalSize(),
    headRows: headRows(view, isCompact),
    active: reachable,
    marked,
    setActive,
    focus,
    scrollerRef,
    measure: virtualizer.measureElement,
    onKeyDown: (event, index, { onOpen, onDelete, onSelect, onExtend, onSelectAll }) => {
      // Keys typed into a button of the row are the button's own.
      const { field } = (event.target as HTMLElement).dataset;
      const isOnRow = event.target === event.currentTarget;
      if (!isOnRow && field === undefined) return;
      const steps: Readonly<Record<string, number>> = {
        ArrowDown: index + 1,
        ArrowUp: index - 1,
        PageDown: index + rowsInView,
        PageUp: index - rowsInView,
        Home: 0,
        End: count - 1,
      };
      const target = steps[event.key];
      if (target !== undefined) {
        const to = rows.at(first + Math.min(Math.max(target, 0), count - 1));
        if (event.shiftKey && to && onExtend) onExtend(to);
        focus(target, field);
      } else if (event.key === "Enter" && onOpen) onOpen();
      else if (event.key === "Delete" && isOnRow && onDelete) onDelete();
      else if (event.key === " " && onSelect) onSelect(event.shiftKey);
      else if (event.key === "a" && (event.ctrlKey || event.metaKey) && onSelectAll) onSelectAll();
      else return;
      event.preventDefault();
    },
  };
}

function headRows(view: GridView, isCompact: boolean): number {
  return !isCompact && view.columns.some((column) => column.isFilterable) ? 2 : 1;
}

/** The pages that a range of rows lies on. */
export function pagesOf({ from, to }: { from: number; to: number }, limit: number): number[] {
  const pages: number[] = [];
  for (let page = Math.floor(from / limit); page <= Math.floor(to / limit); page++)
    pages.push(page);
  return pages;
}
