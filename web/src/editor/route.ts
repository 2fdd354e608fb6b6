// Where one is in the administration, as the part of the address behind the `#`.
//
// Paths of the server's own would meet `/health`, `/metrics` and `/sign-in`.

import { useSyncExternalStore } from "react";

export type Place = readonly string[];

/** The address of a place: `hrefTo("models", id)`. */
export function hrefTo(...place: Place): string {
  return `#/${place.map(encodeURIComponent).join("/")}`;
}

export function placeOf(hash: string): Place {
  if (!hash.startsWith("#/")) return [];
  return hash
    .slice(2)
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function listen(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

export function usePlace(): Place {
  return placeOf(useSyncExternalStore(listen, () => location.hash));
}
