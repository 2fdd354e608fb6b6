// Short news in the corner, with at most one thing to do about it.

import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { AlertIcon, CheckIcon } from "./icons.tsx";
import { texts } from "./texts.ts";

export interface Toast {
  readonly kind: "success" | "failure";
  readonly title: string;
  readonly detail?: string | undefined;
  readonly action?: { readonly label: string; readonly perform: () => void };
}

/** What can be taken back stays long enough to be read and reached by keyboard. */
const WITH_ACTION_MS = 10_000;
const FAILURE_MS = 12_000;
const SUCCESS_MS = 4_000;

export function showToast({ kind, title, detail, action }: Toast): void {
  const failed = kind === "failure";
  const id = notifications.show({
    color: failed ? "red" : "teal",
    icon: failed ? <AlertIcon /> : <CheckIcon />,
    withBorder: true,
    role: failed ? "alert" : "status",
    autoClose: action ? WITH_ACTION_MS : failed ? FAILURE_MS : SUCCESS_MS,
    title: detail || failed ? title : undefined,
    closeButtonProps: { "aria-label": texts.t("action.close") },
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" component="span" c="var(--mantine-color-text)">
          {detail ?? (failed ? "" : title)}
        </Text>
        {action && (
          <Button
            size="compact-sm"
            variant="light"
            flex="none"
            onClick={() => {
              notifications.hide(id);
              action.perform();
            }}
          >
            {action.label}
          </Button>
        )}
      </Group>
    ),
  });
}
