// The address of what is shown: `/app/{application}/{page}`, with the browser's own history.
//
// One parameter needs no router. What holds unsaved entries can object to leaving.

import { useSyncExternalStore } from "react";

export interface Address {
  readonly page: string | undefined;
  /** The entity that a form on the page is about. */
  readonly entity: string | undefined;
}

/** Asked before leaving; `false` keeps the person where they are. */
type Guard = () => Promise<boolean>;

const listeners = new Set<() => void>();
const guards = new Set<Guard>();
let current: Address | undefined;
let settled = "";

/** `/app/{application}`, wherever that is mounted. */
export function applicationBase(path: string = location.pathname): string {
  return /^.*?\/app\/[^/]+/.exec(path)?.[0] ?? path;
}

function read(): Address {
  const rest = location.pathname.slice(applicationBase().length).replace(/^\/+|\/+$/g, "");
  const entity = new URLSearchParams(location.search).get("entity");
  return {
    page: rest === "" ? undefined : decodeURIComponent(rest),
    entity: entity ?? undefined,
  };
}

function getAddress(): Address {
  if (!current) {
    current = read();
    settled = location.href;
  }
  return current;
}

function arrive(): void {
  current = read();
  settled = location.href;
  for (const listener of listeners) listener();
}

async function mayLeave(): Promise<boolean> {
  for (const guard of guards) {
    if (!(await guard())) return false;
  }
  return true;
}

export function addressOf(page: string | undefined, entity?: string): string {
  const query = entity ? `?entity=${encodeURIComponent(entity)}` : "";
  return `${applicationBase()}${page ? `/${encodeURIComponent(page)}` : ""}${query}`;
}

export async function navigate(page: string | undefined, entity?: string): Promise<void> {
  const target = addressOf(page, entity);
  if (target === location.pathname + location.search || !(await mayLeave())) return;
  history.pushState(null, "", target);
  arrive();
  scrollTo(0, 0);
}

/** Back and Forward have already moved when they are heard of: objected to, the old address is put back. */
async function onMoved(): Promise<void> {
  if (guards.size > 0) {
    const wanted = location.href;
    history.pushState(null, "", settled);
    if (!(await mayLeave())) return;
    history.replaceState(null, "", wanted);
  }
  arrive();
}

function listen(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("popstate", onMoved);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("popstate", onMoved);
  };
}

export function useAddress(): Address {
  return useSyncExternalStore(listen, getAddress);
}

function warnOnUnload(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Registers an objection to leaving, until the returned function is called. */
export function guardLeaving(guard: Guard): () => void {
  if (guards.size === 0) addEventListener("beforeunload", warnOnUnload);
  guards.add(guard);
  return () => {
    guards.delete(guard);
    if (guards.size === 0) removeEventListener("beforeunload", warnOnUnload);
  };
}
