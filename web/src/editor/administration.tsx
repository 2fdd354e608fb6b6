// The administration: whoever signed in as an administrator sees and runs the server here.

import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { Transport } from "../api/transport.ts";
import { Notice } from "../ui/notice.tsx";
import { ApplicationsPage } from "./applications/applications_page.tsx";
import { Answered } from "./parts.tsx";
import { type Place, usePlace } from "./route.ts";
import { ServerProvider, useAnswer } from "./server.tsx";
import { Shell } from "./shell.tsx";
import "./texts.ts";

const ModelsPage = lazy(async () => ({
  default: (await import("./models/models_page.tsx")).ModelsPage,
}));
const ModelPage = lazy(async () => ({
  default: (await import("./models/model_page.tsx")).ModelPage,
}));
const DataPage = lazy(async () => ({ default: (await import("./data/data_page.tsx")).DataPage }));
const XFlowsPage = lazy(async () => ({
  default: (await import("./xflows/xflows_page.tsx")).XFlowsPage,
}));
const KeysPage = lazy(async () => ({ default: (await import("./keys/keys_page.tsx")).KeysPage }));
const SecretsPage = lazy(async () => ({
  default: (await import("./secrets/secrets_page.tsx")).SecretsPage,
}));
const HealthPage = lazy(async () => ({
  default: (await import("./health/health_page.tsx")).HealthPage,
}));

export function Administration({ transport }: { readonly transport: Transport }) {
  return (
    <ServerProvider transport={transport}>
      <Gate />
    </ServerProvider>
  );
}

function Gate() {
  const { t } = useTranslation();
  const who = useAnswer("whoami", {});
  const place = usePlace();
  return (
    <Shell who={who.data} section={place[0]}>
      <Answered of={who}>
        {({ kind, permission }) =>
          permission === "admin" ? (
            <Suspense>
              <Pages place={place} />
            </Suspense>
          ) : kind === "anonymous" ? (
            <Notice
              kind="lock"
              order={1}
              title={t("admin.signInTitle")}
              detail={t("admin.signInHint")}
              command="torque token create --permission admin --link"
              action={{ label: t("admin.signIn"), perform: () => location.reload() }}
            />
          ) : (
            <Notice
              kind="lock"
              order={1}
              title={t("admin.forbidden")}
              detail={t("admin.forbiddenHint")}
            />
          )
        }
      </Answered>
    </Shell>
  );
}

function Pages({ place }: { readonly place: Place }) {
  const { t } = useTranslation();
  switch (place[0]) {
    case undefined:
      return <ApplicationsPage />;
    case "models":
      return place[1] ? <ModelPage key={place[1]} modelId={place[1]} /> : <ModelsPage />;
    case "data":
      return <DataPage slug={place[1]} entityType={place[2]} id={place[3]} />;
    case "xflows": {
      // `#/xflows/{application}/of/{entity}`, else the execution.
      const isOfEntity = place[2] === "of";
      const [id, entity] = isOfEntity ? [undefined, place[3]] : [place[2], undefined];
      return <XFlowsPage slug={place[1]} id={id} entity={entity} />;
    }
    case "keys":
      return <KeysPage />;
    case "secrets":
      return <SecretsPage slug={place[1]} />;
    case "health":
      return <HealthPage />;
    default:
      return <Notice kind="search" order={1} title={t("admin.noPage")} />;
  }
}
