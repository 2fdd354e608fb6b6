// Following an application's changes: where one stands, and whether something is missing.
//
// A frame goes from the position before it to its own, `(from, to]`, so one that
// does not begin where the last one ended means a loss that must be said and
// mended. A frame filtered down to nothing still moves the position.

import type { Entity } from "./entity.ts";

export interface Change {
  readonly pos: number;
  readonly kind: "entity" | "link" | "model" | "application";
  readonly op: string;
  readonly entityType?: string | null;
  readonly entityId?: string | null;
  readonly version?: number | null;
  readonly entity?: Entity | null;
  /** The entity no longer meets the subscription's filter. */
  readonly leave?: boolean;
}

export interface Frame {
  readonly subscriptionId: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
  readonly changes: readonly Change[];
}

export interface Cursor {
  readonly epoch: string;
  readonly pos: number;
}

export function parseCursor(text: string): Cursor | undefined {
  const [, epoch, pos] = /^(.+):(\d{1,15})$/.exec(text) ?? [];
  return epoch && pos ? { epoch, pos: Number(pos) } : undefined;
}

export function formatCursor(cursor: Cursor): string {
  return `${cursor.epoch}:${cursor.pos}`;
}

export type Advance =
  | { readonly kind: "next"; readonly cursor: Cursor; readonly changes: readonly Change[] }
  | { readonly kind: "known" }
  | { readonly kind: "gap" };

/** What a frame means to someone who has seen everything up to `cursor`. */
export function advance(cursor: Cursor, frame: Frame): Advance {
  if (frame.epoch !== cursor.epoch || frame.from > cursor.pos) return { kind: "gap" };
  if (frame.to <= cursor.pos) return { kind: "known" };
  return {
    kind: "next",
    cursor: { epoch: cursor.epoch, pos: frame.to },
    changes: frame.changes.filter((change) => change.pos > cursor.pos),
  };
}

/** A newer state of an entity wins; what arrives late is dropped. */
export function newer<T extends Entity>(known: T, incoming: T): T {
  return (incoming.version ?? 0) > (known.version ?? 0) ? incoming : known;
}
