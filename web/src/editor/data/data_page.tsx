// The data of an application: its entity types, their entities, what became of each.

import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Notice } from "../../ui/notice.tsx";
import { OfApplication } from "../of_application.tsx";
import { Answered } from "../parts.tsx";
import { hrefTo } from "../route.ts";
import { useAnswer } from "../server.tsx";
import { Browser } from "./browser.tsx";
import { History } from "./history.tsx";

export function DataPage({
  slug,
  entityType,
  id,
}: {
  readonly slug: string | undefined;
  readonly entityType: string | undefined;
  /** The entity whose history is shown. */
  readonly id: string | undefined;
}) {
  const { t } = useTranslation();
  return (
    <OfApplication
      section="data"
      slug={slug}
      title={t("admin.menu.data")}
      detail={t("admin.data.detail")}
      aside={(chosen) => (
        <TypeChoice application={chosen.id} slug={chosen.slug} entityType={entityType} />
      )}
    >
      {(chosen) => (
        <Contents application={chosen.id} slug={chosen.slug} entityType={entityType} id={id} />
      )}
    </OfApplication>
  );
}

function TypeChoice({
  application,
  slug,
  entityType,
}: {
  readonly application: string;
  readonly slug: string;
  readonly entityType: string | undefined;
}) {
  const { t } = useTranslation();
  const contents = useAnswer("getApplication", { applicationId: application });
  return (
    <NativeSelect
      aria-label={t("admin.data.type")}
      value={entityType ?? contents.data?.entityTypes[0]?.entityType ?? ""}
      data={(contents.data?.entityTypes ?? []).map((one) => ({
        value: one.entityType,
        label: t("admin.data.typeWithCount", { name: one.label, count: one.entities }),
      }))}
      onChange={(event) => {
        location.hash = hrefTo("data", slug, event.currentTarget.value);
      }}
    />
  );
}

function Contents({
  application,
  slug,
  entityType,
  id,
}: {
  readonly application: string;
  readonly slug: string;
  readonly entityType: string | undefined;
  readonly id: string | undefined;
}) {
  const { t } = useTranslation();
  const contents = useAnswer("getApplication", { applicationId: application });
  return (
    <Answered of={contents}>
      {({ entityTypes, status }) => {
        const chosen =
          entityTypes.find((one) => one.entityType === entityType) ??
          (entityType === undefined ? entityTypes[0] : undefined);
        if (status === "stopped") {
          return <Notice kind="empty" order={2} title={t("admin.data.stopped")} />;
        }
        if (!chosen) return <Notice kind="search" order={2} title={t("admin.data.noType")} />;
        const of = { application, slug, type: chosen.entityType };
        const key = `${application} ${chosen.entityType}`;
        return id ? (
          <History key={`${key} ${id}`} of={of} id={id} />
        ) : (
          <Browser key={key} of={of} />
        );
      }}
    </Answered>
  );
}
