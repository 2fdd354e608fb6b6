// What every page of the administration is made of: head, answers, times, panels, tables.

import { Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Refusal } from "../api/refusal.ts";
import { explain } from "../api/refusal_text.ts";
import { Notice } from "../ui/notice.tsx";
import classes from "./parts.module.css";

export function PageHead({
  title,
  detail,
  children,
}: {
  readonly title: string;
  readonly detail?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <Group justify="space-between" align="end" mb="lg" gap="md">
      <div className={classes["titles"]}>
        <Title order={1} size="h2">
          {title}
        </Title>
        {detail && (
          <Text c="dimmed" size="sm" component="div">
            {detail}
          </Text>
        )}
      </div>
      {children && <Group gap="xs">{children}</Group>}
    </Group>
  );
}

interface Asked<T> {
  readonly data: T | undefined;
  readonly error: Refusal | null;
  readonly refetch: () => unknown;
}

/** What was answered; until then that it is on its way, or why it did not come. */
export function Answered<T>({
  of,
  children,
}: {
  readonly of: Asked<T>;
  readonly children: (data: T) => ReactNode;
}) {
  const { t } = useTranslation();
  if (of.data !== undefined) return children(of.data);
  if (of.error) {
    return (
      <Notice
        kind="failure"
        title={t("admin.notLoaded")}
        detail={explain(of.error, t)}
        action={{ label: t("action.retry"), perform: () => void of.refetch() }}
      />
    );
  }
  return (
    <Stack role="status" aria-label={t("admin.loading")}>
      <Skeleton height={96} />
      <Skeleton height={96} />
    </Stack>
  );
}

export function When({ at }: { readonly at: string }) {
  const shown = new Intl.DateTimeFormat(navigator.language, {
    dateStyle: "medium",
    timeStyle: "short",
  }).format(new Date(at));
  return (
    <time dateTime={at} title={at} className={classes["time"]}>
      {shown}
    </time>
  );
}

/** A box with a heading of its own. */
export function Panel({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={classes["panel"]} aria-label={title}>
      <Group justify="space-between" gap="xs" mb="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </section>
  );
}

export interface TableColumn<T> {
  readonly title: string;
  readonly draw: (row: T) => ReactNode;
}

/** Rows under heads; where it is narrow, each row is a card that names its values. */
export function Table<T>({
  label,
  columns,
  rows,
  keyOf,
}: {
  readonly label: string;
  readonly columns: readonly TableColumn<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
}) {
  return (
    <table className={classes["table"]} aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ title, draw }) => (
              <td key={title} data-title={title}>
                {draw(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
