// Two people changed the same thing: both values of each field, and a choice for each.

import { Button, Group, Radio, Stack, Table, Text } from "@mantine/core";
import { useId } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Entity, EntityTypeDescription } from "../../model/entity.ts";
import { propertyOf } from "../../model/entity.ts";
import {
  conflicts,
  type Difference,
  type FormDefinition,
  type FormState,
  type Side,
  toValue,
} from "../../model/form.ts";
import { formatValue } from "../../model/format.ts";
import type { Json } from "../../model/json.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useReader } from "../format/reader.ts";
import { Referred } from "./referred.tsx";

export type Sides = Readonly<Record<string, Side>>;

export interface ConflictDialogProps {
  readonly definition: FormDefinition;
  readonly type: EntityTypeDescription | undefined;
  readonly state: FormState;
  readonly current: Entity | undefined;
  /** Nothing: it is decided later. */
  readonly onSettle: (sides: Sides | undefined) => void;
}

export function ConflictDialog(props: ConflictDialogProps) {
  const { t } = useTranslation();
  const { current, onSettle } = props;
  return (
    <Dialog
      opened={current !== undefined}
      onClose={() => onSettle(undefined)}
      title={t("form.conflictTitle")}
      size="xl"
      zIndex={350}
      fillsPhone
    >
      {current && <Choices {...props} current={current} key={current.version} />}
    </Dialog>
  );
}

function Choices({
  definition,
  type,
  state,
  current,
  onSettle,
}: ConflictDialogProps & { readonly current: Entity }) {
  const { t } = useTranslation();
  const disputed = conflicts(state, definition, current);
  const [sides, setSides] = useState<Sides>({});
  const open = disputed.filter(({ field }) => sides[field.name] === undefined);
  const chooseAll = (side: Side) =>
    setSides(Object.fromEntries(disputed.map(({ field }) => [field.name, side])));
  return (
    <Stack gap="md">
      <Text size="sm">{t("form.conflictMessage")}</Text>
      <Group gap="xs">
        <Button size="compact-sm" variant="light" onClick={() => chooseAll("mine")}>
          {t("form.allMine")}
        </Button>
        <Button size="compact-sm" variant="light" onClick={() => chooseAll("theirs")}>
          {t("form.allTheirs")}
        </Button>
      </Group>
      <Table withTableBorder withRowBorders layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("form.conflictField")}</Table.Th>
            <Table.Th>{t("form.conflictMine")}</Table.Th>
            <Table.Th>{t("form.conflictTheirs")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {disputed.map((one) => (
            <Row
              key={one.field.name}
              difference={one}
              type={type}
              side={sides[one.field.name]}
              onChoose={(side) => setSides((old) => ({ ...old, [one.field.name]: side }))}
            />
          ))}
        </Table.Tbody>
      </Table>
      <Group justify="flex-end">
        <Button variant="default" onClick={() => onSettle(undefined)}>
          {t("action.keepEditing")}
        </Button>
        <Button disabled={open.length > 0} onClick={() => onSettle(sides)}>
          {t("form.saveChoices")}
        </Button>
      </Group>
    </Stack>
  );
}

interface RowProps {
  readonly difference: Difference;
  readonly type: EntityTypeDescription | undefined;
  readonly side: Side | undefined;
  readonly onChoose: (side: Side) => void;
}

function Row({ difference: { field, mine, theirs }, type, side, onChoose }: RowProps) {
  const { t } = useTranslation();
  const reader = useReader();
  const group = useId();
  const property = propertyOf(type, field.name);
  const cell = (which: Side, input: Json) => {
    const value = toValue(field, input) ?? null;
    const label =
      field.reference && typeof value === "string" ? (
        <Referred target={field.reference.entityType} id={value} />
      ) : (
        formatValue(
          value,
          property && field.options ? { ...property, options: field.options } : property,
          reader,
        ) || t("value.none")
      );
    return (
      <Table.Td>
        <Radio
          name={group}
          value={which}
          checked={side === which}
          onChange={() => onChoose(which)}
          label={label}
          aria-label={t(which === "mine" ? "form.takeMine" : "form.takeTheirs", {
            label: field.label,
          })}
        />
      </Table.Td>
    );
  };
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        {field.label}
      </Table.Th>
      {cell("mine", mine)}
      {cell("theirs", theirs)}
    </Table.Tr>
  );
}
