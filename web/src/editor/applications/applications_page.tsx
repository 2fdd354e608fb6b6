// The applications: where each is, whether it runs, and what can be done with it.

import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { PlusIcon } from "../../ui/icons.tsx";
import { Answered, PageHead } from "../parts.tsx";
import { useAnswer } from "../server.tsx";
import { ApplicationCard } from "./application_card.tsx";
import classes from "./applications.module.css";
import { NewApplication } from "./new_application.tsx";
import { TemplateChoice } from "./template_choice.tsx";

export function ApplicationsPage() {
  const { t } = useTranslation();
  const applications = useAnswer("listApplications", {});
  /** The template that was chosen; an empty one: none yet. */
  const [chosen, setChosen] = useState<string>();
  const count = applications.data?.applications.length;
  return (
    <>
      <PageHead
        title={t("admin.menu.applications")}
        detail={count !== undefined && t("admin.applications.count", { count })}
      >
        {count !== 0 && (
          <Button leftSection={<PlusIcon size={16} />} onClick={() => setChosen("")}>
            {t("admin.applications.new")}
          </Button>
        )}
      </PageHead>
      <Answered of={applications}>
        {(data) =>
          data.applications.length > 0 ? (
            <ul className={classes["list"]}>
              {data.applications.map((application) => (
                <li key={application.id}>
                  <ApplicationCard application={application} />
                </li>
              ))}
            </ul>
          ) : (
            <>
              <h2 className={classes["first"]}>{t("admin.applications.none")}</h2>
              <p className={classes["hint"]}>{t("admin.applications.noneHint")}</p>
              <TemplateChoice onChoose={setChosen} />
            </>
          )
        }
      </Answered>
      {chosen !== undefined && (
        <NewApplication template={chosen} onClose={() => setChosen(undefined)} />
      )}
    </>
  );
}
