// Which columns a grid shows, and in which order: by boxes, by buttons, by keys or by dragging.

import { ActionIcon, Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { type DragEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntityTypeDescription } from "../../model/entity.ts";
import { offeredColumns } from "../../model/grid.ts";
import { moved } from "../../model/order.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { SortAscendingIcon, SortDescendingIcon } from "../../ui/icons.tsx";
import "../../ui/form_styles.css";
import classes from "./column_chooser.module.css";
import type { GridView } from "./grid_view.ts";
import "./texts.ts";

export interface ColumnChooserProps {
  readonly view: GridView;
  readonly type: EntityTypeDescription | undefined;
  readonly onClose: () => void;
}

export function ColumnChooser({ view, type, onClose }: ColumnChooserProps) {
  const { t } = useTranslation();
  const shown = view.columns.map(({ field }) => field);
  const offered = offeredColumns(view.ownColumns, type);
  // What is not shown keeps its place below, so that a box that is let go is found again.
  const [order, setOrder] = useState(() => [
    ...shown,
    ...offered.flatMap(({ field }) => (shown.includes(field) ? [] : field)),
  ]);
  const [dragged, setDragged] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const focused = useRef<string>(undefined);
  const [said, setSaid] = useState("");

  const titleOf = (name: string) => {
    const found = offered.find(({ field }) => field === name);
    return found?.title || name;
  };
  const show = (fields: readonly string[], isShown: (field: string) => boolean) => {
    setOrder([...fields]);
    view.showColumns(fields.filter(isShown));
  };
  const move = (name: string, to: number) => {
    const next = moved(order, name, to);
    if (next === order) return;
    setSaid(
      t("grid.columns.moved", {
        column: titleOf(name),
        place: next.indexOf(name) + 1,
        count: next.length,
      }),
    );
    show(next, (field) => shown.includes(field));
  };
  // A row that was moved is another element in another place: the focus goes along.
  useEffect(() => {
    const name = focused.current;
    focused.current = undefined;
    if (name === undefined) return;
    list.current?.querySelector<HTMLElement>(`[data-column="${CSS.escape(name)}"] input`)?.focus();
  });
  const onKeyDown = (event: KeyboardEvent, name: string) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const place = order.indexOf(name);
    if (event.altKey) {
      focused.current = name;
      move(name, place + step);
    } else {
      const next = order[place + step];
      const box = `[data-column="${CSS.escape(next ?? "")}"] input`;
      list.current?.querySelector<HTMLElement>(box)?.focus();
    }
  };
  const onDragOver = (event: DragEvent, name: string) => {
    if (dragged === undefined) return;
    event.preventDefault();
    if (dragged !== name) move(dragged, order.indexOf(name));
  };

  return (
    <Dialog title={t("grid.columns.title")} onClose={onClose} fillsPhone>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {t("grid.columns.hint")}
        </Text>
        <ul ref={list} className={classes["list"]}>
          {order.map((name, place) => {
            const isShown = shown.includes(name);
            const title = titleOf(name);
            return (
              <li
                key={name}
                data-column={name}
                className={classes["column"]}
                draggable
                {...(dragged === name ? { "data-dragged": true } : {})}
                onDragStart={(event) => {
                  event.dataTransfer.effectAllowed = "move";
                  event.dataTransfer.setData("text/plain", title);
                  setDragged(name);
                }}
                onDragOver={(event) => onDragOver(event, name)}
                onDragEnd={() => setDragged(undefined)}
              >
                <Checkbox
                  className={classes["box"] ?? ""}
                  label={title}
                  checked={isShown}
                  // A grid without columns shows nothing that could be asked back.
                  disabled={isShown && shown.length === 1}
                  {...(place === 0 ? { "data-autofocus": true } : {})}
                  onKeyDown={(event) => onKeyDown(event, name)}
                  onChange={() =>
                    show(order, (one) => (one === name ? !isShown : shown.includes(one)))
                  }
                />
                <Group gap={0} wrap="nowrap">
                  <ActionIcon
                    color="gray"
                    tabIndex={-1}
                    aria-label={t("grid.columns.up", { column: title })}
                    disabled={place === 0}
                    onClick={() => move(name, place - 1)}
                  >
                    <SortAscendingIcon />
                  </ActionIcon>
                  <ActionIcon
                    color="gray"
                    tabIndex={-1}
                    aria-label={t("grid.columns.down", { column: title })}
                    disabled={place === order.length - 1}
                    onClick={() => move(name, place + 1)}
                  >
                    <SortDescendingIcon />
                  </ActionIcon>
                </Group>
              </li>
            );
          })}
        </ul>
        <output className={classes["said"]}>{said}</output>
        <Group justify="space-between">
          <Button
            variant="subtle"
            disabled={view.state.columns === undefined}
            onClick={() => {
              view.showColumns(undefined);
              const own = view.ownColumns.map(({ field }) => field);
              setOrder([
                ...own,
                ...offered.flatMap(({ field }) => (own.includes(field) ? [] : field)),
              ]);
            }}
          >
            {t("grid.columns.reset")}
          </Button>
          <Button onClick={onClose}>{t("action.done")}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
