// Performing the actions of a model: one way for buttons, rows, forms and events.
//
// Actions of one event run one after another; the first that fails, or is not
// confirmed, ends it, and its real reason is shown.

import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "../api/refusal_text.ts";
import { bind } from "../model/binding.ts";
import type { Entity } from "../model/entity.ts";
import { newId } from "../model/identifier.ts";
import type { JsonObject } from "../model/json.ts";
import type { Action } from "../model/page.ts";
import { pathOf } from "../model/page_path.ts";
import { useAsk } from "../ui/ask.tsx";
import { showToast } from "../ui/toast.tsx";
import { navigate } from "./address.ts";
import { customAction } from "./custom_actions.ts";
import { pageListQuery } from "./definitions.ts";
import { useHost } from "./host.tsx";
import { usePageScope } from "./page_scope.ts";
import { reloadRows } from "./rows.ts";
import { useTransport } from "./transport_context.tsx";

/** Where an action was started. */
export interface ActionContext {
  readonly componentId?: string;
  /** The entity of the row or the form. */
  readonly entity?: Entity;
  /** What stands in the form. */
  readonly form?: JsonObject;
  /** Called beside opening, for hosts that draw modals themselves. */
  readonly onModalOpen?: (modalId: string) => void;
}

/** Answers whether all of it was done. */
export type RunActions = (actions: readonly Action[], context: ActionContext) => Promise<boolean>;

class Unable extends Error {}

export function useActions(): RunActions {
  const transport = useTransport();
  const client = useQueryClient();
  const host = useHost();
  const scope = usePageScope();
  const ask = useAsk();
  const { t } = useTranslation();

  const perform = useCallback(
    async (action: Action, context: ActionContext): Promise<void> => {
      const entityId = () => {
        if (!context.entity) throw new Unable(t("do.noEntity"));
        return context.entity.id;
      };
      // What is not loaded yet stays out: an action runs now.
      const bound = (values: JsonObject = {}): JsonObject => {
        const from = { ...scope, row: context.entity, form: context.form };
        return Object.fromEntries(
          Object.entries(values).map(([name, value]) => [name, bind(value ?? null, from) ?? null]),
        );
      };
      switch (action.type) {
        case "openModal":
          context.onModalOpen?.(action.modal_id);
          host.openModal({
            modalId: action.modal_id,
            entity: context.entity,
            data: bound(action.data),
          });
          return;
        case "closeModal":
          host.closeModal();
          return;
        case "navigateTo": {
          const { pages } = await client.ensureQueryData(pageListQuery(transport));
          const page = pages.find(({ id }) => id === action.page_id);
          if (!page) throw new Unable(t("do.noPage", { name: action.page_id }));
          const params = Object.entries(bound(action.params)).map(([name, value]) => {
            if (value === null || value === "") throw new Unable(t("do.noParameter", { name }));
            return [name, String(value)] as const;
          });
          await navigate(pathOf(page, Object.fromEntries(params)));
          return;
        }
        case "executeXFlow": {
          const input: JsonObject = {
            ...bound(action.input),
            ...(host.page ? { page: host.page.id } : {}),
            ...(context.entity ? { row: context.entity } : {}),
            ...(context.form ? { form: context.form } : {}),
          };
          await transport.call("executeXFlow", { xflowId: action.xflow_id, input });
          showToast({ kind: "success", title: t("do.ran", { name: action.xflow_id }) });
          return;
        }
        case "refreshComponent":
          if (!host.refresh(action.component_id)) {
            throw new Unable(t("do.noComponent", { name: action.component_id }));
          }
          return;
        case "createEntity": {
          const { entity_type: entityType } = action;
          const data = bound(action.data);
          await transport.call("createEntity", { entityType, id: newId(), data });
          await reloadRows(client, entityType);
          showToast({ kind: "success", title: t("do.created") });
          return;
        }
        case "updateEntity": {
          const { entity_type: entityType } = action;
          const data = bound(action.data);
          await transport.call("updateEntity", { entityType, entityId: entityId(), data });
          await reloadRows(client, entityType);
          showToast({ kind: "success", title: t("do.updated") });
          return;
        }
        case "deleteEntity": {
          const { entity_type: entityType } = action;
          await transport.call("deleteEntity", { entityType, entityId: entityId() });
          await reloadRows(client, entityType);
          showToast({ kind: "success", title: t("do.deleted") });
          return;
        }
        case "custom": {
          const handler = customAction(action.action);
          if (!handler) throw new Unable(t("do.noHandler", { name: action.action }));
          await handler(bound(action.params), context);
          return;
        }
      }
    },
    [transport, client, host, scope, t],
  );

  return useCallback(
    async (actions, context) => {
      for (const action of actions) {
        const question = "confirm" in action ? action.confirm : undefined;
        if (question) {
          const isDangerous = action.type === "deleteEntity";
          const yes = await ask({
            title: t("do.confirmTitle"),
            message: question,
            isDangerous,
            ...(isDangerous ? { confirm: t("action.delete") } : {}),
          });
          if (!yes) return false;
        }
        try {
          await perform(action, context);
        } catch (cause) {
          const detail = cause instanceof Unable ? cause.message : explain(cause, t);
          showToast({ kind: "failure", title: t("do.failed"), detail });
          return false;
        }
      }
      return true;
    },
    [perform, ask, t],
  );
}
