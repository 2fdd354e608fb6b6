// What is done to several rows at once: all of it or nothing, and back again by Undo.

import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asRefusal, Refusal } from "../../api/refusal.ts";
import { explain } from "../../api/refusal_text.ts";
import { displayName, type Entity, type EntityTypeDescription } from "../../model/entity.ts";
import { newId } from "../../model/identifier.ts";
import type { Json } from "../../model/json.ts";
import { showToast } from "../../ui/toast.tsx";
import { reloadRows } from "../rows.ts";
import { useTransport } from "../transport_context.tsx";

export interface Bulk {
  /** Whether it was done. */
  readonly remove: (rows: readonly Entity[]) => Promise<boolean>;
  /** Gives them all the same value; why not, where it was refused. */
  readonly change: (
    rows: readonly Entity[],
    name: string,
    value: Json,
  ) => Promise<string | undefined>;
}

/** Rows that are asked for in one request; the server's own limit is 1,000. */
const AT_ONCE = 500;

export function useBulk(type: EntityTypeDescription): Bulk {
  const transport = useTransport();
  const client = useQueryClient();
  const { t } = useTranslation();
  const { entityType } = type;

  /** The refusal, with the row that it is about. */
  const why = (cause: unknown, rows: readonly Entity[]): string => {
    const refusal = asRefusal(cause);
    const row = rows[Number(refusal.data["index"] ?? Number.NaN)];
    const field = refusal.fields[0];
    const sentence = field ? field.message : explain(cause, t);
    return row ? t("grid.bulk.atRow", { name: displayName(row, type), sentence }) : sentence;
  };
  /** Asked, not taken from the screen: that may be old, or show only some columns. */
  const asTheyAre = async (rows: readonly Entity[]): Promise<readonly Entity[]> => {
    const found = new Map<string, Entity>();
    for (let from = 0; from < rows.length; from += AT_ONCE) {
      const ids = rows.slice(from, from + AT_ONCE).map(({ id }) => id);
      const filters = { id: { in: ids } };
      const query = { entityType, filters, limit: AT_ONCE };
      const { data } = await transport.call("queryEntities", query);
      for (const row of data) found.set(row.id, row);
    }
    return rows.map((row, index) => {
      const now = found.get(row.id);
      if (!now) throw new Refusal("not_found", t("grid.bulk.isGone"), { index });
      return now;
    });
  };
  const undo = (perform: () => Promise<unknown>, rows: readonly Entity[]) => ({
    label: t("action.undo"),
    perform: () => {
      const count = rows.length;
      void perform()
        .then(() => showToast({ kind: "success", title: t("grid.bulk.undone", { count }) }))
        .catch((cause: unknown) =>
          showToast({
            kind: "failure",
            title: t("grid.bulk.undoFailed", { count }),
            detail: why(cause, rows),
          }),
        )
        .then(() => reloadRows(client, entityType));
    },
  });

  return {
    remove: async (rows) => {
      const ids = rows.map(({ id }) => id);
      const count = ids.length;
      try {
        await transport.call("bulkDeleteEntities", { entityType, ids, idempotencyKey: newId() });
        showToast({
          kind: "success",
          title: t("grid.bulk.deleted", { count }),
          action: undo(() => transport.call("bulkRestoreEntities", { entityType, ids }), rows),
        });
        return true;
      } catch (cause) {
        const title = t("grid.bulk.deleteFailed", { count });
        showToast({ kind: "failure", title, detail: why(cause, rows) });
        return false;
      } finally {
        await reloadRows(client, entityType);
      }
    },
    change: async (rows, name, value) => {
      const set = async (entities: readonly Entity[], of: (row: Entity) => Json) => {
        const changes = entities.map((row) => ({
          id: row.id,
          data: { [name]: of(row) },
          ...(row.version === undefined ? {} : { version: row.version }),
        }));
        const key = { idempotencyKey: newId() };
        return await transport.call("bulkUpdateEntities", {
          entityType,
          entities: changes,
          ...key,
        });
      };
      const count = rows.length;
      try {
        const before = await asTheyAre(rows);
        const was = new Map(before.map((row) => [row.id, row[name] ?? null]));
        const { entities } = await set(before, () => value);
        // With the versions that this change made: what was changed since is not taken back.
        const back = () => set(entities, (row) => was.get(row.id) ?? null);
        showToast({
          kind: "success",
          title: t("grid.bulk.changed", { count }),
          action: undo(back, rows),
        });
        return undefined;
      } catch (cause) {
        return why(cause, rows);
      } finally {
        await reloadRows(client, entityType);
      }
    },
  };
}
