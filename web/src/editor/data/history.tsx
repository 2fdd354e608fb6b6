// What became of one entity: each change with what it changed, who made it, and the way back.

import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntityChange } from "../../api/wire_administration.ts";
import { displayName } from "../../model/entity.ts";
import type { Json } from "../../model/json.ts";
import { showToast } from "../../ui/toast.tsx";
import { Answered, Panel, Table, When } from "../parts.tsx";
import { hrefTo } from "../route.ts";
import { useAnswer, useDoing, useServer } from "../server.tsx";
import classes from "./data.module.css";
import { type TypeOf, textOf } from "./type_of.ts";

const STEP = 50;

export function History({ of, id }: { readonly of: TypeOf; readonly id: string }) {
  const { t } = useTranslation();
  const server = useServer();
  const { isBusy, perform } = useDoing();
  const [limit, setLimit] = useState(STEP);
  const asked = { application: of.application };
  const type = useAnswer("describeEntityType", { entityType: of.type }, asked).data;
  const history = useAnswer(
    "getEntityHistory",
    { entityType: of.type, entityId: id, limit },
    asked,
  );
  const latest = history.data?.changes[0];
  const name = displayName({ ...(latest?.data ?? latest?.old), id }, type);
  const labelOf = (property: string) =>
    type?.properties.find((one) => one.name === property)?.label ?? property;
  const restore = (version: number) =>
    perform(async () => {
      const { application: applicationId, type: entityType } = of;
      const params = { applicationId, entityType, entityId: id, version };
      await server.call("restoreEntity", params);
      showToast({ kind: "success", title: t("admin.data.restored", { name, version }) });
    });
  return (
    <Panel
      title={t("admin.data.historyOf", { name })}
      aside={
        <Group gap="md">
          <Anchor size="sm" href={hrefTo("xflows", of.slug, "of", id)}>
            {t("admin.data.toExecutions")}
          </Anchor>
          <Anchor size="sm" href={hrefTo("data", of.slug, of.type)}>
            {t("admin.data.toAll")}
          </Anchor>
        </Group>
      }
    >
      <Answered of={history}>
        {({ changes, nextBefore }) => (
          <Stack gap="md">
            <ol className={classes["changes"]}>
              {changes.map((change, place) => (
                <li key={change.pos} className={classes["change"]}>
                  <Group justify="space-between" gap="xs">
                    <Group gap="xs">
                      <Text size="sm" fw={600}>
                        {t(`admin.data.op.${change.op}`)}
                      </Text>
                      <Text size="sm" component="span">
                        <When at={change.at} />
                      </Text>
                      <Text size="sm" c="dimmed">
                        {t("admin.data.by", {
                          who: change.caller ?? t("admin.data.nobody"),
                          origin: change.origin ?? "–",
                        })}
                      </Text>
                    </Group>
                    {place > 0 && change.op !== "delete" && change.version !== null && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        disabled={isBusy}
                        onClick={() => void restore(change.version ?? 1)}
                      >
                        {t("admin.data.restore", { version: change.version })}
                      </Button>
                    )}
                  </Group>
                  <Table
                    label={t("admin.data.changed")}
                    rows={valuesOf(change)}
                    keyOf={({ property }) => property}
                    columns={[
                      {
                        title: t("admin.data.property"),
                        draw: ({ property }) => labelOf(property),
                      },
                      { title: t("admin.data.before"), draw: ({ before }) => textOf(before) },
                      { title: t("admin.data.after"), draw: ({ after }) => textOf(after) },
                    ]}
                  />
                </li>
              ))}
            </ol>
            {nextBefore !== null && changes.length >= limit && (
              <Button variant="default" onClick={() => setLimit(limit + STEP)}>
                {t("admin.data.older")}
              </Button>
            )}
          </Stack>
        )}
      </Answered>
    </Panel>
  );
}

interface ChangedValue {
  readonly property: string;
  readonly before: Json;
  readonly after: Json;
}

/** What a change changed; of a first or last state everything that it held. */
function valuesOf({ op, data, old }: EntityChange): readonly ChangedValue[] {
  const changed = (op === "create" ? data : old) ?? {};
  return Object.keys(changed).map((property) => ({
    property,
    before: op === "create" ? null : (old?.[property] ?? null),
    after: op === "delete" ? null : (data?.[property] ?? null),
  }));
}
