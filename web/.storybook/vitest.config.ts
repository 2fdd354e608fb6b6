// Every story is a test: it must draw without an error, its play function must
// hold, and axe must find nothing. In Chromium, headless.

import { storybookTest } from "@storybook/addon-vitest/vitest-plugin";
import react from "@vitejs/plugin-react";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromium } from "../build/chromium.ts";

export default defineConfig({
  plugins: [react(), storybookTest({ configDir: ".storybook" })],
  test: {
    testTimeout: 30_000,
    browser: {
      enabled: true,
      headless: true,
      provider: playwright({ launchOptions: chromium }),
      instances: [{ browser: "chromium" }],
    },
  },
});
