// The address of what is shown: `/app/{application}/{page}`, with the browser's own history.
//
// What holds unsaved entries can object to leaving. What lies over a page has a
// place in the history as well, at the same address, so that Back takes the topmost
// away before it leaves the page.

import { useSyncExternalStore } from "react";

export interface Address {
  /** What stands behind the application's own address, step by step. */
  readonly segments: readonly string[];
}

/** Asked before leaving; `false` keeps the person where they are. */
type Guard = () => Promise<boolean>;
/** Asked to go away by Back; it goes by calling what `openLayer` returned, or stays. */
type Layer = { readonly onBack: () => void | Promise<void> };

/** A browser that ignores a step in its history must not hold up what comes after it. */
const STEP_MS = 500;

const listeners = new Set<() => void>();
const guards = new Set<Guard>();
const layers: Layer[] = [];
let current: Address | undefined;
let settled = "";
/** Steps in the history that are on their way are heard of one by one. */
let turn: Promise<void> = Promise.resolve();
let ownStep: (() => void) | undefined;
let isClosing = false;
let hears = false;

/** Where applications stand on this server; the page says so. */
function applicationsPath(): string {
  const said = document.querySelector<HTMLMetaElement>('meta[name="torque-app-path"]')?.content;
  return said?.startsWith("/") ? said : "/app";
}

/** `/app/{application}`, wherever that is mounted. */
export function applicationBase(path: string = location.pathname): string {
  const lead = `${applicationsPath()}/`;
  if (!path.startsWith(lead)) return path;
  const [slug = ""] = path.slice(lead.length).split("/");
  return `${lead}${slug}`;
}

function read(): Address {
  const rest = location.pathname.slice(applicationBase().length).replace(/^\/+|\/+$/g, "");
  return { segments: rest === "" ? [] : rest.split("/").map(decoded) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
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

/** The address of a path below the application's; without one, of its start. */
export function addressOf(path: string | undefined): string {
  return `${applicationBase()}${path ? `/${path}` : ""}`;
}

export async function navigate(path: string | undefined): Promise<void> {
  const target = addressOf(path);
  if (target === location.pathname || !(await mayLeave())) return;
  layers.length = 0;
  await inTurn(async () => {
    // What lay over the page goes with it: its place in the history is the new page's.
    const depth = depthHere();
    if (depth > 1) await step(1 - depth);
    if (depth > 0) history.replaceState(null, "", target);
    else history.pushState(null, "", target);
  });
  arrive();
  scrollTo(0, 0);
}

/** How many layers lie over the page at this place of the history. */
function depthHere(): number {
  const state: unknown = history.state;
  const depth = typeof state === "object" && state !== null && "depth" in state ? state.depth : 0;
  return typeof depth === "number" ? depth : 0;
}

function inTurn(task: () => void | Promise<void>): Promise<void> {
  turn = turn.then(task);
  return turn;
}

function step(delta: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(impatience);
      ownStep = undefined;
      resolve();
    };
    const impatience = setTimeout(done, STEP_MS);
    ownStep = done;
    history.go(delta);
  });
}

/** Brings the history to as many layers as there are. */
function followLayers(): Promise<void> {
  return inTurn(async () => {
    const depth = depthHere();
    for (let at = depth + 1; at <= layers.length; at++) {
      history.pushState({ depth: at }, "", location.href);
    }
    if (depth > layers.length) await step(layers.length - depth);
  });
}

/** Something lies over the page until the returned function is called; Back asks it to go. */
export function openLayer(onBack: Layer["onBack"]): () => void {
  const layer = { onBack };
  hear();
  layers.push(layer);
  void followLayers();
  return () => {
    const place = layers.indexOf(layer);
    if (place < 0) return;
    layers.splice(place, 1);
    void followLayers();
  };
}

/** Back and Forward have already moved when they are heard of: objected to, the old place is put back. */
async function onMoved(): Promise<void> {
  if (ownStep) return ownStep();
  if (location.href === settled) {
    const top = depthHere() < layers.length ? layers.at(-1) : undefined;
    await followLayers();
    if (!top || isClosing) return;
    isClosing = true;
    await top.onBack();
    isClosing = false;
    return;
  }
  if (guards.size > 0) {
    const wanted = location.href;
    history.pushState(null, "", settled);
    void followLayers();
    if (!(await mayLeave())) return;
    history.replaceState(null, "", wanted);
  }
  layers.length = 0;
  await followLayers();
  arrive();
}

function hear(): void {
  if (hears) return;
  hears = true;
  addEventListener("popstate", () => void onMoved());
}

function listen(listener: () => void): () => void {
  if (!hears) {
    hear();
    // After a reload nothing lies over the page any more.
    void followLayers();
  }
  listeners.add(listener);
  return () => listeners.delete(listener);
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
