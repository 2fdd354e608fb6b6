// One cell: its value, or the input it is edited with.

import { memo } from "react";
import type { Entity } from "../../model/entity.ts";
import { ValueView } from "../format/value_view.tsx";
import classes from "./grid_row.module.css";
import type { ColumnView } from "./grid_view.ts";
import { LateCellEditor } from "./late_cell.tsx";
import type { EditedCell, Way } from "./use_cells.ts";

export interface GridCellProps {
  readonly row: Entity;
  readonly entityType: string;
  readonly column: ColumnView;
  readonly included: Readonly<Record<string, Entity>> | undefined;
  /** Stands before the value where no head tells it. */
  readonly label: string | undefined;
  readonly isCompact: boolean;
  readonly isEditable: boolean;
  readonly edited: EditedCell | undefined;
  /** Only of the cell that is edited: for the others it would be another with every drawing. */
  readonly onEdited: ((way: Way) => void) | undefined;
}

export const GridCell = memo(function GridCell(props: GridCellProps) {
  const { row, column, label, isCompact, edited } = props;
  const { field, property, isNumber } = column;
  const value = <ValueView value={row[field]} property={property} included={props.included} />;
  return (
    <div
      role="gridcell"
      className={classes["cell"]}
      {...(isNumber ? { "data-number": true } : {})}
      {...(isCompact ? {} : { "data-field": field, tabIndex: -1 })}
      {...(props.isEditable ? { "data-editable": true, "aria-readonly": false } : {})}
    >
      {label !== undefined && <span className={classes["cellLabel"]}>{label}</span>}
      {edited && props.onEdited ? (
        <LateCellEditor
          row={row}
          entityType={props.entityType}
          field={field}
          typed={edited.typed}
          onEnd={props.onEdited}
        >
          {value}
        </LateCellEditor>
      ) : (
        value
      )}
    </div>
  );
});
