// Two people changed the same thing: both versions side by side, and a choice.

import { Button, Group, Modal, Table, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Entity } from "../../model/entity.ts";
import {
  conflicts,
  type FormDefinition,
  type FormField,
  type FormState,
  propertyTypeOf,
  toInput,
  toValue,
} from "../../model/form.ts";
import { formatValue } from "../../model/format.ts";
import { type Json, sameJson } from "../../model/json.ts";
import { useReader } from "../format/reader.ts";

export interface ConflictDialogProps {
  readonly definition: FormDefinition;
  readonly state: FormState;
  readonly current: Entity | undefined;
  readonly onSettle: (choice: "mine" | "theirs" | "later") => void;
}

export function ConflictDialog({ definition, state, current, onSettle }: ConflictDialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={current !== undefined}
      onClose={() => onSettle("later")}
      title={t("form.conflictTitle")}
      size="lg"
      zIndex={350}
      closeButtonProps={{ "aria-label": t("action.close") }}
    >
      <Text size="sm">{t("form.conflictMessage")}</Text>
      {current && <Differences definition={definition} state={state} current={current} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => onSettle("later")}>
          {t("action.keepEditing")}
        </Button>
        <Button variant="default" onClick={() => onSettle("theirs")}>
          {t("form.takeTheirs")}
        </Button>
        <Button onClick={() => onSettle("mine")}>{t("form.keepMine")}</Button>
      </Group>
    </Modal>
  );
}

function Differences({
  definition,
  state,
  current,
}: {
  readonly definition: FormDefinition;
  readonly state: FormState;
  readonly current: Entity;
}) {
  const { t } = useTranslation();
  const reader = useReader();
  const disputed = conflicts(state, definition, current);
  // Where no field is disputed, what they changed is still worth seeing.
  const shown =
    disputed.length > 0
      ? disputed
      : definition.fields
          .map((field) => ({
            field,
            mine: state.inputs[field.name] ?? null,
            theirs: toInput(field, current[field.name]),
          }))
          .filter(({ mine, theirs }) => !sameJson(mine, theirs));
  const words = (field: FormField, input: Json) =>
    formatValue(
      toValue(field, input) ?? null,
      { type: propertyTypeOf(field), ...(field.options ? { options: field.options } : {}) },
      reader,
    ) || t("value.none");
  return (
    <Table.ScrollContainer minWidth={320} mt="md">
      <Table withTableBorder withRowBorders>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("form.conflictField")}</Table.Th>
            <Table.Th>{t("form.conflictMine")}</Table.Th>
            <Table.Th>{t("form.conflictTheirs")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map(({ field, mine, theirs }) => (
            <Table.Tr key={field.name}>
              <Table.Th scope="row" fw={500}>
                {field.label}
              </Table.Th>
              <Table.Td>{words(field, mine)}</Table.Td>
              <Table.Td>{words(field, theirs)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
