// The xflows of an application: what starts them, what they did, and what waits for somebody.

import { NativeSelect, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Notice } from "../../ui/notice.tsx";
import { Answered, PageHead } from "../parts.tsx";
import { hrefTo } from "../route.ts";
import { useAnswer } from "../server.tsx";
import { ExecutionView } from "./execution_view.tsx";
import { Executions } from "./executions.tsx";
import { XFlowList } from "./xflow_list.tsx";

export function XFlowsPage({
  slug,
  id,
  entity,
}: {
  readonly slug: string | undefined;
  /** The execution that is shown. */
  readonly id: string | undefined;
  /** The entity whose executions are listed. */
  readonly entity: string | undefined;
}) {
  const { t } = useTranslation();
  const list = useAnswer("listApplications", {});
  return (
    <Answered of={list}>
      {({ applications }) => {
        const deployed = applications.filter(({ modelVersion }) => modelVersion !== null);
        const chosen = deployed.find((one) => one.slug === slug) ?? deployed[0];
        return (
          <>
            <PageHead title={t("admin.menu.xflows")} detail={t("admin.xflows.detail")}>
              {chosen && (
                <NativeSelect
                  aria-label={t("admin.data.application")}
                  value={chosen.slug}
                  data={deployed.map((one) => ({ value: one.slug, label: one.name }))}
                  onChange={(event) => {
                    location.hash = hrefTo("xflows", event.currentTarget.value);
                  }}
                />
              )}
            </PageHead>
            {!chosen ? (
              <Notice kind="empty" order={2} title={t("admin.xflows.noneDeployed")} />
            ) : chosen.status === "stopped" ? (
              <Notice kind="empty" order={2} title={t("admin.xflows.stopped")} />
            ) : id ? (
              <ExecutionView key={id} application={chosen.id} slug={chosen.slug} id={id} />
            ) : (
              <Overview
                key={`${chosen.id} ${entity ?? ""}`}
                application={chosen.id}
                slug={chosen.slug}
                entity={entity}
              />
            )}
          </>
        );
      }}
    </Answered>
  );
}

function Overview({
  application,
  slug,
  entity,
}: {
  readonly application: string;
  readonly slug: string;
  readonly entity: string | undefined;
}) {
  const { t } = useTranslation();
  const xflows = useAnswer("listXFlows", {}, { application });
  return (
    <Answered of={xflows}>
      {(known) =>
        known.xflows.length === 0 ? (
          <Notice
            kind="empty"
            order={2}
            title={t("admin.xflows.none")}
            detail={t("admin.xflows.noneHint")}
          />
        ) : (
          <Stack gap="md">
            {entity === undefined && (
              <XFlowList application={application} slug={slug} xflows={known.xflows} />
            )}
            <Executions
              application={application}
              slug={slug}
              xflows={known.xflows}
              entity={entity}
            />
          </Stack>
        )
      }
    </Answered>
  );
}
