// The live connection: one WebSocket, any number of subscriptions, resumed by cursor.
//
// A lost connection is tried again with jittered waits. Every subscription then
// goes on from its own cursor; where the server cannot (another epoch, too old, a
// slow reader), it says `resync` and the listener loads again. A frame that leaves
// a gap is treated the same way: nothing is missed in silence.

import { backoff } from "../model/backoff.ts";
import { advance, type Cursor, type Frame, formatCursor, parseCursor } from "../model/feed.ts";
import { isObject } from "../model/json.ts";
import { readRefusal } from "./refusal.ts";
import type { ChangeListener, Connection, Subscription } from "./transport.ts";

interface Following {
  readonly subscription: Subscription;
  readonly listener: ChangeListener;
  cursor: Cursor | undefined;
  subscriptionId: string | undefined;
}

/** A connection that opened but never answered within this is given up. */
const PATIENCE_MS = 10_000;

export class Socket {
  private socket: WebSocket | undefined;
  private state: Connection = "connecting";
  private attempt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private lastId = 0;
  private readonly followings = new Set<Following>();
  private readonly asked = new Map<
    number,
    { following: Following; patience: ReturnType<typeof setTimeout> }
  >();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly address: string) {
    addEventListener("online", () => this.retryNow());
    addEventListener("offline", () => this.become("offline"));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.retryNow();
    });
    // A page kept for the Back button must not hold a socket, or it is not kept.
    addEventListener("pagehide", () => this.socket?.close());
    addEventListener("pageshow", (event) => {
      if (event.persisted) this.retryNow();
    });
    this.connect();
  }

  readonly connection = {
    get: (): Connection => this.state,
    listen: (listener: () => void): (() => void) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    },
  };

  follow(subscription: Subscription, listener: ChangeListener): () => void {
    const following: Following = {
      subscription,
      listener,
      cursor: undefined,
      subscriptionId: undefined,
    };
    this.followings.add(following);
    this.subscribe(following);
    return () => {
      this.followings.delete(following);
      const { subscriptionId } = following;
      if (subscriptionId !== undefined) this.send("unsubscribe", { subscriptionId });
    };
  }

  private become(state: Connection): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  private connect(): void {
    const socket = new WebSocket(this.address);
    this.socket = socket;
    const patience = setTimeout(() => socket.close(), PATIENCE_MS);
    socket.addEventListener("open", () => {
      clearTimeout(patience);
      this.become("live");
      for (const following of this.followings) this.subscribe(following);
    });
    socket.addEventListener("message", (event) => this.receive(String(event.data)));
    socket.addEventListener("close", () => {
      clearTimeout(patience);
      if (this.socket === socket) this.lose();
    });
  }

  private lose(): void {
    this.socket = undefined;
    for (const { patience } of this.asked.values()) clearTimeout(patience);
    this.asked.clear();
    for (const following of this.followings) following.subscriptionId = undefined;
    this.become(navigator.onLine ? "waiting" : "offline");
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), backoff(this.attempt++));
  }

  private retryNow(): void {
    if (this.socket) return;
    clearTimeout(this.retry);
    this.connect();
  }

  private send(method: string, params: object): number | undefined {
    if (this.socket?.readyState !== WebSocket.OPEN) return undefined;
    const id = ++this.lastId;
    this.socket.send(JSON.stringify({ jsonrpc: "2.0", method, params, id }));
    return id;
  }

  private subscribe(following: Following): void {
    const { subscription, cursor } = following;
    const id = this.send("subscribe", {
      ...subscription,
      ...(cursor ? { since: formatCursor(cursor) } : {}),
    });
    if (id === undefined) return;
    const patience = setTimeout(() => this.socket?.close(), PATIENCE_MS);
    this.asked.set(id, { following, patience });
  }

  private receive(text: string): void {
    const message: unknown = JSON.parse(text);
    if (!isObject(message)) return;
    if (message["method"] === "changes") this.takeFrame(message["params"] as unknown as Frame);
    else if (message["method"] === "resync") this.takeResync(message["params"]);
    else if (typeof message["id"] === "number") this.takeReply(message["id"], message);
  }

  private takeReply(id: number, reply: { readonly [key: string]: unknown }): void {
    const asked = this.asked.get(id);
    if (!asked) return;
    clearTimeout(asked.patience);
    this.asked.delete(id);
    const { following } = asked;
    const { result } = reply;
    if (!isObject(result) || typeof result["subscriptionId"] !== "string") {
      // A server that is just starting says so, and is tried again like one that is away.
      // Anything else stays refused on this connection; what asked still loads by request.
      following.cursor = undefined;
      if (readRefusal(reply["error"]).isPassing) this.socket?.close();
      return;
    }
    this.attempt = 0;
    following.subscriptionId = result["subscriptionId"];
    if (!this.followings.has(following)) {
      this.send("unsubscribe", { subscriptionId: following.subscriptionId });
      return;
    }
    const began = following.cursor === undefined;
    following.cursor ??= parseCursor(String(result["cursor"] ?? ""));
    if (began) following.listener.onReset();
  }

  private byId(subscriptionId: unknown): Following | undefined {
    return [...this.followings].find((one) => one.subscriptionId === subscriptionId);
  }

  private takeFrame(frame: Frame): void {
    const following = this.byId(frame.subscriptionId);
    if (!following?.cursor) return;
    const step = advance(following.cursor, frame);
    if (step.kind === "gap") {
      this.startOver(following);
    } else if (step.kind === "next") {
      following.cursor = step.cursor;
      if (step.changes.length > 0) following.listener.onChanges(step.changes);
    }
  }

  private takeResync(params: unknown): void {
    if (!isObject(params)) return;
    const following = this.byId(params["subscriptionId"]);
    if (!following) return;
    following.cursor = parseCursor(String(params["cursor"] ?? "")) ?? following.cursor;
    following.listener.onReset();
  }

  private startOver(following: Following): void {
    const { subscriptionId } = following;
    if (subscriptionId !== undefined) this.send("unsubscribe", { subscriptionId });
    following.subscriptionId = undefined;
    following.cursor = undefined;
    this.subscribe(following);
  }
}
