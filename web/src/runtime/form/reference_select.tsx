// Choosing an entity that a Reference points to: found on the server while one types.

import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { displayName, type Entity } from "../../model/entity.ts";
import "../../ui/form_styles.css";
import { useEntityType } from "../definitions.ts";
import { besideRows } from "../rows.ts";
import { useTransport } from "../transport_context.tsx";

const OFFERED = 20;
const PAUSE_MS = 200;

export interface ReferenceSelectProps {
  readonly id?: string;
  readonly target: string;
  readonly value: string;
  readonly onChange: (id: string) => void;
  readonly label?: ReactNode;
  readonly ariaLabel?: string;
  readonly placeholder?: string;
  readonly description?: ReactNode;
  readonly error?: ReactNode;
  readonly size?: "xs" | "sm";
  readonly isRequired?: boolean;
  readonly isReadOnly?: boolean;
}

export function ReferenceSelect(props: ReferenceSelectProps) {
  const { target, value } = props;
  const { t } = useTranslation();
  const transport = useTransport();
  const type = useEntityType(target).data;
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed, PAUSE_MS);

  const chosen = useQuery({
    queryKey: besideRows(target, "one", value),
    queryFn: ({ signal }) =>
      transport.call("getEntity", { entityType: target, entityId: value }, { signal }),
    enabled: value !== "",
  });
  const display = type?.displayProperty;
  const isChosenName = chosen.data !== undefined && search === displayName(chosen.data, type);
  const found = useQuery({
    queryKey: besideRows(target, "offered", isChosenName ? "" : search),
    queryFn: ({ signal }) =>
      transport.call(
        "loadEntityData",
        {
          entityType: target,
          limit: OFFERED,
          ...(display ? { sortBy: display, sortOrder: "asc" as const } : {}),
          ...(display && search && !isChosenName
            ? { filters: { [display]: { contains: search } } }
            : {}),
        },
        { signal },
      ),
    enabled: type !== undefined,
    placeholderData: keepPreviousData,
  });

  const offered = new Map<string, Entity>();
  for (const entity of found.data?.data ?? []) offered.set(entity.id, entity);
  if (chosen.data) offered.set(chosen.data.id, chosen.data);
  const data = [...offered.values()].map((entity) => ({
    value: entity.id,
    label: displayName(entity, type),
  }));
  return (
    <Select
      {...(props.id ? { id: props.id } : {})}
      label={props.label}
      aria-label={props.ariaLabel}
      description={props.description}
      error={props.error}
      size={props.size ?? "sm"}
      placeholder={props.placeholder ?? t("form.searchReference")}
      data={data}
      value={value === "" ? null : value}
      onChange={(id) => props.onChange(id ?? "")}
      searchable
      clearable={!props.isRequired}
      onSearchChange={setTyped}
      // The server has searched already.
      filter={({ options }) => options}
      nothingFoundMessage={t("form.nothingFound")}
      required={props.isRequired ?? false}
      readOnly={props.isReadOnly ?? false}
      clearButtonProps={{ "aria-label": t("value.none") }}
      comboboxProps={{ shadow: "md" }}
    />
  );
}
