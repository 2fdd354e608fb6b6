// The latest requests to webhooks: what each started or why it was refused, and the same once more.

import { Anchor, Button, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Delivery } from "../../api/wire_executions.ts";
import { showToast } from "../../ui/toast.tsx";
import { Answered, Panel, Table, When } from "../parts.tsx";
import { hrefTo } from "../route.ts";
import { useAnswer, useDoing, useServer } from "../server.tsx";

const SHOWN = 50;

export function Deliveries({
  application,
  slug,
}: {
  readonly application: string;
  readonly slug: string;
}) {
  const { t } = useTranslation();
  const server = useServer();
  const { isBusy, perform } = useDoing();
  const list = useAnswer("listDeliveries", { limit: SHOWN }, { application });
  const replay = ({ deliveryId }: Delivery) =>
    perform(async () => {
      const params = { applicationId: application, deliveryId };
      const { executionId } = await server.call("replayDelivery", params);
      showToast({ kind: "success", title: t("admin.xflows.replayed") });
      location.hash = hrefTo("xflows", slug, executionId);
    });
  return (
    <Panel title={t("admin.xflows.deliveries")}>
      <Answered of={list}>
        {({ deliveries }) =>
          deliveries.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("admin.xflows.noDeliveries")}
            </Text>
          ) : (
            <Table
              label={t("admin.xflows.deliveries")}
              rows={deliveries}
              keyOf={({ deliveryId }) => deliveryId}
              columns={[
                {
                  title: t("admin.xflows.received"),
                  draw: ({ at, executionId }) =>
                    executionId ? (
                      <Anchor size="sm" href={hrefTo("xflows", slug, executionId)}>
                        <When at={at} />
                      </Anchor>
                    ) : (
                      <When at={at} />
                    ),
                },
                { title: t("admin.xflows.webhook"), draw: ({ trigger }) => trigger },
                { title: t("admin.xflows.answered"), draw: ({ status }) => status },
                {
                  title: t("admin.xflows.size"),
                  draw: ({ size }) => t("admin.xflows.bytes", { count: size }),
                },
                { title: t("admin.xflows.times"), draw: ({ times }) => times },
                { title: t("admin.xflows.error"), draw: ({ error }) => error ?? "" },
                {
                  title: "",
                  draw: (one) =>
                    one.canReplay && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        disabled={isBusy}
                        onClick={() => void replay(one)}
                      >
                        {t("admin.xflows.replay")}
                      </Button>
                    ),
                },
              ]}
            />
          )
        }
      </Answered>
    </Panel>
  );
}
