// What can be done with the chosen rows; takes the place of the grid's title line.

import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntityTypeDescription } from "../../model/entity.ts";
import { useAsk } from "../../ui/ask.tsx";
import { PencilIcon, TrashIcon } from "../../ui/icons.tsx";
import { BulkChange } from "./bulk_change.tsx";
import { useBulk } from "./use_bulk.ts";
import type { Selection } from "./use_selection.ts";

export interface SelectionBarProps {
  readonly selection: Selection;
  readonly type: EntityTypeDescription;
  readonly canChange: boolean;
  readonly canDelete: boolean;
}

/** From as many on, deleting is asked about first. */
const MANY = 5;

export function SelectionBar({ selection, type, canChange, canDelete }: SelectionBarProps) {
  const { t } = useTranslation();
  const ask = useAsk();
  const bulk = useBulk(type);
  const [isChanging, setChanging] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const rows = [...selection.rows.values()];
  const count = rows.length;

  const remove = async () => {
    const isSure =
      count < MANY ||
      (await ask({
        title: t("grid.bulk.deleteTitle", { count }),
        message: t("grid.bulk.deleteMessage"),
        confirm: t("action.delete"),
        isDangerous: true,
      }));
    if (!isSure) return;
    setBusy(true);
    if (await bulk.remove(rows)) selection.clear();
    setBusy(false);
  };
  return (
    <Group gap="xs" role="toolbar" aria-label={t("grid.bulk.tools")}>
      <Text size="sm" role="status">
        {t("grid.bulk.chosen", { count })}
      </Text>
      {canChange && (
        <Button
          size="xs"
          variant="default"
          leftSection={<PencilIcon size={14} />}
          disabled={isBusy}
          onClick={() => setChanging(true)}
        >
          {t("grid.bulk.change")}
        </Button>
      )}
      {canDelete && (
        <Button
          size="xs"
          variant="light"
          color="red"
          leftSection={<TrashIcon size={14} />}
          loading={isBusy}
          onClick={() => void remove()}
        >
          {t("action.delete")}
        </Button>
      )}
      <Button size="xs" variant="subtle" onClick={selection.clear}>
        {t("grid.bulk.clear")}
      </Button>
      {isChanging && (
        <BulkChange
          type={type}
          count={count}
          onClose={() => setChanging(false)}
          onChange={async (name, value) => {
            const refused = await bulk.change(rows, name, value);
            if (refused === undefined) {
              setChanging(false);
              selection.clear();
            }
            return refused;
          }}
        />
      )}
    </Group>
  );
}
