// What stands at a cell that could not be saved, and what can be done about it.

import { Button, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { PropertyDescription } from "../../model/entity.ts";
import type { FormField, Side } from "../../model/form.ts";
import type { Json } from "../../model/json.ts";
import { useFieldWords } from "../form/field_words.ts";
import { Referred } from "../form/referred.tsx";
import type { FormWork } from "../form/use_form.ts";
import { ValueView } from "../format/value_view.tsx";

export interface CellSaysProps {
  readonly work: FormWork;
  readonly field: FormField;
  readonly property: PropertyDescription | undefined;
  /** What stands in the row by now. */
  readonly now: Json | undefined;
  readonly onSettle: (side: Side) => Promise<void>;
}

export function CellSays({ work, field, property, now, onSettle }: CellSaysProps) {
  const { t } = useTranslation();
  const words = useFieldWords();
  const { conflict, failure } = work;
  const error = work.errors[0];
  const theirs = conflict ? conflict[field.name] : now;
  return (
    <Stack gap="xs" role="alert">
      {error && <Text size="sm">{words(error, field.label)}</Text>}
      {failure && <Text size="sm">{failure}</Text>}
      {work.news === "deleted" && <Text size="sm">{t("grid.cell.deleted")}</Text>}
      {!error && (conflict || work.news === "disputed") && (
        <>
          <Text size="sm">{t("grid.cell.disputed")}</Text>
          {property?.target ? (
            <Referred target={property.target} id={String(theirs ?? "")} />
          ) : (
            <Text size="sm" fw={600} component="div">
              {theirs === null || theirs === undefined || theirs === "" ? (
                t("grid.cell.empty")
              ) : (
                <ValueView value={theirs} property={property} included={undefined} />
              )}
            </Text>
          )}
        </>
      )}
      {conflict && (
        <Group gap="xs">
          <Button size="compact-sm" variant="light" onClick={() => void onSettle("mine")}>
            {t("grid.cell.keepMine")}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => void onSettle("theirs")}>
            {t("grid.cell.takeTheirs")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
