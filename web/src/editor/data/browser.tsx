// One entity type's entities, latest first and found by their words; each leads to its history.
//
// They are changed in their application, whose forms know how; here one sees what
// there is, what became of it, and brings it back.

import { Anchor, Button, Group, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  displayName,
  type Entity,
  type EntityTypeDescription,
  type PropertyDescription,
} from "../../model/entity.ts";
import { Notice } from "../../ui/notice.tsx";
import { Answered, Panel, Table, When } from "../parts.tsx";
import { hrefTo } from "../route.ts";
import { useAnswer } from "../server.tsx";
import { Deleted } from "./deleted.tsx";
import { type TypeOf, textOf } from "./type_of.ts";

const PAGE_SIZE = 25;
const MOST_COLUMNS = 4;
const PAUSE_MS = 250;

export function Browser({ of }: { readonly of: TypeOf }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<"there" | "deleted">("there");
  const description = useAnswer(
    "describeEntityType",
    { entityType: of.type },
    { application: of.application },
  );
  return (
    <>
      <Group mb="md">
        <NativeSelect
          aria-label={t("admin.data.which")}
          value={shown}
          onChange={(event) =>
            setShown(event.currentTarget.value === "deleted" ? "deleted" : "there")
          }
          data={[
            { value: "there", label: t("admin.data.there") },
            { value: "deleted", label: t("admin.data.deleted") },
          ]}
        />
      </Group>
      <Answered of={description}>
        {(type) =>
          shown === "there" ? <Entities of={of} type={type} /> : <Deleted of={of} type={type} />
        }
      </Answered>
    </>
  );
}

function Entities({ of, type }: { readonly of: TypeOf; readonly type: EntityTypeDescription }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [search, setSearch] = useState("");
  const [page, setPage] = useState(0);
  const ask = useDebouncedCallback((asked: string) => {
    setSearch(asked.trim());
    setPage(0);
  }, PAUSE_MS);
  const rows = useAnswer(
    "loadEntityData",
    {
      entityType: of.type,
      page,
      limit: PAGE_SIZE,
      sortBy: "created_at",
      sortOrder: "desc",
      ...(search === "" ? {} : { search }),
    },
    { application: of.application },
  );
  const properties = columnsOf(type);
  return (
    <>
      <TextInput
        mb="md"
        maw={360}
        type="search"
        aria-label={t("admin.data.search")}
        placeholder={t("admin.data.search")}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          ask(event.currentTarget.value);
        }}
      />
      <Answered of={rows}>
        {({ data, pagination: { total, totalIsCapped } }) =>
          data.length === 0 ? (
            <Notice
              kind="empty"
              order={2}
              title={t(search === "" ? "admin.data.noEntities" : "admin.data.nothingFound")}
            />
          ) : (
            <Panel title={type.plural ?? type.name}>
              <Table
                label={type.plural ?? type.name}
                rows={data}
                keyOf={({ id }) => id}
                columns={[
                  ...properties.map(({ name, label, options }) => ({
                    title: label,
                    draw: (row: Entity) => {
                      const chosen = options?.find(({ value }) => value === row[name]);
                      return chosen ? chosen.label : textOf(row[name] ?? null);
                    },
                  })),
                  {
                    title: t("admin.data.changedAt"),
                    draw: ({ updated_at: at }: Entity) => <When at={String(at)} />,
                  },
                  {
                    title: t("admin.data.history"),
                    draw: (row: Entity) => (
                      <Anchor
                        size="sm"
                        href={hrefTo("data", of.slug, of.type, row.id)}
                        aria-label={t("admin.data.historyOf", { name: displayName(row, type) })}
                      >
                        {t("admin.data.history")}
                      </Anchor>
                    ),
                  },
                ]}
              />
              <Group justify="space-between" mt="md">
                <span role="status">
                  {t(totalIsCapped ? "grid.rangeCapped" : "grid.range", {
                    from: page * PAGE_SIZE + 1,
                    to: page * PAGE_SIZE + data.length,
                    total,
                  })}
                </span>
                <Group gap="xs">
                  <Button
                    size="xs"
                    variant="default"
                    disabled={page === 0}
                    onClick={() => setPage(page - 1)}
                  >
                    {t("grid.previous")}
                  </Button>
                  <Button
                    size="xs"
                    variant="default"
                    disabled={data.length < PAGE_SIZE || (page + 1) * PAGE_SIZE >= total}
                    onClick={() => setPage(page + 1)}
                  >
                    {t("grid.next")}
                  </Button>
                </Group>
              </Group>
            </Panel>
          )
        }
      </Answered>
    </>
  );
}

/** The first properties that fit a cell, the one that names an entity foremost. */
function columnsOf({ properties, displayProperty }: EntityTypeDescription) {
  const fits = ({ type, readOnly }: PropertyDescription) =>
    !readOnly && type !== "Json" && type !== "Text" && type !== "Reference";
  const names = ({ name }: PropertyDescription) => name === displayProperty;
  return [
    ...properties.filter(names),
    ...properties.filter((one) => fits(one) && !names(one)),
  ].slice(0, MOST_COLUMNS);
}
