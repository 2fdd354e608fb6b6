// The front page for whoever builds: applications, models, and who one is.

import { Anchor, Badge, Card, Code, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { asRefusal, type Refusal } from "../api/refusal.ts";
import type { Transport } from "../api/transport.ts";
import type { ApplicationSummary, ModelSummary, WhoAmI } from "../api/wire.ts";
import icon from "../ui/icon.svg";
import { ExternalIcon } from "../ui/icons.tsx";
import { Notice } from "../ui/notice.tsx";
import classes from "./home.module.css";

export interface HomeProps {
  readonly transport: Transport;
}

/** Lists are short and change by the command line; looking again is cheap. */
const LOOK_AGAIN_MS = 10_000;

export function Home({ transport }: HomeProps) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            refetchInterval: LOOK_AGAIN_MS,
            retry: (failures, cause) => failures < 2 && asRefusal(cause).isPassing,
          },
        },
      }),
  );
  return (
    <QueryClientProvider client={client}>
      <FrontPage transport={transport} />
    </QueryClientProvider>
  );
}

function FrontPage({ transport }: HomeProps) {
  const { t } = useTranslation();
  const who = useQuery<WhoAmI, Refusal>({
    queryKey: ["whoami"],
    queryFn: ({ signal }) => transport.call("whoami", {}, { signal }),
  });
  const isSignedIn = who.data !== undefined && who.data.kind !== "anonymous";
  return (
    <main className={classes["page"]}>
      <header className={classes["head"]}>
        <img className={classes["mark"]} src={icon} alt="" />
        <div className={classes["names"]}>
          <Title order={1} size="h2">
            {t("editor.title")}
          </Title>
          <Text c="dimmed" size="sm">
            {t("editor.tagline")}
          </Text>
        </div>
        {who.data && (
          <Badge variant="dot" color={isSignedIn ? "teal" : "gray"} size="lg" tt="none" fw={500}>
            {isSignedIn ? t("editor.signedInAs", { name: who.data.name }) : t("editor.notSignedIn")}
          </Badge>
        )}
      </header>
      {who.error ? (
        <Notice
          kind="failure"
          title={t("editor.failed")}
          detail={who.error.message}
          action={{ label: t("action.retry"), perform: () => void who.refetch() }}
        />
      ) : !who.data ? (
        <Waiting />
      ) : who.data.permission === "admin" ? (
        <Lists transport={transport} />
      ) : isSignedIn ? (
        <Notice
          kind="lock"
          order={2}
          title={t("editor.forbidden")}
          detail={t("editor.forbiddenHint")}
        />
      ) : (
        <Notice
          kind="lock"
          order={2}
          title={t("editor.signInTitle")}
          detail={t("editor.signInHint")}
          command={t("editor.signInCommand")}
        />
      )}
    </main>
  );
}

function Lists({ transport }: HomeProps) {
  const { t } = useTranslation();
  const applications = useQuery({
    queryKey: ["applications"],
    queryFn: async ({ signal }) =>
      (await transport.call("listApplications", {}, { signal })).applications,
  });
  const models = useQuery({
    queryKey: ["models"],
    queryFn: async ({ signal }) => (await transport.call("listModels", {}, { signal })).models,
  });
  return (
    <Stack gap={40}>
      <Section
        title={t("editor.applications")}
        count={
          applications.data && t("editor.applicationCount", { count: applications.data.length })
        }
        query={applications}
        empty={
          <Notice
            kind="empty"
            title={t("editor.noApplications")}
            detail={t("editor.noApplicationsHint")}
            command="torque app create"
          />
        }
        draw={(application) => (
          <ApplicationCard key={application.id} application={application} models={models.data} />
        )}
      />
      <Section
        title={t("editor.models")}
        count={models.data && t("editor.modelCount", { count: models.data.length })}
        query={models}
        empty={
          <Notice
            kind="empty"
            title={t("editor.noModels")}
            detail={t("editor.noModelsHint")}
            command="torque model create"
          />
        }
        draw={(model) => <ModelCard key={model.id} model={model} />}
      />
    </Stack>
  );
}

function Section<T>({
  title,
  count,
  query,
  empty,
  draw,
}: {
  readonly title: string;
  readonly count: string | undefined;
  readonly query: {
    readonly data: readonly T[] | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  readonly empty: ReactNode;
  readonly draw: (item: T) => ReactNode;
}) {
  const { t } = useTranslation();
  const { data, error, refetch } = query;
  return (
    <section aria-label={title}>
      <Group justify="space-between" align="baseline" mb="md">
        <Title order={2} size="h3">
          {title}
        </Title>
        {count && (
          <Text size="sm" c="dimmed">
            {count}
          </Text>
        )}
      </Group>
      {data ? (
        data.length === 0 ? (
          empty
        ) : (
          <ul className={classes["list"]}>{data.map(draw)}</ul>
        )
      ) : error ? (
        <Notice
          kind="failure"
          title={t("editor.failed")}
          detail={error.message}
          action={{ label: t("action.retry"), perform: () => void refetch() }}
        />
      ) : (
        <Waiting />
      )}
    </section>
  );
}

function ApplicationCard({
  application,
  models,
}: {
  readonly application: ApplicationSummary;
  readonly models: readonly ModelSummary[] | undefined;
}) {
  const { t } = useTranslation();
  const { slug, name, status, modelVersion, modelId } = application;
  const isRunning = status === "running";
  const address = application.path ?? `/app/${slug}`;
  const model = models?.find(({ id }) => id === modelId)?.name ?? application.modelName;
  return (
    <li>
      <Card component="article" withBorder className={classes["card"] ?? ""}>
        <Group justify="space-between" wrap="nowrap" align="start">
          <Title order={3} size="h4">
            {name}
          </Title>
          <Badge variant="dot" color={isRunning ? "teal" : "gray"} tt="none" fw={500} flex="none">
            {isRunning ? t("editor.running") : t("editor.stopped")}
          </Badge>
        </Group>
        <Text size="sm" c="dimmed">
          {[model, modelVersion != null && t("editor.versionOf", { version: modelVersion })]
            .filter(Boolean)
            .join(", ")}
        </Text>
        <Group justify="space-between" mt="xs">
          <Code>{address}</Code>
          {isRunning && (
            <Anchor href={address} size="sm" aria-label={t("editor.openApplication", { name })}>
              <Group gap={4} component="span">
                {t("editor.open")}
                <ExternalIcon size={14} />
              </Group>
            </Anchor>
          )}
        </Group>
      </Card>
    </li>
  );
}

function ModelCard({ model }: { readonly model: ModelSummary }) {
  const { t } = useTranslation();
  const when = model.updatedAt
    ? new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium" }).format(
        new Date(model.updatedAt),
      )
    : undefined;
  return (
    <li>
      <Card component="article" withBorder className={classes["card"] ?? ""}>
        <Title order={3} size="h4">
          {model.name}
        </Title>
        {model.description && (
          <Text size="sm" c="dimmed">
            {model.description}
          </Text>
        )}
        <Group justify="space-between" mt="xs">
          <Text size="sm">
            {model.version > 0
              ? t("editor.published", { version: model.version })
              : t("editor.draft")}
          </Text>
          {when && (
            <Text size="sm" c="dimmed">
              {t("editor.updated", { when })}
            </Text>
          )}
        </Group>
      </Card>
    </li>
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <div className={classes["list"]} role="status" aria-label={t("editor.loading")}>
      <Skeleton height={120} />
      <Skeleton height={120} />
    </div>
  );
}
