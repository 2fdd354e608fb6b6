// What a page offers to the components on it: modals, refreshing, and where they stand.

import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { Entity } from "../model/entity.ts";
import type { JsonObject } from "../model/json.ts";
import { type Component, everyComponent, type Page } from "../model/page.ts";
import { openLayer } from "./address.ts";

export interface OpenedModal {
  readonly key: number;
  readonly modalId: string;
  /** The entity that a form in it edits. */
  readonly entity?: Entity | undefined;
  /** What a form in it starts with. */
  readonly data?: JsonObject | undefined;
  /** The entity type a form is made for when the model has no form of that name. */
  readonly fallbackType?: string | undefined;
  /** Whether a form in it ends with its first save, whatever the model says. */
  readonly closesOnSave?: boolean;
  /** Called with what a form in it has saved. */
  readonly onSaved?: ((entity: Entity) => void) | undefined;
}

export interface Host {
  readonly page: Page | undefined;
  readonly find: (componentId: string) => Component | undefined;
  readonly modals: readonly OpenedModal[];
  readonly openModal: (modal: Omit<OpenedModal, "key">) => void;
  /** Without a key: the one opened last. */
  readonly closeModal: (key?: number) => void;
  /** Instead of closing it at once, Back asks this of a modal. */
  readonly onBack: (key: number, close: () => void | Promise<void>) => () => void;
  /** `false` when no such component is on the page. */
  readonly refresh: (componentId: string) => boolean;
  readonly onRefresh: (componentId: string, reload: () => void) => () => void;
}

const HostContext = createContext<Host | undefined>(undefined);

let lastKey = 0;

export function HostProvider({
  page,
  children,
}: {
  readonly page: Page | undefined;
  readonly children: ReactNode;
}) {
  const [modals, setModals] = useState<readonly OpenedModal[]>([]);
  const [reloads] = useState(() => new Map<string, () => void>());

  const [layers] = useState(() => new Map<number, () => void>());
  const [closers] = useState(() => new Map<number, () => void | Promise<void>>());

  const closeModal = useCallback<Host["closeModal"]>(
    (key = [...layers.keys()].at(-1)) => {
      if (key === undefined) return;
      layers.get(key)?.();
      layers.delete(key);
      setModals((open) => open.filter((one) => one.key !== key));
    },
    [layers],
  );
  const openModal = useCallback<Host["openModal"]>(
    (modal) => {
      const key = ++lastKey;
      const onBack = () => (closers.get(key) ?? (() => closeModal(key)))();
      layers.set(key, openLayer(onBack));
      setModals((open) => [...open, { ...modal, key }]);
    },
    [layers, closers, closeModal],
  );
  const host = useMemo<Host>(
    () => ({
      page,
      modals,
      openModal,
      closeModal,
      onBack: (key, close) => {
        closers.set(key, close);
        return () => {
          if (closers.get(key) === close) closers.delete(key);
        };
      },
      find: (id) => everyComponent(page?.components ?? []).find((one) => one.id === id),
      refresh: (id) => {
        const reload = reloads.get(id);
        reload?.();
        return reload !== undefined;
      },
      onRefresh: (id, reload) => {
        reloads.set(id, reload);
        return () => {
          if (reloads.get(id) === reload) reloads.delete(id);
        };
      },
    }),
    [page, modals, openModal, closeModal, closers, reloads],
  );
  return <HostContext value={host}>{children}</HostContext>;
}

export function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) throw new Error("a component of a page needs a HostProvider");
  return host;
}
