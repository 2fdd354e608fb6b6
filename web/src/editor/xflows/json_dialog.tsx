// Asks for a JSON value and does something with it.

import { Button, Group, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { explain } from "../../api/refusal_text.ts";
import { isObject, type Json, type JsonObject } from "../../model/json.ts";
import { Dialog } from "../../ui/dialog.tsx";
import "../../ui/form_styles.css";

interface JsonDialogProps<T> {
  readonly title: string;
  readonly label: string;
  readonly hint: string;
  readonly confirm: string;
  readonly onClose: () => void;
  readonly onDone: (value: T) => Promise<void>;
}

export function JsonDialog(
  props:
    | (JsonDialogProps<JsonObject> & { readonly isObject: true })
    | (JsonDialogProps<Json> & { readonly isObject?: false }),
) {
  const { t } = useTranslation();
  const [text, setText] = useState(props.isObject ? "{}" : "");
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const perform = async () => {
    const value = read(text);
    setError(undefined);
    setBusy(true);
    try {
      if (!props.isObject) {
        if (value === undefined) return setError(t("admin.xflows.noJsonValue"));
        await props.onDone(value);
      } else if (isObject(value)) {
        await props.onDone(value);
      } else {
        return setError(t("admin.xflows.noJson"));
      }
      props.onClose();
    } catch (cause) {
      setError(explain(cause, t));
    } finally {
      setBusy(false);
    }
    return undefined;
  };
  return (
    <Dialog title={props.title} onClose={props.onClose} size="lg">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void perform();
        }}
      >
        <Stack gap="md">
          <Textarea
            label={props.label}
            description={props.hint}
            value={text}
            error={error}
            autosize
            minRows={4}
            maxRows={16}
            spellCheck={false}
            ff="monospace"
            data-autofocus
            onChange={(event) => {
              setText(event.currentTarget.value);
              setError(undefined);
            }}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={props.onClose}>
              {t("action.cancel")}
            </Button>
            <Button type="submit" loading={isBusy}>
              {props.confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** What was written; null where nothing was, nothing where it is no JSON. */
function read(text: string): Json | undefined {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
