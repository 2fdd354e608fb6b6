import { describe, expect, test } from "vitest";
import type { Entity } from "./entity.ts";
import {
  adopt,
  change,
  conflicts,
  dataOf,
  type FormDefinition,
  isDirty,
  rebase,
  startForm,
  visibleFields,
} from "./form.ts";
import { checkForm } from "./form_check.ts";

const FORM: FormDefinition = {
  id: "order_form",
  name: "Order",
  entity_type: "order",
  submit_action: "SaveEntity",
  validation: [{ rule_type: "MinLength", field: "label", message: "Say a little more" }],
  fields: [
    {
      name: "label",
      field_type: "TextInput",
      label: "Label",
      required: true,
      validation: { minLength: 2, maxLength: 10 },
    },
    { name: "status", field_type: "Select", label: "Status", defaultValue: "open" },
    {
      name: "count",
      field_type: "NumberInput",
      label: "Count",
      property_type: "Integer",
      validation: { min: 1 },
    },
    {
      name: "price",
      field_type: "NumberInput",
      label: "Price",
      property_type: "Decimal",
      validation: { scale: 2 },
    },
    { name: "urgent", field_type: "Checkbox", label: "Urgent", property_type: "Boolean" },
    {
      name: "tags",
      field_type: "Select",
      label: "Tags",
      property_type: "MultiEnum",
      multiple: true,
    },
    { name: "extra", field_type: "TextArea", label: "Extra", property_type: "Json" },
    {
      name: "reason",
      field_type: "TextArea",
      label: "Reason",
      required: true,
      visible_if: { urgent: true },
    },
    { name: "made_by", field_type: "TextInput", label: "Made by", read_only: true },
  ],
};

const ENTITY: Entity = {
  id: "1",
  version: 3,
  label: "Lamp",
  status: "open",
  count: 2,
  price: "10.50",
  urgent: false,
  tags: ["a"],
  extra: { a: 1 },
  made_by: "ada",
};

test("a new form starts with the model's defaults, and what was given beside them", () => {
  const { inputs } = startForm(FORM, undefined, { label: "Given" });
  expect(inputs).toMatchObject({ label: "Given", status: "open", urgent: false, tags: [] });
});

test("a new entity gets typed values, and nothing for what was left empty", () => {
  let state = startForm(FORM);
  for (const [name, input] of [
    ["label", "Lamp"],
    ["count", " 12 "],
    ["price", "1.10"],
    ["extra", '{"a": [1]}'],
  ] as const) {
    state = change(state, name, input);
  }
  expect(dataOf(FORM, state)).toEqual({
    label: "Lamp",
    status: "open",
    count: 12,
    price: "1.10",
    urgent: false,
    extra: { a: [1] },
  });
});

test("an update sends what was changed, and null for what was emptied", () => {
  let state = startForm(FORM, ENTITY);
  expect(isDirty(state)).toBe(false);
  expect(dataOf(FORM, state)).toEqual({});
  state = change(change(state, "count", ""), "label", "Big lamp");
  expect(isDirty(state)).toBe(true);
  expect(dataOf(FORM, state)).toEqual({ count: null, label: "Big lamp" });
});

test("a field shows only while its filter is met, and a hidden one is not sent", () => {
  const hidden = startForm(FORM);
  const names = (state: typeof hidden) => visibleFields(FORM, state).map(({ name }) => name);
  expect(names(hidden)).not.toContain("reason");
  const shown = change(change(hidden, "urgent", true), "reason", "fire");
  expect(names(shown)).toContain("reason");
  expect(dataOf(FORM, change(shown, "urgent", false))).not.toHaveProperty("reason");
});

describe("what can be told before asking the server", () => {
  const errors = (name: string, input: string) =>
    checkForm(FORM, change(startForm(FORM, ENTITY), name, input)).map(({ code, limit, message }) =>
      [code, limit, message].filter((part) => part !== undefined),
    );
  test.each([
    ["label", "", [["required"]]],
    ["label", "x", [["min_length", 2, "Say a little more"]]],
    ["label", "far too long a label", [["max_length", 10]]],
    ["label", "👍👍👍👍👍👍👍👍👍👍", []],
    ["count", "0", [["min", 1]]],
    ["count", "1.5", [["integer"]]],
    ["price", "cheap", [["number"]]],
    ["price", "1.500", []],
    ["price", "1.234", [["precision", 2]]],
    ["count", "9007199254740993", [["integer"]]],
    ["extra", "{", [["json_key"]]],
  ])("%s: %s", (name, input, found) => {
    expect(errors(name, input)).toEqual(found);
  });
});

test("another version of the form keeps what was entered", () => {
  const entered = change(startForm(FORM), "label", "Half a lab");
  const next: FormDefinition = {
    ...FORM,
    fields: [
      ...FORM.fields.filter(({ name }) => name !== "count"),
      { name: "colour", field_type: "TextInput", label: "Colour", defaultValue: "red" },
    ],
  };
  const { inputs } = adopt(entered, next);
  expect(inputs).toMatchObject({ label: "Half a lab", status: "open", colour: "red" });
  expect(inputs).not.toHaveProperty("count");
});

test("a newer state shows where nothing was entered, and what was entered stays", () => {
  const mine = change(startForm(FORM, ENTITY), "label", "Mine");
  const theirs = { ...ENTITY, version: 4, status: "closed" };
  expect(conflicts(mine, FORM, theirs)).toEqual([]);
  const state = rebase(mine, FORM, theirs);
  expect(state.inputs).toMatchObject({ label: "Mine", status: "closed" });
  expect(state.base?.version).toBe(4);
  expect(dataOf(FORM, state)).toEqual({ label: "Mine" });
});

test("both having changed a field is a conflict of that field", () => {
  const mine = change(startForm(FORM, ENTITY), "label", "Mine");
  const found = conflicts(mine, FORM, { ...ENTITY, version: 4, label: "Theirs", count: 9 });
  expect(found.map(({ field, mine: my, theirs }) => [field.name, my, theirs])).toEqual([
    ["label", "Mine", "Theirs"],
  ]);
});

describe("a form's own rules", () => {
  const ruled = (rule_type: string, parameters?: { length?: number; pattern?: string }) => ({
    ...FORM,
    validation: [
      { rule_type, field: "note", message: "Not like this", parameters: parameters ?? null },
    ],
    fields: [{ name: "note", field_type: "TextInput" as const, label: "Note" }],
  });
  const isRefused = (form: FormDefinition, note: string) =>
    checkForm(form, change(startForm(form, undefined), "note", note)).map(
      ({ field, message }) => `${field}: ${message}`,
    );
  const refused = ["note: Not like this"];

  test("ask for what the type does not", () => {
    expect(isRefused(ruled("Required"), "")).toEqual(refused);
    expect(isRefused(ruled("Required"), "a")).toEqual([]);
    expect(isRefused(ruled("MinLength", { length: 3 }), "ab")).toEqual(refused);
    expect(isRefused(ruled("MinLength", { length: 3 }), "äöü")).toEqual([]);
    expect(isRefused(ruled("MaxLength", { length: 3 }), "abcd")).toEqual(refused);
    expect(isRefused(ruled("MaxLength", { length: 3 }), "😀😀😀")).toEqual([]);
    expect(isRefused(ruled("Pattern", { pattern: "[A-Z]{2}\\d+" }), "xDE12")).toEqual(refused);
    expect(isRefused(ruled("Pattern", { pattern: "[A-Z]{2}\\d+" }), "DE12")).toEqual([]);
    expect(isRefused(ruled("Email"), "nobody")).toEqual(refused);
    expect(isRefused(ruled("Email"), "ada@example.org")).toEqual([]);
  });

  test("say nothing of an empty field unless it is required", () => {
    for (const rule of ["MinLength", "Pattern", "Email"]) {
      expect(isRefused(ruled(rule, { length: 3, pattern: "a" }), "")).toEqual([]);
    }
  });
});
