// One row: its values, its actions, and its place in the keyboard's path.

import { ActionIcon, Button, Tooltip } from "@mantine/core";
import type { CSSProperties, KeyboardEvent, Ref } from "react";
import { useTranslation } from "react-i18next";
import type { Entity } from "../../model/entity.ts";
import type { RowAction } from "../../model/page.ts";
import { LinkIcon, PencilIcon, TrashIcon, UnlinkIcon } from "../../ui/icons.tsx";
import { colorOf } from "../components/torque_button.tsx";
import { GridCell } from "./grid_cell.tsx";
import classes from "./grid_row.module.css";
import type { ColumnView } from "./grid_view.ts";
import { SelectBox } from "./select_box.tsx";
import type { Cells } from "./use_cells.ts";

export interface GridRowProps {
  readonly row: Entity;
  readonly entityType: string;
  readonly name: string;
  readonly index: number;
  readonly rowIndex: number;
  readonly offset: number;
  readonly columns: readonly ColumnView[];
  readonly included: Readonly<Record<string, Readonly<Record<string, Entity>>>>;
  readonly isCompact: boolean;
  readonly isActive: boolean;
  readonly isMarked: boolean;
  readonly actions: readonly RowAction[];
  readonly cells: Cells;
  readonly isClickable: boolean;
  readonly onAction: (action: RowAction, row: Entity) => void;
  readonly onEdit: ((row: Entity) => void) | undefined;
  readonly onLink: (() => void) | undefined;
  readonly onUnlink: ((row: Entity) => void) | undefined;
  readonly onDelete: ((row: Entity) => void) | undefined;
  readonly isSelected: boolean;
  readonly onSelect: ((row: Entity, extend: boolean) => void) | undefined;
  readonly onFocus: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLDivElement>, index: number) => void;
  readonly measure: Ref<HTMLDivElement> | undefined;
}

/** Room for the row's buttons, reckoned so that every row and the head agree. */
export function actionsWidth(actions: readonly RowAction[], icons: number): number {
  const labelled = actions.reduce((sum, { label }) => sum + label.length * 8.5 + 30, 0);
  const width = labelled + icons * 34;
  return width === 0 ? 0 : Math.ceil(width + 18);
}

export function GridRow(props: GridRowProps) {
  const { row, name, index, columns, isCompact, isActive, actions } = props;
  const { cells, onEdit, onLink, onUnlink, onDelete, onSelect } = props;
  const { t } = useTranslation();
  const hasActions =
    actions.length > 0 || [onEdit, onLink, onUnlink, onDelete].some((one) => one !== undefined);
  // Only the active row's buttons are on the Tab path: fifty rows are not a hundred stops.
  const tabIndex = isActive ? 0 : -1;
  const edited = cells.edited?.id === row.id ? cells.edited : undefined;
  return (
    <div
      ref={props.measure}
      role="row"
      className={classes["row"]}
      data-index={index}
      aria-rowindex={props.rowIndex}
      tabIndex={tabIndex}
      style={
        {
          transform: `translateY(${props.offset}px)`,
          "--cells": columns.length,
        } as CSSProperties
      }
      {...(props.isMarked ? { "data-marked": true } : {})}
      {...(edited ? { "data-editing": true } : {})}
      {...(props.isClickable ? { "data-clickable": true } : {})}
      {...(onSelect ? { "aria-selected": props.isSelected } : {})}
      onClick={(event) => cells.onClick(event, row)}
      onDoubleClick={(event) => cells.onDoubleClick(event, row)}
      onFocus={() => props.onFocus(index)}
      onKeyDown={(event) => props.onKeyDown(event, index)}
    >
      {onSelect && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: only keeps clicks from the row
        <div
          role="gridcell"
          className={classes["select"]}
          onClick={(event) => event.stopPropagation()}
        >
          <SelectBox
            label={t("grid.selectRow", { name })}
            isChecked={props.isSelected}
            // Space on the row does it: the way by Tab leads from a row to its buttons.
            tabIndex={-1}
            onToggle={(extend) => onSelect(row, extend)}
          />
        </div>
      )}
      {columns.map((column, place) => {
        const editedHere = edited?.field === column.field ? edited : undefined;
        return (
          <GridCell
            key={column.field}
            row={row}
            entityType={props.entityType}
            column={column}
            included={props.included[column.field]}
            label={isCompact && place > 0 ? column.title : undefined}
            isCompact={isCompact}
            isEditable={cells.isEditable(column.field)}
            edited={editedHere}
            onEdited={editedHere && ((way) => cells.onEdited(way, column.field, index))}
          />
        );
      })}
      {hasActions && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: only keeps clicks from the row
        <div
          role="gridcell"
          className={`${classes["cell"]} ${classes["actions"]}`}
          {...(actions.length > 0 ? { "data-labelled": true } : {})}
          onClick={(event) => event.stopPropagation()}
        >
          {actions.map((action) => (
            <Button
              key={action.label}
              size="compact-sm"
              variant="light"
              color={colorOf(action.variant)}
              tabIndex={tabIndex}
              onClick={() => props.onAction(action, row)}
            >
              {action.label}
            </Button>
          ))}
          {onEdit && (
            <Tooltip label={t("action.edit")}>
              <ActionIcon
                size="lg"
                color="gray"
                aria-label={t("grid.editRow", { name })}
                tabIndex={tabIndex}
                onClick={() => onEdit(row)}
              >
                <PencilIcon />
              </ActionIcon>
            </Tooltip>
          )}
          {onLink && (
            <Tooltip label={t("grid.editLinkHint")}>
              <ActionIcon
                size="lg"
                color="gray"
                aria-label={t("grid.editLink", { name })}
                tabIndex={tabIndex}
                onClick={onLink}
              >
                <LinkIcon />
              </ActionIcon>
            </Tooltip>
          )}
          {onUnlink && (
            <Tooltip label={t("action.unlink")}>
              <ActionIcon
                size="lg"
                color="gray"
                className={classes["delete"] ?? ""}
                aria-label={t("grid.unlinkRow", { name })}
                tabIndex={tabIndex}
                onClick={() => onUnlink(row)}
              >
                <UnlinkIcon />
              </ActionIcon>
            </Tooltip>
          )}
          {onDelete && (
            <Tooltip label={t("action.delete")}>
              <ActionIcon
                size="lg"
                color="gray"
                className={classes["delete"] ?? ""}
                aria-label={t("grid.deleteRow", { name })}
                tabIndex={tabIndex}
                onClick={() => onDelete(row)}
              >
                <TrashIcon />
              </ActionIcon>
            </Tooltip>
          )}
        </div>
      )}
    </div>
  );
}
