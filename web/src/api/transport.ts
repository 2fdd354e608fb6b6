// The one door between what is drawn and where data comes from.
//
// Components know this interface only: the real server, the stories' data in
// memory and a test's script all stand behind it.

import type { Change } from "../model/feed.ts";
import type { Filter } from "../model/filter.ts";
import type { Method, Params, Result } from "./wire.ts";

/** `offline` is a browser without a network; `waiting` a lost server that is tried again. */
export type Connection = "connecting" | "live" | "waiting" | "offline";

export interface Subscription {
  readonly entityType: string;
  readonly filters?: Filter;
}

export interface ChangeListener {
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Something may have been missed, or the subscription just began: load again. */
  readonly onReset: () => void;
}

export interface Transport {
  call<M extends Method>(
    method: M,
    params: Params<M>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Result<M>>;
  /** Follows changes until the returned function is called. */
  follow(subscription: Subscription, listener: ChangeListener): () => void;
  /** Where a browser finds a file of the application, such as a download. */
  addressOf(path: string): string;
  readonly connection: {
    get(): Connection;
    listen(listener: () => void): () => void;
  };
}
