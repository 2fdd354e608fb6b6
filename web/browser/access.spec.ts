import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test, unique } from "./story.ts";

async function findings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")} ${failureSummary}`),
    );
}

for (const scheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious on any page in ${scheme} colours`, async ({ todo }) => {
    const { page } = todo;
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    await expect(todo.row("Buy groceries")).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "New Todo" }).click();
    const dialog = todo.dialog("Todo Form");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog.getByText("Task description is required")).toBeVisible();
    expect(await findings(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog).toBeHidden();
    for (const name of ["Dashboard", "Settings"]) {
      await page.getByRole("link", { name }).click();
      await expect(page.getByText("Finish project documentation")).toBeVisible();
      expect(await findings(page)).toEqual([]);
    }
  });
}

test("everything can be done from the keyboard", async ({ todo, torque }) => {
  const { page } = todo;
  const label = unique("By keyboard");
  await torque.sql(`insert into todo_list.todo (label) values ('${label}')`);

  // Past the menu by the skip link, then to the button.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "New Todo" })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = todo.dialog("Todo Form");
  await expect(dialog.getByRole("textbox", { name: "Task Description" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "New Todo" })).toBeFocused();

  // Into the grid, to the row, edit it, delete it, and take that back.
  await page.getByRole("textbox", { name: "Filter Task" }).focus();
  await page.keyboard.type(label);
  await expect(page.getByText("1–1 of 1")).toBeVisible();
  await expect(todo.row(label)).toBeVisible();
  await todo.row(label).focus();
  await page.keyboard.press("Enter");
  const edit = todo.dialog(`Edit ${label}`);
  await expect(edit.getByRole("textbox", { name: "Task Description" })).toBeFocused();
  await page.keyboard.press("End");
  await page.keyboard.type("!");
  await page.keyboard.press("Enter");
  await expect(edit).toBeHidden();
  await expect(todo.row(`${label}!`)).toBeVisible();
  await expect(todo.row(label)).toBeFocused();
  await page.keyboard.press("Delete");
  await expect(todo.row(label)).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).focus();
  await page.keyboard.press("Enter");
  await expect(todo.row(`${label}!`)).toBeVisible();
});

test("arrows walk through the rows", async ({ todo }) => {
  const { page } = todo;
  await expect(todo.row("Buy groceries")).toBeVisible();
  const rows = page.getByRole("row");
  await rows.nth(2).focus();
  await page.keyboard.press("ArrowDown");
  await expect(rows.nth(3)).toBeFocused();
  await page.keyboard.press("Home");
  await expect(rows.nth(2)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(rows.nth(2).getByRole("button", { name: /^Edit/ })).toBeFocused();
});
