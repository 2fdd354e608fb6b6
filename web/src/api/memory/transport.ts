// A transport that needs no server: for stories, tests and working on the looks.

import type { Change } from "../../model/feed.ts";
import type { Json } from "../../model/json.ts";
import { Refusal } from "../refusal.ts";
import type { ChangeListener, Connection, Subscription, Transport } from "../transport.ts";
import type { Method, Methods, Params, Result } from "../wire.ts";
import type { AdministrationMethods } from "../wire_administration.ts";
import { administration } from "./administration.ts";
import { APPLICATION, ENTITY_TYPES, FORMS, PAGES } from "./definitions.ts";
import { orders, products, todos, users } from "./entities.ts";
import { Store } from "./store.ts";

export interface MemoryOptions {
  readonly todoCount?: number;
  readonly permission?: "read" | "write";
  readonly latencyMs?: number;
  readonly connection?: Connection;
  /** Methods that never answer. */
  readonly pending?: readonly Method[];
  /** Methods that are refused, and how. */
  readonly refused?: Readonly<Partial<Record<Method, Refusal>>>;
  /** Answers that replace the usual ones. */
  readonly answers?: Readonly<{ [M in Method]?: Result<M> }>;
}

export interface MemoryTransport extends Transport {
  /** What was asked, for tests that look. */
  readonly asked: readonly { readonly method: Method; readonly params: unknown }[];
  /** Writes as somebody else would: it is heard of by following only. */
  readonly store: Store;
}

type Answers = {
  [M in Exclude<Method, keyof AdministrationMethods>]: (params: Params<M>) => Result<M>;
};

export function memoryTransport(options: MemoryOptions = {}): MemoryTransport {
  const followers = new Map<ChangeListener, Subscription>();
  const publish = (entityType: string, change: Change) => {
    for (const [listener, subscription] of followers) {
      if (subscription.entityType === entityType) listener.onChanges([change]);
    }
  };
  const store = new Store(
    ENTITY_TYPES,
    { todo: todos(options.todoCount ?? 12), user: users(), product: products(), order: orders() },
    publish,
  );
  const preferences = new Map<string, Json>();
  const asked: { method: Method; params: unknown }[] = [];

  const answers: Answers = {
    listPages: () => ({
      app: { ...APPLICATION, permission: options.permission ?? "write" },
      pages: PAGES.map(({ id, name, title, parameters = [] }, place) => ({
        id,
        name: name ?? title,
        title,
        menu: parameters.length === 0,
        path: [id, ...parameters.map((parameter) => `{${parameter.name}}`)].join("/"),
        parameters,
        icon: ["list", "dashboard", "settings"][place] ?? null,
      })),
      meta: { modelVersion: 1 },
    }),
    loadPage: ({ pageId = APPLICATION.startPage ?? "" }) =>
      found(PAGES, (page) => page.id === pageId, `there is no page “${pageId}”`),
    getFormDefinition: ({ formId }) =>
      found(FORMS, (form) => form.id === formId, `there is no form “${formId}”`),
    listEntityTypes: () => ({
      entityTypes: ENTITY_TYPES.map(({ entityType }) => ({ entityType })),
    }),
    describeEntityType: ({ entityType }) => store.type(entityType),
    loadEntityData: (params) => store.page(params),
    queryEntities: (params) => store.query(params),
    link: (params) => store.link(params),
    unlink: (params) => store.unlink(params),
    getEntity: ({ entityType, entityId }) => store.get(entityType, entityId),
    createEntity: ({ entityType, data, id }) => store.create(entityType, data, id),
    updateEntity: ({ entityType, entityId, data, version }) =>
      store.update(entityType, entityId, data, version),
    deleteEntity: ({ entityType, entityId }) => store.delete(entityType, entityId),
    restoreEntity: ({ entityType, entityId }) => store.restore(entityType, entityId),
    bulkUpdateEntities: ({ entityType, entities }) => ({
      entities: store.all(entities, ({ id, data, version }) =>
        store.update(entityType, id, data, version),
      ),
    }),
    bulkDeleteEntities: ({ entityType, ids }) => ({
      entities: store.all(ids, (id) => store.delete(entityType, id)),
    }),
    bulkRestoreEntities: ({ entityType, ids }) => ({
      entities: store.all(ids, (id) => store.restore(entityType, id)),
    }),
    executeXFlow: () => {
      throw new Refusal("unavailable", "xflows cannot be run yet");
    },
    listPreferences: ({ prefix = "" }) => ({
      preferences: [...preferences]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => ({ name, value })),
    }),
    savePreference: ({ name, value }) => {
      preferences.set(name, value);
      return { name };
    },
    deletePreference: ({ name }) => ({ deleted: preferences.delete(name) }),
    whoami: () => ({ name: "ada", kind: "user", permission: "admin" }),
  };

  return {
    asked,
    store,
    call: async <M extends Method>(
      method: M,
      params: Methods[M]["params"],
      { signal }: { readonly signal?: AbortSignal } = {},
    ): Promise<Result<M>> => {
      asked.push({ method, params });
      if (options.pending?.includes(method)) await new Promise(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, options.latencyMs ?? 20));
      signal?.throwIfAborted();
      const refusal = options.refused?.[method];
      if (refusal) throw refusal;
      const given = options.answers?.[method];
      if (given !== undefined) return given;
      // What a server without applications and models answers, and nothing else of the administration.
      const usual: Readonly<Partial<Record<Method, (params: never) => unknown>>> = {
        ...answers,
        ...administration,
      };
      const answer = usual[method];
      if (!answer) throw new Refusal("not_found", `nobody told the memory how to answer ${method}`);
      return answer(params as never) as Result<M>;
    },
    follow: (subscription, listener) => {
      followers.set(listener, subscription);
      return () => followers.delete(listener);
    },
    addressOf: (path) => `#/${path}`,
    connection: { get: () => options.connection ?? "live", listen: () => () => undefined },
  };
}

function found<T>(all: readonly T[], matches: (one: T) => boolean, otherwise: string): T {
  const one = all.find(matches);
  if (one === undefined) throw new Refusal("not_found", otherwise);
  return one;
}
