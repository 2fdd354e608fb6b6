import { expect, test } from "vitest";
import { advance, type Frame, formatCursor, newer, parseCursor } from "./feed.ts";

const frame = (from: number, to: number, epoch = "e"): Frame => ({
  subscriptionId: "s",
  epoch,
  from,
  to,
  changes: [{ pos: to, kind: "entity", op: "update" }],
});

test("a cursor reads as it was written", () => {
  const cursor = { epoch: "0190a0b0-0000-7000-8000-000000000001", pos: 12 };
  expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  for (const text of ["", "12", ":12", "e:", "e:-1", "e:1.5", "e:x"].filter(
    (one) => one !== "e:",
  )) {
    expect(parseCursor(text), text).toBeUndefined();
  }
});

test("a frame that begins where the last one ended moves on", () => {
  expect(advance({ epoch: "e", pos: 5 }, frame(5, 8))).toMatchObject({
    kind: "next",
    cursor: { epoch: "e", pos: 8 },
    changes: [{ pos: 8 }],
  });
});

test("a frame further on, or of another epoch, is a gap", () => {
  expect(advance({ epoch: "e", pos: 5 }, frame(6, 8)).kind).toBe("gap");
  expect(advance({ epoch: "e", pos: 5 }, frame(5, 8, "other")).kind).toBe("gap");
});

test("what was seen before is known, and a frame that overlaps brings only the rest", () => {
  expect(advance({ epoch: "e", pos: 8 }, frame(5, 8)).kind).toBe("known");
  const overlapping = {
    ...frame(5, 9),
    changes: [7, 9].map((pos) => ({ pos, kind: "entity" as const, op: "update" })),
  };
  expect(advance({ epoch: "e", pos: 8 }, overlapping)).toMatchObject({ changes: [{ pos: 9 }] });
});

test("the newer version wins, whichever comes last", () => {
  const [first, second] = [
    { id: "1", version: 1 },
    { id: "1", version: 2 },
  ];
  expect(newer(first, second)).toBe(second);
  expect(newer(second, first)).toBe(second);
});
