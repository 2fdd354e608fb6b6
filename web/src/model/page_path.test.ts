import { expect, test } from "vitest";
import type { PageLink } from "./page.ts";
import { detailPath, pageAt, pathOf } from "./page_path.ts";

const page = (id: string, path: string, ...names: string[]): PageLink => ({
  id,
  path,
  name: id,
  title: id,
  parameters: names.map((name) => ({ name, entity_type: "customer" })),
});
const PAGES = [
  page("home", "home"),
  page("customer", "customers/{id}", "id"),
  page("new_customer", "customers/new"),
  page("pair", "customers/{id}/{other}", "id", "other"),
];

test("an address leads to its page with its parameters", () => {
  expect(pageAt(PAGES, ["home"])?.page.id).toBe("home");
  expect(pageAt(PAGES, ["customers", "7"])).toMatchObject({
    page: { id: "customer" },
    params: { id: "7" },
  });
  expect(pageAt(PAGES, ["customers", "7", "8"])?.params).toEqual({ id: "7", other: "8" });
  expect(pageAt(PAGES, ["customers"])).toBeUndefined();
  expect(pageAt(PAGES, ["customers", ""])).toBeUndefined();
});

test("a word counts for more than a parameter", () => {
  expect(pageAt(PAGES, ["customers", "new"])?.page.id).toBe("new_customer");
});

test("a page's address carries its parameters, escaped", () => {
  const customer = PAGES[1] as PageLink;
  expect(pathOf(customer, { id: "a/b c" })).toBe("customers/a%2Fb%20c");
});

test("the page that is about one entity is found by its type", () => {
  expect(detailPath(PAGES, "customer", "7")).toBe("customers/7");
  expect(detailPath(PAGES, "order", "7")).toBeUndefined();
});
