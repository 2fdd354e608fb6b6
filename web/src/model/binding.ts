// Bindings: `{{ params.id }}` in a page's texts and values, filled in where the page is shown.
//
// The server has checked them when the model was published (src/model/binding.rs),
// so what leads nowhere here is only not loaded yet.

import type { Entity } from "./entity.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** What bindings lead to. */
export interface BindingScope {
  /** The page's parameters, as its address has them. */
  readonly params: Readonly<Record<string, string>>;
  /** The entities that parameters are ids of, by the parameter's name, as far as they are loaded. */
  readonly entities: Readonly<Record<string, Entity | undefined>>;
  /** The entity of the row or the form around. */
  readonly row?: Entity | undefined;
  /** What is entered in the form around. */
  readonly form?: JsonObject | undefined;
}

export const UNBOUND: BindingScope = { params: {}, entities: {} };

const WHOLE = /^\s*\{\{\s*([\w.]+)\s*\}\}\s*$/;
const EACH = /\{\{\s*([\w.]+)\s*\}\}/g;

/** The value of a binding: null where there is none, nothing while it is not loaded. */
function boundValue(path: string, scope: BindingScope): Json | undefined {
  const [root, name = "", property] = path.split(".");
  switch (root) {
    case "params": {
      if (property === undefined) return scope.params[name] ?? null;
      const entity = scope.entities[name];
      return entity && (entity[property] ?? null);
    }
    case "row":
      return scope.row?.[name] ?? null;
    case "form":
      return scope.form?.[name] ?? null;
    default:
      return null;
  }
}

/** The value with everything bound in it filled in; nothing while something is not loaded. */
export function bind(json: Json, scope: BindingScope): Json | undefined {
  if (typeof json === "string") {
    const [, whole] = WHOLE.exec(json) ?? [];
    if (whole !== undefined) return boundValue(whole, scope);
    let isLoading = false;
    const text = json.replace(EACH, (_, path: string) => {
      const value = boundValue(path, scope);
      isLoading ||= value === undefined;
      return value === null || value === undefined
        ? ""
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value);
    });
    return isLoading ? undefined : text;
  }
  if (Array.isArray(json)) {
    const items = json.map((item: Json) => bind(item, scope));
    return items.some((item) => item === undefined) ? undefined : (items as Json[]);
  }
  if (isObject(json)) return bindMembers(json, scope);
  return json;
}

export function bindMembers(json: JsonObject, scope: BindingScope): JsonObject | undefined {
  const bound: Record<string, Json> = {};
  for (const [name, member] of Object.entries(json)) {
    const value = member === undefined ? null : bind(member, scope);
    if (value === undefined) return undefined;
    bound[name] = value;
  }
  return bound;
}

/** A text for people; what is not loaded yet is left out of it. */
export function bindText(text: string, scope: BindingScope): string {
  return text
    .replace(EACH, (_, path: string) => {
      const value = boundValue(path, scope) ?? "";
      return typeof value === "object" ? JSON.stringify(value) : String(value);
    })
    .trim();
}
