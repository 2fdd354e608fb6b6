import { mkdir } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, type Shop, test } from "./shop.ts";
import { unique } from "./story.ts";

/** `npm run screenshots` takes those of the documentation; a test run leaves them alone. */
const SCREENSHOTS = process.env["SCREENSHOTS"] ?? "test-results/screenshots";

test.beforeAll(() => mkdir(SCREENSHOTS, { recursive: true }));

async function fits(page: Page, what: string): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, what).toBe(0);
}

async function customerWithOrders(shop: Shop): Promise<string> {
  const id = await shop.create("customer", {
    name: unique("Analytical Engines Ltd"),
    kind: "company",
    email: "ada@example.org",
    vat: "GB123456789",
  });
  for (const [i, total] of ["1249.90", "17.00", "90071992547409931.10"].entries()) {
    await shop.create("order", { number: `2026-00${i}`, customer: id, total });
  }
  const pen = await shop.create("product", { name: unique("Fountain pen") });
  await shop.call("link", { relationship: "favourites", sourceId: id, targetId: pen });
  return id;
}

for (const { name, width, height } of [
  { name: "phone", width: 390, height: 844 },
  { name: "tablet", width: 820, height: 1180 },
  { name: "desktop", width: 1440, height: 900 },
] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`details and forms fit ${width} pixels, ${colorScheme}`, async ({ page, shop }) => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ reducedMotion: "reduce", colorScheme });
      const shoot = async (what: string) => {
        await fits(page, what);
        await page.screenshot({ path: `${SCREENSHOTS}/${what}-${name}-${colorScheme}.png` });
      };
      await page.goto(`${shop.url}/customers/${await customerWithOrders(shop)}`);
      await expect(page.getByText("2026-000")).toBeVisible();
      await expect(page.getByText(/Fountain pen/)).toBeVisible();
      await shoot("detail");
      await page.getByRole("button", { name: "Edit", exact: true }).click();
      await expect(page.getByRole("textbox", { name: "VAT number" })).toBeVisible();
      await shoot("detail-edit");

      await page.goto(`${shop.url}/orders`);
      await page.getByRole("button", { name: "New order", exact: true }).click();
      const form = page.getByRole("dialog", { name: "New order" });
      await form.getByRole("textbox", { name: "Total" }).fill("cheap");
      await form.getByRole("textbox", { name: "Extra" }).fill('{ "a": }');
      await form.getByRole("button", { name: "Save" }).click();
      await expect(form.getByText("Enter a number")).toBeVisible();
      await shoot("form-faults");
      await form.getByRole("combobox", { name: "Customer" }).fill("Analytical");
      await expect(page.getByRole("option", { name: /Analytical/ }).first()).toBeVisible();
      await shoot("reference");
      await page.getByRole("option", { name: /New: / }).click();
      await expect(page.getByRole("dialog", { name: "New customer" })).toBeVisible();
      await shoot("nested");
    });
  }
}

test("a conflict fits a phone", async ({ page, shop }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ reducedMotion: "reduce" });
  const [first, second] = [await customerWithOrders(shop), await customerWithOrders(shop)];
  const number = unique("Order");
  const id = await shop.create("order", { number, note: "old", customer: first });
  await page.goto(`${shop.url}/orders/${id}`);
  const form = page.getByRole("form", { name: "Order" });
  await form.getByRole("textbox", { name: "Note" }).fill("A rather long note of my own");
  const customer = form.getByRole("combobox", { name: "Customer" });
  // Emptying what is not there yet would be no change.
  await expect(customer).toHaveValue(/Analytical/);
  await customer.fill("");
  await shop.call("updateEntity", {
    entityType: "order",
    entityId: id,
    data: { note: "A rather long note of theirs", customer: second },
  });
  await expect(page.getByText(/you choose field by field/)).toBeVisible();
  await form.getByRole("button", { name: "Save" }).click();
  const conflict = page.getByRole("dialog", { name: "Changed by someone else meanwhile" });
  await expect(conflict.getByRole("link", { name: /Analytical/ })).toBeVisible();
  await fits(page, "conflict");
  await page.screenshot({ path: `${SCREENSHOTS}/conflict-phone.png` });
});
