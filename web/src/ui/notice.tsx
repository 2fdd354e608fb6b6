// A calm full-width message: nothing here, something failed, sign in first.

import { Button, Center, Code, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { AlertIcon, InboxIcon, LockIcon, SearchIcon } from "./icons.tsx";

const ICONS = { empty: InboxIcon, search: SearchIcon, failure: AlertIcon, lock: LockIcon } as const;

export interface NoticeProps {
  readonly kind: keyof typeof ICONS;
  readonly title: string;
  readonly detail?: ReactNode;
  /** A command to be typed, shown as such. */
  readonly command?: string;
  readonly action?: { readonly label: string; readonly perform: () => void };
  /** The heading's level, when the notice is the page. */
  readonly order?: 1 | 2 | 3;
}

export function Notice({ kind, title, detail, command, action, order }: NoticeProps) {
  const Icon = ICONS[kind];
  return (
    <Center py="xl" px="md" role={kind === "failure" ? "alert" : undefined}>
      <Stack align="center" gap="xs" maw={460}>
        <ThemeIcon
          size={48}
          radius="xl"
          variant="light"
          color={kind === "failure" ? "red" : "gray"}
          aria-hidden
        >
          <Icon size={24} />
        </ThemeIcon>
        {order ? (
          <Title order={order} size="h3" ta="center">
            {title}
          </Title>
        ) : (
          <Text fw={600} ta="center">
            {title}
          </Text>
        )}
        {detail && (
          <Text size="sm" c="dimmed" ta="center">
            {detail}
          </Text>
        )}
        {command && <Code fz="sm">{command}</Code>}
        {action && (
          <Button mt="xs" variant="light" onClick={action.perform}>
            {action.label}
          </Button>
        )}
      </Stack>
    </Center>
  );
}
