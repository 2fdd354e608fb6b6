// The views of a grid that somebody keeps: with the server, for them alone.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Refusal } from "../../api/refusal.ts";
import type { Json } from "../../model/json.ts";
import { viewPrefix } from "../../model/saved_view.ts";
import { useHost } from "../host.tsx";
import { useTransport } from "../transport_context.tsx";

export interface SavedView {
  readonly name: string;
  readonly value: Json;
}

export interface SavedViews {
  /** Nothing while they load. */
  readonly views: readonly SavedView[] | undefined;
  readonly error: Refusal | undefined;
  readonly keep: (view: SavedView) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
}

export function useSavedViews(gridId: string): SavedViews {
  const transport = useTransport();
  const client = useQueryClient();
  const prefix = viewPrefix(useHost().page?.id ?? "", gridId);
  const queryKey = ["preferences", prefix];
  const { data, error } = useQuery<readonly SavedView[], Refusal>({
    queryKey,
    queryFn: async ({ signal }) => {
      const { preferences } = await transport.call("listPreferences", { prefix }, { signal });
      return preferences.map(({ name, value }) => ({ name: name.slice(prefix.length), value }));
    },
    // Another window may have kept some meanwhile.
    refetchOnMount: "always",
  });
  const reload = () => client.invalidateQueries({ queryKey });
  return {
    views: data,
    error: error ?? undefined,
    keep: async ({ name, value }) => {
      await transport.call("savePreference", { name: prefix + name, value });
      await reload();
    },
    remove: async (name) => {
      await transport.call("deletePreference", { name: prefix + name });
      await reload();
    },
  };
}
