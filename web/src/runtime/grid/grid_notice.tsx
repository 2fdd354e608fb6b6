// What stands in a grid where there are no rows: that they load, that they failed, that there are none.

import { Button, Skeleton, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Refusal } from "../../api/refusal.ts";
import { explain } from "../../api/refusal_text.ts";
import { Notice } from "../../ui/notice.tsx";
import type { Rows } from "../rows.ts";

export interface GridNoticeProps {
  readonly rows: Rows;
  readonly error: Refusal | undefined;
  readonly isFiltered: boolean;
  readonly emptyText: string | undefined;
  readonly onRetry: () => void;
  readonly onClearFilters: () => void;
}

export function GridNotice({ rows, error, isFiltered, emptyText, ...on }: GridNoticeProps) {
  const { t } = useTranslation();
  if (rows.total > 0) return null;
  if (error) {
    return (
      <Notice
        kind="failure"
        title={t("grid.failed")}
        detail={explain(error, t)}
        action={{ label: t("action.retry"), perform: on.onRetry }}
      />
    );
  }
  if (rows.isPending) return <Loading label={t("grid.loading")} />;
  if (!isFiltered) return <Notice kind="empty" title={emptyText ?? t("grid.empty")} />;
  return (
    <Stack align="center" gap={0} pb="md">
      <Notice kind="search" title={t("grid.emptyFiltered")} />
      <Button variant="light" size="xs" mt={-16} onClick={on.onClearFilters}>
        {t("grid.clearFilters")}
      </Button>
    </Stack>
  );
}

function Loading({ label }: { readonly label: string }) {
  return (
    <Stack gap="md" p="md" role="status" aria-label={label}>
      {[72, 54, 64, 48, 60].map((percent) => (
        <Skeleton key={percent} height={14} width={`${percent}%`} />
      ))}
    </Stack>
  );
}
