// One model: its versions, publishing its draft, and which version runs in which application.

import { Alert, Button, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Model, Problem } from "../../api/wire_administration.ts";
import { showToast } from "../../ui/toast.tsx";
import { Answered, PageHead, Panel, Table, When } from "../parts.tsx";
import { useAnswer, useDoing, useServer } from "../server.tsx";
import { ModelApplications } from "./model_applications.tsx";

export function ModelPage({ modelId }: { readonly modelId: string }) {
  const model = useAnswer("getModel", { modelId });
  return <Answered of={model}>{(data) => <Shown model={data} />}</Answered>;
}

function Shown({ model }: { readonly model: Model }) {
  const { t } = useTranslation();
  const server = useServer();
  const { isBusy, perform } = useDoing();
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const publish = () =>
    perform(async () => {
      const checked = await server.call("validateModel", { modelId: model.id });
      setProblems(checked.problems);
      if (!checked.valid) return;
      const { version, unchanged } = await server.call("publishModel", {
        modelId: model.id,
        revision: model.revision,
      });
      showToast({
        kind: "success",
        title: t(unchanged ? "admin.models.unchanged" : "admin.models.wasPublished", { version }),
      });
    });
  return (
    <>
      <PageHead title={model.name} detail={model.description}>
        <Button variant="default" onClick={() => save(model)}>
          {t("admin.models.export")}
        </Button>
        <Button loading={isBusy} onClick={() => void publish()}>
          {t("admin.models.publish")}
        </Button>
      </PageHead>
      <Stack>
        {problems.length > 0 && (
          <Alert color="red" role="alert">
            <strong>{t("admin.models.problems", { count: problems.length })}</strong>
            <ul>
              {problems.map(({ path, message }) => (
                <li key={`${path} ${message}`}>
                  <code>{path}</code>: {message}
                </li>
              ))}
            </ul>
          </Alert>
        )}
        <ModelApplications model={model} />
        <Panel title={t("admin.models.versions")}>
          <Table
            label={t("admin.models.versions")}
            rows={model.versions ?? []}
            keyOf={({ version }) => String(version)}
            columns={[
              {
                title: t("admin.models.published"),
                draw: ({ version }) => t("admin.models.version", { version }),
              },
              { title: t("admin.models.when"), draw: (one) => <When at={one.createdAt} /> },
              { title: t("admin.models.by"), draw: ({ createdBy }) => createdBy },
            ]}
          />
        </Panel>
      </Stack>
    </>
  );
}

/** Saves the draft as a file that `importModel` and `torque model import` read. */
function save({ name, document: draft }: Model): void {
  const text = `${JSON.stringify(draft, null, 2)}\n`;
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${name}.json`;
  link.click();
  URL.revokeObjectURL(address);
}
