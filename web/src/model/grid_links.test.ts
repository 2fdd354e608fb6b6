import { expect, test } from "vitest";
import type { EntityTypeDescription, PropertyDescription } from "./entity.ts";
import { isOfLink, linkColumns, linker, wayOf, withLinkProperties } from "./grid_links.ts";

const price: PropertyDescription = {
  name: "price",
  label: "Price",
  type: "Decimal",
  required: true,
  readOnly: false,
};
const type: EntityTypeDescription = {
  entityType: "part",
  name: "Part",
  properties: [{ ...price, label: "List price" }],
  relationships: [
    { name: "made_of", kind: "many_to_many", direction: "outgoing", entityType: "part" },
    {
      name: "made_of",
      kind: "many_to_many",
      direction: "incoming",
      entityType: "part",
      properties: [price],
    },
  ],
};
const linked = { relationship: "made_of", entityId: "1" };

test("the way to rows is the one that starts at the other entity", () => {
  expect(wayOf(type, { ...linked, direction: "outgoing" })?.direction).toBe("incoming");
  expect(wayOf(type, { ...linked, direction: "incoming" })?.direction).toBe("outgoing");
  expect(wayOf(type, undefined)).toBeUndefined();
});

test("what links carry stands beside properties of the same name, and is only read", () => {
  const both = withLinkProperties(type, { ...linked, direction: "outgoing" });
  expect(both?.properties.map(({ label, readOnly }) => [label, readOnly])).toEqual([
    ["List price", false],
    ["Price", true],
  ]);
  const fields = both?.properties.map(({ name }) => name) ?? [];
  expect(fields.map(isOfLink)).toEqual([false, true]);
  expect(withLinkProperties(type, { ...linked, direction: "incoming" })).toBe(type);
  expect(linkColumns(both).map(({ title }) => title)).toEqual(["Price"]);
  const withLink = linker({ "2": { price: "2.00" } });
  const row = { id: "2", price: "1.00" };
  expect(fields.map((field) => withLink(row)[field])).toEqual(["1.00", "2.00"]);
  expect(withLink(row)).toBe(withLink(row));
  const other = { id: "3" };
  expect(withLink(other)).toBe(other);
});
