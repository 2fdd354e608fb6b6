// Tests of plain modules, in Node. Stories have their own: .storybook/vitest.config.ts

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { environment: "node", include: ["src/**/*.test.ts", "build/**/*.test.ts"] },
});
