// The xflows of an application: what starts them, what they did, and what waits for somebody.

import { Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Notice } from "../../ui/notice.tsx";
import { OfApplication } from "../of_application.tsx";
import { Answered } from "../parts.tsx";
import { useAnswer } from "../server.tsx";
import { Deliveries } from "./deliveries.tsx";
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
  return (
    <OfApplication
      section="xflows"
      slug={slug}
      title={t("admin.menu.xflows")}
      detail={t("admin.xflows.detail")}
    >
      {(chosen) => {
        const of = { application: chosen.id, slug: chosen.slug };
        if (chosen.status === "stopped") {
          return <Notice kind="empty" order={2} title={t("admin.xflows.stopped")} />;
        }
        return id ? (
          <ExecutionView key={id} {...of} id={id} />
        ) : (
          <Overview key={`${chosen.id} ${entity ?? ""}`} {...of} entity={entity} />
        );
      }}
    </OfApplication>
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
            {entity === undefined &&
              known.xflows.some(({ triggers }) => triggers.some(({ path }) => path)) && (
                <Deliveries application={application} slug={slug} />
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
