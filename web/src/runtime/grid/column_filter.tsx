// The filter of one column: an input that fits the type of its property.
//
// What is typed shows at once and is asked for after a short pause. A number
// filter that cannot be read says so and asks nothing.

import {
  CloseButton,
  Group,
  NativeSelect,
  Popover,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PropertyDescription } from "../../model/entity.ts";
import { formatValue } from "../../model/format.ts";
import { type ColumnFilter, conditionFor, filterEntry, isEmpty } from "../../model/grid.ts";
import { LateReferenceSelect } from "../form/late.tsx";
import { useReader } from "../format/reader.ts";

const PAUSE_MS = 250;

export interface ColumnFilterInputProps {
  readonly property: PropertyDescription;
  readonly title: string;
  readonly filter: ColumnFilter | undefined;
  readonly onChange: (filter: ColumnFilter) => void;
  /** Where there is room, the title stands above the input. */
  readonly showTitle?: boolean;
}

export function ColumnFilterInput(props: ColumnFilterInputProps) {
  switch (filterEntry(props.property)) {
    case "text":
    case "number":
      return <TypedFilter {...props} />;
    case "choice":
    case "boolean":
      return <ChoiceFilter {...props} />;
    case "dates":
      return <DatesFilter {...props} />;
    case "reference":
      return <ReferenceFilter {...props} />;
    default:
      return null;
  }
}

/** The name every filter goes by: seen where there is room, heard everywhere. */
function useName({ title, showTitle }: ColumnFilterInputProps) {
  const { t } = useTranslation();
  const name = t("grid.filter", { column: title });
  return showTitle ? { label: title, "aria-label": name } : { "aria-label": name };
}

function TypedFilter(props: ColumnFilterInputProps) {
  const { property, filter, onChange } = props;
  const { t } = useTranslation();
  const name = useName(props);
  const [text, setText] = useState(filter?.text ?? "");
  const ask = useDebouncedCallback((asked: string) => onChange({ text: asked }), PAUSE_MS);
  const isNumber = filterEntry(property) === "number";
  const isInvalid = conditionFor(property, { text }) === "invalid";
  const clear = () => {
    // What was typed a moment ago must not be asked for after all.
    ask.cancel();
    setText("");
    onChange({});
  };
  return (
    <TextInput
      {...name}
      size="xs"
      value={text}
      inputMode={isNumber ? "text" : "search"}
      placeholder={isNumber ? t("grid.filterNumber") : t("grid.filterText")}
      error={isInvalid}
      {...(isInvalid ? { title: t("grid.filterInvalid") } : {})}
      onChange={(event) => {
        setText(event.currentTarget.value);
        ask(event.currentTarget.value);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") onChange({ text });
        if (event.key === "Escape" && text !== "") clear();
      }}
      rightSection={
        text === "" ? null : (
          <CloseButton size="xs" aria-label={t("grid.clearFilters")} onClick={clear} />
        )
      }
    />
  );
}

function ChoiceFilter(props: ColumnFilterInputProps) {
  const { property, filter, onChange } = props;
  const { t } = useTranslation();
  const options =
    filterEntry(property) === "boolean"
      ? [
          { value: "true", label: t("value.yes") },
          { value: "false", label: t("value.no") },
        ]
      : (property.options ?? []).map(({ value, label }) => ({ value, label }));
  return (
    <NativeSelect
      {...useName(props)}
      size="xs"
      value={filter?.text ?? ""}
      data={[{ value: "", label: t("grid.any") }, ...options]}
      onChange={(event) => onChange({ text: event.currentTarget.value })}
    />
  );
}

function DatesFilter(props: ColumnFilterInputProps) {
  const { filter, onChange, title, showTitle } = props;
  const { t } = useTranslation();
  const reader = useReader();
  const day = (value: string | undefined) => formatValue(value ?? null, { type: "Date" }, reader);
  const shown = isEmpty(filter)
    ? t("grid.anyDate")
    : `${day(filter?.from) || "…"} – ${day(filter?.to) || "…"}`;
  const ends = (
    <Group gap="xs" grow wrap="nowrap">
      {(["from", "to"] as const).map((end) => (
        <TextInput
          key={end}
          type="date"
          size="xs"
          label={showTitle ? `${title}: ${t(`grid.${end}`)}` : t(`grid.${end}`)}
          value={filter?.[end] ?? ""}
          onChange={(event) => onChange({ ...filter, [end]: event.currentTarget.value })}
        />
      ))}
    </Group>
  );
  if (showTitle) return ends;
  return (
    <Popover position="bottom-start" trapFocus shadow="md" withinPortal>
      <Popover.Target>
        <TextInput
          component={UnstyledButton}
          size="xs"
          aria-label={`${t("grid.filter", { column: title })}: ${shown}`}
        >
          {shown}
        </TextInput>
      </Popover.Target>
      <Popover.Dropdown>{ends}</Popover.Dropdown>
    </Popover>
  );
}

function ReferenceFilter(props: ColumnFilterInputProps) {
  const { property, filter, onChange, title } = props;
  const { t } = useTranslation();
  return (
    <LateReferenceSelect
      target={property.target ?? ""}
      value={filter?.text ?? ""}
      onChange={(id) => onChange({ text: id })}
      size="xs"
      {...(props.showTitle ? { label: title } : {})}
      ariaLabel={t("grid.filter", { column: title })}
      placeholder={t("grid.any")}
    />
  );
}
