// What adds rows to a grid: a new entity, or one that is there and gets linked.

import { Button, Group, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "../../api/refusal_text.ts";
import { displayName, type Entity, type EntityTypeDescription } from "../../model/entity.ts";
import { presetOf } from "../../model/grid.ts";
import type { JsonObject } from "../../model/json.ts";
import type { DataGridProps, LinkedBy } from "../../model/page.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { LinkIcon, PlusIcon } from "../../ui/icons.tsx";
import { showToast } from "../../ui/toast.tsx";
import { LateReferenceSelect } from "../form/late.tsx";
import { useHost } from "../host.tsx";
import { reloadRows } from "../rows.ts";
import { useTransport } from "../transport_context.tsx";

export interface GridToolsProps {
  readonly grid: DataGridProps;
  readonly type: EntityTypeDescription | undefined;
}

export function GridTools({ grid, type }: GridToolsProps) {
  const { t } = useTranslation();
  const host = useHost();
  const links = useLinks(grid.entityType, grid.linked, type);
  const [isLinking, setLinking] = useState(false);
  const name = type?.name ?? grid.entityType;

  const add = () =>
    host.openModal({
      modalId: grid.formId ?? type?.formId ?? `${grid.entityType}_form`,
      data: presetOf(grid.filters),
      fallbackType: grid.entityType,
      ...(grid.linked
        ? { onSaved: (made: Entity) => void links.link(made, displayName(made, type)) }
        : {}),
    });
  return (
    <Group gap="xs" ml="auto" wrap="nowrap">
      {grid.linked && (
        <Button
          size="xs"
          variant="default"
          leftSection={<LinkIcon size={14} />}
          onClick={() => setLinking(true)}
        >
          {t("grid.link", { name })}
        </Button>
      )}
      {grid.adding && (
        <Button size="xs" leftSection={<PlusIcon size={14} />} onClick={add}>
          {t("grid.add", { name })}
        </Button>
      )}
      {isLinking && (
        <Dialog title={t("grid.link", { name })} onClose={() => setLinking(false)}>
          <Stack gap="lg">
            <LateReferenceSelect
              target={grid.entityType}
              value=""
              label={name}
              isAutoFocused
              onChange={(id, entity) => {
                if (id === "") return;
                setLinking(false);
                void links.link({ id }, entity ? displayName(entity, type) : name);
              }}
            />
          </Stack>
        </Dialog>
      )}
    </Group>
  );
}

export interface Links {
  readonly link: (row: { readonly id: string }, name: string) => Promise<void>;
  readonly unlink: (row: { readonly id: string }, name: string) => Promise<void>;
}

/** Linking and unlinking what a grid lists with the entity that it is about. */
export function useLinks(
  entityType: string,
  linked: LinkedBy | undefined,
  type: EntityTypeDescription | undefined,
): Links {
  const transport = useTransport();
  const client = useQueryClient();
  const { t } = useTranslation();

  const ends = (id: string) => {
    if (!linked) throw new Error("nothing is linked here");
    const { relationship, entityId, direction } = linked;
    // As the type of the rows has it: what leads to them starts at the other entity.
    const from = direction && (direction === "outgoing" ? "incoming" : "outgoing");
    const way = type?.relationships?.find(
      (one) => one.name === relationship && (from === undefined || one.direction === from),
    );
    return way?.direction === "outgoing"
      ? { relationship, entityType, sourceId: id, targetId: entityId }
      : {
          relationship,
          ...(way ? { entityType: way.entityType } : {}),
          sourceId: entityId,
          targetId: id,
        };
  };
  const link = async ({ id }: { readonly id: string }, name: string, data?: JsonObject) => {
    try {
      await transport.call("link", { ...ends(id), ...(data ? { data } : {}) });
      showToast({ kind: "success", title: t("grid.linked", { name }) });
    } catch (cause) {
      showToast({
        kind: "failure",
        title: t("grid.linkFailed", { name }),
        detail: explain(cause, t),
      });
    }
    await reloadRows(client, entityType);
  };
  const unlink = async (row: { readonly id: string }, name: string) => {
    try {
      const { data } = await transport.call("unlink", ends(row.id));
      showToast({
        kind: "success",
        title: t("grid.unlinked", { name }),
        action: { label: t("action.undo"), perform: () => void link(row, name, data) },
      });
    } catch (cause) {
      showToast({
        kind: "failure",
        title: t("grid.unlinkFailed", { name }),
        detail: explain(cause, t),
      });
    }
    await reloadRows(client, entityType);
  };
  return { link, unlink };
}
