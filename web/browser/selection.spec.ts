import { readFile } from "node:fs/promises";
import { expect, test, unique } from "./story.ts";

test("rows are chosen by click, range and keyboard, over pages of the same filter", async ({
  todo,
  torque,
}) => {
  const name = unique("Many");
  await torque.sql(
    `insert into todo_list.todo (label) select '${name} ' || n from generate_series(1, 6) n`,
  );
  const { page } = todo;
  await page.getByRole("textbox", { name: "Filter Task" }).fill(name);
  await page.getByRole("columnheader", { name: "Task" }).getByRole("button").click();
  await expect(page.getByText("1–6 of 6")).toBeVisible();
  await expect(page.getByRole("row").nth(3)).toContainText(`${name} 2`);
  const box = (n: number) => page.getByRole("checkbox", { name: `Choose ${name} ${n}` });
  await box(2).check();
  await expect(page.getByText("1 row chosen")).toBeVisible();
  await box(4).click({ modifiers: ["Shift"] });
  await expect(page.getByText("3 rows chosen")).toBeVisible();
  await expect(todo.row(`${name} 3`)).toHaveAttribute("aria-selected", "true");

  await todo.row(`${name} 6`).focus();
  await page.keyboard.press("Space");
  await expect(page.getByText("4 rows chosen")).toBeVisible();
  await page.keyboard.press("Control+a");
  await expect(page.getByText("6 rows chosen")).toBeVisible();
  await page.getByRole("checkbox", { name: "Choose all rows shown" }).uncheck();
  await expect(page.getByText(/rows? chosen/)).toHaveCount(0);
});

test("chosen rows are changed together, and changed back", async ({ todo, other, torque }) => {
  const name = unique("Shared");
  await torque.sql(
    `insert into todo_list.todo (label, status) values ('${name} 1', 'open'), ('${name} 2', 'closed'), ('${name} 3', 'open')`,
  );
  const { page } = todo;
  for (const one of [todo, other]) {
    await one.page.getByRole("textbox", { name: "Filter Task" }).fill(name);
    await expect(one.page.getByText("1–3 of 3")).toBeVisible();
  }
  await page.getByRole("checkbox", { name: "Choose all rows shown" }).check();
  await page.getByRole("toolbar", { name: "Chosen rows" }).getByText("Change").click();
  const dialog = page.getByRole("dialog", { name: "Change 3 rows" });
  await dialog.getByLabel("What to change").selectOption("Status");
  await dialog.getByRole("button", { name: "Change 3 rows" }).click();
  await expect(dialog.getByText("Status is required")).toBeVisible();
  await dialog.getByRole("combobox", { name: "Status" }).click();
  const choices = page.getByRole("listbox", { name: "Status" });
  await choices.getByRole("option", { name: "Closed" }).click();
  await dialog.getByRole("button", { name: "Change 3 rows" }).click();
  await expect(dialog).toBeHidden();
  for (const n of [1, 2, 3]) {
    await expect(other.row(`${name} ${n}`)).toContainText("Closed");
  }
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(other.row(`${name} 1`)).toContainText("Open");
  await expect(other.row(`${name} 2`)).toContainText("Closed");
  await expect(other.row(`${name} 3`)).toContainText("Open");
});

test("with another filter nothing is chosen, and Shift with an arrow chooses on", async ({
  todo,
  torque,
}) => {
  const name = unique("Scope");
  await torque.sql(
    `insert into todo_list.todo (label) select '${name} ' || n from generate_series(1, 4) n`,
  );
  const { page } = todo;
  const filter = page.getByRole("textbox", { name: "Filter Task" });
  await filter.fill(name);
  await page.getByRole("columnheader", { name: "Task" }).getByRole("button").click();
  await expect(page.getByText("1–4 of 4")).toBeVisible();
  await expect(page.getByRole("row").nth(2)).toContainText(`${name} 1`);
  await todo.row(`${name} 2`).focus();
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.getByText("3 rows chosen")).toBeVisible();
  await expect(todo.row(`${name} 1`)).toHaveAttribute("aria-selected", "false");
  await expect(todo.row(`${name} 4`)).toHaveAttribute("aria-selected", "true");

  await filter.fill(`${name} 1`);
  await expect(page.getByText("1–1 of 1")).toBeVisible();
  await expect(page.getByText(/rows? chosen/)).toHaveCount(0);
});

test("what another changed since is not taken back by Undo", async ({ todo, torque }) => {
  const name = unique("Since");
  await torque.sql(
    `insert into todo_list.todo (label, status) values ('${name} 1', 'open'), ('${name} 2', 'open')`,
  );
  const { page } = todo;
  await page.getByRole("textbox", { name: "Filter Task" }).fill(name);
  await expect(page.getByText("1–2 of 2")).toBeVisible();
  await page.getByRole("checkbox", { name: "Choose all rows shown" }).check();
  await page.getByRole("toolbar", { name: "Chosen rows" }).getByText("Change").click();
  const dialog = page.getByRole("dialog", { name: "Change 2 rows" });
  await dialog.getByLabel("What to change").selectOption("Status");
  await dialog.getByRole("combobox", { name: "Status" }).click();
  const choices = page.getByRole("listbox", { name: "Status" });
  await choices.getByRole("option", { name: "Closed" }).click();
  await dialog.getByRole("button", { name: "Change 2 rows" }).click();
  await expect(page.getByText("2 rows were changed")).toBeVisible();
  await torque.sql(
    `update todo_list.todo set label = label || ' edited' where label = '${name} 2'`,
  );
  await page.getByRole("button", { name: "Undo" }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "could not be brought back" });
  await expect(refusal).toContainText(name);
  await expect(todo.row(`${name} 1`)).toContainText("Closed");
  await expect(todo.row(`${name} 2 edited`)).toContainText("Closed");
});

test("a change that one row refuses changes none, and names the row", async ({ todo, torque }) => {
  const name = unique("Refused");
  await torque.sql(`insert into todo_list.todo (label) values ('${name} 1'), ('${name} 2')`);
  const { page } = todo;
  await page.getByRole("textbox", { name: "Filter Task" }).fill(name);
  await expect(page.getByText("1–2 of 2")).toBeVisible();
  await page.getByRole("checkbox", { name: "Choose all rows shown" }).check();
  await torque.sql(`delete from todo_list.todo where label = '${name} 2'`);
  await expect(todo.row(`${name} 2`)).toHaveCount(0);
  await page.getByRole("toolbar", { name: "Chosen rows" }).getByText("Change").click();
  const dialog = page.getByRole("dialog", { name: "Change 2 rows" });
  await dialog.getByRole("textbox", { name: "Task" }).fill("Other");
  await dialog.getByRole("button", { name: "Change 2 rows" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Nothing was changed");
  await expect(dialog.getByRole("alert")).toContainText(`${name} 2: `);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(todo.row(`${name} 1`)).toBeVisible();
});

test("chosen rows are deleted together, and come back together", async ({ todo, torque }) => {
  const name = unique("Gone");
  await torque.sql(
    `insert into todo_list.todo (label) select '${name} ' || n from generate_series(1, 6) n`,
  );
  const { page } = todo;
  await page.getByRole("textbox", { name: "Filter Task" }).fill(name);
  await expect(page.getByText("1–6 of 6")).toBeVisible();
  await page.getByRole("checkbox", { name: "Choose all rows shown" }).check();
  const bar = page.getByRole("toolbar", { name: "Chosen rows" });
  await bar.getByRole("button", { name: "Delete" }).click();
  const sure = page.getByRole("dialog", { name: "Delete 6 rows?" });
  await sure.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("Nothing matches the filters")).toBeVisible();
  await expect(bar).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("1–6 of 6")).toBeVisible();
});

test("what is filtered is downloaded as CSV, in the order and columns shown", async ({
  todo,
  torque,
}) => {
  const name = unique("Export");
  await torque.sql(
    `insert into todo_list.todo (label, status) values ('${name} b', 'open'), ('${name} a', 'closed'), ('=${name}', 'open')`,
  );
  const { page } = todo;
  await page.getByRole("textbox", { name: "Filter Task" }).fill(name);
  await expect(page.getByText("1–3 of 3")).toBeVisible();
  await page.getByRole("columnheader", { name: "Task" }).getByRole("button").click();
  await expect(page.getByRole("columnheader", { name: "Task" })).toHaveAttribute(
    "aria-sort",
    "ascending",
  );
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("todo.csv");
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  expect(lines[0]).toMatch(/^\uFEFF?Task,Status,Created/);
  expect(lines).toHaveLength(4);
  // A formula is defused.
  expect(lines[1]).toMatch(new RegExp(`^'=${name},Open`));
  expect(lines[2]).toMatch(new RegExp(`^${name} a,Closed`));
  expect(lines[3]).toMatch(new RegExp(`^${name} b,Open`));
});
