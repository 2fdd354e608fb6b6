import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { PropertyTypeName } from "./entity.ts";
import { verdict } from "./filter.ts";
import { isObject, type JsonObject } from "./json.ts";

interface Vectors {
  readonly fields: Readonly<Record<string, PropertyTypeName>>;
  readonly related: {
    readonly type: string;
    readonly fields: Readonly<Record<string, PropertyTypeName>>;
    readonly entities: Readonly<Record<string, JsonObject>>;
  };
  readonly entities: Readonly<Record<string, JsonObject>>;
  readonly cases: readonly {
    readonly name: string;
    readonly filter: JsonObject | null;
    readonly met: readonly string[];
    readonly related?: boolean;
  }[];
}

const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../../tests/vectors/filter.json", import.meta.url), "utf8"),
);
const { type: reference, fields, entities: others } = vectors.related;

function typeOf(path: string): PropertyTypeName | undefined {
  const [first = "", second] = path.split(".");
  return second === undefined ? vectors.fields[first] : fields[second];
}

function relatedOf(entity: JsonObject): JsonObject {
  const other = others[String(entity[reference])];
  return other ? { [reference]: other } : {};
}

describe("the browser finds what the database finds", () => {
  test.each(vectors.cases)("$name", ({ filter, met }) => {
    const found = Object.entries(vectors.entities)
      .filter(
        ([, entity]) => verdict(filter, entity, { typeOf, related: relatedOf(entity) }) === "met",
      )
      .map(([name]) => name);
    expect(found).toEqual(met);
  });
});

test("what depends on an entity that is not at hand is unsure, and so is its opposite", () => {
  const entity = { [reference]: Object.keys(others)[0] ?? "" };
  const filter = { [`${reference}.name`]: "Ada" };
  expect(verdict(filter, entity, { typeOf })).toBe("unsure");
  expect(verdict({ not: filter }, entity, { typeOf })).toBe("unsure");
  expect(isObject(entity)).toBe(true);
});
