// The filter language, evaluated over one entity in memory.
//
// The database evaluates the same filters as SQL and the feed in Rust; all three
// are held to tests/vectors/filter.json, where `ne` and `not` find the entities
// without a value. Filters reach the browser checked by the server, so a test
// that makes no sense is simply met by nothing.

import { compareDecimals } from "./decimal.ts";
import type { PropertyTypeName } from "./entity.ts";
import { canonicalInstant } from "./instant.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

export type Filter = JsonObject;

/** Whether an entity meets a filter. `unsure`: it depends on an entity that is not at hand. */
export type Verdict = "met" | "unmet" | "unsure";

export interface FilterContext {
  /** The type of a property; `owner.name` is asked as the whole path. */
  readonly typeOf: (path: string) => PropertyTypeName | undefined;
  /** The entities referred to, by the reference's name. */
  readonly related?: JsonObject;
}

export function verdict(
  filter: Filter | null,
  entity: JsonObject,
  context: FilterContext,
): Verdict {
  return every(
    Object.entries(filter ?? {}).map(([key, value]) => () => {
      if (key === "and" || key === "or") {
        const parts = (Array.isArray(value) ? value : []).map(
          (part: Json) => () => verdict(isObject(part) ? part : null, entity, context),
        );
        return key === "and" ? every(parts) : some(parts);
      }
      if (key === "not") return opposite(verdict(isObject(value) ? value : null, entity, context));
      return condition(key, value ?? null, entity, context);
    }),
  );
}

/** Whether an entity meets a filter; what nobody can know here counts as met. */
export function meets(
  filter: Filter | null | undefined,
  entity: JsonObject,
  context: FilterContext,
) {
  return verdict(filter ?? null, entity, context) !== "unmet";
}

function condition(path: string, tests: Json, entity: JsonObject, context: FilterContext): Verdict {
  const [first = "", second] = path.split(".");
  const type = context.typeOf(path);
  let value = entity[first] ?? null;
  if (second !== undefined && value !== null) {
    if (!context.related) return "unsure";
    const other = context.related[first];
    value = (isObject(other) ? other[second] : undefined) ?? null;
  }
  const isTests = isObject(tests);
  const all = isTests ? Object.entries(tests) : [["eq", tests] as const];
  return all.every(([operator, wanted]) => passes(operator, type, value, wanted ?? null))
    ? "met"
    : "unmet";
}

function passes(
  operator: string,
  type: PropertyTypeName | undefined,
  value: Json,
  wanted: Json,
): boolean {
  switch (operator) {
    case "eq":
      return wanted === null ? value === null : value !== null && same(type, value, wanted);
    case "ne":
      return wanted === null ? value !== null : value === null || !same(type, value, wanted);
    case "null":
      return (value === null) === (wanted === true);
    case "in":
      return Array.isArray(wanted) && wanted.some((one: Json) => isOneOf(type, value, one));
  }
  if (value === null) return false;
  switch (operator) {
    case "contains":
      return type === "MultiEnum" || type === "Json"
        ? contains(value, type === "MultiEnum" && !Array.isArray(wanted) ? [wanted] : wanted)
        : withoutCase(value).includes(withoutCase(wanted));
    case "startsWith":
      return withoutCase(value).startsWith(withoutCase(wanted));
    case "between":
      return (
        Array.isArray(wanted) &&
        order(type, value, wanted[0]) >= 0 &&
        order(type, value, wanted[1]) <= 0
      );
    case "gt":
      return order(type, value, wanted) > 0;
    case "gte":
      return order(type, value, wanted) >= 0;
    case "lt":
      return order(type, value, wanted) < 0;
    case "lte":
      return order(type, value, wanted) <= 0;
    default:
      return false;
  }
}

function isOneOf(type: PropertyTypeName | undefined, value: Json, one: Json): boolean {
  if (one === null || value === null) return one === value;
  if (type === "MultiEnum") return Array.isArray(value) && value.includes(one);
  return same(type, value, one);
}

function same(type: PropertyTypeName | undefined, value: Json, wanted: Json): boolean {
  if (type === "MultiEnum" || type === "Json") return sameAsStored(value, wanted);
  return order(type, value, wanted) === 0;
}

/** Their order by the property's type; NaN, which compares as false, when there is none. */
function order(type: PropertyTypeName | undefined, value: Json, wanted: Json | undefined): number {
  if (type === "Integer" || type === "Decimal" || typeof value === "number") {
    return compareDecimals(value, wanted) ?? Number.NaN;
  }
  if (typeof value === "boolean")
    return typeof wanted === "boolean" ? +value - +wanted : Number.NaN;
  if (typeof value !== "string" || typeof wanted !== "string") return Number.NaN;
  switch (type) {
    case "DateTime":
      return byCodePoint(canonicalInstant(value), canonicalInstant(wanted));
    case "Uuid":
    case "Reference":
      return byCodePoint(value.toLowerCase(), wanted.toLowerCase());
    default:
      return byCodePoint(value, wanted);
  }
}

/** By code point, as `collate "C"`; `<` of JavaScript goes by UTF-16 unit. */
function byCodePoint(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined) return Number.NaN;
  const a = Array.from(left);
  const b = Array.from(right);
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = (a[i]?.codePointAt(0) ?? 0) - (b[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Letter by letter, as `ilike` does: no letter becomes two, none depends on its neighbours. */
function withoutCase(text: Json): string {
  return Array.from(typeof text === "string" ? text : "", (letter) => {
    const lower = letter.toLowerCase();
    return Array.from(lower).length === 1 ? lower : letter;
  }).join("");
}

/** jsonb equality: `1` is `1.0`, members have no order, an absent member is not a null one. */
function sameAsStored(left: Json, right: Json): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((one, i) => sameAsStored(one, right[i]));
  }
  if (isObject(left) && isObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => key in right && sameAsStored(left[key] ?? null, right[key] ?? null))
    );
  }
  return left === right;
}

/** jsonb's `@>`: lists whatever the order, and a bare value that the list at the top holds. */
function contains(whole: Json, part: Json): boolean {
  if (Array.isArray(whole) && !Array.isArray(part) && !isObject(part)) {
    return whole.some((value: Json) => sameAsStored(value, part));
  }
  return nested(whole, part);
}

function nested(whole: Json, part: Json): boolean {
  if (Array.isArray(whole)) {
    return (
      Array.isArray(part) &&
      part.every((one: Json) => whole.some((value: Json) => nested(value, one)))
    );
  }
  if (isObject(whole) && isObject(part)) {
    return Object.entries(part).every(
      ([key, value]) => key in whole && nested(whole[key] ?? null, value ?? null),
    );
  }
  return sameAsStored(whole, part);
}

function opposite(of: Verdict): Verdict {
  return of === "met" ? "unmet" : of === "unmet" ? "met" : "unsure";
}

function every(parts: readonly (() => Verdict)[]): Verdict {
  return combine(parts, "unmet", "met");
}

function some(parts: readonly (() => Verdict)[]): Verdict {
  return combine(parts, "met", "unmet");
}

/** `decisive` ends it; otherwise the rest decides, unless a part is unsure. */
function combine(
  parts: readonly (() => Verdict)[],
  decisive: Verdict,
  otherwise: Verdict,
): Verdict {
  let result = otherwise;
  for (const part of parts) {
    const found = part();
    if (found === decisive) return decisive;
    if (found === "unsure") result = "unsure";
  }
  return result;
}
