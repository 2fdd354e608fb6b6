// Making an application from a template: model, version, application, deploy, sample data.
//
// Each step is an operation of its own, so that what was made stays when a later one fails.

import { Refusal } from "../../api/refusal.ts";
import type { Transport } from "../../api/transport.ts";
import type { Deployment } from "../../api/wire_administration.ts";

export type Step = "model" | "publish" | "application" | "deploy" | "sample" | "done";

export interface Progress {
  readonly step: Step;
  /** Of a deploy: how far it is. */
  readonly done?: number;
  readonly steps?: number;
}

const LOOK_EVERY_MS = 300;

/** Follows a deploy to its end; one that was taken back is thrown with its reason. */
export async function followDeploy(
  server: Transport,
  begun: Deployment,
  report: (deployment: Deployment) => void,
): Promise<void> {
  let now = begun;
  report(now);
  while (now.deploymentId && (now.state === "planned" || now.state === "running")) {
    await new Promise((wait) => setTimeout(wait, LOOK_EVERY_MS));
    now = await server.call("getDeployment", { deploymentId: now.deploymentId });
    report(now);
  }
  if (now.state !== "succeeded") {
    throw new Refusal("conflict", String(now.error?.["message"] ?? now.state), now.error ?? {});
  }
}

/** A name that no model has yet: the one that was wished, or with a number. */
export function freeName(wished: string, taken: readonly string[]): string {
  let name = wished;
  for (let number = 2; taken.includes(name); number += 1) name = `${wished} ${number}`;
  return name;
}

export async function makeApplication(
  server: Transport,
  wish: { readonly template: string; readonly name: string; readonly sampleData: boolean },
  report: (progress: Progress) => void,
): Promise<{ readonly slug: string; readonly path: string }> {
  report({ step: "model" });
  const model = await server.call("createModel", { name: wish.name, template: wish.template });
  report({ step: "publish" });
  await server.call("publishModel", { modelId: model.id });
  report({ step: "application" });
  const application = await server.call("createApplication", { modelId: model.id });
  const applicationId = application.slug;
  report({ step: "deploy" });
  const begun = await server.call("deployApplication", { applicationId, wait: false });
  await followDeploy(server, begun, ({ done, steps }) => report({ step: "deploy", done, steps }));
  if (wish.sampleData) {
    report({ step: "sample" });
    await server.call("loadSampleData", { applicationId });
  }
  report({ step: "done" });
  return application;
}
