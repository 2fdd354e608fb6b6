import { expect, test, vi } from "vitest";
import { backoff } from "./backoff.ts";
import { coalesce } from "./coalesce.ts";
import { compareDecimals, isDecimal } from "./decimal.ts";
import { newId } from "./identifier.ts";
import { canonicalInstant } from "./instant.ts";
import { moved } from "./order.ts";
import { actionsFor, type Component } from "./page.ts";
import { safeStyle } from "./style.ts";

test("waits grow, stay within bounds and are spread", () => {
  const least = Array.from({ length: 12 }, (_, attempt) => backoff(attempt, () => 0));
  const most = Array.from({ length: 12 }, (_, attempt) => backoff(attempt, () => 1));
  expect(least.slice(0, 4)).toEqual([125, 250, 500, 1000]);
  expect(Math.max(...most)).toBe(10_000);
  expect(most.every((wait, attempt) => wait === 2 * (least[attempt] ?? 0))).toBe(true);
});

test("a stream of requests runs one at a time, and the last one counts", async () => {
  vi.useFakeTimers();
  let [running, most, runs] = [0, 0, 0];
  const ask = coalesce(async () => {
    most = Math.max(most, ++running);
    runs++;
    await new Promise((resolve) => setTimeout(resolve, 100));
    running--;
  }, 50);
  for (let i = 0; i < 10; i++) ask();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([most, runs]).toEqual([1, 2]);
  ask();
  await vi.advanceTimersByTimeAsync(50);
  ask();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([most, runs]).toEqual([1, 4]);
  vi.useRealTimers();
});

test("a failed load does not stop later ones", async () => {
  let runs = 0;
  const ask = coalesce(() => {
    runs++;
    return Promise.reject(new Error("no"));
  }, 0);
  ask();
  await new Promise((resolve) => setTimeout(resolve, 20));
  ask();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(runs).toBe(2);
});

test("decimals are compared exactly, whatever their spelling", () => {
  expect(compareDecimals("0.1", "0.10")).toBe(0);
  expect(compareDecimals("9007199254740993", "9007199254740992")).toBe(1);
  expect(compareDecimals("-1e3", "-999.99")).toBe(-1);
  expect(isDecimal("1e131071")).toBe(false);
});

test("times become UTC with six digits, and no such day is none", () => {
  expect(canonicalInstant("2024-07-10T11:15:00.5+02:00")).toBe("2024-07-10T09:15:00.500000Z");
  expect(canonicalInstant("2024-02-30")).toBeUndefined();
  expect(canonicalInstant("2024-07-10T09:15:00")).toBeUndefined();
});

test("ids are version 7, in order of time, and never the same", () => {
  const ids = [newId(1_000), newId(2_000), newId(2_000)];
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect(new Set(ids).size).toBe(3);
  expect((ids[0] ?? "") < (ids[1] ?? "")).toBe(true);
});

test("a style may look, but not reach out or cover the page", () => {
  expect(
    safeStyle({
      marginTop: "16px",
      opacity: 0.5,
      position: "fixed",
      backgroundImage: "url(https://elsewhere)",
      background: "url(//elsewhere)",
      color: "red;} body{display:none",
    }),
  ).toEqual({ marginTop: "16px", opacity: 0.5 });
});

test("a button's onClick comes before its listed events", () => {
  const button: Component = {
    type: "Button",
    id: "b",
    props: { label: "B", onClick: { type: "closeModal" } },
    events: [
      { event: "click", action: { type: "navigateTo", page_id: "p" } },
      { event: "load", action: { type: "closeModal" } },
    ],
  };
  expect(actionsFor(button, "click").map(({ type }) => type)).toEqual(["closeModal", "navigateTo"]);
});

test("a member of a list is moved, and what leads out of the list moves nothing", () => {
  const list = ["a", "b", "c"];
  expect(moved(list, "a", 2)).toEqual(["b", "c", "a"]);
  expect(moved(list, "c", 0)).toEqual(["c", "a", "b"]);
  expect(moved(list, "a", -1)).toBe(list);
  expect(moved(list, "c", 3)).toBe(list);
  expect(moved(list, "x", 1)).toBe(list);
});
