// Whether what is shown is live, seen and heard; quiet while all is well.

import { Badge, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Connection } from "../api/transport.ts";
import { useConnection } from "./transport_context.tsx";

const COLORS: Readonly<Record<Connection, string>> = {
  live: "teal",
  connecting: "gray",
  waiting: "orange",
  offline: "red",
};

export function ConnectionBadge() {
  const connection = useConnection();
  return <ConnectionState connection={connection} />;
}

export function ConnectionState({ connection }: { readonly connection: Connection }) {
  const { t } = useTranslation();
  return (
    <Tooltip
      label={t(`connection.${connection}Hint`)}
      multiline
      maw={280}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Badge
        role="status"
        variant="dot"
        color={COLORS[connection]}
        tt="none"
        fw={500}
        flex="none"
        data-connection={connection}
      >
        {t(`connection.${connection}`)}
      </Badge>
    </Tooltip>
  );
}
