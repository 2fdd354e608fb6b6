// Builds the runtime and the editor into web/dist, which the server embeds.

import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { budget } from "./build/budget.ts";
import { precompress } from "./build/precompress.ts";
import { proxyTo, servedPages } from "./build/served_pages.ts";

export default defineConfig({
  base: "/",
  plugins: [
    react(),
    servedPages(),
    precompress(),
    budget({ "runtime.html": 200, "editor.html": 200 }),
  ],
  server: {
    port: 5173,
    proxy: proxyTo(process.env["TORQUE_URL"] ?? "http://127.0.0.1:8080"),
  },
  build: {
    outDir: "dist",
    assetsDir: "assets",
    // An inlined asset would need `data:` in the Content Security Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    reportCompressedSize: false,
    rolldownOptions: { input: { runtime: "runtime.html", editor: "editor.html" } },
  },
});
