import { expect, test } from "./story.ts";

test("a page has an address of its own, and the browser's history works", async ({ todo }) => {
  const { page } = todo;
  await page.getByRole("link", { name: "Dashboard" }).click();
  await expect(page).toHaveURL(/\/app\/todo_list\/dashboard_page$/);
  await expect(page).toHaveTitle("Dashboard – TODO List");
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("heading", { name: "TODO Dashboard" })).toBeVisible();
  await page.goForward();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Settings" })).toHaveAttribute(
    "aria-current",
    "page",
  );
});

test("an address that is no page says so and leads back", async ({ page, torque }) => {
  await page.goto(`${torque.application}/no_such_page`);
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await page.getByRole("button", { name: "Go to the start page" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "TODO List" })).toBeVisible();
});

test("going back from a half-filled form is asked about", async ({ todo }) => {
  const { page } = todo;
  await page.getByRole("link", { name: "Dashboard" }).click();
  await page.getByRole("button", { name: "New Todo" }).click();
  const dialog = todo.dialog("Todo Form");
  await dialog.getByRole("textbox", { name: "Task Description" }).fill("Half a thought");
  await page.goBack();
  await todo.dialog("Discard your changes?").getByRole("button", { name: "Keep editing" }).click();
  await expect(page).toHaveURL(/dashboard_page$/);
  await expect(dialog.getByRole("textbox", { name: "Task Description" })).toHaveValue(
    "Half a thought",
  );
});

test("the front page asks for a sign-in, and shows administrators what there is", async ({
  page,
  torque,
}) => {
  await page.goto(torque.url);
  await expect(page.getByText(/sign in/i).first()).toBeVisible();
  await page.goto(`${torque.url}/sign-in`);
  const link = await torque.signInLink();
  expect(link).toContain(`${torque.url}/sign-in#`);
  // Pasted into the page that is open: only what stands behind the # changes, and nothing is loaded.
  await page.evaluate((address) => location.assign(address), link);
  await expect(page.getByRole("heading", { name: "Applications" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Open TODO List" })).toHaveAttribute(
    "href",
    "/app/todo_list",
  );
});

test("a private application asks for the sign-in where one was going, and leads on to it", async ({
  page,
  torque,
}) => {
  const { document } = await torque.admin<{ document: object }>("getModel", {
    modelId: "TODO List",
  });
  const vault = { ...document, name: "Vault", access: "private" };
  const { id: modelId } = await torque.admin<{ id: string }>("importModel", { document: vault });
  await torque.admin("publishModel", { modelId });
  await torque.admin("createApplication", { modelId, slug: "vault" });
  await torque.admin("deployApplication", { applicationId: "vault" });
  const { path } = await torque.admin<{ path: string }>("createSignInLink", {
    application: "vault",
    permission: "write",
  });
  await page.goto(`${torque.url}/app/vault/dashboard_page`);
  await expect(page.getByText("This application is private. Sign in to use it.")).toBeVisible();
  await page.getByLabel("Sign-in link or API key").fill(torque.url + path);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "TODO Dashboard" })).toBeVisible();
  await expect(page).toHaveURL(/\/app\/vault\/dashboard_page$/);
});
