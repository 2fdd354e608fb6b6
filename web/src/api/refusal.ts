// How Torque says no, and how the network does.

import type { Entity } from "../model/entity.ts";
import { isObject, type JsonObject } from "../model/json.ts";

/** The closed set of codes, and two that only a browser meets. */
export type RefusalCode =
  | "bad_request"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "invalid"
  | "too_large"
  | "rate_limited"
  | "unavailable"
  | "bug"
  | "unreachable"
  | "malformed";

export interface RefusedField {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly code: RefusalCode,
    message: string,
    readonly data: JsonObject = {},
  ) {
    super(message);
  }

  /** What is wrong with which field, of a refused write. */
  get fields(): readonly RefusedField[] {
    const fields = this.data["fields"];
    if (!Array.isArray(fields)) return [];
    return fields.filter(isObject).map((one) => ({
      field: String(one["field"] ?? ""),
      code: String(one["code"] ?? ""),
      message: String(one["message"] ?? ""),
    }));
  }

  /** The entity as it stands now, of a conflict. */
  get current(): Entity | undefined {
    const current = this.data["current"];
    return isObject(current) && typeof current["id"] === "string" ? (current as Entity) : undefined;
  }

  /** Whether the same request may well succeed a little later. */
  get isPassing(): boolean {
    return (
      this.code === "unreachable" || this.code === "unavailable" || this.code === "rate_limited"
    );
  }
}

const BY_NUMBER: Readonly<Record<number, RefusalCode>> = {
  400: "bad_request",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  422: "invalid",
  429: "rate_limited",
  500: "bug",
  503: "unavailable",
  [-32700]: "bad_request",
  [-32600]: "bad_request",
  [-32601]: "bad_request",
  [-32602]: "bad_request",
};

/** Reads the `error` member of a JSON-RPC reply. */
export function readRefusal(error: unknown): Refusal {
  if (!isObject(error)) return new Refusal("malformed", "the reply's error is no object");
  const data = isObject(error["data"]) ? error["data"] : {};
  const named = data["code"];
  const code =
    typeof named === "string" ? (named as RefusalCode) : BY_NUMBER[Number(error["code"])];
  return new Refusal(code ?? "malformed", String(error["message"] ?? ""), data);
}

export function asRefusal(cause: unknown): Refusal {
  if (cause instanceof Refusal) return cause;
  return new Refusal("malformed", cause instanceof Error ? cause.message : String(cause));
}
