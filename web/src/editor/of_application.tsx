// A page about one application: which one, at its head, and what it shows of it.

import { NativeSelect } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ApplicationSummary } from "../api/wire_administration.ts";
import { Notice } from "../ui/notice.tsx";
import { Answered, PageHead } from "./parts.tsx";
import { hrefTo } from "./route.ts";
import { useAnswer } from "./server.tsx";

/** The application of this slug, or the first of those that have what the page shows. */
export function OfApplication({
  section,
  slug,
  title,
  detail,
  every = false,
  aside,
  children,
}: {
  /** The page, as addresses have it: another application is chosen by going there. */
  readonly section: string;
  readonly slug: string | undefined;
  readonly title: string;
  readonly detail: string;
  /** Also those without a version live, which have no data and no workflows. */
  readonly every?: boolean;
  readonly aside?: (application: ApplicationSummary) => ReactNode;
  readonly children: (application: ApplicationSummary) => ReactNode;
}) {
  const { t } = useTranslation();
  const list = useAnswer("listApplications", {});
  return (
    <Answered of={list}>
      {({ applications }) => {
        const offered = every
          ? applications
          : applications.filter(({ modelVersion }) => modelVersion !== null);
        const chosen = offered.find((one) => one.slug === slug) ?? offered[0];
        return (
          <>
            <PageHead title={title} detail={detail}>
              {chosen && (
                <>
                  <NativeSelect
                    aria-label={t("admin.data.application")}
                    value={chosen.slug}
                    data={offered.map((one) => ({ value: one.slug, label: one.name }))}
                    onChange={(event) => {
                      location.hash = hrefTo(section, event.currentTarget.value);
                    }}
                  />
                  {aside?.(chosen)}
                </>
              )}
            </PageHead>
            {chosen ? (
              children(chosen)
            ) : (
              <Notice kind="empty" order={2} title={t("admin.data.none")} />
            )}
          </>
        );
      }}
    </Answered>
  );
}
