// Serves the two pages in development at the addresses the real server uses.
//
// `/` is the editor and `/app/{application}/…` the runtime; everything that
// speaks JSON or a socket goes on to a running Torque at TORQUE_URL.

import type { Plugin, ProxyOptions } from "vite";

export function servedPages(): Plugin {
  return {
    name: "torque:served-pages",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? "/").split("?")[0] ?? "/";
        if (path === "/") request.url = "/editor.html";
        else if (/^\/app\/[^/]+(\/(?!jsonrpc$|ws$)[^/.]*)*$/.test(path))
          request.url = "/runtime.html";
        next();
      });
    },
  };
}

/** Paths that belong to the server. Its Origin check sees the server's own address. */
export function proxyTo(target: string): Record<string, ProxyOptions> {
  const options: ProxyOptions = {
    target,
    changeOrigin: true,
    ws: true,
    headers: { origin: target },
  };
  return {
    "^/jsonrpc$": options,
    "^/app/[^/]+/(jsonrpc|ws)$": options,
    "^/(sign-in|setup|health|metrics)(/.*)?": options,
  };
}
