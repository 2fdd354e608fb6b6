// Executions, the newest first: by xflow, by state, by a text of theirs, by the entity that they touched.

import { Anchor, Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ExecutionState, ExecutionSummary, XFlowSummary } from "../../api/wire_executions.ts";
import { Notice } from "../../ui/notice.tsx";
import { Answered, Panel, Table, When } from "../parts.tsx";
import { hrefTo } from "../route.ts";
import { useAnswer } from "../server.tsx";
import { StateBadge, Took } from "./state_badge.tsx";

const STEP = 25;
const MOST = 500;
const PAUSE_MS = 250;
const LOOK_AGAIN_MS = 3_000;
const STATES = [
  "waiting",
  "running",
  "blocked",
  "succeeded",
  "failed",
  "cancelled",
  "dead",
] as const;

export function Executions({
  application,
  slug,
  xflows,
  entity,
}: {
  readonly application: string;
  readonly slug: string;
  readonly xflows: readonly XFlowSummary[];
  readonly entity: string | undefined;
}) {
  const { t } = useTranslation();
  const [xflowId, setXFlow] = useState("");
  const [status, setStatus] = useState<ExecutionState | "">("");
  const [written, setWritten] = useState("");
  const [text, setText] = useState("");
  const [limit, setLimit] = useState(STEP);
  const ask = useDebouncedCallback((asked: string) => setText(asked.trim()), PAUSE_MS);
  const list = useAnswer(
    "listExecutions",
    {
      limit,
      ...(xflowId ? { xflowId } : {}),
      ...(status ? { status } : {}),
      ...(text ? { text } : {}),
      ...(entity ? { entityId: entity } : {}),
    },
    { application, everyMs: LOOK_AGAIN_MS },
  );
  const nameOf = (id: string) => xflows.find((one) => one.xflowId === id)?.name ?? id;
  return (
    <Panel title={t("admin.xflows.executions")}>
      <Stack gap="md">
        {entity && (
          <Text size="sm">
            {t("admin.xflows.ofEntity")}{" "}
            <Anchor size="sm" href={hrefTo("xflows", slug)}>
              {t("admin.xflows.ofEntityAll")}
            </Anchor>
          </Text>
        )}
        <Group gap="sm" align="end">
          <NativeSelect
            aria-label={t("admin.xflows.which")}
            value={xflowId}
            data={[
              { value: "", label: t("admin.xflows.every") },
              ...xflows.map((one) => ({ value: one.xflowId, label: one.name })),
            ]}
            onChange={(event) => setXFlow(event.currentTarget.value)}
          />
          <NativeSelect
            aria-label={t("admin.xflows.state")}
            value={status}
            data={[
              { value: "", label: t("admin.xflows.everyState") },
              ...STATES.map((state) => ({
                value: state,
                label: t(`admin.xflows.states.${state}`),
              })),
            ]}
            onChange={(event) => setStatus(event.currentTarget.value as ExecutionState | "")}
          />
          <TextInput
            type="search"
            aria-label={t("admin.xflows.search")}
            placeholder={t("admin.xflows.searchHint")}
            value={written}
            onChange={(event) => {
              setWritten(event.currentTarget.value);
              ask(event.currentTarget.value);
            }}
          />
        </Group>
        <Answered of={list}>
          {({ executions }) =>
            executions.length === 0 ? (
              <Notice kind="empty" order={3} title={t("admin.xflows.noExecutions")} />
            ) : (
              <>
                <Table
                  label={t("admin.xflows.executions")}
                  rows={executions}
                  keyOf={({ executionId }) => executionId}
                  columns={[
                    {
                      title: t("admin.xflows.name"),
                      draw: (one: ExecutionSummary) => (
                        <Anchor size="sm" href={hrefTo("xflows", slug, one.executionId)}>
                          {nameOf(one.xflowId)}
                        </Anchor>
                      ),
                    },
                    {
                      title: t("admin.xflows.state"),
                      draw: (one) => <StateBadge state={one.status} />,
                    },
                    {
                      title: t("admin.xflows.created"),
                      draw: ({ createdAt }) => <When at={createdAt} />,
                    },
                    {
                      title: t("admin.xflows.took"),
                      draw: ({ milliseconds }) => <Took milliseconds={milliseconds} />,
                    },
                    {
                      title: t("admin.xflows.error"),
                      draw: ({ error }) => (error ? String(error["message"] ?? "") : ""),
                    },
                  ]}
                />
                {executions.length >= limit && limit < MOST && (
                  <Button
                    variant="default"
                    onClick={() => setLimit(Math.min(limit + STEP * 2, MOST))}
                  >
                    {t("admin.xflows.older")}
                  </Button>
                )}
              </>
            )
          }
        </Answered>
      </Stack>
    </Panel>
  );
}
