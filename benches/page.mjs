// How long the runtime takes until its grid shows rows, in Chromium.
//
//   node page.mjs http://127.0.0.1:8080/app/todo_list 10
//
// Prints one line of JSON: milliseconds from the navigation's start to the
// first row, with an empty browser cache (first) and a warm one (again).
import { createRequire } from "node:module";

const [url, times] = process.argv.slice(2);
const require = createRequire(new URL("../web/package.json", import.meta.url));
const { chromium } = require("playwright");

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function ready(context) {
  const page = await context.newPage();
  const began = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.locator('[role="row"][data-index]').first().waitFor();
  const time = performance.now() - began;
  await page.close();
  return Math.round(time);
}

const result = { first: [], again: [] };
for (let round = 0; round < Number(times); round += 1) {
  const context = await browser.newContext();
  result.first.push(await ready(context));
  result.again.push(await ready(context));
  await context.close();
}
await browser.close();
console.log(JSON.stringify(result));
