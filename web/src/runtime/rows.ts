// The rows of a grid: loaded page by page, kept while the next ones load, followed live.

import { type QueryClient, useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Refusal } from "../api/refusal.ts";
import type { EntityPage } from "../api/wire.ts";
import { coalesce } from "../model/coalesce.ts";
import type { Entity } from "../model/entity.ts";
import { newer } from "../model/feed.ts";
import type { Filter } from "../model/filter.ts";
import type { GridQuery } from "../model/grid.ts";
import { usePolling, useTransport } from "./transport_context.tsx";

const ROWS = "rows";
const PAGE = "page";
/** Between two loads under a stream of changes. */
const REST_MS = 150;
/** How long a row that changed stays marked. */
const MARKED_MS = 1_800;

export interface Rows {
  /** The row at a place of the list; nothing while its page loads. */
  readonly at: (index: number) => Entity | undefined;
  /** The loaded ones in their order. */
  readonly shown: readonly Entity[];
  readonly total: number;
  readonly totalIsCapped: boolean;
  readonly included: NonNullable<EntityPage["included"]>;
  readonly links: NonNullable<EntityPage["links"]>;
  /** Nothing was ever loaded. */
  readonly isPending: boolean;
  /** What is shown is of an earlier query, or is being loaded again. */
  readonly isLoading: boolean;
  readonly error: Refusal | undefined;
  readonly reload: () => void;
}

interface Loaded {
  readonly pages: ReadonlyMap<number, EntityPage>;
  readonly last: EntityPage | undefined;
}

const NOTHING: Loaded = { pages: new Map(), last: undefined };

/** `pages` are those in view. A late answer to an older query finds its own place and shows nowhere. */
export function useRows(query: GridQuery | undefined, pages: readonly number[]): Rows {
  const transport = useTransport();
  const client = useQueryClient();
  const refetchInterval = usePolling();
  const [kept, setKept] = useState<Loaded>(NOTHING);

  const results = useQueries({
    queries: query
      ? pages.map((page) => ({
          queryKey: [ROWS, query.entityType, PAGE, { ...query, page }],
          queryFn: ({ signal }: { signal: AbortSignal }) =>
            transport.call("loadEntityData", { ...query, page }, { signal }),
          refetchInterval,
        }))
      : [],
  });

  const found = new Map<number, EntityPage>();
  results.forEach((result, i) => {
    const page = pages[i];
    if (result.data && page !== undefined) found.set(page, result.data);
  });
  const newest = results.findLast((result) => result.data)?.data;
  const shown: Loaded = newest ? { pages: found, last: newest } : kept;
  if (newest && (newest !== kept.last || !sameMap(found, kept.pages))) setKept(shown);

  const failed = results.find((result) => result.error)?.error as Refusal | undefined;
  const limit = query?.limit ?? 1;
  const loaded = useMemo(
    () => [...shown.pages].sort(([a], [b]) => a - b).flatMap(([, page]) => page.data),
    [shown.pages],
  );
  const included = useMemo(() => {
    const all: Record<string, Record<string, Entity>> = {};
    for (const { included: one } of shown.pages.values()) {
      for (const [name, entities] of Object.entries(one ?? {})) {
        all[name] = { ...all[name], ...entities };
      }
    }
    return all;
  }, [shown.pages]);

  const links = useMemo(
    () => Object.assign({}, ...[...shown.pages.values()].map((page) => page.links)),
    [shown.pages],
  );

  return {
    at: (index) => shown.pages.get(Math.floor(index / limit))?.data[index % limit],
    shown: loaded,
    total: shown.last?.pagination.total ?? 0,
    totalIsCapped: shown.last?.pagination.totalIsCapped ?? false,
    included,
    links,
    isPending: shown.last === undefined && !failed,
    isLoading: !newest || results.some((result) => result.isFetching),
    error: failed,
    reload: () => void reloadRows(client, query?.entityType),
  };
}

function sameMap(left: ReadonlyMap<number, unknown>, right: ReadonlyMap<number, unknown>): boolean {
  return left.size === right.size && [...left].every(([key, value]) => right.get(key) === value);
}

/** The cache key of anything else that shows entities of a type, reloaded along with its rows. */
export function besideRows(entityType: string, ...what: readonly unknown[]) {
  return [ROWS, entityType, "beside", ...what];
}

export function reloadRows(client: QueryClient, entityType: string | undefined): Promise<void> {
  return client.invalidateQueries({ queryKey: entityType ? [ROWS, entityType] : [ROWS] });
}

/** Takes a row out of sight at once; the reload that follows decides. */
export function withoutRow(client: QueryClient, entityType: string, id: string): void {
  client.setQueriesData<EntityPage>({ queryKey: [ROWS, entityType, PAGE] }, (page) => {
    if (!page?.data.some((row) => row.id === id)) return page;
    const { pagination } = page;
    return {
      ...page,
      data: page.data.filter((row) => row.id !== id),
      pagination: { ...pagination, total: Math.max(0, pagination.total - 1) },
    };
  });
}

/** Shows newer states of rows at once; the reload that follows decides where they belong. */
export function takeIn(client: QueryClient, entityType: string, entities: readonly Entity[]): void {
  const states = new Map(entities.map((entity) => [entity.id, entity]));
  if (states.size === 0) return;
  client.setQueriesData<EntityPage>({ queryKey: [ROWS, entityType, PAGE] }, (page) => {
    if (!page?.data.some((row) => states.has(row.id))) return page;
    return { ...page, data: page.data.map((row) => newer(row, states.get(row.id) ?? row)) };
  });
}

/** Follows a type's changes; the ids are those of rows that just changed, to be marked. */
export function useLiveRows(entityType: string, preset: Filter | undefined): ReadonlySet<string> {
  const transport = useTransport();
  const client = useQueryClient();
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const presetKey = JSON.stringify(preset ?? {});

  useEffect(() => {
    const reload = coalesce(() => reloadRows(client, entityType), REST_MS);
    const filters = JSON.parse(presetKey) as Filter;
    return transport.follow(
      { entityType, ...(presetKey === "{}" ? {} : { filters }) },
      {
        onReset: reload,
        onChanges: (changes) => {
          takeIn(
            client,
            entityType,
            changes.flatMap(({ entity }) => entity ?? []),
          );
          reload();
          const ids = changes.flatMap(({ op, entityId }) =>
            entityId && (op === "create" || op === "update") ? [entityId] : [],
          );
          if (ids.length === 0) return;
          setMarked(new Set(ids));
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setMarked(new Set()), MARKED_MS);
        },
      },
    );
  }, [transport, client, entityType, presetKey]);

  useEffect(() => () => clearTimeout(timer.current), []);
  return marked;
}
