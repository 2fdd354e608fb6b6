// The dialog that makes an application from a template and shows how far it is.

import { Alert, Button, Checkbox, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "../../api/refusal_text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useAnswer, useServer } from "../server.tsx";
import classes from "./applications.module.css";
import { freeName, makeApplication, type Progress, type Step } from "./make_application.ts";

const STEPS: readonly Exclude<Step, "done">[] = [
  "model",
  "publish",
  "application",
  "deploy",
  "sample",
];

export function NewApplication({
  template,
  onClose,
}: {
  /** The one that was chosen already, or nothing. */
  readonly template: string;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const server = useServer();
  const client = useQueryClient();
  const templates = useAnswer("listTemplates", {}, { everyMs: false }).data?.templates ?? [];
  const models = useAnswer("listModels", {}).data?.models ?? [];
  const [chosen, setChosen] = useState(template);
  const [given, setGiven] = useState<string>();
  const [sampleData, setSampleData] = useState(true);
  const [progress, setProgress] = useState<Progress>();
  const [failure, setFailure] = useState<string>();
  const [made, setMade] = useState<{ readonly path: string }>();

  const one = templates.find((known) => known.template === chosen) ?? templates[0];
  const taken = models.map((model) => model.name);
  const name = given ?? (one ? freeName(one.name, taken) : "");
  const isBusy = progress !== undefined && !made && failure === undefined;

  const make = async (event: FormEvent) => {
    event.preventDefault();
    if (!one || name.trim() === "") return;
    setFailure(undefined);
    try {
      const wish = { template: one.template, name: name.trim(), sampleData };
      setMade(await makeApplication(server, wish, setProgress));
    } catch (cause) {
      setFailure(explain(cause, t));
    } finally {
      void client.invalidateQueries();
    }
  };

  return (
    <Dialog
      title={t("admin.applications.new")}
      onClose={() => {
        if (!isBusy) onClose();
      }}
      fillsPhone
    >
      <form onSubmit={(event) => void make(event)}>
        <Stack>
          {progress ? (
            <Steps progress={progress} sampleData={sampleData} />
          ) : (
            <>
              <NativeSelect
                label={t("admin.applications.template")}
                description={one?.description ?? undefined}
                data={templates.map((known) => ({ value: known.template, label: known.name }))}
                value={one?.template ?? ""}
                onChange={(event) => setChosen(event.currentTarget.value)}
              />
              <TextInput
                label={t("admin.applications.name")}
                value={name}
                maxLength={200}
                required
                data-autofocus
                onChange={(event) => setGiven(event.currentTarget.value)}
              />
              <Checkbox
                label={t("admin.applications.sample", { count: one?.sampleEntities ?? 0 })}
                checked={sampleData}
                onChange={(event) => setSampleData(event.currentTarget.checked)}
              />
            </>
          )}
          {failure && (
            <Alert color="red" role="alert">
              <strong>{t("admin.failed")}.</strong> {failure}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" disabled={isBusy} onClick={onClose}>
              {progress ? t("action.close") : t("action.cancel")}
            </Button>
            {made ? (
              <Button component="a" href={made.path}>
                {t("admin.applications.open")}
              </Button>
            ) : (
              <Button type="submit" loading={isBusy} disabled={failure !== undefined || !one}>
                {t("admin.applications.make")}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Steps({
  progress,
  sampleData,
}: {
  readonly progress: Progress;
  readonly sampleData: boolean;
}) {
  const { t } = useTranslation();
  const shown = STEPS.filter((step) => sampleData || step !== "sample");
  const now = progress.step === "done" ? shown.length : shown.indexOf(progress.step);
  return (
    <ol className={classes["steps"]} aria-live="polite">
      {shown.map((step, place) => (
        <li key={step} data-state={place < now ? "done" : place === now ? "now" : "waiting"}>
          {t(`admin.applications.step.${step}`)}
          {place < now && " ✓"}
          {place === now &&
            progress.steps !== undefined &&
            ` ${t("admin.applications.ofSteps", { done: progress.done ?? 0, steps: progress.steps })}`}
        </li>
      ))}
    </ol>
  );
}
