// The server that is administered: asked, asked again, and told what to do.

import {
  QueryClient,
  QueryClientProvider,
  type UseQueryResult,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useState } from "react";
import { useTranslation } from "react-i18next";
import { asRefusal, type Refusal } from "../api/refusal.ts";
import { explain } from "../api/refusal_text.ts";
import type { Transport } from "../api/transport.ts";
import type { Method, Params, Result } from "../api/wire.ts";
import { showToast } from "../ui/toast.tsx";

const ServerContext = createContext<Transport | undefined>(undefined);

/** Others administer too, and the command line; looking again is cheap. */
const LOOK_AGAIN_MS = 10_000;
const TRIES = 2;

export function ServerProvider({
  transport,
  children,
}: {
  readonly transport: Transport;
  readonly children: ReactNode;
}) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            refetchInterval: LOOK_AGAIN_MS,
            networkMode: "always",
            retry: (failures, cause) => failures < TRIES && asRefusal(cause).isPassing,
          },
        },
      }),
  );
  return (
    <ServerContext value={transport}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </ServerContext>
  );
}

export function useServer(): Transport {
  const transport = useContext(ServerContext);
  if (!transport) throw new Error("a page of the administration needs a ServerProvider");
  return transport;
}

export interface AnswerOptions {
  /** How often it is asked again; false: never. */
  readonly everyMs?: number | false;
  readonly enabled?: boolean;
  /** The application it is asked of. */
  readonly application?: string | undefined;
}

/** What the server answers, and keeps answering. */
export function useAnswer<M extends Method>(
  method: M,
  params: Params<M>,
  { everyMs, enabled = true, application }: AnswerOptions = {},
): UseQueryResult<Result<M>, Refusal> {
  const server = useServer();
  return useQuery<Result<M>, Refusal>({
    queryKey: [method, application, params],
    queryFn: ({ signal }) =>
      server.call(method, application ? { ...params, applicationId: application } : params, {
        signal,
      }),
    enabled,
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  });
}

/** Does something, looks at everything anew, and says so when it does not work. */
export function useDoing() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const perform = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    try {
      await work();
    } catch (cause) {
      showToast({ kind: "failure", title: t("admin.failed"), detail: explain(cause, t) });
    } finally {
      setBusy(false);
      void client.invalidateQueries();
    }
  };
  return { isBusy, perform };
}
