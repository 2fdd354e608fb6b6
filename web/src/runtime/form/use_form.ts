// A form at work: what is entered, what is wrong, and how it is saved.

import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asRefusal } from "../../api/refusal.ts";
import { explain } from "../../api/refusal_text.ts";
import type { Entity } from "../../model/entity.ts";
import {
  adopt,
  change,
  conflicts,
  dataOf,
  type FormDefinition,
  type FormState,
  isDirty,
  rebase,
  type Side,
  settle,
  startForm,
  visibleFields,
} from "../../model/form.ts";
import { checkForm, type FieldError } from "../../model/form_check.ts";
import { newId } from "../../model/identifier.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { entityQuery } from "../entities.ts";
import { reloadRows } from "../rows.ts";
import { useTransport } from "../transport_context.tsx";

export interface Saved {
  readonly entity: Entity;
  readonly wasNew: boolean;
}

export interface FormWork {
  readonly state: FormState;
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly errors: readonly FieldError[];
  /** Why nothing was saved, where it is not about a field that is shown. */
  readonly failure: string | undefined;
  /** What others did meanwhile: beside what is entered here, to the same fields, or to all of it. */
  readonly news: "changed" | "disputed" | "deleted" | undefined;
  /** The state that someone else saved meanwhile, to be decided about. */
  readonly conflict: Entity | undefined;
  readonly enter: (name: string, input: Json) => void;
  readonly save: () => Promise<Saved | undefined>;
  /** Brings back what somebody deleted, with what is entered here still to be saved. */
  readonly bringBack: () => Promise<void>;
  /** Forgets what was entered. */
  readonly restart: () => void;
  /** Saves what was decided, over the state that someone else saved; nothing decides later. */
  readonly settle: (
    sides: Readonly<Record<string, Side>> | undefined,
  ) => Promise<Saved | undefined>;
}

/** How often a save is tried again over what others keep saving beside it. */
const MERGES = 3;

export function useForm(
  definition: FormDefinition,
  entity: Entity | undefined,
  preset: JsonObject | undefined,
): FormWork {
  const transport = useTransport();
  const client = useQueryClient();
  const { t } = useTranslation();
  const [seen, setSeen] = useState(definition);
  const [state, setState] = useState(() => startForm(definition, entity, preset));
  const [errors, setErrors] = useState<readonly FieldError[]>([]);
  const [failure, setFailure] = useState<string>();
  const [news, setNews] = useState<FormWork["news"]>();
  const [conflict, setConflict] = useState<Entity>();
  const [isSaving, setSaving] = useState(false);
  // One id for all tries of one new entity: a submit sent twice makes one.
  const [clientId, setClientId] = useState(newId);
  const isBusy = useRef(false);

  if (definition !== seen) {
    setSeen(definition);
    setState(adopt(state, definition));
  }

  useNews(client, definition, state.base, (current) => {
    if (!current) return setNews("deleted");
    const isDisputed = conflicts(state, definition, current).length > 0;
    // A form in which nothing is entered just follows.
    if (isDirty(state)) setNews(isDisputed ? "disputed" : "changed");
    else setNews(undefined);
    if (!isDisputed) setState((old) => rebase(old, definition, current));
    return undefined;
  });

  const send = async (from: FormState): Promise<Saved> => {
    const { entity_type: entityType, submit_action: action } = definition;
    const data = dataOf(definition, from);
    const { base } = from;
    if (typeof action === "object") {
      const input = { data, ...(base ? { entity: base } : {}) };
      await transport.call("executeXFlow", { xflowId: action.Custom.xflow_id, input });
      return { entity: { ...data, id: base?.id ?? clientId }, wasNew: base === undefined };
    }
    if (!base) {
      const made = await transport.call("createEntity", { entityType, id: clientId, data });
      return { entity: made, wasNew: true };
    }
    if (Object.keys(data).length === 0) return { entity: base, wasNew: false };
    const version = base.version === undefined ? {} : { version: base.version };
    const changed = await transport.call("updateEntity", {
      entityType,
      entityId: base.id,
      data,
      ...version,
    });
    return { entity: changed, wasNew: false };
  };

  /** What others saved meanwhile is no conflict unless it is about the fields entered here. */
  const sendOver = async (from: FormState, tries = MERGES): Promise<Saved> => {
    try {
      return await send(from);
    } catch (cause) {
      const { code, current } = asRefusal(cause);
      const merges = code === "conflict" && current !== undefined && from.base !== undefined;
      if (!merges || tries === 0 || conflicts(from, definition, current).length > 0) throw cause;
      const merged = rebase(from, definition, current);
      setState(merged);
      return sendOver(merged, tries - 1);
    }
  };

  const saveFrom = async (from: FormState): Promise<Saved | undefined> => {
    if (isBusy.current) return undefined;
    const found = checkForm(definition, from);
    setErrors(found);
    setFailure(undefined);
    if (found.length > 0) return undefined;
    isBusy.current = true;
    setSaving(true);
    try {
      const saved = await sendOver(from);
      setState(
        saved.wasNew
          ? startForm(definition, undefined, preset)
          : startForm(definition, saved.entity),
      );
      setClientId(newId());
      setNews(undefined);
      void reloadRows(client, definition.entity_type);
      return saved;
    } catch (cause) {
      const refusal = asRefusal(cause);
      if (refusal.code === "conflict" && refusal.current && from.base) {
        setConflict(refusal.current);
        return undefined;
      }
      const shown = new Set(visibleFields(definition, from).map(({ name }) => name));
      const atFields = refusal.fields.filter(({ field }) => shown.has(field));
      setErrors(atFields);
      if (atFields.length === 0 || atFields.length < refusal.fields.length) {
        setFailure(explain(cause, t));
      }
      return undefined;
    } finally {
      isBusy.current = false;
      setSaving(false);
    }
  };

  return {
    state,
    isDirty: isDirty(state),
    isSaving,
    errors,
    failure,
    news,
    conflict,
    enter: (name, input) => {
      setState((old) => change(old, name, input));
      setErrors((old) => old.filter(({ field }) => field !== name));
    },
    save: () => saveFrom(state),
    bringBack: async () => {
      const { base } = state;
      if (!base) return;
      const { entity_type: entityType } = definition;
      try {
        const back = await transport.call("restoreEntity", { entityType, entityId: base.id });
        setState((old) => rebase(old, definition, back));
        setNews(undefined);
        setFailure(undefined);
        void reloadRows(client, entityType);
      } catch (cause) {
        setFailure(explain(cause, t));
      }
    },
    restart: () => {
      setState(startForm(definition, state.base, preset));
      setErrors([]);
      setFailure(undefined);
      setNews(undefined);
    },
    settle: async (sides) => {
      const current = conflict;
      setConflict(undefined);
      if (!current || !sides) return undefined;
      const settled = settle(state, definition, current, sides);
      setState(settled);
      setNews(undefined);
      return saveFrom(settled);
    },
  };
}

/** Hears of newer states of the entity that is being edited, and of its end. */
function useNews(
  client: QueryClient,
  definition: FormDefinition,
  base: Entity | undefined,
  onNews: (current: Entity | undefined) => void,
): void {
  const transport = useTransport();
  const latest = useRef({ base, onNews });
  useEffect(() => {
    latest.current = { base, onNews };
  });
  const entityType = definition.entity_type;
  const entityId = base?.id;
  useEffect(() => {
    if (entityId === undefined) return undefined;
    const hear = (entity: Entity) => {
      const known = latest.current.base?.version ?? 0;
      if ((entity.version ?? 0) > known) latest.current.onNews(entity);
    };
    let isOver = false;
    // What happened between the state in the form and the first change that is heard.
    const catchUp = async () => {
      try {
        const query = entityQuery(transport, { entityType, id: entityId });
        const now = await client.fetchQuery({ ...query, staleTime: 0, retry: false });
        if (!isOver) hear(now);
      } catch (cause) {
        // Anything else is said by whoever saves; a lost connection resets again when it is back.
        if (!isOver && asRefusal(cause).code === "not_found") latest.current.onNews(undefined);
      }
    };
    const stop = transport.follow(
      { entityType, filters: { id: entityId } },
      {
        onReset: () => void catchUp(),
        onChanges: (changes) => {
          for (const { kind, entityId: id, op, entity } of changes) {
            if (kind === "entity" && op === "truncate") latest.current.onNews(undefined);
            if (id !== entityId) continue;
            if (op === "delete") latest.current.onNews(undefined);
            else if (entity) hear(entity);
          }
        },
      },
    );
    return () => {
      isOver = true;
      stop();
    };
  }, [transport, client, entityType, entityId]);
}
