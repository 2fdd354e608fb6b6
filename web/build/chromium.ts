// Where Chromium is and how tests start it. Nothing is downloaded.

import { existsSync } from "node:fs";

const PLACES = [
  "/usr/lib/chromium/chromium",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

function executable(): string {
  const wanted = process.env["CHROMIUM"] ?? process.env["TORQUE_CHROMIUM"];
  const found = wanted ?? PLACES.find((place) => existsSync(place));
  if (found === undefined) {
    throw new Error(`no Chromium in ${PLACES.join(", ")}: install one, or name it in CHROMIUM`);
  }
  return found;
}

export const chromium = {
  executablePath: executable(),
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
