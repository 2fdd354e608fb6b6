// Browser tests: what a person does, in a real Chromium, against a real server.
//
// TORQUE_BINARY names the program; each run has a project folder and a database
// of its own (browser/torque.ts).

import { defineConfig } from "@playwright/test";
import { chromium } from "./build/chromium.ts";

export default defineConfig({
  testDir: "browser",
  // One server, one database: the tests share them and each makes what it looks for.
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 8_000 },
  forbidOnly: true,
  reporter: [["list"]],
  outputDir: "test-results",
  use: {
    browserName: "chromium",
    launchOptions: chromium,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    video: "off",
  },
});
