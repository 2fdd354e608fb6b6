// The secrets of an application: their names, setting one, forgetting one. No value is ever shown.

import { Badge, Button, Code } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SecretSummary } from "../../api/wire_administration.ts";
import { useAsk } from "../../ui/ask.tsx";
import { PlusIcon } from "../../ui/icons.tsx";
import { Notice } from "../../ui/notice.tsx";
import { showToast } from "../../ui/toast.tsx";
import { OfApplication } from "../of_application.tsx";
import { Answered, Panel, Table, When } from "../parts.tsx";
import { useAnswer, useDoing, useServer } from "../server.tsx";
import { SetSecret } from "./set_secret.tsx";

export function SecretsPage({ slug }: { readonly slug: string | undefined }) {
  const { t } = useTranslation();
  // Of a secret that is there, only its value is asked for.
  const [setting, setSetting] = useState<string>();
  return (
    <OfApplication
      section="secrets"
      slug={slug}
      every
      title={t("admin.menu.secrets")}
      detail={t("admin.secrets.detail")}
      aside={() => (
        <Button leftSection={<PlusIcon size={16} />} onClick={() => setSetting("")}>
          {t("admin.secrets.new")}
        </Button>
      )}
    >
      {({ id }) => (
        <>
          <Secrets key={id} application={id} onReplace={setSetting} />
          {setting !== undefined && (
            <SetSecret application={id} name={setting} onClose={() => setSetting(undefined)} />
          )}
        </>
      )}
    </OfApplication>
  );
}

function Secrets({
  application,
  onReplace,
}: {
  readonly application: string;
  readonly onReplace: (name: string) => void;
}) {
  const { t } = useTranslation();
  const secrets = useAnswer("listSecrets", {}, { application });
  return (
    <Answered of={secrets}>
      {(data) =>
        data.secrets.length === 0 ? (
          <Notice kind="empty" order={2} title={t("admin.secrets.none")} />
        ) : (
          <Panel title={t("admin.secrets.kept")}>
            <SecretTable application={application} secrets={data.secrets} onReplace={onReplace} />
          </Panel>
        )
      }
    </Answered>
  );
}

function SecretTable({
  application,
  secrets,
  onReplace,
}: {
  readonly application: string;
  readonly secrets: readonly SecretSummary[];
  readonly onReplace: (name: string) => void;
}) {
  const { t } = useTranslation();
  const server = useServer();
  const ask = useAsk();
  const { isBusy, perform } = useDoing();
  const forget = async (name: string) => {
    const isSure = await ask({
      title: t("admin.secrets.deleteTitle", { name }),
      message: t("admin.secrets.deleteMessage"),
      confirm: t("action.delete"),
      isDangerous: true,
    });
    if (!isSure) return;
    await perform(async () => {
      await server.call("deleteSecret", { name, applicationId: application });
      showToast({ kind: "success", title: t("admin.secrets.deleted", { name }) });
    });
  };
  return (
    <Table
      label={t("admin.menu.secrets")}
      rows={secrets}
      keyOf={({ name }) => name}
      columns={[
        {
          title: t("admin.secrets.name"),
          draw: ({ name, readable }) => (
            <>
              <Code>{`{{ secrets.${name} }}`}</Code>{" "}
              {!readable && (
                <Badge color="red" variant="light" tt="none">
                  {t("admin.secrets.otherKey")}
                </Badge>
              )}
            </>
          ),
        },
        { title: t("admin.secrets.set"), draw: ({ updatedAt }) => <When at={updatedAt} /> },
        { title: t("admin.secrets.by"), draw: ({ updatedBy }) => updatedBy },
        {
          title: t("admin.secrets.change"),
          draw: ({ name }) => (
            <>
              <Button
                variant="subtle"
                size="compact-sm"
                disabled={isBusy}
                aria-label={t("admin.secrets.replaceNamed", { name })}
                onClick={() => onReplace(name)}
              >
                {t("admin.secrets.replace")}
              </Button>
              <Button
                variant="subtle"
                color="red"
                size="compact-sm"
                disabled={isBusy}
                aria-label={t("admin.secrets.deleteNamed", { name })}
                onClick={() => void forget(name)}
              >
                {t("action.delete")}
              </Button>
            </>
          ),
        },
      ]}
    />
  );
}
