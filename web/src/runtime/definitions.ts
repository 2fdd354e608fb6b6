// What the model says: pages, forms and entity types, kept until the model changes.

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Refusal } from "../api/refusal.ts";
import type { Transport } from "../api/transport.ts";
import type { PageList } from "../api/wire.ts";
import type { EntityTypeDescription } from "../model/entity.ts";
import type { FormDefinition } from "../model/form.ts";
import { mayWrite, type Page } from "../model/page.ts";
import { useConnection, useTransport } from "./transport_context.tsx";

/** Everything that a deployed model can change. */
const DEFINITIONS = "definition";

export function pageListQuery(transport: Transport) {
  return {
    queryKey: [DEFINITIONS, "pages"],
    queryFn: ({ signal }: { signal: AbortSignal }) => transport.call("listPages", {}, { signal }),
  };
}

export function usePageList() {
  return useQuery<PageList, Refusal>(pageListQuery(useTransport()));
}

/** Without an id: the start page. */
export function usePage(pageId: string | undefined) {
  const transport = useTransport();
  return useQuery<Page, Refusal>({
    queryKey: [DEFINITIONS, "page", pageId ?? ""],
    queryFn: ({ signal }) => transport.call("loadPage", pageId ? { pageId } : {}, { signal }),
  });
}

export function useEntityType(entityType: string | undefined) {
  const transport = useTransport();
  return useQuery<EntityTypeDescription, Refusal>({
    ...entityTypeQuery(transport, entityType ?? ""),
    enabled: entityType !== undefined,
  });
}

export function entityTypeQuery(transport: Transport, entityType: string) {
  return {
    queryKey: [DEFINITIONS, "entity type", entityType],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      transport.call("describeEntityType", { entityType }, { signal }),
  };
}

export function useFormDefinition(formId: string) {
  const transport = useTransport();
  return useQuery<FormDefinition, Refusal>({
    queryKey: [DEFINITIONS, "form", formId],
    queryFn: ({ signal }) => transport.call("getFormDefinition", { formId }, { signal }),
  });
}

export function useMayWrite(): boolean {
  return mayWrite(usePageList().data?.app.permission);
}

export function reloadDefinitions(client: QueryClient): Promise<void> {
  return client.invalidateQueries({ queryKey: [DEFINITIONS] });
}

/**
 * Loads definitions and rows again, in place, whenever another model version goes live.
 *
 * Every subscription hears of the model; this one sees no entity at all, so that a
 * page without a grid costs the feed nothing.
 */
export function useModelChanges(): void {
  const transport = useTransport();
  const client = useQueryClient();
  const entityType = useQuery({
    queryKey: [DEFINITIONS, "entity types"],
    queryFn: ({ signal }) => transport.call("listEntityTypes", {}, { signal }),
  }).data?.entityTypes[0]?.entityType;
  useEffect(() => {
    if (entityType === undefined) return undefined;
    let isFirst = true;
    const reload = () => void client.invalidateQueries();
    return transport.follow(
      { entityType, filters: { or: [] } },
      {
        onChanges: (changes) => {
          if (changes.some(({ kind }) => kind === "model" || kind === "application")) reload();
        },
        // The first answer only says that following began; later ones that something was missed.
        onReset: () => {
          if (isFirst) isFirst = false;
          else reload();
        },
      },
    );
  }, [transport, client, entityType]);
}

/** What failed while the server was away is asked for again as soon as it is back. */
export function useRecovery(): void {
  const client = useQueryClient();
  const isLive = useConnection() === "live";
  useEffect(() => {
    if (isLive) {
      void client.refetchQueries({ predicate: ({ state }) => state.status === "error" });
    }
  }, [client, isLive]);
}
