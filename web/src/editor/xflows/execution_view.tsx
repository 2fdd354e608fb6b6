// One execution: why it runs, what its nodes did and when, what it gave, and what can be done with it.

import { Anchor, Button, Code, Group, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Execution } from "../../api/wire_executions.ts";
import type { Json } from "../../model/json.ts";
import { useAsk } from "../../ui/ask.tsx";
import { showToast } from "../../ui/toast.tsx";
import { Answered, Panel, When } from "../parts.tsx";
import { hrefTo } from "../route.ts";
import { useAnswer, useDoing, useServer } from "../server.tsx";
import { JsonDialog } from "./json_dialog.tsx";
import { StateBadge, Took } from "./state_badge.tsx";
import { Timeline } from "./timeline.tsx";
import classes from "./xflows.module.css";

const LOOK_AGAIN_MS = 1_000;
/** As many as the server gives at a time. */
const NODES = 1_000;

interface Of {
  readonly application: string;
  readonly slug: string;
}

export function ExecutionView({ application, slug, id }: Of & { readonly id: string }) {
  const { t } = useTranslation();
  const [isOver, setOver] = useState(false);
  const [skipNodes, setSkipNodes] = useState(0);
  const execution = useAnswer(
    "getExecution",
    { executionId: id, skipNodes },
    { application, everyMs: isOver ? false : LOOK_AGAIN_MS },
  );
  const ended = execution.data && !["waiting", "running"].includes(execution.data.status);
  if (ended && !isOver) setOver(true);
  return (
    <Answered of={execution}>
      {(found) => (
        <Stack gap="md">
          <Panel
            title={found.name}
            aside={
              <Anchor size="sm" href={hrefTo("xflows", slug)}>
                {t("admin.xflows.toAll")}
              </Anchor>
            }
          >
            <Facts execution={found} slug={slug} />
            <Deeds application={application} slug={slug} execution={found} />
          </Panel>
          {found.error && (
            <Panel title={t("admin.xflows.errorShown")}>
              <Text c="red" mb="xs">
                {String(found.error["message"] ?? "")}
              </Text>
              <Value value={found.error} />
            </Panel>
          )}
          <Panel title={t("admin.xflows.timeline")}>
            <Timeline execution={found} />
            <Group gap="xs" mt="sm">
              {skipNodes > 0 && (
                <Button
                  variant="default"
                  size="compact-sm"
                  onClick={() => setSkipNodes(Math.max(0, skipNodes - NODES))}
                >
                  {t("admin.xflows.earlierNodes")}
                </Button>
              )}
              {(found.nodeRuns ?? 0) > skipNodes + NODES && (
                <Button
                  variant="default"
                  size="compact-sm"
                  onClick={() => setSkipNodes(skipNodes + NODES)}
                >
                  {t("admin.xflows.laterNodes")}
                </Button>
              )}
            </Group>
          </Panel>
          <Panel title={t("admin.xflows.inputShown")}>
            <Value value={found.input ?? null} />
          </Panel>
          {found.status === "succeeded" && (
            <Panel title={t("admin.xflows.answer")}>
              <Value value={found.output ?? null} />
            </Panel>
          )}
        </Stack>
      )}
    </Answered>
  );
}

function Value({ value }: { readonly value: Json }) {
  return (
    <Code block className={classes["value"] ?? ""} tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </Code>
  );
}

function Facts({ execution, slug }: { readonly execution: Execution; readonly slug: string }) {
  const { t } = useTranslation();
  const { executionId, root, retryOf, triggerData, dueAt, milliseconds, status } = execution;
  const entity = triggerData?.["entity_id"];
  const link = (id: string) => <Anchor href={hrefTo("xflows", slug, id)}>{id}</Anchor>;
  return (
    <dl className={classes["facts"]}>
      <Fact title={t("admin.xflows.state")}>
        <StateBadge state={status} />
      </Fact>
      <Fact title={t("admin.xflows.trigger")}>{execution.trigger}</Fact>
      <Fact title={t("admin.xflows.caller")}>{execution.caller}</Fact>
      <Fact title={t("admin.xflows.created")}>
        <When at={execution.createdAt} />
      </Fact>
      <Fact title={t("admin.xflows.due")}>
        {status === "waiting" && dueAt && isSoon(dueAt) && <When at={dueAt} />}
      </Fact>
      <Fact title={t("admin.xflows.took")}>
        {milliseconds !== undefined && <Took milliseconds={milliseconds} />}
      </Fact>
      <Fact title={t("admin.xflows.attempts")}>{execution.attempts > 1 && execution.attempts}</Fact>
      <Fact title={t("admin.xflows.retryOf")}>{retryOf && link(retryOf)}</Fact>
      <Fact title={t("admin.xflows.cause")}>
        {/* A change's position or an execution: only the latter can be looked at. */}
        {root !== executionId && root.includes("-") && link(root)}
      </Fact>
      <Fact title={t("admin.xflows.of")}>
        {typeof entity === "string" && (
          <Anchor href={hrefTo("xflows", slug, "of", entity)}>{entity}</Anchor>
        )}
      </Fact>
    </dl>
  );
}

/** A value under its name; nothing where there is none. */
function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  if (children === undefined || children === false || children === "") return null;
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A Wait without a time is due in a hundred years, which says nothing to anybody. */
function isSoon(at: string): boolean {
  const farYears = 50;
  return new Date(at).getFullYear() < new Date().getFullYear() + farYears;
}

function Deeds({ application, slug, execution }: Of & { readonly execution: Execution }) {
  const { t } = useTranslation();
  const server = useServer();
  const ask = useAsk();
  const { isBusy, perform } = useDoing();
  const [signal, setSignal] = useState<string>();
  const { executionId, status } = execution;
  const these = { applicationId: application, executionId };
  const isOpen = ["waiting", "running", "blocked"].includes(status);
  const cancel = async () => {
    const isSure = await ask({
      title: t("admin.xflows.cancelTitle"),
      message: t("admin.xflows.cancelMessage"),
      confirm: t("admin.xflows.cancel"),
      isDangerous: true,
    });
    if (!isSure) return;
    await perform(async () => {
      await server.call("cancelExecution", these);
      showToast({ kind: "success", title: t("admin.xflows.cancelled") });
    });
  };
  const retry = (fromStart: boolean) =>
    perform(async () => {
      const made = await server.call("retryExecution", { ...these, fromStart });
      showToast({ kind: "success", title: t("admin.xflows.retried") });
      location.hash = hrefTo("xflows", slug, made.executionId);
    });
  if (status === "succeeded") return null;
  return (
    <Group gap="xs" mt="md">
      {isOpen &&
        (execution.waitsFor ?? []).map((name) => (
          <Button key={name} disabled={isBusy} onClick={() => setSignal(name)}>
            {t("admin.xflows.signal", { signal: name })}
          </Button>
        ))}
      {isOpen ? (
        <Button variant="default" disabled={isBusy} onClick={() => void cancel()}>
          {t("admin.xflows.cancel")}
        </Button>
      ) : (
        <>
          <Button disabled={isBusy} onClick={() => void retry(false)}>
            {t("admin.xflows.retry")}
          </Button>
          <Button variant="default" disabled={isBusy} onClick={() => void retry(true)}>
            {t("admin.xflows.retryFromStart")}
          </Button>
        </>
      )}
      {signal !== undefined && (
        <JsonDialog
          title={t("admin.xflows.signalTitle", { signal })}
          label={t("admin.xflows.data")}
          hint={t("admin.xflows.dataHint")}
          confirm={t("admin.xflows.send")}
          onClose={() => setSignal(undefined)}
          onDone={async (data) => {
            await server.call("signalExecution", { ...these, signal, data });
            showToast({ kind: "success", title: t("admin.xflows.signalled", { signal }) });
          }}
        />
      )}
    </Group>
  );
}
