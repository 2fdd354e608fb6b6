// What adds rows to a grid: a new entity, or one that is there and gets linked.

import { Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { displayName, type Entity, type EntityTypeDescription } from "../../model/entity.ts";
import { presetOf } from "../../model/grid.ts";
import type { DataGridProps } from "../../model/page.ts";
import { LinkIcon, PlusIcon } from "../../ui/icons.tsx";
import { useHost } from "../host.tsx";
import type { Links } from "./use_links.ts";

export interface GridToolsProps {
  readonly grid: DataGridProps;
  readonly type: EntityTypeDescription | undefined;
  readonly links: Links;
  /** Asks what to link, and what the link carries; with an entity, only the latter. */
  readonly onLink: (entity?: Entity) => void;
}

export function GridTools({ grid, type, links, onLink }: GridToolsProps) {
  const { t } = useTranslation();
  const host = useHost();
  const name = type?.name ?? grid.entityType;
  const isAsked = (links.way?.properties ?? []).length > 0;

  const linkNew = (made: Entity) => {
    if (isAsked) onLink(made);
    else void links.link(made, displayName(made, type));
  };
  const add = () =>
    host.openModal({
      modalId: grid.formId ?? type?.formId ?? `${grid.entityType}_form`,
      data: presetOf(grid.filters),
      fallbackType: grid.entityType,
      ...(grid.linked ? { onSaved: linkNew } : {}),
    });
  return (
    <Group gap="xs" ml="auto" wrap="nowrap">
      {grid.linked && (
        <Button
          size="xs"
          variant="default"
          leftSection={<LinkIcon size={14} />}
          onClick={() => onLink()}
        >
          {t("grid.link", { name })}
        </Button>
      )}
      {grid.adding && (
        <Button size="xs" leftSection={<PlusIcon size={14} />} onClick={add}>
          {t("grid.add", { name })}
        </Button>
      )}
    </Group>
  );
}
