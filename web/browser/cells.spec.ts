import type { Locator } from "@playwright/test";
import { expect, test } from "./shop.ts";
import { unique } from "./story.ts";

const cell = (row: Locator, field: string) => row.locator(`[data-field="${field}"]`);

test("a double click edits a cell, Enter saves it and goes to the one below", async ({
  todo,
  other,
  torque,
}) => {
  const name = unique("Cell");
  await torque.sql(`insert into todo_list.todo (label) values ('${name} 1'), ('${name} 2')`);
  const { page } = todo;
  for (const one of [todo, other]) {
    await one.page.getByRole("textbox", { name: "Filter Task" }).fill(name);
    await one.page.getByRole("columnheader", { name: "Task" }).getByRole("button").click();
    await expect(one.page.getByText("1–2 of 2")).toBeVisible();
  }
  await cell(todo.row(`${name} 1`), "label").dblclick();
  const input = todo.grid.getByRole("textbox", { name: "Task", exact: true });
  await expect(input).toBeFocused();
  await expect(input).toHaveValue(`${name} 1`);
  await input.fill(`${name} 1 changed`);
  await input.press("Enter");
  await expect(input).toBeHidden();
  await expect(cell(todo.row(`${name} 2`), "label")).toBeFocused();
  await expect(other.row(`${name} 1 changed`)).toBeVisible();
  // A double click opened no form.
  await expect(page.getByRole("dialog")).toHaveCount(0);
  // One click still does.
  await cell(todo.row(`${name} 2`), "label").click();
  await expect(todo.dialog(`Edit ${name} 2`)).toBeVisible();
});

test("the keyboard leads through cells: F2 edits, letters replace, Escape and Tab leave", async ({
  todo,
  torque,
}) => {
  const name = unique("Keys");
  await torque.sql(`insert into todo_list.todo (label) values ('${name} 1'), ('${name} 2')`);
  const { page } = todo;
  await page.getByRole("textbox", { name: "Filter Task" }).fill(name);
  await page.getByRole("columnheader", { name: "Task" }).getByRole("button").click();
  await expect(page.getByText("1–2 of 2")).toBeVisible();
  await todo.row(`${name} 1`).focus();
  await page.keyboard.press("ArrowRight");
  await expect(cell(todo.row(`${name} 1`), "label")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(cell(todo.row(`${name} 2`), "label")).toBeFocused();

  const input = todo.grid.getByRole("textbox", { name: "Task", exact: true });
  await page.keyboard.press("F2");
  await expect(input).toHaveValue(`${name} 2`);
  await input.fill("something else");
  await page.keyboard.press("Escape");
  await expect(cell(todo.row(`${name} 2`), "label")).toBeFocused();
  await expect(page.getByText("was not changed")).toHaveCount(0);

  // What is typed on a cell replaces what stands there.
  await page.keyboard.type(`${name} 2b`);
  await expect(input).toHaveValue(`${name} 2b`);
  await page.keyboard.press("Tab");
  await expect(todo.row(`${name} 2b`)).toBeVisible();
  await expect(cell(todo.row(`${name} 2b`), "status")).toBeFocused();

  // A choice is saved as soon as it is made.
  await page.keyboard.press("Enter");
  const choice = todo.grid.getByRole("combobox", { name: "Status", exact: true });
  await expect(choice).toBeFocused();
  await choice.click();
  const choices = page.getByRole("listbox", { name: "Status" });
  await choices.getByRole("option", { name: "Closed" }).click();
  await expect(choice).toBeHidden();
  await expect(cell(todo.row(`${name} 2b`), "status")).toContainText("Closed");
  await expect(cell(todo.row(`${name} 2b`), "status")).toBeFocused();

  // What nobody may enter is no input.
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("x");
  await expect(cell(todo.row(`${name} 2b`), "created_at")).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  await expect(todo.row(`${name} 2b`)).toBeFocused();
});

test("a refusal stands at the cell, and what was entered stays", async ({ todo, torque }) => {
  const name = unique("Refused");
  await torque.sql(`insert into todo_list.todo (label) values ('${name}')`);
  const { page } = todo;
  await page.getByRole("textbox", { name: "Filter Task" }).fill(name);
  await expect(page.getByText("1–1 of 1")).toBeVisible();
  await cell(todo.row(name), "label").dblclick();
  const input = todo.grid.getByRole("textbox", { name: "Task", exact: true });
  await input.fill("");
  // Going elsewhere saves too.
  await page.getByRole("heading", { level: 1 }).click();
  await expect(page.getByRole("alert")).toContainText("Task is required");
  await expect(input).toHaveAttribute("aria-invalid", "true");

  // What only the database can tell it tells here too.
  await input.fill(`${name} `.padEnd(300, "x"));
  await expect(page.getByRole("alert")).toBeHidden();
  await input.press("Enter");
  await expect(page.getByRole("alert")).toContainText("255");
  await input.fill(`${name} better`);
  await input.press("Enter");
  await expect(todo.row(`${name} better`)).toBeVisible();
});

test("a conflict is named at the cell, and decided there", async ({ todo, torque }) => {
  const name = unique("Both");
  await torque.sql(`insert into todo_list.todo (label) values ('${name}')`);
  const { page } = todo;
  await page.getByRole("textbox", { name: "Filter Task" }).fill(name);
  await expect(page.getByText("1–1 of 1")).toBeVisible();
  await cell(todo.row(name), "label").dblclick();
  const input = todo.grid.getByRole("textbox", { name: "Task", exact: true });
  await input.fill(`${name} mine`);

  // Another property is no conflict.
  await torque.sql(`update todo_list.todo set status = 'closed' where label = '${name}'`);
  await expect(todo.grid).toContainText("Closed");
  await expect(page.getByRole("alert")).toHaveCount(0);

  await torque.sql(`update todo_list.todo set label = '${name} theirs' where label = '${name}'`);
  await expect(page.getByRole("alert")).toContainText(`${name} theirs`);
  await input.press("Enter");
  await expect(page.getByRole("button", { name: "Keep mine" })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Keep mine" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(todo.row(`${name} mine`)).toBeVisible();
  expect(
    await torque.sql(`select label, status from todo_list.todo where label like '${name}%'`),
  ).toBe(`${name} mine|closed`);
});

test("a row that leaves the list while a cell is edited is no silent loss", async ({
  todo,
  torque,
}) => {
  const name = unique("Leaves");
  await torque.sql(`insert into todo_list.todo (label) values ('${name}')`);
  const { page } = todo;
  await page.getByRole("textbox", { name: "Filter Task" }).fill(name);
  await expect(page.getByText("1–1 of 1")).toBeVisible();
  await cell(todo.row(name), "label").dblclick();
  await todo.grid.getByRole("textbox", { name: "Task", exact: true }).fill("never saved");
  await torque.sql(`delete from todo_list.todo where label = '${name}'`);
  await expect(page.getByText(`“${name}” was not changed`)).toBeVisible();
});

test("each type has its own input in a cell", async ({ page, shop }) => {
  const customer = unique("Ada");
  await shop.create("customer", { name: customer });
  const number = unique("O");
  const id = await shop.create("order", { number, total: "1.50", paid: true });
  await page.goto(`${shop.url}/orders`);
  await page.getByRole("textbox", { name: "Filter Number" }).fill(number);
  const row = page.getByRole("row").filter({ hasText: number });
  const grid = page.getByRole("grid");
  await expect(row).toHaveCount(1);

  // A reference is looked for among all there are.
  await cell(row, "customer").dblclick();
  await grid.getByRole("combobox", { name: "Customer", exact: true }).fill(customer);
  await page.getByRole("option", { name: customer, exact: true }).click();
  await expect(cell(row, "customer")).toHaveText(customer);

  // A number that is no number stays, and says so.
  await cell(row, "total").dblclick();
  const total = grid.getByRole("textbox", { name: "Total", exact: true });
  await total.fill("12.345");
  await total.press("Enter");
  await expect(page.getByRole("alert")).toContainText("At most 2 digits");
  await total.fill("12345678901234567.25");
  await total.press("Enter");
  await expect(cell(row, "total")).toContainText("12,345,678,901,234,567.25");

  await cell(row, "day").dblclick();
  await grid.getByLabel("Day", { exact: true }).fill("2026-02-03");
  await page.keyboard.press("Enter");
  await expect(cell(row, "day")).toContainText("3 Feb 2026");

  // Several choices, one of two, a text of several lines: columns that the grid does not show by itself.
  await page.getByRole("button", { name: "Columns" }).click();
  const columns = page.getByRole("dialog", { name: "Columns" });
  for (const name of ["Flags", "Note", "Paid"]) {
    await columns.getByRole("checkbox", { name, exact: true }).check();
  }
  for (const name of ["Customer", "Pieces", "Due"]) {
    await columns.getByRole("checkbox", { name, exact: true }).uncheck();
  }
  await columns.getByRole("button", { name: "Done" }).click();
  await cell(row, "flags").dblclick();
  const flags = page.getByRole("listbox", { name: "Flags" });
  await flags.getByRole("option", { name: "Gift" }).click();
  await flags.getByRole("option", { name: "Urgent" }).click();
  await page.keyboard.press("Tab");
  await expect(cell(row, "flags")).toHaveText("GiftUrgent");
  await expect(cell(row, "note")).toBeFocused();
  await page.keyboard.type("one");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("two");
  await page.keyboard.press("Tab");
  await expect(cell(row, "paid")).toBeFocused();
  await page.keyboard.press("F2");
  await grid.getByRole("combobox", { name: "Paid", exact: true }).click();
  const paid = page.getByRole("listbox", { name: "Paid" });
  await paid.getByRole("option", { name: "No" }).click();
  await expect(cell(row, "paid")).toHaveText("No");

  const saved = await shop.call<Record<string, unknown>>("getEntity", {
    entityType: "order",
    entityId: id,
  });
  expect(saved).toMatchObject({
    total: "12345678901234567.25",
    day: "2026-02-03",
    flags: ["gift", "urgent"],
    note: "one\ntwo",
    paid: false,
  });
});
