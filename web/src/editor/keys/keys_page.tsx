// The API keys: what each is for, what it allows, how long it lasts, and ending it.

import { Badge, Button, Code } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiKey } from "../../api/wire_administration.ts";
import { useAsk } from "../../ui/ask.tsx";
import { PlusIcon } from "../../ui/icons.tsx";
import { Notice } from "../../ui/notice.tsx";
import { showToast } from "../../ui/toast.tsx";
import { Answered, PageHead, Panel, Table, When } from "../parts.tsx";
import { useAnswer, useDoing, useServer } from "../server.tsx";
import { NewKey } from "./new_key.tsx";

export function KeysPage() {
  const { t } = useTranslation();
  const keys = useAnswer("listApiKeys", {});
  const [isMaking, setMaking] = useState(false);
  return (
    <>
      <PageHead title={t("admin.menu.keys")} detail={t("admin.keys.detail")}>
        <Button leftSection={<PlusIcon size={16} />} onClick={() => setMaking(true)}>
          {t("admin.keys.new")}
        </Button>
      </PageHead>
      <Answered of={keys}>
        {(data) =>
          data.keys.length === 0 ? (
            <Notice kind="empty" order={2} title={t("admin.keys.none")} />
          ) : (
            <Panel title={t("admin.keys.made")}>
              <KeyTable keys={data.keys} />
            </Panel>
          )
        }
      </Answered>
      {isMaking && <NewKey onClose={() => setMaking(false)} />}
    </>
  );
}

const COLORS = { active: "teal", expired: "gray", revoked: "gray" } as const;

function KeyTable({ keys }: { readonly keys: readonly ApiKey[] }) {
  const { t } = useTranslation();
  const server = useServer();
  const ask = useAsk();
  const { isBusy, perform } = useDoing();
  const revoke = async ({ id, name }: ApiKey) => {
    const isSure = await ask({
      title: t("admin.keys.revokeTitle", { name }),
      message: t("admin.keys.revokeMessage"),
      confirm: t("admin.keys.revoke"),
      isDangerous: true,
    });
    if (!isSure) return;
    await perform(async () => {
      await server.call("revokeApiKey", { id });
      showToast({ kind: "success", title: t("admin.keys.revoked", { name }) });
    });
  };
  return (
    <Table
      label={t("admin.menu.keys")}
      rows={keys}
      keyOf={({ id }) => id}
      columns={[
        { title: t("admin.keys.name"), draw: ({ name }) => <strong>{name}</strong> },
        { title: t("admin.keys.key"), draw: ({ prefix }) => <Code>{prefix}…</Code> },
        {
          title: t("admin.keys.scope"),
          draw: ({ application }) => application ?? t("admin.keys.wholeServer"),
        },
        {
          title: t("admin.keys.allows"),
          draw: ({ permission }) => t(`admin.keys.permission.${permission}`),
        },
        {
          title: t("admin.keys.state"),
          draw: ({ state }) => (
            <Badge variant="dot" color={COLORS[state]} tt="none" fw={500}>
              {t(`admin.keys.states.${state}`)}
            </Badge>
          ),
        },
        {
          title: t("admin.keys.expires"),
          draw: ({ expiresAt }) => (expiresAt ? <When at={expiresAt} /> : t("admin.keys.never")),
        },
        {
          title: t("admin.keys.used"),
          draw: ({ lastUsedAt }) =>
            lastUsedAt ? <When at={lastUsedAt} /> : t("admin.keys.notUsed"),
        },
        {
          title: t("admin.keys.end"),
          draw: (key) =>
            key.state === "active" && (
              <Button
                variant="subtle"
                color="red"
                size="compact-sm"
                disabled={isBusy}
                aria-label={t("admin.keys.revokeNamed", { name: key.name })}
                onClick={() => void revoke(key)}
              >
                {t("admin.keys.revoke")}
              </Button>
            ),
        },
      ]}
    />
  );
}
