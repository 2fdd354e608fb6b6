import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Change } from "../model/feed.ts";
import { Socket } from "./socket.ts";

/** The server's end, moved by hand. */
class Wire extends EventTarget {
  static readonly OPEN = 1;
  static all: Wire[] = [];
  readyState = 0;
  readonly sent: { id: number; method: string; params: Record<string, unknown> }[] = [];

  constructor(readonly address: string) {
    super();
    Wire.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  say(message: object): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  close(): void {
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }

  frame(from: number, to: number, epoch = "e"): void {
    const change = { pos: to, kind: "entity", op: "update", entityId: `at ${to}` };
    const params = { subscriptionId: "s1", epoch, from, to, changes: [change] };
    this.say({ jsonrpc: "2.0", method: "changes", params });
  }

  accept(cursor: string): void {
    const { id } = this.sent.findLast(({ method }) => method === "subscribe") ?? { id: 0 };
    this.say({ jsonrpc: "2.0", id, result: { subscriptionId: "s1", cursor } });
  }
}

const latest = (): Wire => {
  const wire = Wire.all.at(-1);
  if (!wire) throw new Error("no socket was opened");
  return wire;
};

function following() {
  const seen: string[] = [];
  const socket = new Socket("ws://test/ws");
  socket.follow(
    { entityType: "todo" },
    {
      onChanges: (changes: readonly Change[]) =>
        seen.push(...changes.map(({ entityId }) => String(entityId))),
      onReset: () => seen.push("reset"),
    },
  );
  return { socket, seen };
}

beforeEach(() => {
  vi.useFakeTimers();
  Wire.all = [];
  vi.stubGlobal("WebSocket", Wire);
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("document", new EventTarget());
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a subscription begins with a reset, and its frames arrive in order", () => {
  const { socket, seen } = following();
  expect(socket.connection.get()).toBe("connecting");
  latest().open();
  latest().accept("e:5");
  latest().frame(5, 7);
  latest().frame(7, 8);
  expect(seen).toEqual(["reset", "at 7", "at 8"]);
  expect(socket.connection.get()).toBe("live");
});

test("a lost connection is opened again and goes on from its cursor, without a reset", async () => {
  const { socket, seen } = following();
  latest().open();
  latest().accept("e:5");
  latest().frame(5, 7);
  latest().close();
  expect(socket.connection.get()).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(Wire.all).toHaveLength(2);
  latest().open();
  expect(latest().sent[0]).toMatchObject({
    method: "subscribe",
    params: { entityType: "todo", since: "e:7" },
  });
  latest().accept("e:7");
  latest().frame(7, 9);
  expect(seen).toEqual(["reset", "at 7", "at 9"]);
});

test("a server that stays away is asked again and again, ever less often", async () => {
  following();
  for (let i = 0; i < 40; i++) {
    latest().close();
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(Wire.all.length).toBeGreaterThan(5);
  expect(Wire.all.length).toBeLessThan(16);
});

test("a gap ends the subscription and begins a new one with a reset", () => {
  const { seen } = following();
  latest().open();
  latest().accept("e:5");
  latest().frame(6, 8);
  expect(latest().sent.map(({ method }) => method)).toEqual([
    "subscribe",
    "unsubscribe",
    "subscribe",
  ]);
  expect(latest().sent[2]?.params).toEqual({ entityType: "todo" });
  latest().accept("e:8");
  expect(seen).toEqual(["reset", "reset"]);
});

test("what the server cannot go on with is loaded again, from the position it names", () => {
  const { seen } = following();
  latest().open();
  latest().accept("e:5");
  const params = { subscriptionId: "s1", cursor: "other:2", reason: "restored" };
  latest().say({ jsonrpc: "2.0", method: "resync", params });
  latest().frame(2, 3, "other");
  expect(seen).toEqual(["reset", "reset", "at 3"]);
});

test("a subscription that was left before it began is ended", () => {
  const socket = new Socket("ws://test/ws");
  const leave = socket.follow(
    { entityType: "todo" },
    { onChanges: () => undefined, onReset: () => undefined },
  );
  latest().open();
  leave();
  latest().accept("e:1");
  expect(latest().sent.at(-1)).toMatchObject({
    method: "unsubscribe",
    params: { subscriptionId: "s1" },
  });
});

test("a subscribe that is never answered gives the connection up", async () => {
  following();
  latest().open();
  await vi.advanceTimersByTimeAsync(11_000);
  expect(Wire.all.length).toBeGreaterThan(1);
});

test("a server that is just starting is tried again", async () => {
  const { seen } = following();
  latest().open();
  const error = { code: 503, message: "starting", data: { code: "unavailable" } };
  latest().say({ jsonrpc: "2.0", id: latest().sent[0]?.id, error });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(Wire.all).toHaveLength(2);
  latest().open();
  latest().accept("e:1");
  expect(seen).toEqual(["reset"]);
});
