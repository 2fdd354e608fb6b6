// Linking and unlinking what a grid lists with the entity that it is about.

import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asRefusal, type Refusal } from "../../api/refusal.ts";
import { explain } from "../../api/refusal_text.ts";
import type { EntityTypeDescription, RelationshipDescription } from "../../model/entity.ts";
import { wayOf } from "../../model/grid_links.ts";
import type { JsonObject } from "../../model/json.ts";
import type { LinkedBy } from "../../model/page.ts";
import { showToast } from "../../ui/toast.tsx";
import { reloadRows } from "../rows.ts";
import { useTransport } from "../transport_context.tsx";

interface Row {
  readonly id: string;
}

export interface Links {
  /** The relationship, as the type of the rows has it. */
  readonly way: RelationshipDescription | undefined;
  /** Links, or changes what the link carries; why not, where it was refused. */
  readonly attempt: (row: Row, data?: JsonObject) => Promise<Refusal | undefined>;
  /** Links, and says how it went. */
  readonly link: (row: Row, name: string, data?: JsonObject) => Promise<void>;
  readonly unlink: (row: Row, name: string) => Promise<void>;
}

export function useLinks(
  entityType: string,
  linked: LinkedBy | undefined,
  type: EntityTypeDescription | undefined,
): Links {
  const transport = useTransport();
  const client = useQueryClient();
  const { t } = useTranslation();
  const way = wayOf(type, linked);

  const ends = (id: string) => {
    if (!linked) throw new Error("nothing is linked here");
    const { relationship, entityId } = linked;
    return way?.direction === "outgoing"
      ? { relationship, entityType, sourceId: id, targetId: entityId }
      : {
          relationship,
          ...(way ? { entityType: way.entityType } : {}),
          sourceId: entityId,
          targetId: id,
        };
  };
  const failed = (title: string, cause: unknown) =>
    showToast({ kind: "failure", title, detail: explain(cause, t) });
  const attempt: Links["attempt"] = async ({ id }, data) => {
    try {
      await transport.call("link", { ...ends(id), ...(data ? { data } : {}) });
      return undefined;
    } catch (cause) {
      return asRefusal(cause);
    } finally {
      await reloadRows(client, entityType);
    }
  };
  const link: Links["link"] = async (row, name, data) => {
    const refusal = await attempt(row, data);
    if (refusal) failed(t("grid.linkFailed", { name }), refusal);
    else showToast({ kind: "success", title: t("grid.linked", { name }) });
  };
  const unlink: Links["unlink"] = async (row, name) => {
    try {
      const { data } = await transport.call("unlink", ends(row.id));
      showToast({
        kind: "success",
        title: t("grid.unlinked", { name }),
        action: { label: t("action.undo"), perform: () => void link(row, name, data) },
      });
    } catch (cause) {
      failed(t("grid.unlinkFailed", { name }), cause);
    }
    await reloadRows(client, entityType);
  };
  return { way, attempt, link, unlink };
}
