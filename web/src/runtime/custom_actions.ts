// Handlers of `custom` actions, registered by name by whoever embeds the runtime.

import type { ActionContext } from "./actions.ts";

export type CustomHandler = (
  params: Readonly<Record<string, unknown>>,
  context: ActionContext,
) => void | Promise<void>;

const handlers = new Map<string, CustomHandler>();

/** Registers a handler until the returned function is called. The last one of a name counts. */
export function registerCustomAction(name: string, handler: CustomHandler): () => void {
  handlers.set(name, handler);
  return () => {
    if (handlers.get(name) === handler) handlers.delete(name);
  };
}

export function customAction(name: string): CustomHandler | undefined {
  return handlers.get(name);
}
