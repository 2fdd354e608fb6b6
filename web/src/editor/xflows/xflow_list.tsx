// Which xflows there are, what starts each, and running one by hand.

import { Button, Code, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { XFlowSummary } from "../../api/wire_executions.ts";
import { Panel, Table, When } from "../parts.tsx";
import { hrefTo } from "../route.ts";
import { useServer } from "../server.tsx";
import { JsonDialog } from "./json_dialog.tsx";

export function XFlowList({
  application,
  slug,
  xflows,
}: {
  readonly application: string;
  readonly slug: string;
  readonly xflows: readonly XFlowSummary[];
}) {
  const { t } = useTranslation();
  const server = useServer();
  const [running, setRunning] = useState<XFlowSummary>();
  return (
    <Panel title={t("admin.xflows.all")}>
      <Table
        label={t("admin.xflows.all")}
        rows={xflows}
        keyOf={({ xflowId }) => xflowId}
        columns={[
          {
            title: t("admin.xflows.name"),
            draw: ({ xflowId, name }) => (
              <span>
                {name} {name !== xflowId && <Code>{xflowId}</Code>}
              </span>
            ),
          },
          {
            title: t("admin.xflows.startedBy"),
            draw: (one) => <StartedBy xflow={one} slug={slug} />,
          },
          { title: t("admin.xflows.unfinished"), draw: ({ unfinished }) => unfinished },
          {
            title: t("admin.xflows.last"),
            draw: ({ lastCompletedAt }) =>
              lastCompletedAt ? <When at={lastCompletedAt} /> : t("admin.xflows.never"),
          },
          {
            title: "",
            draw: (one) => (
              <Button
                size="compact-sm"
                variant="default"
                disabled={!one.enabled}
                aria-label={t("admin.xflows.runNamed", { name: one.name })}
                onClick={() => setRunning(one)}
              >
                {t("admin.xflows.run")}
              </Button>
            ),
          },
        ]}
      />
      {running && (
        <JsonDialog
          title={t("admin.xflows.runTitle", { name: running.name })}
          label={t("admin.xflows.input")}
          hint={t("admin.xflows.inputHint")}
          confirm={t("admin.xflows.start")}
          isObject
          onClose={() => setRunning(undefined)}
          onDone={async (input) => {
            const params = { applicationId: application, xflowId: running.xflowId, input };
            const { executionId } = await server.call("executeXFlow", { ...params, wait: false });
            location.hash = hrefTo("xflows", slug, executionId);
          }}
        />
      )}
    </Panel>
  );
}

function StartedBy({ xflow, slug }: { readonly xflow: XFlowSummary; readonly slug: string }) {
  const { t } = useTranslation();
  if (!xflow.enabled) return <Text size="sm">{t("admin.xflows.switchedOff")}</Text>;
  if (xflow.triggers.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("admin.xflows.byCall")}
      </Text>
    );
  }
  return xflow.triggers.map(({ type, entityType, path, fault }) => (
    <Text key={`${type} ${entityType} ${path}`} size="sm">
      {path ? (
        <Code>{`/hooks/${slug}/${path}`}</Code>
      ) : (
        t("admin.xflows.onEvent", { type, entityType: entityType ?? "" })
      )}
      {fault && (
        <Text span c="red" size="sm">
          {" · "}
          {t("admin.xflows.fault", { message: String(fault["message"] ?? "") })}
        </Text>
      )}
    </Text>
  ));
}
