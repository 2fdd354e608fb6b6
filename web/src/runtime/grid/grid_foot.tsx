// Below the rows: how many there are, and the way to the other pages.

import { ActionIcon, Anchor, Group, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ChevronLeftIcon, ChevronRightIcon } from "../../ui/icons.tsx";
import { useReader } from "../format/reader.ts";
import classes from "./grid.module.css";

export interface GridFootProps {
  /** Where the rows can be downloaded from. */
  readonly download: string | undefined;
  /** What else can be done with the whole grid. */
  readonly tools: ReactNode;
  readonly total: number;
  readonly totalIsCapped: boolean;
  /** Nothing when the grid scrolls through everything. */
  readonly paging:
    | { readonly page: number; readonly limit: number; readonly goTo: (page: number) => void }
    | undefined;
}

export function GridFoot({ total, totalIsCapped, paging, download, tools }: GridFootProps) {
  const { t } = useTranslation();
  const { locale } = useReader();
  const number = (value: number) => new Intl.NumberFormat(locale).format(value);
  if (!paging) {
    return (
      <div className={classes["foot"]}>
        <span role="status">
          {totalIsCapped
            ? t("grid.rowsCapped", { count: total })
            : t("grid.rows", { count: total })}
        </span>
        <Group gap="md">
          {tools}
          {total > 0 && <Download address={download} />}
        </Group>
      </div>
    );
  }
  const { page, limit, goTo } = paging;
  const from = page * limit + 1;
  const to = Math.min(total, (page + 1) * limit);
  const last = Math.max(0, Math.ceil(total / limit) - 1);
  const range = { from: number(from), to: number(to), total: number(total) };
  // Of a capped total nobody knows the last page; a full page may have a next one.
  const hasNext = page < last || (totalIsCapped && to === total);
  return (
    <div className={classes["foot"]}>
      <span role="status">
        {total === 0
          ? t("grid.rows", { count: 0 })
          : totalIsCapped
            ? t("grid.rangeCapped", range)
            : t("grid.range", range)}
      </span>
      <Group gap="md">
        {tools}
        {total > 0 && <Download address={download} />}
        {(last > 0 || page > 0 || hasNext) && (
          <Group component="nav" aria-label={t("grid.pages")} gap={4}>
            <ActionIcon
              size="lg"
              variant="default"
              aria-label={t("grid.previous")}
              disabled={page === 0}
              onClick={() => goTo(page - 1)}
            >
              <ChevronLeftIcon />
            </ActionIcon>
            <ActionIcon
              size="lg"
              variant="default"
              aria-label={t("grid.next")}
              disabled={!hasNext}
              onClick={() => goTo(page + 1)}
            >
              <ChevronRightIcon />
            </ActionIcon>
          </Group>
        )}
      </Group>
    </div>
  );
}

function Download({ address }: { readonly address: string | undefined }) {
  const { t } = useTranslation();
  if (address === undefined) return null;
  return (
    <Tooltip label={t("grid.downloadHint")}>
      <Anchor href={address} download size="sm">
        {t("grid.download")}
      </Anchor>
    </Tooltip>
  );
}
