// One application: its address, its state, and what can be done with it.

import { Anchor, Badge, Button, Card, Code, Group, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ApplicationSummary } from "../../api/wire_administration.ts";
import { useAsk } from "../../ui/ask.tsx";
import { ExternalIcon } from "../../ui/icons.tsx";
import { showToast } from "../../ui/toast.tsx";
import { useDoing, useServer } from "../server.tsx";
import classes from "./applications.module.css";

export function ApplicationCard({ application }: { readonly application: ApplicationSummary }) {
  const { t } = useTranslation();
  const server = useServer();
  const ask = useAsk();
  const { isBusy, perform } = useDoing();
  const { slug, name, status, modelName, modelVersion, latestVersion, path } = application;
  const isRunning = status === "running";
  const these = { applicationId: slug };

  const start = () =>
    perform(async () => {
      await server.call("startApplication", these);
    });
  const stop = async () => {
    const isSure = await ask({
      title: t("admin.applications.stopTitle", { name }),
      message: t("admin.applications.stopMessage"),
      confirm: t("admin.applications.stop"),
    });
    if (!isSure) return;
    await perform(async () => {
      await server.call("stopApplication", these);
    });
  };
  const remove = () =>
    perform(async () => {
      const held = await server.call("getApplication", these);
      const types = held.entityTypes
        .filter(({ entities }) => entities > 0)
        .map(({ label, entities }) => `${entities} × ${label}`)
        .join(", ");
      const isSure = await ask({
        title: t("admin.applications.deleteTitle", { name }),
        message:
          held.entities > 0
            ? t("admin.applications.deleteMessage", { count: held.entities, types })
            : t("admin.applications.deleteEmpty"),
        confirm:
          held.entities > 0
            ? t("admin.applications.deleteConfirm", { count: held.entities })
            : t("admin.applications.delete"),
        isDangerous: true,
      });
      if (!isSure) return;
      await server.call("deleteApplication", these);
      showToast({ kind: "success", title: t("admin.applications.deleted", { name }) });
    });

  return (
    <Card component="article" withBorder className={classes["card"] ?? ""}>
      <Group justify="space-between" wrap="nowrap" align="start">
        <Title order={2} size="h4">
          {name}
        </Title>
        <Badge variant="dot" color={isRunning ? "teal" : "gray"} tt="none" fw={500} flex="none">
          {isRunning ? t("admin.applications.running") : t("admin.applications.stopped")}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {modelVersion === null
          ? t("admin.applications.neverDeployed", { model: modelName })
          : t("admin.applications.versionOf", { model: modelName, version: modelVersion })}
        {modelVersion !== null &&
          latestVersion > modelVersion &&
          ` · ${t("admin.applications.newer", { version: latestVersion })}`}
      </Text>
      <Group justify="space-between" wrap="nowrap">
        <Code className={classes["address"] ?? ""}>{path}</Code>
        {isRunning && modelVersion !== null && (
          <Anchor
            href={path}
            size="sm"
            aria-label={t("admin.applications.openNamed", { name })}
            className={classes["open"] ?? ""}
          >
            {t("admin.applications.open")}
            <ExternalIcon size={14} />
          </Anchor>
        )}
      </Group>
      <Group gap="xs" className={classes["actions"] ?? ""}>
        <Button
          variant={isRunning ? "default" : "light"}
          size="compact-sm"
          disabled={isBusy}
          aria-label={
            isRunning
              ? t("admin.applications.stopNamed", { name })
              : t("admin.applications.startNamed", { name })
          }
          onClick={() => void (isRunning ? stop() : start())}
        >
          {isRunning ? t("admin.applications.stop") : t("admin.applications.start")}
        </Button>
        <Button
          variant="subtle"
          color="red"
          size="compact-sm"
          disabled={isBusy}
          aria-label={t("admin.applications.deleteNamed", { name })}
          onClick={() => void remove()}
        >
          {t("admin.applications.delete")}
        </Button>
      </Group>
    </Card>
  );
}
