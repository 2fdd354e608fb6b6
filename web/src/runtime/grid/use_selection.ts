// Which rows are chosen, over all pages of what is filtered: by a click, by Space, or a range with Shift.

import { useMemo, useState } from "react";
import type { Entity } from "../../model/entity.ts";

export interface Selection {
  readonly rows: ReadonlyMap<string, Entity>;
  readonly has: (row: Entity) => boolean;
  /** With `extend`, everything from the row that was chosen last, as far as it is loaded. */
  readonly toggle: (row: Entity, extend: boolean) => void;
  /** Adds what lies between them, both too, as the keyboard goes with Shift. */
  readonly extend: (from: Entity, to: Entity) => void;
  /** Chooses all of these, or none of them when all are chosen. */
  readonly toggleAll: (rows: readonly Entity[]) => void;
  readonly clear: () => void;
}

interface Chosen {
  readonly rows: ReadonlyMap<string, Entity>;
  readonly last: string | undefined;
}

const NONE: Chosen = { rows: new Map(), last: undefined };

/**
 * `shown` are the loaded rows in their order. `scope` says what they are rows of: with
 * another filter nothing is chosen, as nobody should change rows that they no longer see.
 */
export function useSelection(shown: readonly Entity[], scope: string): Selection {
  const [held, setHeld] = useState({ scope, chosen: NONE });
  const chosen = held.scope === scope ? held.chosen : NONE;
  return useMemo(() => {
    const setChosen = (next: (old: Chosen) => Chosen) =>
      setHeld((old) => ({ scope, chosen: next(old.scope === scope ? old.chosen : NONE) }));
    return {
      rows: chosen.rows,
      has: ({ id }) => chosen.rows.has(id),
      toggle: (row, extend) => setChosen((old) => toggled(old, row, extend ? shown : undefined)),
      extend: (from, to) =>
        setChosen(({ rows }) =>
          toggled({ rows: new Map(rows).set(from.id, from), last: from.id }, to, shown),
        ),
      toggleAll: (rows) =>
        setChosen((old) => {
          const all = new Map(old.rows);
          const isFull = rows.every(({ id }) => all.has(id));
          for (const row of rows) {
            if (isFull) all.delete(row.id);
            else all.set(row.id, row);
          }
          return { rows: all, last: undefined };
        }),
      clear: () => setChosen(() => NONE),
    };
  }, [chosen, shown, scope]);
}

/** `among` are the rows of which a range is taken. */
export function toggled(old: Chosen, row: Entity, among: readonly Entity[] | undefined): Chosen {
  const rows = new Map(old.rows);
  const from = among?.findIndex(({ id }) => id === old.last) ?? -1;
  const to = among?.findIndex(({ id }) => id === row.id) ?? -1;
  if (among && from >= 0 && to >= 0) {
    for (const one of among.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      rows.set(one.id, one);
    }
  } else if (rows.has(row.id)) rows.delete(row.id);
  else rows.set(row.id, row);
  return { rows, last: row.id };
}
