// A dialog over the page, possibly over other dialogs: the topmost alone hears Escape.

import { Modal, type ModalProps } from "@mantine/core";
import { useId, useMediaQuery } from "@mantine/hooks";
import { useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

export interface DialogProps extends Omit<ModalProps, "opened" | "closeOnEscape"> {
  /** It is open as long as it is drawn, unless this says no. */
  readonly opened?: boolean;
  /** As wide as it is: on a phone it takes the whole screen. */
  readonly fillsPhone?: boolean;
}

const PHONE = "(max-width: 30em)";

/** The dialogs that are open, the topmost last. */
let open: readonly string[] = [];
const listeners = new Set<() => void>();

function change(next: readonly string[]): void {
  open = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function useIsTopmost(isOpen: boolean): boolean {
  const id = useId();
  useEffect(() => {
    if (!isOpen) return undefined;
    change([...open, id]);
    return () => change(open.filter((one) => one !== id));
  }, [isOpen, id]);
  return useSyncExternalStore(listen, () => open.at(-1) === id);
}

export function Dialog({ opened = true, fillsPhone = false, ...props }: DialogProps) {
  const { t } = useTranslation();
  const isTopmost = useIsTopmost(opened);
  const isPhone = (useMediaQuery(PHONE) ?? false) && fillsPhone;
  return (
    <Modal
      opened={opened}
      fullScreen={isPhone}
      radius={isPhone ? 0 : "lg"}
      closeButtonProps={{ "aria-label": t("action.close") }}
      {...props}
      closeOnEscape={isTopmost}
    />
  );
}
