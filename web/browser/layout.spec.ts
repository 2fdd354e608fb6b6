import { mkdir } from "node:fs/promises";
import { expect, openTodo, test } from "./story.ts";

/** `npm run screenshots` takes those of the documentation; a test run leaves them alone. */
const SCREENSHOTS = process.env["SCREENSHOTS"] ?? "test-results/screenshots";

test.beforeAll(() => mkdir(SCREENSHOTS, { recursive: true }));

const SIZES = [
  { name: "phone", width: 390, height: 844 },
  { name: "tablet", width: 820, height: 1180 },
  { name: "desktop", width: 1440, height: 900 },
] as const;

for (const { name, width, height } of SIZES) {
  test(`every page fits ${width} pixels`, async ({ page, torque }) => {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const path of ["", "/dashboard_page", "/settings_page"]) {
      const todo = await openTodo(page, torque, path);
      await expect(todo.page.getByText("Finish project documentation").first()).toBeVisible();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, path).toBe(0);
      await page.screenshot({
        path: `${SCREENSHOTS}/${path.slice(1).replace("_page", "") || "start"}-${name}.png`,
      });
    }
    await openTodo(page, torque);
    await page.getByRole("button", { name: "New Todo" }).click();
    const form = page.getByRole("dialog", { name: "Todo Form" });
    await expect(form.getByRole("textbox", { name: "Task Description" })).toBeFocused();
    await page.screenshot({ path: `${SCREENSHOTS}/form-${name}.png` });
  });
}

test("on a phone the menu, sorting and filters are behind buttons", async ({ page, torque }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const todo = await openTodo(page, torque);
  await expect(todo.row("Buy groceries")).toBeVisible();
  await page.getByRole("button", { name: "Filters" }).click();
  await page.getByRole("combobox", { name: "Filter Status" }).selectOption("Closed");
  await expect(todo.row("Buy groceries")).toBeHidden();
  await page.getByRole("combobox", { name: "Sort by" }).selectOption("Task, descending");
  await expect(page.getByRole("button", { name: "1 filter" })).toBeVisible();
  await page.getByRole("button", { name: "Open menu" }).click();
  await page.getByRole("link", { name: "Dashboard" }).click();
  await expect(page.getByRole("heading", { name: "TODO Dashboard" })).toBeVisible();
});

test("in the dark it is dark, and the choice stays", async ({ page, torque }) => {
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  const todo = await openTodo(page, torque);
  await expect(todo.row("Buy groceries")).toBeVisible();
  await page.screenshot({ path: `${SCREENSHOTS}/start-dark.png` });
  await page.getByRole("button", { name: "Switch to light colours" }).click();
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "light");
});
