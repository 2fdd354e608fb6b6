import { expect, test } from "vitest";
import { bind, bindText } from "./binding.ts";

const ADA = { id: "1", name: "Ada", limit: "10.00", tags: ["a"] };
const scope = { params: { id: "1", day: "monday" }, entities: { id: ADA }, row: ADA };

test("a text that is one binding becomes the value itself", () => {
  expect(bind("{{ params.id }}", scope)).toBe("1");
  expect(bind("{{params.id.tags}}", scope)).toEqual(["a"]);
  expect(bind("{{ row.name }}", scope)).toBe("Ada");
  expect(bind("{{ row.missing }}", scope)).toBeNull();
});

test("among other words a binding becomes text", () => {
  expect(bind("{{ params.id.name }} on {{ params.day }}", scope)).toBe("Ada on monday");
  expect(bindText("Customer {{ params.id.name }}", scope)).toBe("Customer Ada");
});

test("everything inside a filter is bound", () => {
  expect(
    bind({ or: [{ customer: "{{ params.id }}" }, { total: { gt: "1" } }], done: false }, scope),
  ).toEqual({ or: [{ customer: "1" }, { total: { gt: "1" } }], done: false });
});

test("what is not loaded yet leaves the whole undefined, and out of a text", () => {
  const waiting = { params: { id: "1" }, entities: {} };
  expect(bind({ a: ["{{ params.id.name }}"] }, waiting)).toBeUndefined();
  expect(bind("x {{ params.id.name }}", waiting)).toBeUndefined();
  expect(bindText("Customer {{ params.id.name }}", waiting)).toBe("Customer");
  expect(bind("{{ params.id }}", waiting)).toBe("1");
});
