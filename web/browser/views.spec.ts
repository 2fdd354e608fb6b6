import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./shop.ts";
import { unique } from "./story.ts";

const titles = (page: Page) => page.getByRole("columnheader").getByRole("button").allTextContents();
const views = (page: Page, name = "Views") => page.getByRole("button", { name, exact: true });

test("a view is kept, chosen again, changed and deleted", async ({ page, torque, shop }) => {
  const number = unique("View");
  await shop.create("order", { number: `${number} a`, total: "1.00" });
  await shop.create("order", { number: `${number} b`, total: "20.00" });
  await page.goto(await torque.signInLink("shop"));
  await expect(page.getByRole("heading", { name: "Customers", level: 1 })).toBeVisible();
  await page.goto(`${shop.url}/orders`);
  await page.getByRole("textbox", { name: "Filter Number" }).fill(number);
  await expect(page.getByText("2 rows")).toBeVisible();
  await page.getByRole("textbox", { name: "Filter Total" }).fill(">5");
  await expect(page.getByText("1 row", { exact: true })).toBeVisible();
  await page.getByRole("columnheader", { name: "Total" }).getByRole("button").click();
  await page.getByRole("button", { name: "Columns" }).click();
  for (const name of ["Customer", "Pieces", "Day"]) {
    await page.getByRole("checkbox", { name, exact: true }).uncheck();
  }
  await page.getByRole("button", { name: "Done" }).click();

  const name = unique("Large");
  await views(page).click();
  await page.getByRole("menuitem", { name: "Keep this view…" }).click();
  const dialog = page.getByRole("dialog", { name: "Keep this view…" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("A view needs a name")).toBeVisible();
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await page.keyboard.press("Enter");
  await expect(views(page, name)).toBeFocused();

  // Another visit, and the keyboard alone.
  await page.reload();
  await expect
    .poll(() => titles(page))
    .toEqual(["Number", "Customer", "Total", "Pieces", "Day", "Due"]);
  await views(page).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { name })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(views(page, name)).toBeFocused();
  await expect.poll(() => titles(page)).toEqual(["Number", "Total", "Due"]);
  await expect(page.getByRole("textbox", { name: "Filter Total" })).toHaveValue(">5");
  await expect(page.getByRole("columnheader", { name: "Total" })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  await expect(page.getByText("1 row", { exact: true })).toBeVisible();

  // Changed, kept, and back as the model has it.
  await page.getByRole("textbox", { name: "Filter Total" }).fill("");
  await expect(page.getByText("2 rows")).toBeVisible();
  await views(page, name).click();
  await expect(page.getByRole("menuitemradio", { name })).toBeChecked();
  await page.getByRole("menuitem", { name: `Keep the changes to “${name}”` }).click();
  await expect(page.getByText(`The view “${name}” is kept`).first()).toBeVisible();
  await views(page, name).click();
  await expect(page.getByRole("menuitem", { name: /^Keep the changes/ })).toHaveCount(0);
  await page.getByRole("menuitem", { name: "As designed" }).click();
  await expect
    .poll(() => titles(page))
    .toEqual(["Number", "Customer", "Total", "Pieces", "Day", "Due"]);
  await expect(page.getByRole("textbox", { name: "Filter Number" })).toHaveValue("");
  await views(page).click();
  await page.getByRole("menuitemradio", { name }).click();
  await expect(page.getByText("2 rows")).toBeVisible();

  await views(page, name).click();
  await page.getByRole("menuitem", { name: `Delete “${name}”` }).click();
  await page.getByRole("button", { name: "Undo" }).click();
  await views(page).click();
  await expect(page.getByRole("menuitemradio", { name })).toBeVisible();
});

test("views are one's own, and whoever is not signed in keeps none", async ({
  page,
  browser,
  torque,
  shop,
}) => {
  await page.goto(await torque.signInLink("shop"));
  await expect(page.getByRole("heading", { name: "Customers", level: 1 })).toBeVisible();
  await page.goto(`${shop.url}/orders`);
  const name = unique("Mine");
  await views(page).click();
  await page.getByRole("menuitem", { name: "Keep this view…" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(views(page, name)).toBeVisible();

  const context = await browser.newContext();
  const stranger = await context.newPage();
  await stranger.goto(`${shop.url}/orders`);
  await views(stranger).click();
  await expect(stranger.getByText("Sign in to keep views of your own.")).toBeVisible();
  await expect(stranger.getByRole("menuitemradio")).toHaveCount(0);
  await expect(stranger.getByRole("menuitem", { name: "Keep this view…" })).toHaveCount(0);
  await stranger.keyboard.press("Escape");
  await expect(views(stranger)).toBeFocused();
  await context.close();
});

test("what opens at a grid has no serious fault of accessibility", async ({ page, shop }) => {
  const number = unique("Axe");
  await shop.create("order", { number, total: "1.00" });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(`${shop.url}/orders`);
  await page.getByRole("textbox", { name: "Filter Number" }).fill(number);
  await expect(page.getByText("1 row", { exact: true })).toBeVisible();
  const check = async (what: string) => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(
      ({ impact }) => impact === "serious" || impact === "critical",
    );
    expect(serious.map(({ id, nodes }) => [what, id, nodes.map(({ html }) => html)])).toEqual([]);
  };
  await page.locator('[data-field="total"]').dblclick();
  await page.keyboard.type("nothing");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toBeVisible();
  await check("a cell that is refused");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Columns" }).click();
  await expect(page.getByRole("dialog", { name: "Columns" })).toBeVisible();
  await check("the columns");
  await page.keyboard.press("Escape");
  await views(page).click();
  await expect(page.getByRole("menu")).toBeVisible();
  await check("the views");
});
