import { expect, test, unique } from "./story.ts";

test("the TODO list shows the sample tasks, its title and its menu", async ({ todo }) => {
  await expect(todo.row("Buy groceries")).toBeVisible();
  await expect(todo.row("Finish project documentation")).toContainText("Closed");
  await expect(todo.page.getByRole("heading", { level: 1, name: "TODO List" })).toBeVisible();
  await expect(todo.page).toHaveTitle("TODO List");
  const menu = todo.page.getByRole("navigation", { name: "Pages" });
  await expect(menu.getByRole("link")).toHaveText(["Start", "Dashboard", "Settings"]);
});

test("a click on a title sorts on the server, up and down", async ({ todo, torque }) => {
  const [first, last] = [unique("! first"), unique("~ last")];
  await torque.sql(`insert into todo_list.todo (label) values ('${first}'), ('${last}')`);
  const title = todo.page.getByRole("columnheader", { name: "Task" });
  const top = todo.page.getByRole("row").nth(2);
  await title.getByRole("button").click();
  await expect(title).toHaveAttribute("aria-sort", "ascending");
  await expect(top).toContainText(first);
  await title.getByRole("button").click();
  await expect(title).toHaveAttribute("aria-sort", "descending");
  await expect(top).toContainText(last);
});

test("a filter is asked for after a pause, keeps the focus and the rows, and can be cleared", async ({
  todo,
}) => {
  await expect(todo.row("Buy groceries")).toBeVisible();
  const requests: string[] = [];
  todo.page.on("request", (request) => {
    const body = request.postData() ?? "";
    if (body.includes("loadEntityData")) requests.push(body);
  });
  const filter = todo.page.getByRole("textbox", { name: "Filter Task" });
  await filter.pressSequentially("team meeting", { delay: 30 });
  await expect(todo.row("Schedule team meeting")).toBeVisible();
  await expect(todo.row("Buy groceries")).toBeHidden();
  await expect(filter).toBeFocused();
  expect(requests.length).toBeLessThanOrEqual(3);

  await filter.fill("no task is called like this");
  await todo.page.getByRole("button", { name: "Clear filters" }).last().click();
  await expect(todo.row("Buy groceries")).toBeVisible();
  await expect(filter).toHaveValue("");
});

test("an enum is filtered by choosing one of its values", async ({ todo }) => {
  await todo.page.getByRole("combobox", { name: "Filter Status" }).selectOption("Closed");
  await expect(todo.row("Finish project documentation")).toBeVisible();
  await expect(todo.row("Buy groceries")).toBeHidden();
});

test("late answers to an earlier filter do not show", async ({ todo }) => {
  await expect(todo.row("Buy groceries")).toBeVisible();
  let slowed = false;
  await todo.page.route("**/jsonrpc", async (route) => {
    const body = route.request().postData() ?? "";
    if (body.includes('"contains":"team"') && !slowed) {
      slowed = true;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
    await route.continue().catch(() => undefined);
  });
  const filter = todo.page.getByRole("textbox", { name: "Filter Task" });
  await filter.fill("team");
  await expect.poll(() => slowed).toBe(true);
  await filter.fill("groceries");
  await expect(todo.row("Schedule team meeting")).toBeHidden();
  await expect(todo.row("Buy groceries")).toBeVisible();
  await todo.page.waitForTimeout(1_800);
  await expect(todo.row("Buy groceries")).toBeVisible();
  await expect(todo.row("Schedule team meeting")).toBeHidden();
});

test("pages of fifty with the total, and only rows in view in the page", async ({
  todo,
  torque,
}) => {
  const label = unique("Paged");
  await torque.sql(
    `insert into todo_list.todo (label) select '${label} ' || lpad(n::text, 3, '0') from generate_series(1, 120) n`,
  );
  await todo.page.getByRole("textbox", { name: "Filter Task" }).fill(label);
  await expect(todo.page.getByText("1–50 of 120")).toBeVisible();
  expect(await todo.page.getByRole("row").count()).toBeLessThan(45);
  await todo.page.getByRole("button", { name: "Next page" }).click();
  await expect(todo.page.getByText("51–100 of 120")).toBeVisible();
  await todo.page.getByRole("button", { name: "Next page" }).click();
  await expect(todo.page.getByText("101–120 of 120")).toBeVisible();
  await expect(todo.page.getByRole("button", { name: "Next page" })).toBeDisabled();
  await todo.page.getByRole("button", { name: "Previous page" }).click();
  await expect(todo.page.getByText("51–100 of 120")).toBeVisible();
  await torque.sql(`delete from todo_list.todo where label like '${label}%'`);
});

test("each grid of the dashboard shows what its filter means", async ({ todo }) => {
  await todo.page.getByRole("link", { name: "Dashboard" }).click();
  await expect(todo.page).toHaveURL(/\/app\/todo_list\/dashboard_page$/);
  const open = todo.page.getByRole("region", { name: "Open Tasks" });
  const completed = todo.page.getByRole("region", { name: "Completed Tasks" });
  await expect(open.getByText("Buy groceries")).toBeVisible();
  await expect(completed.getByText("Finish project documentation")).toBeVisible();
  await expect(open.getByText("Finish project documentation")).toBeHidden();
});
