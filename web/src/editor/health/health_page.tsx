// What is wrong with the installation, and what to do about each thing.

import { Alert, Badge, Button, Code, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Finding } from "../../api/wire_administration.ts";
import { Answered, PageHead, Panel } from "../parts.tsx";
import { useAnswer } from "../server.tsx";
import classes from "./health.module.css";

/** The checks read the catalogue of the database: not as often as a list. */
const LOOK_AGAIN_MS = 60_000;

export function HealthPage() {
  const { t } = useTranslation();
  const health = useAnswer("checkHealth", {}, { everyMs: LOOK_AGAIN_MS });
  return (
    <>
      <PageHead title={t("admin.menu.health")} detail={t("admin.health.detail")}>
        <Button variant="default" onClick={() => void health.refetch()}>
          {t("admin.health.again")}
        </Button>
      </PageHead>
      <Answered of={health}>
        {({ findings }) => {
          const ill = findings.filter(({ ok }) => !ok);
          return (
            <Stack>
              <Alert color={ill.length === 0 ? "teal" : "yellow"} role="status">
                <strong>
                  {ill.length === 0
                    ? t("admin.health.well")
                    : t("admin.health.ill", { count: ill.length })}
                </strong>
              </Alert>
              {ill.length > 0 && (
                <Panel title={t("admin.health.toMend")}>
                  <List findings={ill} />
                </Panel>
              )}
              <Panel title={t("admin.health.fine")}>
                <List findings={findings.filter(({ ok }) => ok)} />
              </Panel>
            </Stack>
          );
        }}
      </Answered>
    </>
  );
}

function List({ findings }: { readonly findings: readonly Finding[] }) {
  const { t } = useTranslation();
  return (
    <ul className={classes["list"]}>
      {findings.map(({ area, ok, what, mend }) => (
        <li key={`${area} ${what}`}>
          <Group gap="xs" align="baseline" wrap="nowrap">
            <Badge
              variant="dot"
              color={ok ? "teal" : "red"}
              tt="none"
              fw={500}
              className={classes["area"] ?? ""}
            >
              {area}
            </Badge>
            <div className={classes["what"]}>
              <Text size="sm">{what}</Text>
              {!ok && mend && (
                <Text size="sm" mt={4}>
                  {t("admin.health.mend")} <Code>{mend}</Code>
                </Text>
              )}
            </div>
          </Group>
        </li>
      ))}
    </ul>
  );
}
