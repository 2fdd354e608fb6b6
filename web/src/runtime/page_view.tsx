// A page: drawn from its JSON layout alone, about what its address carries.

import { Alert, Skeleton, Stack, Title } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Refusal } from "../api/refusal.ts";
import { explain } from "../api/refusal_text.ts";
import { bindText } from "../model/binding.ts";
import { isUuid } from "../model/identifier.ts";
import type { Page, PageParameter } from "../model/page.ts";
import type { PageParams } from "../model/page_path.ts";
import { Notice } from "../ui/notice.tsx";
import { navigate } from "./address.ts";
import { ComponentGrid } from "./component_grid.tsx";
import { useEntityType, usePage } from "./definitions.ts";
import { type EntityId, useEntities } from "./entities.ts";
import { HostProvider } from "./host.tsx";
import { Modals } from "./modals.tsx";
import { PageScopeProvider, usePageScope } from "./page_scope.ts";

export interface PageViewProps {
  /** Without it: the start page. */
  readonly pageId: string | undefined;
  /** What the address carries; nothing while it is not known which page that is. */
  readonly params: PageParams | undefined;
  readonly applicationTitle: string | undefined;
}

export function PageView({ pageId, params, applicationTitle }: PageViewProps) {
  const { t } = useTranslation();
  const { data: page, error, refetch } = usePage(pageId);
  if (page && params) {
    return (
      <HostProvider page={page} key={`${page.id} ${JSON.stringify(params)}`}>
        <PageAbout page={page} params={params} applicationTitle={applicationTitle} />
      </HostProvider>
    );
  }
  if (error && params) {
    return error.code === "not_found" ? (
      <NoSuchPage applicationTitle={applicationTitle} />
    ) : (
      <PageFailure error={error} retry={() => void refetch()} />
    );
  }
  return (
    <Stack gap="lg" role="status" aria-label={t("page.loading")}>
      <Skeleton height={32} width={220} />
      <Skeleton height={36} width={120} />
      <Skeleton height={320} />
    </Stack>
  );
}

function useDocumentTitle(title: string | undefined, applicationTitle: string | undefined): void {
  useEffect(() => {
    document.title =
      [...new Set([title, applicationTitle])].filter(Boolean).join(" – ") || "Torque";
  }, [title, applicationTitle]);
}

interface PageAboutProps {
  readonly page: Page;
  readonly params: PageParams;
  readonly applicationTitle: string | undefined;
}

const NONE: readonly PageParameter[] = [];

/** A page with the entities that its address names. */
function PageAbout({ page, params, applicationTitle }: PageAboutProps) {
  const named = (page.parameters ?? NONE).flatMap(({ name, entity_type: entityType }) =>
    entityType ? [{ name, entityType, id: params[name] ?? "" }] : [],
  );
  // What is no id at all is not asked for: there is no such entity.
  const unreadable = named.find(({ id }) => !isUuid(id));
  const ids: readonly EntityId[] = unreadable
    ? []
    : named.map(({ entityType, id }) => ({ entityType, id }));
  const found = useEntities(ids);
  const isMissing = ({ error }: (typeof found)[number]) => error?.code === "not_found";
  const never = named[found.findIndex((one) => isMissing(one) && !one.entity)];
  const gone = named[found.findIndex((one) => isMissing(one) && one.entity)];

  const scope = {
    params,
    entities: Object.fromEntries(named.map(({ name }, place) => [name, found[place]?.entity])),
  };
  const missing = unreadable ?? never;
  useDocumentTitle(missing ? undefined : bindText(page.title, scope), applicationTitle);

  if (missing) return <NoSuchEntity entityType={missing.entityType} />;
  return (
    <PageScopeProvider value={scope}>
      {gone && <Gone entityType={gone.entityType} />}
      <PageContent page={page} />
      <Modals />
    </PageScopeProvider>
  );
}

function PageContent({ page }: { readonly page: Page }) {
  const { t } = useTranslation();
  const scope = usePageScope();
  // A page that brings its own h1 is not given a second heading.
  const hasHeading = page.components.some(
    (component) => component.type === "Text" && component.props.variant === "h1",
  );
  return (
    <>
      {!hasHeading && (
        <Title order={1} size="h2" mb="md">
          {bindText(page.title, scope) || <Skeleton height="1em" width={220} />}
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

function useTypeName(entityType: string): string {
  return useEntityType(entityType).data?.name ?? entityType;
}

function NoSuchEntity({ entityType }: { readonly entityType: string }) {
  const { t } = useTranslation();
  const name = useTypeName(entityType);
  return (
    <Notice
      kind="search"
      order={1}
      title={t("page.noEntity", { name })}
      detail={t("page.noEntityHint")}
      action={{ label: t("page.toStart"), perform: () => void navigate(undefined) }}
    />
  );
}

/** Shown above what is left, which may hold something half entered. */
function Gone({ entityType }: { readonly entityType: string }) {
  const { t } = useTranslation();
  const name = useTypeName(entityType);
  return (
    <Alert color="yellow" variant="light" role="status" mb="md">
      {t("page.entityGone", { name })}
    </Alert>
  );
}

export function NoSuchPage({
  applicationTitle,
}: {
  readonly applicationTitle: string | undefined;
}) {
  const { t } = useTranslation();
  useDocumentTitle(t("page.notFound"), applicationTitle);
  return (
    <Notice
      kind="search"
      order={1}
      title={t("page.notFound")}
      detail={t("page.notFoundHint")}
      action={{ label: t("page.toStart"), perform: () => void navigate(undefined) }}
    />
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
