// A question that must be answered before going on, as a promise.

import { Button, Group, Text } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "./dialog.tsx";

export interface Question {
  readonly title: string;
  readonly message?: string;
  readonly confirm?: string;
  readonly cancel?: string;
  readonly isDangerous?: boolean;
}

type Ask = (question: Question) => Promise<boolean>;

const AskContext = createContext<Ask>(() => Promise.resolve(false));

export function useAsk(): Ask {
  return useContext(AskContext);
}

interface Pending extends Question {
  readonly answer: (yes: boolean) => void;
}

export function AskProvider({ children }: { readonly children: ReactNode }) {
  const [pending, setPending] = useState<Pending>();
  const [isOpen, setOpen] = useState(false);
  const { t } = useTranslation();

  const ask = useCallback<Ask>(
    (question) =>
      new Promise((resolve) => {
        setPending({ ...question, answer: resolve });
        setOpen(true);
      }),
    [],
  );
  const answer = (yes: boolean) => {
    setOpen(false);
    pending?.answer(yes);
  };

  return (
    <AskContext value={ask}>
      {children}
      <Dialog
        opened={isOpen}
        onClose={() => answer(false)}
        title={pending?.title}
        size="sm"
        zIndex={400}
      >
        {pending?.message && <Text size="sm">{pending.message}</Text>}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => answer(false)}>
            {pending?.cancel ?? t("action.cancel")}
          </Button>
          <Button
            data-autofocus
            {...(pending?.isDangerous ? { color: "red" } : {})}
            onClick={() => answer(true)}
          >
            {pending?.confirm ?? t("action.confirm")}
          </Button>
        </Group>
      </Dialog>
    </AskContext>
  );
}
