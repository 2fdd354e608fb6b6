// An application as a whole: its shell, and the page that the address names.

import { useTranslation } from "react-i18next";
import { pageAt } from "../model/page_path.ts";
import { Notice } from "../ui/notice.tsx";
import { useAddress } from "./address.ts";
import { useModelChanges, usePageList, useRecovery } from "./definitions.ts";
import { NoSuchPage, PageFailure, PageView } from "./page_view.tsx";
import { Shell } from "./shell.tsx";

export function Application() {
  const { t } = useTranslation();
  const { segments } = useAddress();
  const { data, error, refetch } = usePageList();
  useModelChanges();
  useRecovery();

  const isStart = segments.length === 0;
  const at = data && pageAt(data.pages, segments);
  // Until the list is there the first step is taken for the page's id, as it mostly is.
  const pageId = isStart ? undefined : data ? at?.page.id : segments[0];
  const params = isStart ? {} : at?.params;
  const title = data?.app.title ?? data?.app.name;

  const body =
    error && !data ? (
      error.code === "not_found" ? (
        <Notice kind="search" order={1} title={t("page.noApplication")} detail={error.message} />
      ) : (
        <PageFailure error={error} retry={() => void refetch()} />
      )
    ) : data && !isStart && !at ? (
      <NoSuchPage applicationTitle={title} />
    ) : (
      <PageView pageId={pageId} params={params} applicationTitle={title} />
    );
  return (
    <Shell app={data?.app} pages={data?.pages ?? []} pageId={pageId}>
      {body}
    </Shell>
  );
}
