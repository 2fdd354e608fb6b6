import { expect, test } from "vitest";
import { jsonFault } from "./json_text.ts";

test.each([
  "1",
  "-0.5e+10",
  '"a\\u00e9\\n"',
  "[]",
  "{}",
  ' { "a" : [ 1 , null, true ] } ',
  "\t[\n]\r\n",
])("%j is JSON", (text) => {
  JSON.parse(text);
  expect(jsonFault(text)).toBeUndefined();
});

test.each([
  ["", 1, 1, "value"],
  ["{", 1, 2, "key"],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, "comma"],
  ['{ "a" 1 }', 1, 7, "colon"],
  ["{ a: 1 }", 1, 3, "key"],
  ["[1,\n2,\n]", 3, 1, "value"],
  ['{"a": 1,}', 1, 9, "key"],
  ['["a\nb"]', 1, 4, "string"],
  ['["a\\x"]', 1, 4, "escape"],
  ["[01]", 1, 3, "number"],
  ["[.5]", 1, 2, "number"],
  ["[1e]", 1, 3, "number"],
  ["[1 2]", 1, 4, "comma"],
  ["1 2", 1, 3, "end"],
  ["nul", 1, 1, "value"],
] as const)("%j stops being JSON where it does", (text, line, column, expected) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(jsonFault(text)).toEqual({ line, column, expected });
});
