// Single entities: loaded by id, shared by whatever shows them, followed live.

import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Refusal } from "../api/refusal.ts";
import type { Transport } from "../api/transport.ts";
import type { Entity } from "../model/entity.ts";
import { newer } from "../model/feed.ts";
import { besideRows } from "./rows.ts";
import { usePolling, useTransport } from "./transport_context.tsx";

export interface EntityId {
  readonly entityType: string;
  readonly id: string;
}

export function entityQuery(transport: Transport, { entityType, id }: EntityId) {
  return {
    queryKey: besideRows(entityType, "one", id),
    queryFn: ({ signal }: { signal: AbortSignal }): Promise<Entity> =>
      transport.call("getEntity", { entityType, entityId: id }, { signal }),
  };
}

export interface FollowedEntity {
  /** As last seen; also when it is gone by now. */
  readonly entity: Entity | undefined;
  readonly error: Refusal | undefined;
}

/** Entities as they are now, and as they change. */
export function useEntities(ids: readonly EntityId[]): readonly FollowedEntity[] {
  const transport = useTransport();
  const client = useQueryClient();
  const refetchInterval = usePolling();
  const results = useQueries({
    queries: ids.map((id) => ({ ...entityQuery(transport, id), refetchInterval })),
  });

  const key = JSON.stringify(ids);
  useEffect(() => {
    const stops = (JSON.parse(key) as EntityId[]).map((one) => {
      const { entityType, id } = one;
      const { queryKey } = entityQuery(transport, one);
      const reload = () => void client.invalidateQueries({ queryKey });
      return transport.follow(
        { entityType, filters: { id } },
        {
          onReset: reload,
          onChanges: (changes) => {
            for (const { op, entityId, entity } of changes) {
              // A type or its links that were emptied name no entity: this one may be among them.
              if (entityId !== id && op !== "truncate") continue;
              if (entity) {
                client.setQueryData<Entity>(queryKey, (old) => (old ? newer(old, entity) : entity));
              } else reload();
            }
          },
        },
      );
    });
    return () => {
      for (const stop of stops) stop();
    };
  }, [transport, client, key]);

  return results.map(({ data, error }) => ({
    entity: data,
    error: (error as Refusal | null) ?? undefined,
  }));
}
