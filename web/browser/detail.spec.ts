import { expect, test } from "./shop.ts";
import { unique } from "./story.ts";

test("a row opens the page of its entity, at an address of its own", async ({ page, shop }) => {
  const name = unique("Ada");
  const id = await shop.create("customer", { name });
  await page.goto(shop.url);
  await page.getByRole("textbox", { name: "Filter Name" }).fill(name);
  await page.getByRole("row").filter({ hasText: name }).click();
  await expect(page).toHaveURL(`${shop.url}/customers/${id}`);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page).toHaveTitle(`${name} – Shop`);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Customers" })).toBeVisible();
  await page.goForward();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("an address that leads to no entity says so", async ({ page, shop }) => {
  for (const id of ["018f3e4a-0000-7000-8000-000000000099", "nonsense", "%E0%A4%A"]) {
    await page.goto(`${shop.url}/customers/${id}`);
    await expect(page.getByRole("heading", { name: "There is no such Customer" })).toBeVisible();
  }
  await page.getByRole("button", { name: "Go to the start page" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Customers" })).toBeVisible();
});

test("what is shown follows others, and says when it was deleted", async ({ page, shop }) => {
  const [before, after] = [unique("Before"), unique("After")];
  const id = await shop.create("customer", { name: before });
  await page.goto(`${shop.url}/customers/${id}`);
  await expect(page.getByRole("heading", { level: 1, name: before })).toBeVisible();
  await shop.call("updateEntity", { entityType: "customer", entityId: id, data: { name: after } });
  await expect(page.getByRole("heading", { level: 1, name: after })).toBeVisible();
  await expect(page.getByRole("region", { name: "Details" })).toContainText(after);
  await shop.call("deleteEntity", { entityType: "customer", entityId: id });
  await expect(page.getByText("This Customer was deleted.")).toBeVisible();
});

test("what happens before changes are heard is caught up with", async ({ page, shop }) => {
  const [before, after] = [unique("Before"), unique("After")];
  const id = await shop.create("customer", { name: before });
  const held: (() => void)[] = [];
  let isHolding = true;
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      if (isHolding) held.push(() => server.send(message));
      else server.send(message);
    });
  });
  await page.goto(`${shop.url}/customers/${id}`);
  const details = page.getByRole("region", { name: "Details" });
  await expect(details).toContainText(before);
  await shop.call("updateEntity", { entityType: "customer", entityId: id, data: { name: after } });
  isHolding = false;
  for (const send of held) send();
  await expect(page.getByRole("heading", { level: 1, name: after })).toBeVisible();
  await expect(details).toContainText(after);
});

test("two lists beside each other are each about the page's entity", async ({ page, shop }) => {
  const [mine, other] = [unique("Order"), unique("Order")];
  const id = await shop.create("customer", { name: unique("Grace") });
  const stranger = await shop.create("customer", { name: unique("Stranger") });
  await shop.create("order", { number: mine, customer: id });
  await shop.create("order", { number: other, customer: stranger });
  await page.goto(`${shop.url}/customers/${id}`);
  const orders = page.getByRole("region", { name: "Orders" });
  const favourites = page.getByRole("region", { name: "Favourites" });
  await expect(orders.getByRole("row").filter({ hasText: mine })).toBeVisible();
  await expect(orders.getByText(other)).toHaveCount(0);
  await expect(favourites.getByText("Nothing here yet")).toBeVisible();
  const [left, right] = [await orders.boundingBox(), await favourites.boundingBox()];
  expect(left?.y).toBe(right?.y);
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual(right?.x ?? 0);
});

test("what is added to a related list refers to the page's entity", async ({ page, shop }) => {
  const [name, number] = [unique("Alan"), unique("Order")];
  const id = await shop.create("customer", { name });
  await page.goto(`${shop.url}/customers/${id}`);
  const orders = page.getByRole("region", { name: "Orders" });
  await orders.getByRole("button", { name: "New Order" }).click();
  const dialog = page.getByRole("dialog", { name: "New order" });
  await expect(dialog.getByRole("combobox", { name: "Customer" })).toHaveValue(name);
  await dialog.getByRole("textbox", { name: "Number" }).fill(number);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(orders.getByRole("row").filter({ hasText: number })).toBeVisible();
});

test("a many-to-many list links, unlinks and takes it back", async ({ page, shop }) => {
  const [lamp, pen] = [unique("Lamp"), unique("Pen")];
  const id = await shop.create("customer", { name: unique("Barbara") });
  await shop.create("product", { name: lamp });
  await page.goto(`${shop.url}/customers/${id}`);
  const list = page.getByRole("region", { name: "Favourites" });

  await list.getByRole("button", { name: "Link Product" }).click();
  const dialog = page.getByRole("dialog", { name: "Link Product" });
  await dialog.getByRole("combobox", { name: "Product" }).fill(lamp);
  await page.getByRole("option", { name: lamp }).click();
  await expect(dialog).toBeHidden();
  await expect(list.getByRole("row").filter({ hasText: lamp })).toBeVisible();

  await list.getByRole("button", { name: `Unlink ${lamp}` }).click();
  await expect(list.getByText(lamp)).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(list.getByRole("row").filter({ hasText: lamp })).toBeVisible();

  await list.getByRole("button", { name: "New Product" }).click();
  const form = page.getByRole("dialog", { name: "New product" });
  await form.getByRole("textbox", { name: "Name" }).fill(pen);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(list.getByRole("row").filter({ hasText: pen })).toBeVisible();
});

test("Back closes what lies over a page before it leaves the page", async ({ page, shop }) => {
  await page.goto(shop.url);
  await page.getByRole("link", { name: "Orders" }).click();
  await page.getByRole("button", { name: "About" }).click();
  const about = page.getByRole("dialog", { name: "About orders" });
  await about.getByRole("button", { name: "Order now" }).click();
  const form = page.getByRole("dialog", { name: "New order" });
  await expect(form.getByRole("textbox", { name: "Number" })).toBeFocused();
  await page.goBack();
  await expect(form).toBeHidden();
  await expect(about).toBeVisible();
  await page.goBack();
  await expect(about).toBeHidden();
  await expect(page).toHaveURL(`${shop.url}/orders`);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Customers" })).toBeVisible();
});

test("Back over a half-filled form asks first", async ({ page, shop }) => {
  await page.goto(`${shop.url}/orders`);
  await page.getByRole("button", { name: "New order" }).click();
  const form = page.getByRole("dialog", { name: "New order" });
  await form.getByRole("textbox", { name: "Number" }).fill("half");
  await page.goBack();
  const question = page.getByRole("dialog", { name: "Discard your changes?" });
  await question.getByRole("button", { name: "Keep editing" }).click();
  await expect(form.getByRole("textbox", { name: "Number" })).toHaveValue("half");
  await page.goBack();
  await question.getByRole("button", { name: "Discard changes" }).click();
  await expect(form).toBeHidden();
  await expect(page).toHaveURL(`${shop.url}/orders`);
});

test("Escape closes the topmost dialog alone, and the focus goes back", async ({ page, shop }) => {
  await page.goto(`${shop.url}/orders`);
  const opener = page.getByRole("button", { name: "About" });
  await opener.click();
  const about = page.getByRole("dialog", { name: "About orders" });
  const inner = about.getByRole("button", { name: "Order now" });
  await inner.click();
  const form = page.getByRole("dialog", { name: "New order" });
  await expect(form.getByRole("textbox", { name: "Number" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();
  await expect(about).toBeVisible();
  await expect(inner).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(about).toBeHidden();
  await expect(opener).toBeFocused();
});

test("details are shown until a person edits them", async ({ page, shop }) => {
  const [name, company] = [unique("Katherine"), unique("Company")];
  const id = await shop.create("customer", { name, kind: "person", vat: null });
  await page.goto(`${shop.url}/customers/${id}`);
  const details = page.getByRole("region", { name: "Details" });
  await expect(details).toContainText("Person");
  await expect(details.getByText("VAT number")).toHaveCount(0);
  await details.getByRole("button", { name: "Edit" }).click();
  const form = page.getByRole("form", { name: "Details" });
  await form.getByRole("textbox", { name: "Name" }).fill(company);
  await form.getByRole("radio", { name: "Company" }).check();
  await form.getByRole("textbox", { name: "VAT number" }).fill("DE1");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(details).toContainText("DE1");
  await expect(page.getByRole("heading", { level: 1, name: company })).toBeVisible();
  expect(await shop.call("getEntity", { entityType: "customer", entityId: id })).toMatchObject({
    name: company,
    kind: "company",
    vat: "DE1",
  });
});
