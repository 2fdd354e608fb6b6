import type { Page } from "@playwright/test";
import { expect, test } from "./shop.ts";
import { unique } from "./story.ts";

const titles = (page: Page) => page.getByRole("columnheader").getByRole("button").allTextContents();

test("people choose the columns of a grid, and their order", async ({ page, shop }) => {
  const number = unique("Col");
  await shop.create("order", { number, total: "7.50", note: "with care" });
  await shop.create("order", { number: unique("Other") });
  await page.goto(`${shop.url}/orders`);
  await page.getByRole("textbox", { name: "Filter Number" }).fill(number);
  await expect(page.getByText("1 row")).toBeVisible();
  expect(await titles(page)).toEqual(["Number", "Customer", "Total", "Pieces", "Day", "Due"]);

  await page.getByRole("button", { name: "Columns" }).click();
  const dialog = page.getByRole("dialog", { name: "Columns" });
  const box = (name: string) => dialog.getByRole("checkbox", { name, exact: true });
  await expect(box("Number")).toBeFocused();
  await box("Note").check();
  for (const name of ["Customer", "Pieces", "Day", "Due"]) await box(name).uncheck();
  // The last row of boxes moves with the keyboard, and keeps the focus.
  await box("Number").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(box("Total")).toBeFocused();
  await page.keyboard.press("Alt+ArrowUp");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(box("Total")).toBeFocused();
  await dialog.getByRole("button", { name: "Move Total down" }).click();
  await dialog.getByRole("button", { name: "Move Total up" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("button", { name: "Columns" })).toBeFocused();
  expect(await titles(page)).toEqual(["Total", "Number", "Note"]);
  await expect(page.getByRole("row").filter({ hasText: number })).toContainText("with care");
  // The filter of a column that is shown stays, and the download has what is shown.
  await expect(page.getByRole("textbox", { name: "Filter Number" })).toHaveValue(number);
  await expect(page.getByRole("link", { name: "Download CSV" })).toHaveAttribute(
    "href",
    /fields=total%2Cnumber%2Cnote/,
  );

  // What is no longer shown filters no longer.
  await page.getByRole("button", { name: "Columns" }).click();
  await box("Number").uncheck();
  await box("Note").uncheck();
  await expect(box("Total")).toBeDisabled();
  await expect(page.getByText("1 row", { exact: true })).toBeHidden();
  await dialog.getByRole("button", { name: "As designed" }).click();
  await dialog.getByRole("button", { name: "Done" }).click();
  expect(await titles(page)).toEqual(["Number", "Customer", "Total", "Pieces", "Day", "Due"]);
});

test("a column is dragged to another place", async ({ page, shop }) => {
  await shop.create("order", { number: unique("Drag") });
  await page.goto(`${shop.url}/orders`);
  await page.getByRole("button", { name: "Columns" }).click();
  const dialog = page.getByRole("dialog", { name: "Columns" });
  const column = (name: string) => dialog.getByRole("listitem").filter({ hasText: name });
  await column("Due").dragTo(column("Customer"));
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect
    .poll(() => titles(page))
    .toEqual(["Number", "Due", "Customer", "Total", "Pieces", "Day"]);
});
