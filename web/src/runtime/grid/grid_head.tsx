// The head of a grid: titles that sort, and below them the filters.

import { UnstyledButton, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SortAscendingIcon, SortDescendingIcon, SortNoneIcon } from "../../ui/icons.tsx";
import { ColumnFilterInput } from "./column_filter.tsx";
import classes from "./grid.module.css";
import rowClasses from "./grid_row.module.css";
import type { GridView } from "./grid_view.ts";

export interface GridHeadProps {
  /** The box that chooses all rows, where rows can be chosen. */
  readonly selectAll: ReactNode;
  readonly view: GridView;
  /** Only heard: sorting and filtering stand above the rows. */
  readonly isCompact: boolean;
}

export function GridHead({ view, isCompact, selectAll }: GridHeadProps) {
  const { t } = useTranslation();
  const { columns, state, hasActions, filterGeneration } = view;
  const isFiltering = !isCompact && columns.some((column) => column.isFilterable);
  return (
    <div role="rowgroup" className={classes["head"]}>
      <div role="row" className={classes["headRow"]} aria-rowindex={1}>
        {selectAll && (
          <div role="columnheader" className={rowClasses["select"]}>
            {selectAll}
          </div>
        )}
        {columns.map(({ field, title, isSortable, isNumber }) => {
          const order = state.sort?.field === field ? state.sort.order : undefined;
          const Icon =
            order === "asc"
              ? SortAscendingIcon
              : order === "desc"
                ? SortDescendingIcon
                : SortNoneIcon;
          const sorted = order === "asc" ? "ascending" : order === "desc" ? "descending" : "none";
          return (
            <div
              key={field}
              role="columnheader"
              className={classes["headCell"]}
              {...(isNumber ? { "data-number": true } : {})}
              {...(isSortable ? { "aria-sort": sorted } : {})}
            >
              {isSortable && !isCompact ? (
                <UnstyledButton
                  className={classes["sort"] ?? ""}
                  {...(order ? { "data-sorted": true } : {})}
                  onClick={() => view.sortBy(field)}
                >
                  <span className={classes["value"]}>{title}</span>
                  <Icon size={14} />
                </UnstyledButton>
              ) : (
                <span className={classes["headLabel"]}>
                  <span className={classes["value"]}>{title}</span>
                </span>
              )}
            </div>
          );
        })}
        {hasActions && (
          <div role="columnheader" className={classes["headCell"]}>
            <VisuallyHidden>{t("grid.actions")}</VisuallyHidden>
          </div>
        )}
      </div>
      {isFiltering && (
        <div role="row" className={classes["headRow"]} aria-rowindex={2}>
          {selectAll && <div role="gridcell" />}
          {columns.map(({ field, title, isFilterable, property }) => (
            <div key={field} role="gridcell" className={classes["filterCell"]}>
              {isFilterable && property && (
                <ColumnFilterInput
                  key={filterGeneration}
                  property={property}
                  title={title}
                  filter={state.filters[field]}
                  onChange={(filter) => view.filterBy(field, filter)}
                />
              )}
            </div>
          ))}
          {hasActions && <div role="gridcell" />}
        </div>
      )}
    </div>
  );
}
