// An application as a whole: its shell, and the page that the address names.

import { useTranslation } from "react-i18next";
import { Notice } from "../ui/notice.tsx";
import { useAddress } from "./address.ts";
import { useModelChanges, usePageList, useRecovery } from "./definitions.ts";
import { PageFailure, PageView } from "./page_view.tsx";
import { Shell } from "./shell.tsx";

export function Application() {
  const { t } = useTranslation();
  const { page } = useAddress();
  const { data, error, refetch } = usePageList();
  useModelChanges();
  useRecovery();

  const body =
    error && !data ? (
      error.code === "not_found" ? (
        <Notice kind="search" order={1} title={t("page.noApplication")} detail={error.message} />
      ) : (
        <PageFailure error={error} retry={() => void refetch()} />
      )
    ) : (
      <PageView pageId={page} applicationTitle={data?.app.title ?? data?.app.name} />
    );
  return (
    <Shell app={data?.app} pages={data?.pages ?? []} pageId={page}>
      {body}
    </Shell>
  );
}
