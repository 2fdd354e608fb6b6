import { expect, test } from "vitest";
import { hrefTo, placeOf } from "./route.ts";

test("an address leads back to its place, whatever is in the names", () => {
  for (const place of [[], ["models"], ["data", "a/b #?", "ünder 100 %"]]) {
    expect(placeOf(hrefTo(...place))).toEqual(place);
  }
});

test("an address that nobody made leads to the start and throws nothing", () => {
  expect(placeOf("")).toEqual([]);
  expect(placeOf("#main")).toEqual([]);
  expect(placeOf("#/data/%zz")).toEqual(["data", "%zz"]);
});
