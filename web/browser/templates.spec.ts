import { mkdir } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test, unique } from "./story.ts";
import type { Torque } from "./torque.ts";

/** `npm run screenshots` takes those of the documentation; a test run leaves them alone. */
const SCREENSHOTS = process.env["SCREENSHOTS"] ?? "test-results/screenshots";

test.beforeAll(() => mkdir(SCREENSHOTS, { recursive: true }));

/** An application of a template, with its sample data. */
async function application(torque: Torque, template: string): Promise<string> {
  const name = unique(template);
  const model = await torque.admin<{ id: string }>("createModel", { name, template });
  await torque.admin("publishModel", { modelId: model.id });
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
  await torque.admin("createApplication", { slug, name, modelId: model.id });
  await torque.admin("deployApplication", { applicationId: slug, sampleData: true });
  return `${torque.url}/app/${slug}`;
}

async function shoot(page: Page, name: string): Promise<void> {
  for (const [size, width, height] of [
    ["phone", 390, 844],
    ["tablet", 820, 1180],
    ["desktop", 1440, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    const overflow = () =>
      page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
    // The menu takes a moment to leave a narrower window.
    await expect.poll(overflow, { message: `${name} at ${width}` }).toBe(0);
    await page.screenshot({ path: `${SCREENSHOTS}/${name}-${size}.png` });
  }
}

test("customers and orders: an order is taken, filled and sent", async ({ page, torque }) => {
  const url = await application(torque, "customers_orders");
  await page.goto(url);
  await expect(page.getByText("Paid and to be sent")).toBeVisible();
  await shoot(page, "template-orders");
  await page.getByRole("button", { name: "New order" }).click();
  const form = page.getByRole("dialog", { name: "New order" });
  await form.getByRole("textbox", { name: "Number" }).fill("2026-9001");
  await form.getByRole("combobox", { name: "Customer" }).fill("Amira");
  await page.getByRole("option", { name: "Amira Haddad", exact: true }).click();
  await form.getByLabel("Ordered").fill("2026-11-26");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("was created").first()).toBeVisible();

  await page.goto(`${url}/orders`);
  await page.getByRole("textbox", { name: "Filter Number" }).fill("2026-9001");
  await page.getByRole("row").filter({ hasText: "2026-9001" }).click();
  await expect(page.getByRole("heading", { name: "Order 2026-9001" }).first()).toBeVisible();
  await page
    .getByRole("button", { name: "New Order line" })
    .or(page.getByRole("button", { name: "New line" }))
    .first()
    .click();
  const line = page.getByRole("dialog", { name: "New line" });
  await line.getByRole("combobox", { name: "Product" }).fill("Fountain");
  await page.getByRole("option", { name: "Fountain pen", exact: true }).click();
  await line.getByRole("textbox", { name: "Quantity" }).fill("3");
  await line.getByRole("textbox", { name: "Unit price" }).fill("24.90");
  await line.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: /Fountain pen/ })).toBeVisible();
  await shoot(page, "template-order");

  // A tracking number is asked for once it is sent.
  await page.getByRole("button", { name: "Edit", exact: true }).first().click();
  const details = page.getByRole("form", { name: "Details" });
  await expect(details.getByRole("textbox", { name: "Tracking number" })).toHaveCount(0);
  await details.getByRole("combobox", { name: "Status" }).click();
  await page.getByRole("option", { name: "Sent" }).click();
  await expect(details.getByRole("textbox", { name: "Tracking number" })).toBeVisible();
  await details.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Sent").first()).toBeVisible();
});

test("issue tracker: an issue is found, worked on and closed", async ({ page, torque }) => {
  const url = await application(torque, "issue_tracker");
  await page.goto(url);
  await expect(page.getByText("In progress").first()).toBeVisible();
  await shoot(page, "template-board");
  await page.goto(`${url}/issues`);
  await expect(page.getByText(/of 260/)).toBeVisible();
  await page.getByRole("textbox", { name: "Filter Title" }).fill("The export");
  await expect(page.getByText(/of 260/)).toHaveCount(0);
  await page.getByRole("row").filter({ hasText: "The export" }).first().click();
  const details = page.getByRole("form", { name: "Details" });
  await page.getByRole("button", { name: "Edit", exact: true }).first().click();
  await details.getByRole("combobox", { name: "State" }).click();
  await page.getByRole("option", { name: "Closed" }).click();
  await details.getByRole("combobox", { name: "Closed because" }).click();
  await page.getByRole("option", { name: "Fixed", exact: true }).click();
  await details.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Fixed").first()).toBeVisible();

  await page
    .getByRole("button", { name: /^New (comment|Comment)/ })
    .first()
    .click();
  const comment = page.getByRole("dialog", { name: "New comment" });
  await comment.getByRole("textbox", { name: "Text" }).fill("Closed after a look.");
  await comment.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Closed after a look.", { exact: true })).toBeVisible();
  await shoot(page, "template-issue");
});

test("inventory: a product is found, stocked in a warehouse and moved", async ({
  page,
  torque,
}) => {
  const url = await application(torque, "inventory");
  await page.goto(url);
  await expect(page.getByText("Latest movements")).toBeVisible();
  await shoot(page, "template-stock");
  await page.goto(`${url}/products`);
  await expect(page.getByText(/of 96/)).toBeVisible();
  await page.getByRole("textbox", { name: "Filter Name" }).fill("Hammer large");
  await expect(page.getByText(/of 96/)).toHaveCount(0);
  await page.getByRole("row").filter({ hasText: "Hammer large" }).first().click();
  await expect(page.getByRole("heading", { name: "Hammer large" }).first()).toBeVisible();
  // The links of the sample data lead to what is linked.
  await expect(page.getByRole("row", { name: /Costa Supply/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /Porto warehouse City Porto/ })).toBeVisible();
  await shoot(page, "template-product");

  await page
    .getByRole("button", { name: /^New (movement|Movement)/ })
    .first()
    .click();
  const movement = page.getByRole("dialog", { name: "New movement" });
  await movement.getByRole("combobox", { name: "Warehouse" }).fill("Porto");
  await page.getByRole("option", { name: "Porto warehouse", exact: true }).click();
  await movement.getByRole("textbox", { name: "Quantity" }).fill("4711");
  await movement.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: /4,711/ })).toBeVisible();

  // A supplier is linked with what the link carries, which is checked, shown and changed.
  await page.getByRole("button", { name: "Link Supplier" }).click();
  const link = page.getByRole("dialog", { name: "Link Supplier" });
  await link.getByRole("button", { name: "Link", exact: true }).click();
  await expect(link.getByText("Choose a Supplier")).toBeVisible();
  await expect(link.getByText("Purchase price is required")).toBeVisible();
  await expect(link.getByRole("textbox", { name: "Days to deliver" })).toHaveValue("7");
  await link.getByRole("combobox", { name: "Supplier" }).fill("Almeida");
  await page.getByRole("option", { name: "Almeida Trading", exact: true }).click();
  await link.getByRole("textbox", { name: "Purchase price" }).fill("123456.78");
  await link.getByRole("button", { name: "Link", exact: true }).click();
  await expect(link.getByRole("textbox", { name: "Purchase price" })).toHaveAttribute(
    "aria-invalid",
    "true",
  );
  await link.getByRole("textbox", { name: "Purchase price" }).fill("12.34");
  await shoot(page, "link-dialog");
  await link.getByRole("button", { name: "Link", exact: true }).click();
  await expect(link).toBeHidden();
  const supplier = page.getByRole("row").filter({ hasText: "12.34" });
  await supplier.getByRole("button", { name: /^Change the link with/ }).click();
  const changed = page.getByRole("dialog", { name: /^Link with/ });
  await changed.getByRole("textbox", { name: "Purchase price" }).fill("11.99");
  await changed.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("The link with “Almeida Trading” was changed")).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "11.99" })).toBeVisible();

  // A supplier's account is a Uuid, longer than its column: it stays within it.
  const away = page.url();
  await page.goto(`${url}/suppliers`);
  await page.getByRole("row").filter({ hasText: "Almeida Trading" }).first().click();
  const account = page.getByRole("definition").filter({ hasText: /^[0-9a-f-]{36}$/ });
  await expect(account).toBeVisible();
  expect(await account.evaluate((value) => value.scrollWidth - value.clientWidth)).toBe(0);
  await page.goto(away);

  // And back: what stands in a warehouse.
  await page.getByRole("row", { name: /Porto warehouse City Porto/ }).click();
  await expect(page.getByRole("heading", { name: "Porto warehouse" }).first()).toBeVisible();
  await expect(page.getByRole("row", { name: /Hammer large/ }).first()).toBeVisible();
});
