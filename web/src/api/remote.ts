// The transport to a running Torque: requests over HTTP, changes over the socket.
//
// Requests stay on HTTP on purpose: they can be cancelled one by one, a slow one
// holds up no other, and everything but live updates works where a proxy lets no
// WebSocket through (the caller then polls, see `Connection`).

import { callOverHttp } from "./http.ts";
import { Socket } from "./socket.ts";
import type { Transport } from "./transport.ts";

/** The transport of one application, at `/app/{slug}`. */
export function applicationTransport(base: string): Transport {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new Socket(`${scheme}://${location.host}${base}/ws`);
  return {
    call: (method, params, options) =>
      callOverHttp(`${base}/jsonrpc`, method, params, options?.signal),
    follow: (subscription, listener) => socket.follow(subscription, listener),
    addressOf: (path) => `${base}/${path}`,
    connection: socket.connection,
  };
}

/** The transport of the whole server, without live updates. */
export function serverTransport(): Transport {
  return {
    call: (method, params, options) => callOverHttp("/jsonrpc", method, params, options?.signal),
    follow: () => () => undefined,
    addressOf: (path) => `/${path}`,
    connection: { get: () => "live", listen: () => () => undefined },
  };
}

/** Ends the browser's sign-in to the server. */
export async function signOut(): Promise<void> {
  await fetch("/sign-out", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
    credentials: "same-origin",
  });
}
