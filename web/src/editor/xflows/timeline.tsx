// The nodes of an execution in their time: when each began, how long it took, what it gave.

import { Code, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Execution, NodeRun } from "../../api/wire_executions.ts";
import { isObject } from "../../model/json.ts";
import { Took } from "./state_badge.tsx";
import classes from "./xflows.module.css";

const LEAST_PERCENT = 0.5;

function waitsFor(output: NodeRun["output"]): string | undefined {
  if (!isObject(output)) return undefined;
  const name = output["waits_for"];
  return typeof name === "string" ? name : undefined;
}

export function Timeline({ execution }: { readonly execution: Execution }) {
  const { t } = useTranslation();
  const nodes = execution.nodes ?? [];
  if (nodes.length === 0) return <Text c="dimmed">{t("admin.xflows.noNodes")}</Text>;
  const placed = nodes.map((run) => {
    const from = Date.parse(run.startedAt);
    return { run, from, to: from + (run.milliseconds ?? 0) };
  });
  const first = Math.min(...placed.map(({ from }) => from));
  const whole = Math.max(1, Math.max(...placed.map(({ to }) => to)) - first);
  return (
    <ol className={classes["nodes"]}>
      {placed.map(({ run, from, to }, place) => (
        // A node may stand there once for each attempt and for each wait.
        <li
          key={`${run.iteration} ${run.node} ${run.status} ${run.startedAt} ${place.toString()}`}
          className={classes["node"]}
        >
          <details>
            <summary className={classes["summary"]}>
              <span className={classes["name"]}>
                {run.node}
                <Text span size="xs" c="dimmed">
                  {run.kind} {run.iteration && t("admin.xflows.within", { path: run.iteration })}
                </Text>
              </span>
              <span className={classes["bars"]} aria-hidden="true">
                <span
                  className={classes["bar"]}
                  data-status={run.status}
                  style={{
                    insetInlineStart: `${((from - first) / whole) * 99}%`,
                    width: `${Math.max(LEAST_PERCENT, ((to - from) / whole) * 99)}%`,
                  }}
                />
              </span>
              <span className={classes["state"]}>
                {waitsFor(run.output) && run.status === "started"
                  ? t("admin.xflows.waitsFor", { signal: waitsFor(run.output) })
                  : t(`admin.xflows.nodeStates.${run.status}`)}{" "}
                <Text span size="xs" c="dimmed">
                  <Took milliseconds={run.milliseconds} />
                </Text>
              </span>
            </summary>
            {run.log && run.log.length > 0 && (
              <ol className={classes["log"]} aria-label={t("admin.xflows.console")}>
                {run.log.map(({ level, message }, line) => (
                  <li key={`${line.toString()} ${message}`} data-level={level}>
                    {message}
                  </li>
                ))}
              </ol>
            )}
            <Code block className={classes["value"] ?? ""} tabIndex={0}>
              {JSON.stringify(run.error ?? run.output, null, 2)}
            </Code>
          </details>
        </li>
      ))}
    </ol>
  );
}
