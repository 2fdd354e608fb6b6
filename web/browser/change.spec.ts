import { expect, test, unique } from "./story.ts";

test("a task is made in a modal and shows in the list", async ({ todo, torque }) => {
  const label = unique("Learn Rust programming");
  await todo.page.getByRole("button", { name: "New Todo" }).click();
  const dialog = todo.dialog("Todo Form");
  await expect(dialog.getByRole("textbox", { name: "Task Description" })).toBeFocused();
  await expect(dialog.getByRole("combobox", { name: "Status" })).toHaveValue("Open");
  await dialog.getByRole("textbox", { name: "Task Description" }).fill(label);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(todo.row(label)).toBeVisible();
  await expect(todo.page.getByText(`“${label}” was created`)).toBeVisible();
  expect(await torque.sql(`select status from todo_list.todo where label = '${label}'`)).toBe(
    "open",
  );
});

test("an empty field is refused at the field, in the model's words", async ({ todo }) => {
  await todo.page.getByRole("button", { name: "New Todo" }).click();
  const dialog = todo.dialog("Todo Form");
  await dialog.getByRole("button", { name: "Save" }).click();
  const label = dialog.getByRole("textbox", { name: "Task Description" });
  await expect(dialog.getByText("Task description is required")).toBeVisible();
  await expect(label).toBeFocused();
  await expect(label).toHaveAccessibleDescription(/Task description is required/);
  await label.fill("x");
  await expect(dialog.getByText("Task description is required")).toBeHidden();
  await label.fill("");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
});

test("what only the server knows is said at the field too", async ({ todo }) => {
  await todo.page.route("**/jsonrpc", async (route) => {
    const body = route.request().postData() ?? "";
    if (!body.includes('"createEntity"')) return route.continue();
    // The limit is taken out of the request's way, so that the database decides.
    const request = JSON.parse(body);
    request.params.data.label = "x".repeat(300);
    return route.continue({ postData: JSON.stringify(request) });
  });
  await todo.page.getByRole("button", { name: "New Todo" }).click();
  const dialog = todo.dialog("Todo Form");
  const label = dialog.getByRole("textbox", { name: "Task Description" });
  await label.fill("fine here");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(label).toHaveAttribute("aria-invalid", "true");
  await expect(label).toHaveAccessibleDescription(/255/);
});

test("a submit sent twice makes one task", async ({ todo, torque }) => {
  const label = unique("Only once");
  let tries = 0;
  await todo.page.route("**/jsonrpc", async (route) => {
    if ((route.request().postData() ?? "").includes('"createEntity"') && ++tries === 1) {
      // It arrives and is done, but the answer is lost on the way.
      await route.fetch();
      return route.abort();
    }
    return route.continue();
  });
  await todo.page.getByRole("button", { name: "New Todo" }).click();
  const dialog = todo.dialog("Todo Form");
  await dialog.getByRole("textbox", { name: "Task Description" }).fill(label);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByText("The server cannot be reached at the moment.")).toBeVisible();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  expect(tries).toBe(2);
  expect(await torque.sql(`select count(*) from todo_list.todo where label = '${label}'`)).toBe(
    "1",
  );
});

test("a task is edited, and only what was changed is sent", async ({ todo, torque }) => {
  const label = unique("Before");
  await torque.sql(`insert into todo_list.todo (label) values ('${label}')`);
  await todo.page.getByRole("textbox", { name: "Filter Task" }).fill(label);
  await todo.page.getByRole("button", { name: `Edit ${label}` }).click();
  const dialog = todo.dialog(`Edit ${label}`);
  await dialog.getByRole("combobox", { name: "Status" }).click();
  await todo.page.getByRole("listbox").getByRole("option", { name: "Closed" }).click();
  const request = todo.page.waitForRequest((one) =>
    (one.postData() ?? "").includes('"updateEntity"'),
  );
  await dialog.getByRole("button", { name: "Save" }).click();
  expect(JSON.parse((await request).postData() ?? "").params.data).toEqual({ status: "closed" });
  await expect(dialog).toBeHidden();
  await expect(todo.row(label)).toContainText("Closed");
});

test("leaving a form with something entered is asked about", async ({ todo }) => {
  await todo.page.getByRole("button", { name: "New Todo" }).click();
  const dialog = todo.dialog("Todo Form");
  await dialog.getByRole("textbox", { name: "Task Description" }).fill("Half a thought");
  await todo.page.keyboard.press("Escape");
  const question = todo.dialog("Discard your changes?");
  await question.getByRole("button", { name: "Keep editing" }).click();
  await expect(dialog.getByRole("textbox", { name: "Task Description" })).toHaveValue(
    "Half a thought",
  );
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await question.getByRole("button", { name: "Discard changes" }).click();
  await expect(dialog).toBeHidden();
});

test("a deleted task is gone at once, and Undo brings it back", async ({ todo, torque }) => {
  const label = unique("Delete me");
  await torque.sql(`insert into todo_list.todo (label, status) values ('${label}', 'closed')`);
  await todo.page.getByRole("textbox", { name: "Filter Task" }).fill(label);
  await todo.page.getByRole("button", { name: `Delete ${label}` }).click();
  await expect(todo.row(label)).toBeHidden();
  await expect
    .poll(() => torque.sql(`select count(*) from todo_list.todo where label = '${label}'`))
    .toBe("0");
  await todo.page.getByRole("button", { name: "Undo" }).click();
  await expect(todo.row(label)).toContainText("Closed");
  expect(await torque.sql(`select status from todo_list.todo where label = '${label}'`)).toBe(
    "closed",
  );
});

test("two people saving the same task see both versions and choose", async ({ todo, torque }) => {
  const label = unique("Contested");
  await torque.sql(`insert into todo_list.todo (label) values ('${label}')`);
  await todo.page.getByRole("textbox", { name: "Filter Task" }).fill(label);
  await todo.page.getByRole("button", { name: `Edit ${label}` }).click();
  const dialog = todo.dialog(`Edit ${label}`);
  await dialog.getByRole("textbox", { name: "Task Description" }).fill(`${label} mine`);
  await torque.sql(`update todo_list.todo set label = '${label} theirs' where label = '${label}'`);
  await expect(dialog.getByText(/Someone else changed this just now/)).toBeVisible();
  await dialog.getByRole("button", { name: "Save" }).click();
  const conflict = todo.dialog("Changed by someone else meanwhile");
  await expect(conflict.getByText(`${label} mine`)).toBeVisible();
  await expect(conflict.getByText(`${label} theirs`)).toBeVisible();
  await expect(conflict.getByRole("button", { name: "Save" })).toBeDisabled();
  await conflict.getByRole("radio", { name: "Task Description: keep mine" }).check();
  await conflict.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(todo.row(`${label} mine`)).toBeVisible();
});

test("a button runs its xflow and says so", async ({ todo }) => {
  await todo.page.getByRole("link", { name: "Dashboard" }).click();
  await todo.page.getByRole("button", { name: "Export" }).click();
  await expect(todo.page.getByText(/export_todos/)).toBeVisible();
});

test("a row's own action changes the row", async ({ todo, torque }) => {
  const label = unique("Reopen");
  await torque.sql(`insert into todo_list.todo (label, status) values ('${label}', 'closed')`);
  await todo.page.getByRole("link", { name: "Settings" }).click();
  await todo.page.getByRole("textbox", { name: "Filter Task" }).fill(label);
  await todo.row(label).getByRole("button", { name: "Open again", exact: true }).click();
  await expect(todo.row(label)).toBeHidden();
  expect(await torque.sql(`select status from todo_list.todo where label = '${label}'`)).toBe(
    "open",
  );
});
