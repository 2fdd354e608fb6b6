import { describe, expect, test } from "vitest";
import type { PropertyTypeName } from "./entity.ts";
import type { Json } from "./json.ts";
import { formatValue, fromLocalInput, toLocalInput } from "./value.ts";

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

test("an instant survives its input to the minute", () => {
  expect(fromLocalInput(toLocalInput("2024-07-10T09:15:42.123456Z"))).toBe(
    "2024-07-10T09:15:00.000Z",
  );
  expect(fromLocalInput("")).toBeUndefined();
});
