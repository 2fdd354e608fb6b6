// The models: which there are, how far each is published, and who runs them.

import { Anchor } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Notice } from "../../ui/notice.tsx";
import { Answered, PageHead, Panel, Table, When } from "../parts.tsx";
import { hrefTo } from "../route.ts";
import { useAnswer } from "../server.tsx";

export function ModelsPage() {
  const { t } = useTranslation();
  const models = useAnswer("listModels", {});
  return (
    <>
      <PageHead title={t("admin.menu.models")} detail={t("admin.models.detail")} />
      <Answered of={models}>
        {(data) =>
          data.models.length === 0 ? (
            <Notice kind="empty" order={2} title={t("admin.models.none")} />
          ) : (
            <Panel title={t("admin.models.all")}>
              <Table
                label={t("admin.menu.models")}
                rows={data.models}
                keyOf={({ id }) => id}
                columns={[
                  {
                    title: t("admin.models.name"),
                    draw: ({ id, name }) => <Anchor href={hrefTo("models", id)}>{name}</Anchor>,
                  },
                  {
                    title: t("admin.models.published"),
                    draw: ({ version }) =>
                      version > 0
                        ? t("admin.models.version", { version })
                        : t("admin.models.neverPublished"),
                  },
                  { title: t("admin.menu.applications"), draw: (model) => model.applications },
                  {
                    title: t("admin.models.changed"),
                    draw: ({ updatedAt }) => <When at={updatedAt} />,
                  },
                ]}
              />
            </Panel>
          )
        }
      </Answered>
    </>
  );
}
