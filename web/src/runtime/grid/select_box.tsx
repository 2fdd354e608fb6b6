// The box that chooses a row, or all of them: the browser's own, with a large target around it.

import type { MouseEvent } from "react";
import classes from "./grid_row.module.css";

export interface SelectBoxProps {
  readonly label: string;
  /** `undefined` when some are chosen and some are not. */
  readonly isChecked: boolean | undefined;
  readonly tabIndex: number;
  readonly onToggle: (extend: boolean) => void;
}

export function SelectBox({ label, isChecked, tabIndex, onToggle }: SelectBoxProps) {
  return (
    <label className={classes["selectLabel"]}>
      <input
        type="checkbox"
        className={classes["selectBox"]}
        aria-label={label}
        checked={isChecked ?? false}
        ref={(box) => {
          if (box) box.indeterminate = isChecked === undefined;
        }}
        tabIndex={tabIndex}
        // A click, as only it tells whether Shift is held; the keyboard's Space is one too.
        onClick={(event: MouseEvent) => onToggle(event.shiftKey)}
        onChange={() => undefined}
      />
    </label>
  );
}
