// Where a model runs, in which version, and making another one live: a newer or an older.

import { Button, Group, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApplicationSummary, Model } from "../../api/wire_administration.ts";
import { showToast } from "../../ui/toast.tsx";
import { followDeploy } from "../applications/make_application.ts";
import { Panel, Table } from "../parts.tsx";
import { useAnswer, useDoing, useServer } from "../server.tsx";

export function ModelApplications({ model }: { readonly model: Model }) {
  const { t } = useTranslation();
  const all = useAnswer("listApplications", {}).data?.applications ?? [];
  return (
    <Panel title={t("admin.models.runsIn")}>
      <Table
        label={t("admin.models.runsIn")}
        rows={all.filter(({ modelId }) => modelId === model.id)}
        keyOf={({ id }) => id}
        columns={[
          { title: t("admin.models.application"), draw: ({ name }) => name },
          {
            title: t("admin.models.live"),
            draw: ({ modelVersion }) =>
              modelVersion === null
                ? t("admin.models.neverDeployed")
                : t("admin.models.version", { version: modelVersion }),
          },
          {
            title: t("admin.models.deploy"),
            draw: (application) => <Deploy application={application} />,
          },
        ]}
      />
    </Panel>
  );
}

function Deploy({ application }: { readonly application: ApplicationSummary }) {
  const { t } = useTranslation();
  const server = useServer();
  const { isBusy, perform } = useDoing();
  const { slug, name, latestVersion } = application;
  const [chosen, setChosen] = useState<number>();
  const [progress, setProgress] = useState("");
  const version = chosen ?? latestVersion;
  const deploy = () =>
    perform(async () => {
      const begun = await server.call("deployApplication", {
        applicationId: slug,
        version,
        wait: false,
      });
      await followDeploy(server, begun, ({ done, steps }) =>
        setProgress(t("admin.applications.ofSteps", { done, steps })),
      ).finally(() => setProgress(""));
      showToast({ kind: "success", title: t("admin.models.deployed", { name, version }) });
    });
  if (latestVersion === 0) return t("admin.models.neverPublished");
  return (
    <Group gap="xs">
      <NativeSelect
        size="xs"
        aria-label={t("admin.models.versionFor", { name })}
        data={Array.from({ length: latestVersion }, (_, place) => ({
          value: String(latestVersion - place),
          label: t("admin.models.version", { version: latestVersion - place }),
        }))}
        value={String(version)}
        onChange={(event) => setChosen(Number(event.currentTarget.value))}
      />
      <Button
        size="xs"
        variant="light"
        disabled={isBusy || version === application.modelVersion}
        aria-label={t("admin.models.deployNamed", { name })}
        onClick={() => void deploy()}
      >
        {progress || t("admin.models.deploy")}
      </Button>
    </Group>
  );
}
