import { expect, test, unique } from "./story.ts";

/** Milliseconds; a grid without its socket would ask again after five seconds only. How soon it is, `make bench` says. */
const SOON = 3_000;

test("a row inserted in psql shows by itself", async ({ todo, torque }) => {
  const label = unique("from psql");
  await todo.page.getByRole("textbox", { name: "Filter Task" }).fill("from psql");
  await torque.sql(`insert into todo_list.todo (label) values ('${label}')`);
  await expect(todo.row(label)).toBeVisible({ timeout: SOON });
  await torque.sql(`update todo_list.todo set status = 'closed' where label = '${label}'`);
  await expect(todo.row(label)).toContainText("Closed", { timeout: SOON });
  await torque.sql(`delete from todo_list.todo where label = '${label}'`);
  await expect(todo.row(label)).toBeHidden({ timeout: SOON });
});

test("a bad row is refused in psql with the form's own words", async ({ todo, torque }) => {
  const refused = await torque
    .sql("insert into todo_list.todo (label, status) values (null, 'someday')")
    .then(
      () => "",
      (error: { stderr?: string }) => String(error.stderr),
    );
  expect(refused).toMatch(/label/);
  expect(refused).toMatch(/Task description is required/);
  expect(refused).toMatch(/status/);
  await expect(todo.row("someday")).toBeHidden();
});

test("two browsers see each other's changes", async ({ todo, other }) => {
  const label = unique("Shared");
  await todo.page.getByRole("button", { name: "New Todo" }).click();
  const dialog = todo.dialog("Todo Form");
  await dialog.getByRole("textbox", { name: "Task Description" }).fill(label);
  await dialog.getByRole("button", { name: "Save" }).click();
  await other.page.getByRole("textbox", { name: "Filter Task" }).fill(label);
  await expect(other.row(label)).toBeVisible({ timeout: 2_000 });
  await other.page.getByRole("button", { name: `Delete ${label}` }).click();
  await expect(todo.row(label)).toBeHidden({ timeout: 2_000 });
});

test("a change of the model applies without a reload, and keeps filter and half-filled form", async ({
  todo,
  torque,
}) => {
  await expect(todo.row("Buy groceries")).toBeVisible();
  await todo.page.evaluate(() => Object.assign(window, { neverReloaded: true }));
  await todo.page.getByRole("textbox", { name: "Filter Task" }).fill("groceries");
  await todo.page.getByRole("button", { name: "New Todo" }).click();
  const dialog = todo.dialog("Todo Form");
  await dialog.getByRole("textbox", { name: "Task Description" }).fill("Half a thought");

  await torque.changeModel((document) => {
    document.entities[0]?.properties.push({
      name: "hours",
      label: "Hours",
      property_type: { type: "Integer", min: 0 },
    });
    document.forms[0]?.fields.push({ name: "hours", field_type: "NumberInput", label: "Hours" });
    const grid = document.pages[0]?.components.find(({ id }) => id === "todo_grid");
    grid?.props.columns?.push({ field: "hours", title: "Hours", sortable: true, filterable: true });
  });

  const hours = dialog.getByRole("textbox", { name: "Hours" });
  await expect(hours).toBeVisible({ timeout: SOON });
  await expect(dialog.getByRole("textbox", { name: "Task Description" })).toHaveValue(
    "Half a thought",
  );
  await hours.fill("3");
  await dialog.getByRole("textbox", { name: "Task Description" }).fill(unique("More groceries"));
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(todo.page.getByRole("columnheader", { name: "Hours" })).toBeVisible();
  await expect(todo.page.getByRole("textbox", { name: "Filter Task" })).toHaveValue("groceries");
  await expect(todo.row("Schedule team meeting")).toBeHidden();
  expect(await todo.page.evaluate(() => "neverReloaded" in window)).toBe(true);
});

test("a restarted server is found again, and what happened meanwhile shows", async ({
  todo,
  torque,
}) => {
  const label = unique("while you were away");
  await todo.page.getByRole("textbox", { name: "Filter Task" }).fill("while you were away");
  await torque.stop();
  await expect(todo.page.getByText("Reconnecting", { exact: true })).toBeVisible({
    timeout: 15_000,
  });
  await torque.begin();
  await torque.sql(`insert into todo_list.todo (label) values ('${label}')`);
  await expect(todo.page.getByText("Live", { exact: true })).toBeVisible({ timeout: 40_000 });
  await expect(todo.row(label)).toBeVisible({ timeout: 10_000 });
});

test("without a socket the list is asked for again and again", async ({ page, torque }) => {
  await page.routeWebSocket(/\/ws$/, (socket) => socket.close());
  await page.goto(torque.application);
  const label = unique("polled");
  await expect(page.getByRole("grid")).toBeVisible();
  await page.getByRole("textbox", { name: "Filter Task" }).fill("polled");
  await torque.sql(`insert into todo_list.todo (label) values ('${label}')`);
  await expect(page.getByRole("row").filter({ hasText: label })).toBeVisible({ timeout: 10_000 });
});
