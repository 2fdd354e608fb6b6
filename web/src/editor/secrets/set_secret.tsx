// The dialog that sets a secret. What is typed goes to the server and is shown nowhere again.

import { Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../ui/dialog.tsx";
import "../../ui/form_styles.css";
import { showToast } from "../../ui/toast.tsx";
import { useDoing, useServer } from "../server.tsx";

export function SetSecret({
  application,
  name: given,
  onClose,
}: {
  readonly application: string;
  /** The secret that is replaced; empty for a new one. */
  readonly name: string;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const server = useServer();
  const { isBusy, perform } = useDoing();
  const [name, setName] = useState(given);
  const [value, setValue] = useState("");
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    await perform(async () => {
      await server.call("setSecret", { name: name.trim(), value, applicationId: application });
      showToast({ kind: "success", title: t("admin.secrets.isSet", { name: name.trim() }) });
      onClose();
    });
  };
  return (
    <Dialog
      title={given ? t("admin.secrets.replaceNamed", { name: given }) : t("admin.secrets.new")}
      onClose={onClose}
      fillsPhone
    >
      <form onSubmit={(event) => void keep(event)} autoComplete="off">
        <Stack>
          {given === "" && (
            <TextInput
              label={t("admin.secrets.name")}
              description={t("admin.secrets.nameHint")}
              value={name}
              maxLength={63}
              required
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          <PasswordInput
            label={t("admin.secrets.value")}
            description={t("admin.secrets.valueHint")}
            value={value}
            required
            autoComplete="new-password"
            data-autofocus={given === "" ? undefined : true}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={isBusy} disabled={name.trim() === "" || value === ""}>
              {t("admin.secrets.keep")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
