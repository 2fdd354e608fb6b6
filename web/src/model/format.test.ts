import { describe, expect, test } from "vitest";
import type { PropertyTypeName } from "./entity.ts";
import {
  exactText,
  formatValue,
  fromLocalInput,
  readNumber,
  SHORT_JSON,
  toLocalInput,
  typedNumber,
} from "./format.ts";
import type { Json } from "./json.ts";

const reader = { locale: "en-GB", timeZone: "Europe/Berlin", yes: "Yes", no: "No" };
const options = [{ value: "in_progress", label: "In progress" }];

describe("values are written by their type, not by their name", () => {
  test.each<[PropertyTypeName, Json, string]>([
    ["DateTime", "2024-07-10T09:15:00.000000Z", "10 Jul 2024, 11:15"],
    ["Date", "2024-07-10", "10 Jul 2024"],
    ["Date", "1890-01-01", "1 Jan 1890"],
    ["Integer", 1234567, "1,234,567"],
    ["Decimal", "12345678901234567890.10", "12,345,678,901,234,567,890.10"],
    ["Boolean", false, "No"],
    ["Enum", "in_progress", "In progress"],
    ["Enum", "unlisted", "unlisted"],
    ["MultiEnum", ["in_progress", "x"], "In progress, x"],
    ["Json", { a: [1] }, '{"a":[1]}'],
    ["String", "2024-07-10", "2024-07-10"],
    ["DateTime", "no time", "no time"],
    ["String", null, ""],
  ])("%s %o", (type, value, text) => {
    expect(formatValue(value, { type, options }, reader)).toBe(text);
  });
});

test("the same day, instant and number read differently elsewhere", () => {
  const german = { ...reader, locale: "de-DE" };
  expect(formatValue("2024-07-10", { type: "Date" }, german)).toBe("10.07.2024");
  expect(formatValue("1234.5", { type: "Decimal", scale: 2 }, german)).toBe("1.234,50");
});

test("an instant survives its input to the millisecond, and says no more than it has", () => {
  for (const [instant, kept] of [
    ["2024-07-10T09:15:42.123456Z", "2024-07-10T09:15:42.123Z"],
    ["2024-07-10T09:15:42Z", "2024-07-10T09:15:42.000Z"],
    ["2024-07-10T09:15:00Z", "2024-07-10T09:15:00.000Z"],
  ] as const) {
    expect(fromLocalInput(toLocalInput(instant))).toBe(kept);
  }
  expect(toLocalInput("2024-07-10T09:15:00Z")).toHaveLength("2024-07-10T09:15".length);
  expect(fromLocalInput("")).toBeUndefined();
});

describe("a number is read as it is typed where the reader lives, and no digit is lost", () => {
  test.each([
    ["en", "1,234.50", "1234.50"],
    ["en", "1234.5", "1234.5"],
    ["en", " -12 ", "-12"],
    ["en", "\u221212", "-12"],
    ["en", ".5", "0.5"],
    ["en", "007", "7"],
    ["en", "12345678901234567890.123456789", "12345678901234567890.123456789"],
    ["de", "1.234,50", "1234.50"],
    ["de", "1234,5", "1234.5"],
    ["de", "1.234", "1234"],
    ["de", "1.5", "1.5"],
    ["fr", "1\u202f234,5", "1234.5"],
    ["de-CH", "1'234.5", "1234.5"],
    ["en", "1,5", undefined],
    ["de", "1,5.3", undefined],
    ["en", "12a", undefined],
    ["en", "1-2", undefined],
    ["en", "-", undefined],
    ["en", "", undefined],
  ])("%s %s", (locale, typed, stored) => {
    expect(readNumber(typed, locale)).toBe(stored);
  });

  test.each(["en", "de", "fr", "ar-EG-u-nu-latn"])("and written back the same in %s", (locale) => {
    const stored = "-12345678901234567890.10";
    expect(readNumber(typedNumber(stored, locale), locale)).toBe(stored);
  });
});

test("a long Json is cut where it is shown, and whole in its hint", () => {
  const long = { text: "x".repeat(500) };
  expect(formatValue(long, { type: "Json" }, reader)).toHaveLength(SHORT_JSON);
  expect(exactText(long)).toBe(JSON.stringify(long));
});
