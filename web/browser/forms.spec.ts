import AxeBuilder from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./shop.ts";
import { unique } from "./story.ts";

async function newOrder(page: Page, url: string): Promise<Locator> {
  await page.goto(`${url}/orders`);
  await page.getByRole("button", { name: "New order", exact: true }).click();
  const form = page.getByRole("dialog", { name: "New order" });
  await expect(form.getByRole("textbox", { name: "Number" })).toBeFocused();
  return form;
}

test("every type of property is entered and stored as it was meant", async ({ page, shop }) => {
  const [number, customer] = [unique("Order"), unique("Ada")];
  const customerId = await shop.create("customer", { name: customer });
  const form = await newOrder(page, shop.url);
  await expect(form.getByRole("textbox", { name: "Pieces" })).toHaveValue("1");
  await form.getByRole("textbox", { name: "Number" }).fill(number);
  await form.getByRole("combobox", { name: "Customer" }).fill(customer);
  await page.getByRole("option", { name: customer, exact: true }).click();
  await form.getByRole("textbox", { name: "Total" }).fill("90071992547409931.1");
  await form.getByRole("textbox", { name: "Pieces" }).press("ArrowUp");
  await form.getByLabel("Day").fill("2026-11-26");
  await form.getByLabel("Due").fill("2026-07-01T09:30");
  await form.getByRole("combobox", { name: "Flags" }).click();
  await page.getByRole("option", { name: "Urgent" }).click();
  await page.getByRole("option", { name: "Fragile" }).click();
  await page.keyboard.press("Escape");
  await form.getByRole("textbox", { name: "Note" }).fill("two\nlines");
  await form.getByRole("textbox", { name: "Extra" }).fill('{"a":[1,null]}');
  await form.getByRole("checkbox", { name: "Paid" }).check();
  await form
    .getByRole("textbox", { name: "Tracking" })
    .fill("018F3E4A-0000-7000-8000-0000000000AA");
  await form.getByRole("textbox", { name: "Link" }).fill("https://example.org/");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  const { data } = await shop.call<{ data: unknown[] }>("queryEntities", {
    entityType: "order",
    filters: { number },
  });
  expect(data[0]).toMatchObject({
    customer: customerId,
    total: "90071992547409931.10",
    pieces: 2,
    day: "2026-11-26",
    // Berlin is two hours ahead in summer.
    due: "2026-07-01T07:30:00.000000Z",
    flags: ["urgent", "fragile"],
    note: "two\nlines",
    extra: { a: [1, null] },
    paid: true,
    tracking: "018f3e4a-0000-7000-8000-0000000000aa",
    link: "https://example.org/",
  });
});

test("what cannot be stored is said at its field", async ({ page, shop }) => {
  const form = await newOrder(page, shop.url);
  const said: readonly (readonly [string, string, RegExp])[] = [
    ["Number", "", /Number is required/],
    ["Total", "1.234", /At most 2 digits after the decimal mark/],
    ["Pieces", "1000", /At most 999/],
    ["Extra", '{\n  "a": 1\n  "b": 2\n}', /Line 3, column 3: a comma or a closing bracket/],
    ["Tracking", "no uuid", /Enter a UUID/],
  ];
  // JSON says so while it is entered.
  const extra = form.getByRole("textbox", { name: "Extra" });
  await extra.fill('{\n  "a": 1\n  "b": 2\n}');
  await expect(extra).toHaveAccessibleDescription(/Line 3, column 3/);
  for (const [name, text] of said) await form.getByRole("textbox", { name }).fill(text);
  await form.getByRole("button", { name: "Save" }).click();
  for (const [name, , message] of said) {
    await expect(form.getByRole("textbox", { name })).toHaveAccessibleDescription(message);
  }
  await expect(form.getByRole("textbox", { name: "Number" })).toBeFocused();
  for (const [name, text] of [
    ["Number", unique("Order")],
    ["Total", "1.23"],
    ["Pieces", "7"],
    ["Extra", "{}"],
    ["Tracking", ""],
    ["Link", "no link"],
  ] as const) {
    await form.getByRole("textbox", { name }).fill(text);
  }
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("textbox", { name: "Link" })).toHaveAccessibleDescription(
    /must be a web address/,
  );
});

test.describe("in German", () => {
  test.use({ locale: "de-DE" });

  test("a decimal is typed with a comma", async ({ page, shop }) => {
    const number = unique("Order");
    const form = await newOrder(page, shop.url);
    await form.getByRole("textbox", { name: "Number" }).fill(number);
    await form.getByRole("textbox", { name: "Total" }).fill("1.234,5");
    await form.getByRole("textbox", { name: "Pieces" }).focus();
    await expect(form.getByRole("textbox", { name: "Total" })).toHaveValue("1234,5");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    const { data } = await shop.call<{ data: { total: string }[] }>("queryEntities", {
      entityType: "order",
      filters: { number },
    });
    expect(data[0]?.total).toBe("1234.50");
  });
});

test("a reference is found among many, by keyboard alone, page after page", async ({
  page,
  shop,
}) => {
  const mark = unique("Crowd");
  const entities = Array.from({ length: 75 }, (_, i) => ({
    data: { name: `${mark} ${String(i).padStart(2, "0")}` },
  }));
  await shop.call("bulkCreateEntities", { entityType: "customer", entities });
  const form = await newOrder(page, shop.url);
  const customer = form.getByRole("combobox", { name: "Customer" });
  await customer.focus();
  await page.keyboard.type(mark);
  await expect(page.getByRole("option", { name: `${mark} 00` })).toBeVisible();
  await expect(customer).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByRole("option", { name: `${mark} 74` })).toHaveCount(0);
  for (let i = 0; i < 75; i++) {
    await expect(
      page.getByRole("option", { name: `${mark} ${String(i).padStart(2, "0")}` }),
    ).toHaveCount(1);
    await page.keyboard.press("ArrowDown");
  }
  await expect(customer).toHaveAttribute("aria-activedescendant", /.+/);
  await page.keyboard.press("Enter");
  await expect(customer).toHaveValue(`${mark} 74`);
  await page.keyboard.press("Tab");
  await expect(form.getByRole("textbox", { name: "Total" })).toBeFocused();
});

test("what a reference needs is made in place and chosen", async ({ page, shop }) => {
  const [number, name] = [unique("Order"), unique("Newcomer")];
  const form = await newOrder(page, shop.url);
  await form.getByRole("textbox", { name: "Number" }).fill(number);
  await form.getByRole("combobox", { name: "Customer" }).fill(name);
  await page.getByRole("option", { name: `New: “${name}”…` }).click();
  const inner = page.getByRole("dialog", { name: "New customer" });
  await expect(inner.getByRole("textbox", { name: "Name" })).toHaveValue(name);
  await inner.getByRole("radio", { name: "Company" }).check();
  await inner.getByRole("textbox", { name: "VAT number" }).fill("DE7");
  await inner.getByRole("button", { name: "Save" }).click();
  await expect(inner).toBeHidden();
  await expect(form.getByRole("combobox", { name: "Customer" })).toHaveValue(name);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  const [order] = (
    await shop.call<{ data: { customer: string }[] }>("queryEntities", {
      entityType: "order",
      filters: { number, "customer.name": name },
    })
  ).data;
  expect(order).toBeDefined();
});

test("saving and adding another begins anew, the first field focused", async ({ page, shop }) => {
  const [one, two] = [unique("Lamp"), unique("Pen")];
  await page.goto(`${shop.url}/product_entry`);
  const name = page.getByRole("textbox", { name: "Name" });
  for (const product of [one, two]) {
    await name.fill(product);
    await page.getByRole("button", { name: "Save and add another" }).click();
    await expect(page.getByText(`“${product}” was created`)).toBeVisible();
    await expect(name).toHaveValue("");
    await expect(name).toBeFocused();
  }
  const { data } = await shop.call<{ data: unknown[] }>("queryEntities", {
    entityType: "product",
    filters: { name: { in: [one, two] } },
  });
  expect(data).toHaveLength(2);
});

test("a clean form follows others; a half-filled one says so and keeps what is entered", async ({
  page,
  shop,
}) => {
  const number = unique("Order");
  const id = await shop.create("order", { number, note: "first", pieces: 1 });
  const other = (data: object) =>
    shop.call("updateEntity", { entityType: "order", entityId: id, data });
  await page.goto(`${shop.url}/orders/${id}`);
  const form = page.getByRole("form", { name: "Order" });
  const note = form.getByRole("textbox", { name: "Note" });
  await expect(note).toHaveValue("first");
  await other({ note: "second" });
  await expect(note).toHaveValue("second");
  await expect(form.getByText(/Someone else changed/)).toHaveCount(0);
  await note.fill("mine");
  await other({ pieces: 5 });
  await expect(form.getByText(/shown in the fields you have not touched/)).toBeVisible();
  await expect(form.getByRole("textbox", { name: "Pieces" })).toHaveValue("5");
  await expect(note).toHaveValue("mine");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("was saved")).toBeVisible();
  expect(await shop.call("getEntity", { entityType: "order", entityId: id })).toMatchObject({
    note: "mine",
    pieces: 5,
  });
});

test("what somebody deleted is brought back from the form before it is saved", async ({
  page,
  shop,
}) => {
  const number = unique("Order");
  const id = await shop.create("order", { number, note: "first" });
  await page.goto(`${shop.url}/orders/${id}`);
  const form = page.getByRole("form", { name: "Order" });
  await form.getByRole("textbox", { name: "Note" }).fill("mine");
  await shop.call("deleteEntity", { entityType: "order", entityId: id });
  const save = form.getByRole("button", { name: "Save" });
  await expect(save).toBeDisabled();
  await form.getByRole("button", { name: "Bring it back" }).click();
  await expect(save).toBeEnabled();
  await save.click();
  await expect(page.getByText("was saved")).toBeVisible();
  const entity = await shop.call("getEntity", { entityType: "order", entityId: id });
  expect(entity).toMatchObject({ number, note: "mine" });
});

test("two people who saved the same fields choose for each whose counts", async ({
  page,
  browser,
  shop,
}) => {
  const number = unique("Order");
  const id = await shop.create("order", { number, note: "old", pieces: 1, total: "1.00" });
  const context = await browser.newContext({ locale: "en-GB" });
  const second = await context.newPage();
  const open = async (on: Page) => {
    await on.goto(`${shop.url}/orders/${id}`);
    const form = on.getByRole("form", { name: "Order" });
    await expect(form.getByRole("textbox", { name: "Note" })).toHaveValue("old");
    return form;
  };
  const [mine, theirs] = [await open(page), await open(second)];
  await mine.getByRole("textbox", { name: "Note" }).fill("mine");
  await mine.getByRole("textbox", { name: "Pieces" }).fill("2");
  await mine.getByRole("textbox", { name: "Link" }).fill("https://example.org/mine");
  await theirs.getByRole("textbox", { name: "Note" }).fill("theirs");
  await theirs.getByRole("textbox", { name: "Pieces" }).fill("3");
  await theirs.getByRole("textbox", { name: "Total" }).fill("9");
  await theirs.getByRole("button", { name: "Save" }).click();
  await expect(second.getByText("was saved")).toBeVisible();

  await expect(mine.getByText(/you choose field by field/)).toBeVisible();
  await mine.getByRole("button", { name: "Save" }).click();
  const conflict = page.getByRole("dialog", { name: "Changed by someone else meanwhile" });
  await expect(conflict.getByRole("row")).toHaveCount(3);
  await conflict.getByRole("radio", { name: "Note: keep mine" }).check();
  await expect(conflict.getByRole("button", { name: "Save" })).toBeDisabled();
  await conflict.getByRole("radio", { name: "Pieces: take theirs" }).check();
  await conflict.getByRole("button", { name: "Save" }).click();
  await expect(conflict).toBeHidden();
  await expect(page.getByText("was saved")).toBeVisible();
  expect(await shop.call("getEntity", { entityType: "order", entityId: id })).toMatchObject({
    note: "mine",
    pieces: 3,
    total: "9.00",
    link: "https://example.org/mine",
    version: 3,
  });
  await expect(theirs.getByRole("textbox", { name: "Note" })).toHaveValue("mine");
  await context.close();
});

test("a page and its form are worked by keyboard alone", async ({ page, shop }) => {
  const [name, vat] = [unique("Keys"), "DE5"];
  const id = await shop.create("customer", { name, kind: "company" });
  await page.goto(`${shop.url}/customers/${id}`);
  const edit = page.getByRole("region", { name: "Details" }).getByRole("button", { name: "Edit" });
  await expect(edit).toBeVisible();
  for (let i = 0; i < 30 && !(await edit.evaluate((one) => one === document.activeElement)); i++) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  const field = page.getByRole("textbox", { name: "Name" });
  await expect(field).toBeFocused();
  const wanted = page.getByRole("textbox", { name: "VAT number" });
  for (
    let i = 0;
    i < 10 && !(await wanted.evaluate((one) => one === document.activeElement));
    i++
  ) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.type(vat);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Details" })).toContainText(vat);
  await expect(edit).toBeFocused();
});

test("detail pages and forms have no serious fault of accessibility", async ({ page, shop }) => {
  const customer = await shop.create("customer", { name: unique("Axe"), kind: "company" });
  await shop.create("order", { number: unique("Order"), customer });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const check = async (what: string) => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(
        ({ impact }) => impact === "serious" || impact === "critical",
      );
      expect(serious.map(({ id, nodes }) => [what, id, nodes.map(({ html }) => html)])).toEqual([]);
    };
    await page.goto(`${shop.url}/customers/${customer}`);
    const details = page.getByRole("region", { name: "Details" });
    await expect(details.getByRole("button", { name: "Edit" })).toBeVisible();
    await expect(page.getByRole("row").nth(1)).toBeVisible();
    await check("a detail page");
    await details.getByRole("button", { name: "Edit" }).click();
    await expect(page.getByRole("form", { name: "Details" })).toBeVisible();
    await check("its form");
    await page.getByRole("button", { name: "Cancel" }).click();
    const form = await newOrder(page, shop.url);
    await form.getByRole("combobox", { name: "Customer" }).click();
    await expect(page.getByRole("option").first()).toBeVisible();
    await check("a reference's list");
    await page.keyboard.press("Escape");
    await form.getByRole("textbox", { name: "Pieces" }).fill("no number");
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form.getByText("Enter a whole number")).toBeVisible();
    await check("a form with faults");
  }
});
