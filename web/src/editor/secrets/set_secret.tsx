// The dialog that sets a secret. What is typed goes to the server and is shown nowhere again.

import { Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { asRefusal, type Refusal } from "../../api/refusal.ts";
import { explain } from "../../api/refusal_text.ts";
import { Dialog } from "../../ui/dialog.tsx";
import "../../ui/form_styles.css";
import { showToast } from "../../ui/toast.tsx";
import { useServer } from "../server.tsx";

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
  const client = useQueryClient();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Refusal>();
  const [name, setName] = useState(given);
  const [value, setValue] = useState("");
  const keep = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await server.call("setSecret", { name: name.trim(), value, applicationId: application });
      showToast({ kind: "success", title: t("admin.secrets.isSet", { name: name.trim() }) });
      void client.invalidateQueries({ queryKey: ["listSecrets"] });
      onClose();
    } catch (cause) {
      setError(asRefusal(cause));
      setBusy(false);
    }
  };
  // What is not about the name stands at the value, which is always there.
  const path = error?.data["path"];
  const isOfName = given === "" && path === "params.name";
  const said =
    path === "params.name"
      ? t("admin.secrets.nameWrong")
      : path === "params.value"
        ? t("admin.secrets.valueWrong")
        : error && explain(error, t);
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
              error={isOfName && said}
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
            error={!isOfName && said}
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
