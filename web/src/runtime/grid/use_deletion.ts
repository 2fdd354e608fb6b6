// Deleting a row: gone at once, and back again by Undo.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "../../api/refusal_text.ts";
import type { Entity } from "../../model/entity.ts";
import { showToast } from "../../ui/toast.tsx";
import { reloadRows, withoutRow } from "../rows.ts";
import { useTransport } from "../transport_context.tsx";

export function useDeletion(entityType: string): (row: Entity, name: string) => Promise<void> {
  const transport = useTransport();
  const client = useQueryClient();
  const { t } = useTranslation();

  return useCallback(
    async (row, name) => {
      const entityId = row.id;
      const restore = async () => {
        try {
          await transport.call("restoreEntity", { entityType, entityId });
          showToast({ kind: "success", title: t("grid.restored", { name }) });
        } catch (cause) {
          const detail = explain(cause, t);
          showToast({ kind: "failure", title: t("grid.restoreFailed", { name }), detail });
        }
        await reloadRows(client, entityType);
      };
      withoutRow(client, entityType, entityId);
      try {
        await transport.call("deleteEntity", { entityType, entityId });
        showToast({
          kind: "success",
          title: t("grid.deleted", { name }),
          action: { label: t("action.undo"), perform: () => void restore() },
        });
      } catch (cause) {
        const detail = explain(cause, t);
        showToast({ kind: "failure", title: t("grid.deleteFailed", { name }), detail });
      }
      await reloadRows(client, entityType);
    },
    [transport, client, entityType, t],
  );
}
