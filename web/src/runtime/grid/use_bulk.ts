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
  const undo = (perform: () => Promise<unknown>, count: number) => ({
    label: t("action.undo"),
    perform: () => {
      void perform()
        .then(() => showToast({ kind: "success", title: t("grid.bulk.undone", { count }) }))
        .catch((cause: unknown) =>
          showToast({
            kind: "failure",
            title: t("grid.bulk.undoFailed", { count }),
            detail: explain(cause, t),
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
          action: undo(() => transport.call("bulkRestoreEntities", { entityType, ids }), count),
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
      const set = (of: (row: Entity) => Json) =>
        transport.call("bulkUpdateEntities", {
          entityType,
          entities: rows.map((row) => ({ id: row.id, data: { [name]: of(row) } })),
          idempotencyKey: newId(),
        });
      const count = rows.length;
      try {
        // What they were is asked, not taken from the screen: that may be old, or show only some columns.
        const before = await Promise.all(
          rows.map(({ id }, index) =>
            transport.call("getEntity", { entityType, entityId: id }).catch((cause: unknown) => {
              const { code, message, data } = asRefusal(cause);
              throw new Refusal(code, message, { ...data, index });
            }),
          ),
        );
        const was = new Map(before.map((row) => [row.id, row[name] ?? null]));
        await set(() => value);
        showToast({
          kind: "success",
          title: t("grid.bulk.changed", { count }),
          action: undo(() => set((row) => was.get(row.id) ?? null), count),
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
