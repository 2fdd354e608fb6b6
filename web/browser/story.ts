// What every browser test has: a running Torque, a page on its TODO list, and its grid.

import { test as base, expect, type Locator, type Page } from "@playwright/test";
import { Torque } from "./torque.ts";

export interface TodoPage {
  readonly page: Page;
  readonly grid: Locator;
  /** The row of the task with this label. */
  readonly row: (label: string) => Locator;
  readonly dialog: (name: string | RegExp) => Locator;
}

interface Stories {
  readonly todo: TodoPage;
  /** A second browser, with nothing in common with the first. */
  readonly other: TodoPage;
}

/** Refused by the Content Security Policy, or thrown: neither may happen in any test. */
function watch(page: Page, problems: string[]): void {
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) problems.push(message.text());
  });
}

export async function openTodo(page: Page, torque: Torque, path = ""): Promise<TodoPage> {
  await page.goto(torque.application + path);
  const grid = page.getByRole("grid");
  return {
    page,
    grid,
    row: (label) => page.getByRole("row").filter({ hasText: label }),
    dialog: (name) => page.getByRole("dialog", { name }),
  };
}

export const test = base.extend<Stories, { readonly torque: Torque }>({
  torque: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from the pattern
    async ({}, use) => {
      const torque = await Torque.start();
      await use(torque);
      await torque.discard();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  todo: async ({ page, torque }, use) => {
    const problems: string[] = [];
    watch(page, problems);
    const todo = await openTodo(page, torque);
    await expect(todo.grid).toBeVisible();
    await expect(todo.page.getByText("Live", { exact: true })).toBeVisible();
    await use(todo);
    expect(problems).toEqual([]);
  },
  other: async ({ browser, torque }, use) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const problems: string[] = [];
    watch(page, problems);
    const todo = await openTodo(page, torque);
    await expect(todo.grid).toBeVisible();
    await expect(todo.page.getByText("Live", { exact: true })).toBeVisible();
    await use(todo);
    await context.close();
    expect(problems).toEqual([]);
  },
});

let made = 0;

/** A label that no other test uses. */
export function unique(label: string): string {
  return `${label} ${Date.now().toString(36)}${++made}`;
}

export { expect };
