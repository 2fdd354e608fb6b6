import { mkdir } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test, unique } from "./story.ts";

const SCREENSHOTS = process.env["SCREENSHOTS"] ?? "test-results/screenshots";
const WIDTHS = [390, 820, 1440] as const;

test.beforeAll(() => mkdir(SCREENSHOTS, { recursive: true }));

/** Signs in with a link, as an administrator does, and fails when a policy refuses anything. */
const admin = test.extend<{ readonly administration: Page }>({
  administration: async ({ page, torque }, use) => {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (/content security policy/i.test(message.text())) problems.push(message.text());
    });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(await torque.signInLink());
    await expect(page.getByRole("heading", { name: "Applications", level: 1 })).toBeVisible();
    await use(page);
    expect(problems).toEqual([]);
  },
});

/** Nothing overflows at any width, and axe finds nothing serious in either colours. */
async function holds(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    // The menu leaves a moment after the window is smaller.
    const overflow = () =>
      page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
    await expect.poll(overflow, `${name} at ${width}`).toBe(0);
    await page.screenshot({ path: `${SCREENSHOTS}/admin-${name}-${width}.png` });
  }
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
    expect(serious, `${name} in ${colorScheme}`).toEqual([]);
  }
}

admin("an application from a template is made, stopped and deleted", async ({ administration }) => {
  const page = administration;
  await holds(page, "applications");
  await page.getByRole("button", { name: "New application" }).click();
  const dialog = page.getByRole("dialog", { name: "New application" });
  await dialog.getByLabel("Template").selectOption("issue_tracker");
  const name = unique("Issues");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByRole("link", { name: "Open" })).toBeVisible({ timeout: 60_000 });
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("link", { name: `Open ${name}` })).toBeVisible();

  await page.getByRole("button", { name: `Stop ${name}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("button", { name: `Start ${name}` })).toBeVisible();
  await page.getByRole("button", { name: `Delete ${name}` }).click();
  const sure = page.getByRole("dialog", { name: `Delete “${name}” for good?` });
  await expect(sure.getByText(/It holds \d{3,} entities: .*×/)).toBeVisible();
  await sure.getByRole("button", { name: /Delete it and/ }).click();
  await expect(page.getByText(`“${name}” was deleted`)).toBeVisible();
  await expect(page.getByRole("button", { name: `Start ${name}` })).toBeHidden();
});

admin(
  "a key is shown once, lets its holder in, and is revoked",
  async ({ administration, torque }) => {
    const page = administration;
    await page.getByRole("link", { name: "API keys" }).click();
    const name = unique("Nightly import");
    await page.getByRole("button", { name: "New key or link" }).click();
    const dialog = page.getByRole("dialog", { name: "New key or link" });
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByLabel("Counts for").selectOption({ label: "TODO List" });
    await dialog.getByLabel("Expires").selectOption({ label: "After 30 days" });
    await dialog.getByRole("button", { name: "Make" }).click();
    const made = page.getByRole("dialog", { name: "The API key was made" });
    const key = await made.getByLabel("API key", { exact: true }).inputValue();
    await made.getByRole("button", { name: "Close" }).last().click();
    await expect(page.getByText(key)).toHaveCount(0);
    const ask = () =>
      fetch(`${torque.application}/jsonrpc`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "whoami", params: {} }),
      });
    expect((await ask()).status).toBe(200);
    await holds(page, "keys");
    await page.getByRole("button", { name: `Revoke ${name}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await expect(page.getByText(`“${name}” was revoked`)).toBeVisible();
    await expect(page.getByRole("button", { name: `Revoke ${name}` })).toBeHidden();
    await expect.poll(async () => (await ask()).status).toBe(401);
  },
);

admin(
  "health names what was looked at, and signing out leaves nothing open",
  async ({ administration }) => {
    const page = administration;
    await page.getByRole("link", { name: "Health" }).click();
    await expect(page.getByRole("region", { name: "In order" })).toBeVisible();
    await expect(page.getByText("every index is valid")).toBeVisible();
    await holds(page, "health");
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "Sign out" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByLabel("Sign-in link or API key")).toBeVisible();
  },
);

admin(
  "a model is published with all its problems named, and goes live and back",
  async ({ administration, torque }) => {
    const page = administration;
    await torque.changeModel(({ pages }) => {
      for (const one of pages) one.title = `${one.title}.`;
    });
    await page.getByRole("link", { name: "Models" }).click();
    await holds(page, "models");
    await page.getByRole("link", { name: "TODO List" }).click();
    await holds(page, "model");
    await page.getByRole("button", { name: "Publish the draft" }).click();
    await expect(page.getByText("The draft already is version 2")).toBeVisible();
    for (const version of ["1", "2"]) {
      await page.getByLabel("Version for TODO List").selectOption(version);
      await page.getByRole("button", { name: "Deploy TODO List" }).click();
      await expect(page.getByText(`Version ${version} is live in “TODO List”`)).toBeVisible();
    }
    const { models } = await torque.admin<{ models: { id: string; name: string }[] }>(
      "listModels",
      {},
    );
    const modelId = models.find(({ name }) => name === "TODO List")?.id;
    const model = await torque.admin<{
      revision: number;
      document: { pages: { title: string }[] };
    }>("getModel", { modelId });
    const { document, revision } = model;
    const broken = { ...document, time_zone: "Nowhere/Atall" };
    await torque.admin("updateModel", { modelId, document: broken, revision });
    await page.getByRole("button", { name: "Publish the draft" }).click();
    await expect(page.getByRole("alert").getByText("time_zone")).toBeVisible();
    await torque.admin("updateModel", { modelId, document, revision: revision + 1 });
    // As it was, for the tests that follow.
    await torque.changeModel(({ pages }) => {
      for (const one of pages) one.title = one.title.replace(/\.$/, "");
    });
  },
);

admin("what became of an entity is seen, and brought back", async ({ administration, torque }) => {
  const page = administration;
  const [first, second] = [unique("First"), unique("Second")];
  await torque.sql(`insert into todo_list.todo (label) values ('${first}')`);
  await torque.sql(`update todo_list.todo set label = '${second}' where label = '${first}'`);
  await page.getByRole("link", { name: "Data" }).click();
  await page.getByRole("combobox", { name: "Application" }).selectOption("TODO List");
  await page.getByRole("searchbox", { name: "Search in all texts" }).fill(second);
  await holds(page, "data");
  await page.getByRole("link", { name: `History of “${second}”` }).click();
  const history = page.getByRole("region", { name: `History of “${second}”` });
  await expect(history.getByText("Changed", { exact: true })).toBeVisible();
  await expect(history.getByRole("row", { name: /Task/ }).first()).toContainText(second);
  await holds(page, "history");
  await history.getByRole("button", { name: "Restore version 1" }).click();
  await expect(page.getByText(`“${second}” is as in version 1`)).toBeVisible();
  await expect(page.getByRole("region", { name: `History of “${first}”` })).toBeVisible();

  await torque.sql(`delete from todo_list.todo where label = '${first}'`);
  await page.getByRole("link", { name: "All entities" }).click();
  await page.getByRole("combobox", { name: "Which entities" }).selectOption("Deleted entities");
  await holds(page, "deleted");
  await page.getByRole("button", { name: `Bring back ${first}` }).click();
  await expect(page.getByText(`“${first}” is back`)).toBeVisible();
  await page.getByRole("combobox", { name: "Which entities" }).selectOption("Entities");
  await page.getByRole("searchbox", { name: "Search in all texts" }).fill(first);
  await expect(page.getByRole("link", { name: `History of “${first}”` })).toBeVisible();
});

admin("a workflow is run by hand, and what it did is seen", async ({ administration }) => {
  const page = administration;
  await page.getByRole("link", { name: "Workflows" }).click();
  await page.getByRole("combobox", { name: "Application" }).selectOption("TODO List");
  const run = page.getByRole("button", { name: "Run Export todos" });
  await run.click();
  const dialog = page.getByRole("dialog", { name: "Run “Export todos”" });
  await dialog.getByRole("textbox").fill("[1]");
  await dialog.getByRole("button", { name: "Start" }).click();
  await expect(dialog.getByText("This is no JSON object")).toBeVisible();
  await dialog.getByRole("textbox").fill("{}");
  await dialog.getByRole("button", { name: "Start" }).click();
  await expect(page.getByText("Succeeded").first()).toBeVisible();
  const nodes = page.getByRole("region", { name: "Nodes" });
  await expect(nodes.getByText("EntityRead")).toBeVisible();
  await expect(page.getByRole("region", { name: "Answer" })).toBeVisible();
  await holds(page, "execution");
  await page.getByRole("link", { name: "All executions" }).click();
  await page.getByRole("combobox", { name: "State" }).selectOption("Succeeded");
  await expect(page.getByRole("table", { name: "Executions" })).toContainText("Export todos");
  await holds(page, "workflows");
  await page.getByRole("searchbox", { name: "Search" }).fill("nothing has this text");
  await expect(page.getByText("Nothing has run that is like this")).toBeVisible();
});

admin("a secret is kept, replaced and deleted, and never shown", async ({ administration }) => {
  const page = administration;
  await page.getByRole("link", { name: "Secrets" }).click();
  await page.getByRole("combobox", { name: "Application" }).selectOption("TODO List");
  await page.getByRole("button", { name: "New secret" }).click();
  const dialog = page.getByRole("dialog", { name: "New secret" });
  await dialog.getByLabel("Name").fill("9 no name");
  await dialog.getByLabel("Value").fill("hush-hush-hush");
  await dialog.getByRole("button", { name: "Keep" }).click();
  await expect(dialog.getByText("Only letters, digits and _")).toBeVisible();
  await dialog.getByLabel("Name").fill("stripe");
  await dialog.getByLabel("Value").fill("short");
  await dialog.getByRole("button", { name: "Keep" }).click();
  await expect(dialog.getByText("It must have 8 to 16,384 bytes")).toBeVisible();
  await holds(page, "secret");
  await dialog.getByLabel("Value").fill("hush-hush-hush");
  await dialog.getByRole("button", { name: "Keep" }).click();
  await expect(page.getByText("“stripe” is set")).toBeVisible();
  await expect(page.getByText("{{ secrets.stripe }}")).toBeVisible();
  await expect(page.locator("body")).not.toContainText("hush");
  await holds(page, "secrets");
  await page.getByRole("button", { name: "Replace stripe" }).click();
  const again = page.getByRole("dialog", { name: "Replace stripe" });
  await again.getByLabel("Value").fill("hush-hush-again");
  await again.getByRole("button", { name: "Keep" }).click();
  await expect(again).toBeHidden();
  await page.getByRole("button", { name: "Delete stripe" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("This application has no secret yet")).toBeVisible();
});
