// Which transport the components below use, and the cache of what came through it.

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";
import { asRefusal } from "../api/refusal.ts";
import type { Connection, Transport } from "../api/transport.ts";

const TransportContext = createContext<Transport | undefined>(undefined);

/** Tries of a read that failed for a passing reason; a refusal is not asked again. */
const TRIES = 3;

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The change feed says when something is stale; without it, `pollMs` does.
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 60_000,
        refetchOnWindowFocus: false,
        networkMode: "always",
        retry: (failures, cause) => failures < TRIES && asRefusal(cause).isPassing,
        retryDelay: (failures) => Math.min(4_000, 300 * 2 ** failures),
      },
      mutations: { networkMode: "always" },
    },
  });
}

export function TransportProvider({
  transport,
  client,
  children,
}: {
  readonly transport: Transport;
  readonly client: QueryClient;
  readonly children: ReactNode;
}) {
  return (
    <TransportContext value={transport}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </TransportContext>
  );
}

export function useTransport(): Transport {
  const transport = useContext(TransportContext);
  if (!transport) throw new Error("a component of an application needs a TransportProvider");
  return transport;
}

export function useConnection(): Connection {
  const { connection } = useTransport();
  return useSyncExternalStore(connection.listen, connection.get);
}

const POLL_MS = 5_000;

/** How often to ask again while nobody tells: the fallback where no WebSocket gets through. */
export function usePolling(): number | false {
  return useConnection() === "live" ? false : POLL_MS;
}
