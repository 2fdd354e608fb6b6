// The entities of a type that were deleted, and the way back for each.

import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DeletedEntity } from "../../api/wire_administration.ts";
import { displayName, type EntityTypeDescription } from "../../model/entity.ts";
import { Notice } from "../../ui/notice.tsx";
import { showToast } from "../../ui/toast.tsx";
import { Answered, Panel, Table, When } from "../parts.tsx";
import { useAnswer, useDoing, useServer } from "../server.tsx";
import type { TypeOf } from "./type_of.ts";

/** More than anybody goes through by hand. */
const LIMIT = 500;

export function Deleted({
  of,
  type,
}: {
  readonly of: TypeOf;
  readonly type: EntityTypeDescription;
}) {
  const { t } = useTranslation();
  const server = useServer();
  const { isBusy, perform } = useDoing();
  const deleted = useAnswer(
    "listDeletedEntities",
    { entityType: of.type, limit: LIMIT },
    { application: of.application },
  );
  const nameOf = ({ id, data }: DeletedEntity) => displayName({ ...data, id }, type);
  const bringBack = (entity: DeletedEntity) =>
    perform(async () => {
      const { application: applicationId, type: entityType } = of;
      const params = { applicationId, entityType, entityId: entity.id };
      await server.call("restoreEntity", params);
      showToast({ kind: "success", title: t("grid.restored", { name: nameOf(entity) }) });
    });
  return (
    <Answered of={deleted}>
      {({ entities }) =>
        entities.length === 0 ? (
          <Notice kind="empty" order={2} title={t("admin.data.noneDeleted")} />
        ) : (
          <Panel title={t("admin.data.deleted")}>
            <Table
              label={t("admin.data.deleted")}
              rows={entities}
              keyOf={({ id }) => id}
              columns={[
                { title: t("admin.data.name"), draw: nameOf },
                { title: t("admin.data.when"), draw: ({ at }) => <When at={at} /> },
                {
                  title: t("admin.data.who"),
                  draw: ({ caller }) => caller ?? t("admin.data.nobody"),
                },
                {
                  title: t("admin.data.back"),
                  draw: (entity) => (
                    <Button
                      size="compact-sm"
                      variant="default"
                      disabled={isBusy}
                      aria-label={t("admin.data.bringBackNamed", { name: nameOf(entity) })}
                      onClick={() => void bringBack(entity)}
                    >
                      {t("admin.data.bringBack")}
                    </Button>
                  ),
                },
              ]}
            />
          </Panel>
        )
      }
    </Answered>
  );
}
