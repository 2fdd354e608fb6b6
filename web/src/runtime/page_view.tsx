// A page: drawn from its JSON layout alone.

import { Skeleton, Stack, Title } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Refusal } from "../api/refusal.ts";
import type { Page } from "../model/page.ts";
import { Notice } from "../ui/notice.tsx";
import { navigate } from "./address.ts";
import { ComponentGrid } from "./component_grid.tsx";
import { usePage } from "./definitions.ts";
import { HostProvider } from "./host.tsx";
import { Modals } from "./modals.tsx";
import { explain } from "./refusal_text.ts";

export interface PageViewProps {
  /** Without it: the start page. */
  readonly pageId: string | undefined;
  readonly applicationTitle: string | undefined;
}

export function PageView({ pageId, applicationTitle }: PageViewProps) {
  const { t } = useTranslation();
  const { data: page, error, refetch } = usePage(pageId);
  const title = page?.title ?? (error?.code === "not_found" ? t("page.notFound") : undefined);
  useEffect(() => {
    document.title =
      [...new Set([title, applicationTitle])].filter(Boolean).join(" – ") || "Torque";
  }, [title, applicationTitle]);

  if (page) {
    return (
      <HostProvider page={page} key={page.id}>
        <PageContent page={page} />
        <Modals />
      </HostProvider>
    );
  }
  if (error) return <PageFailure error={error} retry={() => void refetch()} />;
  return (
    <Stack gap="lg" role="status" aria-label={t("page.loading")}>
      <Skeleton height={32} width={220} />
      <Skeleton height={36} width={120} />
      <Skeleton height={320} />
    </Stack>
  );
}

function PageContent({ page }: { readonly page: Page }) {
  const { t } = useTranslation();
  // A page that brings its own h1 is not given a second heading.
  const hasHeading = page.components.some(
    (component) => component.type === "Text" && component.props.variant === "h1",
  );
  return (
    <>
      {!hasHeading && (
        <Title order={1} size="h2" mb="md">
          {page.title}
        </Title>
      )}
      {page.components.length === 0 ? (
        <Notice kind="empty" title={t("page.empty")} />
      ) : (
        <ComponentGrid layout={page.layout.type} components={page.components} />
      )}
    </>
  );
}

export function PageFailure({
  error,
  retry,
}: {
  readonly error: Refusal;
  readonly retry: () => void;
}) {
  const { t } = useTranslation();
  switch (error.code) {
    case "not_found":
      return (
        <Notice
          kind="search"
          order={1}
          title={t("page.notFound")}
          detail={t("page.notFoundHint")}
          action={{ label: t("page.toStart"), perform: () => void navigate(undefined) }}
        />
      );
    case "unauthenticated":
      return (
        <Notice kind="lock" order={1} title={t("page.signIn")} detail={t("page.signInHint")} />
      );
    case "forbidden":
      return <Notice kind="lock" order={1} title={t("page.forbidden")} detail={error.message} />;
    default:
      return (
        <Notice
          kind="failure"
          order={1}
          title={error.code === "unavailable" ? t("page.stopped") : t("page.failed")}
          detail={explain(error, t)}
          action={{ label: t("action.retry"), perform: retry }}
        />
      );
  }
}
