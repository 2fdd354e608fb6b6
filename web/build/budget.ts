// Fails the build when a page needs more than its budget before first paint.
//
// Counted as a browser counts: the entry, everything it imports statically,
// and their styles, in brotli. What is loaded later by import() is not in it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { brotli } from "./precompress.ts";

/** Kilobytes of brotli that each page may cost before first paint. */
export type Budgets = Readonly<Record<string, number>>;

export function budget(budgets: Budgets): Plugin {
  let folder = "";
  return {
    name: "torque:budget",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const [page, kilobytes] of Object.entries(budgets)) {
        const html = readFileSync(join(folder, page), "utf8");
        const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(
          ([, file]) => file,
        );
        const bytes = files.reduce(
          (sum, file) => sum + brotli(readFileSync(join(folder, file ?? ""))).length,
          0,
        );
        const used = (bytes / 1024).toFixed(1);
        this.info(`${page}: ${used} kB of ${kilobytes} kB brotli before first paint`);
        if (bytes > kilobytes * 1024) {
          this.error(`${page} needs ${used} kB before first paint; its budget is ${kilobytes} kB`);
        }
      }
    },
  };
}
