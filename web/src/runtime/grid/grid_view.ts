// A grid's columns and state, ready to draw, from its props and its entity type.

import { useMemo, useState } from "react";
import type { EntityTypeDescription, PropertyDescription } from "../../model/entity.ts";
import { propertyOf } from "../../model/entity.ts";
import {
  type ColumnFilter,
  chosenColumns,
  columnsOf,
  filterEntry,
  type GridQuery,
  type GridState,
  nextSort,
  queryOf,
  type Sort,
  UNFILTERED,
  withColumns,
  withFilter,
} from "../../model/grid.ts";
import { isOfLink, linkColumns } from "../../model/grid_links.ts";
import type { DataGridProps, GridColumn } from "../../model/page.ts";

export interface ColumnView {
  readonly field: string;
  readonly title: string;
  readonly width: number;
  readonly property: PropertyDescription | undefined;
  readonly isSortable: boolean;
  readonly isFilterable: boolean;
  readonly isNumber: boolean;
}

export interface GridView {
  readonly columns: readonly ColumnView[];
  /** Those of the layout, whatever somebody chose. */
  readonly ownColumns: readonly GridColumn[];
  readonly state: GridState;
  readonly query: GridQuery | undefined;
  readonly hasActions: boolean;
  /** Grows when filters are cleared from outside, so that their inputs start anew. */
  readonly filterGeneration: number;
  readonly sortBy: (field: string) => void;
  readonly setSort: (sort: Sort | undefined) => void;
  readonly filterBy: (field: string, filter: ColumnFilter) => void;
  readonly clearFilters: () => void;
  readonly goTo: (page: number) => void;
  /** Shows these columns in this order; without any, those of the layout. */
  readonly showColumns: (fields: readonly string[] | undefined) => void;
  /** Takes the place of all that was filtered, sorted and chosen. */
  readonly show: (state: GridState) => void;
}

/** As the server's own limit when a request names none. */
const PAGE_SIZE = 50;
const USUAL_WIDTH = 160;
/** Of the boxes that choose rows. */
const SELECT_PX = 44;

export function useGridView(
  props: DataGridProps,
  type: EntityTypeDescription | undefined,
  hasActions: boolean,
): GridView {
  const [state, setState] = useState<GridState>(UNFILTERED);
  const [filterGeneration, setFilterGeneration] = useState(0);

  // The same while nothing about them changes, so that cells are not drawn again as one scrolls.
  const own = useMemo(
    () => [...columnsOf(props.columns, type), ...linkColumns(type)],
    [props.columns, type],
  );
  const given = useMemo(() => chosenColumns(own, type, state.columns), [own, type, state.columns]);
  const [sort, filter] = [props.sorting !== false, props.filtering !== false];
  const columns = useMemo(
    () => given.map((column) => columnView(column, type, { sort, filter })),
    [given, type, sort, filter],
  );
  const first = props.sort?.[0];
  const query =
    type &&
    queryOf(state, {
      entityType: props.entityType,
      preset: props.filters,
      linked: props.linked,
      type,
      columns: given.filter(({ field }) => !isOfLink(field)),
      limit: props.pageSize ?? PAGE_SIZE,
      defaultSort: first && { field: first.field, order: first.order ?? "asc" },
    });
  return {
    columns,
    ownColumns: own,
    state:
      state.sort || !first
        ? state
        : { ...state, sort: { field: first.field, order: first.order ?? "asc" } },
    query,
    hasActions,
    filterGeneration,
    sortBy: (field) => setState((old) => ({ ...old, page: 0, sort: nextSort(old.sort, field) })),
    setSort: (sort) => setState((old) => ({ ...old, page: 0, sort })),
    filterBy: (field, filter) => setState((old) => withFilter(old, field, filter)),
    clearFilters: () => {
      setState((old) => ({ ...old, page: 0, filters: {}, search: "" }));
      setFilterGeneration((old) => old + 1);
    },
    goTo: (page) => setState((old) => ({ ...old, page })),
    show: (next) => {
      setState(next);
      setFilterGeneration((old) => old + 1);
    },
    showColumns: (fields) => setState((old) => withColumns(old, fields, own)),
  };
}

function columnView(
  { field, title, sortable, filterable, width }: GridColumn,
  type: EntityTypeDescription | undefined,
  can: { readonly sort: boolean; readonly filter: boolean },
): ColumnView {
  const property = propertyOf(type, field);
  const canSort = sortable !== false && property?.sortable !== false;
  const canFilter = filterable === true && property !== undefined;
  return {
    field,
    title: title || property?.label || field,
    width: width ?? widthOf(property),
    property,
    isSortable: can.sort && canSort,
    isFilterable: can.filter && canFilter && filterEntry(property) !== "none",
    isNumber: property?.type === "Integer" || property?.type === "Decimal",
  };
}

function widthOf(property: PropertyDescription | undefined): number {
  const hinted = property?.ui?.["width"];
  if (typeof hinted === "number") return hinted;
  return property?.type === "Text" || property?.type === "String" ? 220 : USUAL_WIDTH;
}

/** What people need to read a value of a type, in pixels. */
function leastOf({ property }: ColumnView): number {
  switch (property?.type) {
    case "DateTime":
      return 196;
    case "Date":
    case "Enum":
    case "Boolean":
      return 112;
    case "Integer":
    case "Decimal":
      return 112;
    default:
      return 136;
  }
}

/** Columns share the room by their widths and never get narrower than people can read. */
export function columnTemplate(
  columns: readonly ColumnView[],
  actionsWidth: number,
  isSelecting: boolean,
): string {
  const tracks = columns.map((column) => `minmax(${leastOf(column)}px, ${column.width}fr)`);
  return [
    ...(isSelecting ? [`${SELECT_PX}px`] : []),
    ...tracks,
    ...(actionsWidth > 0 ? [`${actionsWidth}px`] : []),
  ].join(" ");
}

/** Below this a wide grid scrolls sideways, and a narrow one turns its rows into cards. */
export function leastWidth(columns: readonly ColumnView[], actionsWidth: number): number {
  return columns.reduce((sum, column) => sum + leastOf(column), actionsWidth);
}
