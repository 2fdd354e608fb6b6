// A button of a model: it shows that it works, and why it did not.

import { Button } from "@mantine/core";
import { useState } from "react";
import type { Action, ButtonProps, ButtonVariant, EventHandler } from "../../model/page.ts";
import { actionsFor } from "../../model/page.ts";
import { useActions } from "../actions.ts";
import { useFormScope } from "../form/form_scope.ts";

export interface TorqueButtonProps extends ButtonProps {
  readonly id?: string;
  readonly onClick?: Action;
  readonly events?: readonly EventHandler[];
  /** Heard beside opening. */
  readonly onModalOpen?: (modalId: string) => void;
}

const COLORS: Readonly<Record<ButtonVariant, string>> = {
  primary: "blue",
  secondary: "ink",
  danger: "red",
  success: "teal.9",
  warning: "yellow",
};

export function colorOf(variant: ButtonVariant | undefined): string {
  return COLORS[variant ?? "primary"];
}

export function TorqueButton({
  id = "button",
  label,
  variant = "primary",
  onClick,
  events = [],
  onModalOpen,
}: TorqueButtonProps) {
  const run = useActions();
  const scope = useFormScope();
  const [isRunning, setRunning] = useState(false);
  const props = onClick ? { label, variant, onClick } : { label, variant };
  const actions = actionsFor({ type: "Button", id, props, events }, "click");
  const click = async () => {
    setRunning(true);
    await run(actions, {
      componentId: id,
      ...scope?.(),
      ...(onModalOpen ? { onModalOpen } : {}),
    });
    setRunning(false);
  };
  return (
    <Button
      id={id}
      variant={variant === "secondary" ? "default" : "filled"}
      color={colorOf(variant)}
      autoContrast
      loading={isRunning}
      onClick={() => void click()}
    >
      {label}
    </Button>
  );
}
