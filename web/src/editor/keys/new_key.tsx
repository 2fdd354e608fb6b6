// The dialog that makes an API key or a sign-in link, and shows it this once.

import { Alert, Button, Group, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { NewCredential } from "../../api/wire_administration.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { useAnswer, useDoing, useServer } from "../server.tsx";

const LASTS = ["1d", "30d", "90d", "365d", "never"] as const;
const PERMISSIONS = ["read", "write", "admin"] as const;
const KINDS = ["key", "link"] as const;

export function NewKey({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation();
  const server = useServer();
  const { isBusy, perform } = useDoing();
  const applications = useAnswer("listApplications", {}).data?.applications ?? [];
  const [kind, setKind] = useState<string>("key");
  const [name, setName] = useState("");
  const [application, setApplication] = useState("");
  const [permission, setPermission] = useState<string>("write");
  const [expires, setExpires] = useState<string>("90d");
  const [secret, setSecret] = useState<string>();
  const isLink = kind === "link";

  const make = async (event: FormEvent) => {
    event.preventDefault();
    const wish: NewCredential = {
      name: name.trim(),
      permission: permission as NewCredential["permission"],
      ...(application ? { application } : {}),
      ...(isLink ? {} : { expires }),
    };
    await perform(async () => {
      if (isLink) {
        const { path } = await server.call("createSignInLink", wish);
        setSecret(`${location.origin}${path}`);
      } else setSecret((await server.call("createApiKey", wish)).key);
    });
  };

  if (secret !== undefined) return <Shown secret={secret} isLink={isLink} onClose={onClose} />;
  return (
    <Dialog title={t("admin.keys.new")} onClose={onClose} fillsPhone>
      <form onSubmit={(event) => void make(event)}>
        <Stack>
          <NativeSelect
            label={t("admin.keys.kind")}
            data={KINDS.map((value) => ({ value, label: t(`admin.keys.kinds.${value}`) }))}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value)}
          />
          <TextInput
            label={t("admin.keys.name")}
            description={t("admin.keys.nameHint")}
            value={name}
            maxLength={100}
            required
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("admin.keys.scope")}
            data={[
              { value: "", label: t("admin.keys.wholeServer") },
              ...applications.map(({ slug, name: label }) => ({ value: slug, label })),
            ]}
            value={application}
            onChange={(event) => setApplication(event.currentTarget.value)}
          />
          <NativeSelect
            label={t("admin.keys.allows")}
            data={PERMISSIONS.map((value) => ({
              value,
              label: t(`admin.keys.permission.${value}`),
            }))}
            value={permission}
            onChange={(event) => setPermission(event.currentTarget.value)}
          />
          {!isLink && (
            <NativeSelect
              label={t("admin.keys.expires")}
              data={LASTS.map((value) => ({ value, label: t(`admin.keys.lasts.${value}`) }))}
              value={expires}
              onChange={(event) => setExpires(event.currentTarget.value)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={isBusy} disabled={name.trim() === ""}>
              {t("admin.keys.make")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Shown({
  secret,
  isLink,
  onClose,
}: {
  readonly secret: string;
  readonly isLink: boolean;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const clipboard = useClipboard();
  return (
    <Dialog
      title={isLink ? t("admin.keys.linkMade") : t("admin.keys.keyMade")}
      onClose={onClose}
      closeOnClickOutside={false}
    >
      <Stack>
        <Alert color="yellow">
          <strong>{t("admin.keys.once")}.</strong> {t("admin.keys.onceHint")}
        </Alert>
        <TextInput
          label={isLink ? t("admin.keys.theLink") : t("admin.keys.kinds.key")}
          value={secret}
          readOnly
          data-autofocus
          onFocus={(event) => event.currentTarget.select()}
        />
        <Group justify="flex-end">
          <Button variant="light" onClick={() => clipboard.copy(secret)}>
            {clipboard.copied ? t("admin.keys.copied") : t("admin.keys.copy")}
          </Button>
          <Button onClick={onClose}>{t("action.close")}</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
