// What the pages about an application's data share.

import type { Json } from "../../model/json.ts";

/** An entity type of an application. */
export interface TypeOf {
  readonly application: string;
  /** The application's, as addresses have it. */
  readonly slug: string;
  readonly type: string;
}

/** A value as it is stored; a dash for none. */
export function textOf(value: Json): string {
  if (value === null || value === "") return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
