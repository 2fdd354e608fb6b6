// The shipped models as cards, one of which starts an application.

import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Answered } from "../parts.tsx";
import { useAnswer } from "../server.tsx";
import classes from "./applications.module.css";

export function TemplateChoice({ onChoose }: { readonly onChoose: (template: string) => void }) {
  const { t } = useTranslation();
  const templates = useAnswer("listTemplates", {}, { everyMs: false });
  return (
    <Answered of={templates}>
      {(data) => (
        <ul className={classes["list"]}>
          {data.templates.map((one) => (
            <li key={one.template}>
              <UnstyledButton
                className={classes["template"] ?? ""}
                onClick={() => onChoose(one.template)}
              >
                <strong>{one.name}</strong>
                {one.description && <span>{one.description}</span>}
                <span className={classes["facts"]}>
                  {t("admin.applications.templateFacts", {
                    types: one.entityTypes.join(", "),
                    count: one.sampleEntities,
                  })}
                </span>
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </Answered>
  );
}
