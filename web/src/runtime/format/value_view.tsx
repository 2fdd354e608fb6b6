// One value of an entity, drawn by the type of its property: in rows, on pages and in forms.

import { Badge, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Entity, EntityTypeDescription, PropertyDescription } from "../../model/entity.ts";
import { displayName } from "../../model/entity.ts";
import { exactText, formatValue, optionLabel } from "../../model/format.ts";
import type { Json } from "../../model/json.ts";
import { useEntityType } from "../definitions.ts";
import { useReader } from "./reader.ts";
import classes from "./value_view.module.css";

export interface ValueViewProps {
  readonly value: Json | undefined;
  readonly property: PropertyDescription | undefined;
  /** The entities that the Reference leads to, by id, as `included` of a list has them. */
  readonly included: Readonly<Record<string, Entity>> | undefined;
}

export function ValueView({ value, property, included }: ValueViewProps) {
  const reader = useReader();
  if (value === null || value === undefined || value === "") return null;
  switch (property?.type) {
    case "Enum":
      return <Choice value={value} property={property} />;
    case "MultiEnum":
      return (
        <Group gap={4} wrap="nowrap" className={classes["value"] ?? ""}>
          {(Array.isArray(value) ? value : [value]).map((one: Json) => (
            <Choice key={String(one)} value={one} property={property} />
          ))}
        </Group>
      );
    case "DateTime":
    case "Date":
      return (
        <time className={classes["value"]} dateTime={String(value)} title={exactText(value)}>
          {formatValue(value, property, reader)}
        </time>
      );
    case "Reference":
      return <ReferenceName id={String(value)} target={property.target} included={included} />;
    case "Json":
      return (
        <code className={classes["value"]} title={exactText(value)}>
          {formatValue(value, property, reader)}
        </code>
      );
    default: {
      const text = formatValue(value, property, reader);
      return (
        <span className={classes["value"]} title={text}>
          {text}
        </span>
      );
    }
  }
}

/** A dot carries the colour and the text stays text, so that every colour is readable. */
function Choice({
  value,
  property,
}: {
  readonly value: Json;
  readonly property: PropertyDescription;
}) {
  const color = property.options?.find((option) => option.value === value)?.color;
  return (
    <Badge variant="dot" color={color ?? "gray"} tt="none" fw={500} size="md" maw="100%">
      {optionLabel(value, property.options)}
    </Badge>
  );
}

function ReferenceName({
  id,
  target,
  included,
}: {
  readonly id: string;
  readonly target: string | undefined;
  readonly included: Readonly<Record<string, Entity>> | undefined;
}) {
  const type: EntityTypeDescription | undefined = useEntityType(target).data;
  const { t } = useTranslation();
  const entity = included?.[id];
  return (
    <span className={classes["value"]} title={id}>
      {entity ? displayName(entity, type) : id.slice(0, 8) || t("value.none")}
    </span>
  );
}
