// How an execution stands, and how long it worked.

import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ExecutionState } from "../../api/wire_executions.ts";

const COLOURS: Readonly<Record<ExecutionState, string>> = {
  waiting: "gray",
  running: "blue",
  blocked: "orange",
  succeeded: "teal",
  failed: "red",
  cancelled: "gray",
  dead: "red",
};

export function StateBadge({ state }: { readonly state: ExecutionState }) {
  const { t } = useTranslation();
  return (
    <Badge variant="dot" color={COLOURS[state]} tt="none" fw={500}>
      {t(`admin.xflows.states.${state}`)}
    </Badge>
  );
}

export function Took({ milliseconds }: { readonly milliseconds: number | null | undefined }) {
  const { t } = useTranslation();
  if (milliseconds === null || milliseconds === undefined) return null;
  return t("admin.xflows.milliseconds", { count: milliseconds });
}
