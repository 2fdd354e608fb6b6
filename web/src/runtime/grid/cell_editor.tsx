// A cell at work: the input of its type in its place, saved by Enter, Tab or by going elsewhere.
//
// It is a form with one field, so that checks, versions, conflicts and refusals are a
// form's own; what cannot be saved stays entered, and why not stands at the cell.

import { Popover } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import {
  displayName,
  type Entity,
  type EntityTypeDescription,
  propertyOf,
} from "../../model/entity.ts";
import { type FormDefinition, type FormField, propertyTypeOf, toInput } from "../../model/form.ts";
import { fieldOf } from "../../model/generated_form.ts";
import type { Json } from "../../model/json.ts";
import "../../ui/form_styles.css";
import { showToast } from "../../ui/toast.tsx";
import { useEntityType } from "../definitions.ts";
import { FieldInput } from "../form/field_input.tsx";
import { type Saved, useForm } from "../form/use_form.ts";
import { reloadRows, takeIn } from "../rows.ts";
import classes from "./cell_editor.module.css";
import { CellSays } from "./cell_says.tsx";
import "./texts.ts";
import type { Way } from "./use_cells.ts";

export interface CellEditorProps {
  readonly entityType: string;
  readonly row: Entity;
  readonly field: string;
  readonly typed: string | undefined;
  readonly onEnd: (way: Way) => void;
}

/** What is typed on a cell begins a value of these; others are chosen. */
const TYPED = new Set(["String", "Text", "Integer", "Decimal", "Uuid"]);
/** Saved as soon as one is chosen. */
const CHOSEN = new Set(["Enum", "Boolean", "Reference"]);
const LARGE = new Set(["Text", "Json", "MultiEnum"]);

export function CellEditor(props: CellEditorProps) {
  const type = useEntityType(props.entityType).data;
  const { field } = props;
  const definition = useMemo(() => type && definitionOf(type, field), [type, field]);
  const own = definition?.fields[0];
  return type && own ? <Editor {...props} {...{ type, definition, own }} /> : null;
}

function definitionOf(type: EntityTypeDescription, name: string): FormDefinition | undefined {
  const property = propertyOf(type, name);
  if (!property) return undefined;
  const field = { ...fieldOf(property), help: null };
  return {
    id: `${type.entityType}_${name}`,
    name: type.name,
    entity_type: type.entityType,
    // A box cannot say “neither”, which a cell may be.
    fields: [property.type === "Boolean" ? { ...field, field_type: "Select" } : field],
    submit_action: "SaveEntity",
  };
}

interface EditorProps extends CellEditorProps {
  readonly type: EntityTypeDescription;
  readonly definition: FormDefinition;
  readonly own: FormField;
}

function Editor({ row, typed, onEnd, type, definition, own }: EditorProps) {
  const client = useQueryClient();
  const id = useId();
  const valueType = propertyTypeOf(own);
  const start = typed !== undefined && (typed === "" || TYPED.has(valueType)) ? typed : undefined;
  const work = useForm(definition, row, undefined);
  const box = useRef<HTMLDivElement>(null);
  const says = useRef<HTMLDivElement>(null);
  const isOver = useRef(false);
  const isChosen = useRef(false);

  const end = async (way: Way, saved?: Saved) => {
    isOver.current = true;
    if (saved) {
      takeIn(client, type.entityType, [saved.entity]);
      // The name of what is referred to comes with the rows.
      if (valueType === "Reference") await reloadRows(client, type.entityType);
    }
    onEnd(way);
  };
  const commit = async (way: Way) => {
    if (isOver.current || work.isSaving) return;
    if (!work.isDirty) return end(way);
    const saved = await work.save();
    if (saved) await end(way, saved);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, as the cell becomes an input
  useEffect(() => {
    if (start !== undefined) work.enter(own.name, start === "" ? toInput(own, null) : start);
    // A large one that would stand out of the list at its end grows the other way.
    const list = box.current?.closest("[role=grid]")?.parentElement;
    const [right = 0, end = 0] = [box.current, list].map(
      (element) => element?.getBoundingClientRect().right,
    );
    if (box.current && right > end) box.current.dataset["side"] = "end";
    const input = box.current?.querySelector<HTMLInputElement>("input:not([type=hidden]),textarea");
    input?.focus();
    if (start === undefined) input?.select();
    box.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, []);
  useEffect(() => {
    // Escape is the cell's own, also in a dialog, which would close at it.
    for (const input of box.current?.querySelectorAll("input,textarea") ?? []) {
      input.setAttribute("data-mantine-stop-propagation", "true");
    }
    if (!isChosen.current) return;
    isChosen.current = false;
    void commit("stay");
  });
  useLoss(() => work.isDirty && !isOver.current, displayName(row, type), own.label);

  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    // Of a list that is open, Enter chooses; of a text that is being composed, it ends the composing.
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    const way: Way =
      event.key === "Tab"
        ? event.shiftKey
          ? "left"
          : "right"
        : event.key === "Enter" && !event.shiftKey
          ? "down"
          : undefined;
    // What is to be decided first stands elsewhere in the page, where Tab alone does not lead.
    const decision = event.key === "Tab" && says.current?.querySelector("button");
    if (event.key === "Escape") void end("stay");
    else if (decision) decision.focus();
    else if (way) void commit(way);
    else return;
    event.preventDefault();
  };
  const error = work.errors[0];
  const isRefused = Boolean(error ?? work.failure ?? work.conflict) || work.news === "deleted";
  return (
    <Popover
      opened={isRefused || work.news === "disputed"}
      position="bottom-start"
      shadow="md"
      closeOnEscape={false}
      closeOnClickOutside={false}
      withRoles={false}
    >
      <Popover.Target>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: hears what its input does not want */}
        <div
          ref={box}
          className={classes["editor"]}
          {...(isRefused ? { "data-refused": true } : {})}
          {...(LARGE.has(valueType) ? { "data-large": true } : {})}
          onClick={(event) => event.stopPropagation()}
          onDoubleClick={(event) => event.stopPropagation()}
          onKeyDown={onKeyDown}
          onBlur={({ relatedTarget }) => {
            const isInside =
              relatedTarget !== null &&
              (box.current?.contains(relatedTarget) ||
                relatedTarget.closest("[data-portal],[role=dialog]") !== null);
            // A window that loses the focus is no end of entering.
            if (!isInside && document.hasFocus() && !work.conflict) void commit(undefined);
          }}
        >
          <FieldInput
            id={id}
            field={own}
            input={work.state.inputs[own.name] ?? ""}
            error={isRefused}
            isFirst={false}
            onChange={(input: Json) => {
              work.enter(own.name, input);
              isChosen.current = CHOSEN.has(valueType);
            }}
          />
        </div>
      </Popover.Target>
      <Popover.Dropdown
        ref={says}
        p="xs"
        className={classes["says"] ?? ""}
        onKeyDown={(event) => {
          if (event.key === "Escape") void end("stay");
        }}
      >
        <CellSays
          work={work}
          field={own}
          property={propertyOf(type, own.name)}
          now={row[own.name]}
          onSettle={async (side) => {
            const saved = await work.settle({ [own.name]: side });
            if (saved) await end("stay", saved);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Says so when a row goes away with something entered in it that is not saved. */
function useLoss(isLosing: () => boolean, name: string, label: string): void {
  const { t } = useTranslation();
  const latest = useRef({ isLosing, name, label });
  useEffect(() => {
    latest.current = { isLosing, name, label };
  });
  useEffect(
    () => () => {
      if (!latest.current.isLosing()) return;
      showToast({
        kind: "failure",
        title: t("grid.cell.lost", { name: latest.current.name }),
        detail: t("grid.cell.lostHint", { label: latest.current.label }),
      });
    },
    [t],
  );
}
