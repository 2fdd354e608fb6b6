// What the administration asks of the server over JSON-RPC, method by method.

import type { JsonObject } from "../model/json.ts";
import type { ExecutionMethods } from "./wire_executions.ts";

export interface ApplicationSummary {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly status: "running" | "stopped";
  readonly modelId: string;
  readonly modelName: string;
  /** The version that is live; null before the first deploy. */
  readonly modelVersion: number | null;
  readonly latestVersion: number;
  /** Where its pages are. */
  readonly path: string;
  readonly createdAt: string;
}

export interface ApplicationContents extends ApplicationSummary {
  readonly entityTypes: readonly {
    readonly entityType: string;
    readonly label: string;
    readonly entities: number;
  }[];
  readonly entities: number;
}

export interface ModelSummary {
  readonly id: string;
  readonly name: string;
  readonly description?: string | null;
  /** The latest published version; 0 before the first. */
  readonly version: number;
  readonly revision: number;
  readonly applications: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ModelVersion {
  readonly version: number;
  readonly createdBy: string | null;
  readonly createdAt: string;
}

export interface Model extends ModelSummary {
  readonly document: JsonObject;
  readonly versions?: readonly ModelVersion[];
}

/** What is wrong with a draft, and where. */
export interface Problem {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface Template {
  readonly template: string;
  readonly name: string;
  readonly description: string | null;
  readonly entityTypes: readonly string[];
  readonly pages: number;
  readonly sampleEntities: number;
}

export interface Deployment {
  /** Null when the version was live already. */
  readonly deploymentId: string | null;
  readonly applicationId: string;
  readonly version: number;
  readonly state: "planned" | "running" | "succeeded" | "failed" | "undone";
  readonly error?: JsonObject;
  readonly done: number;
  readonly steps: number;
}

export interface PastDeployment extends Deployment {
  readonly deploymentId: string;
  readonly nextStep: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

export interface EntityChange {
  readonly pos: number;
  readonly at: string;
  readonly op: "create" | "update" | "delete";
  readonly version: number | null;
  readonly data: JsonObject | null;
  /** The values before, of what it changed. */
  readonly old: JsonObject | null;
  readonly caller: string | null;
  readonly origin: string | null;
  readonly cause: string | null;
}

export interface DeletedEntity {
  readonly id: string;
  readonly pos: number;
  readonly at: string;
  readonly version: number | null;
  readonly data: JsonObject;
  readonly caller: string | null;
  readonly origin: string | null;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  /** The one application it counts for; null for the whole server. */
  readonly application: string | null;
  readonly permission: "read" | "write" | "admin";
  readonly state: "active" | "expired" | "revoked";
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface NewCredential {
  readonly name: string;
  readonly application?: string;
  readonly permission: "read" | "write" | "admin";
  readonly expires?: string;
}

/** A secret without its value. */
export interface SecretSummary {
  readonly name: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  /** Whether the server has the key that it was encrypted with. */
  readonly readable: boolean;
}

export interface RecordedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Finding {
  readonly area: string;
  readonly ok: boolean;
  readonly what: string;
  /** What to do; empty where nothing has to be done. */
  readonly mend: string;
}

type Nothing = Record<string, never>;
interface OfApplication {
  readonly applicationId: string;
}
interface OfModel {
  readonly modelId: string;
}

export interface AdministrationMethods extends ExecutionMethods {
  readonly listApplications: {
    params: Nothing;
    result: { applications: readonly ApplicationSummary[] };
  };
  readonly getApplication: { params: OfApplication; result: ApplicationContents };
  readonly createApplication: {
    params: OfModel & { name?: string; slug?: string };
    result: ApplicationSummary & { created: boolean };
  };
  readonly startApplication: { params: OfApplication; result: ApplicationSummary };
  readonly stopApplication: { params: OfApplication; result: ApplicationSummary };
  readonly deleteApplication: { params: OfApplication; result: { slug: string } };
  readonly loadSampleData: { params: OfApplication; result: { loaded: JsonObject } };
  readonly listTemplates: { params: Nothing; result: { templates: readonly Template[] } };
  readonly listModels: { params: Nothing; result: { models: readonly ModelSummary[] } };
  readonly getModel: { params: OfModel & { version?: number }; result: Model };
  readonly createModel: { params: { name: string; template?: string }; result: Model };
  readonly importModel: {
    params: { document: JsonObject; name?: string; modelId?: string };
    result: Model;
  };
  readonly deleteModel: {
    params: OfModel & { cascade?: boolean };
    result: { name: string; applications: readonly string[] };
  };
  readonly validateModel: {
    params: OfModel;
    result: { valid: boolean; problems: readonly Problem[] };
  };
  readonly publishModel: {
    params: OfModel & { revision?: number };
    result: { version: number; revision: number; unchanged: boolean };
  };
  readonly deployApplication: {
    params: OfApplication & { version?: number; wait?: boolean };
    result: Deployment;
  };
  readonly getDeployment: { params: { deploymentId: string }; result: Deployment };
  readonly listDeployments: {
    params: OfApplication & { limit?: number };
    result: { deployments: readonly PastDeployment[] };
  };
  readonly getEntityHistory: {
    params: { entityType: string; entityId: string; limit?: number; before?: number };
    result: { changes: readonly EntityChange[]; nextBefore: number | null };
  };
  readonly listDeletedEntities: {
    params: { entityType: string; search?: string; limit?: number; before?: number };
    result: { entities: readonly DeletedEntity[]; nextBefore: number | null };
  };
  readonly createApiKey: {
    params: NewCredential;
    result: { id: string; name: string; prefix: string; key: string; expiresAt: string | null };
  };
  readonly listApiKeys: { params: Nothing; result: { keys: readonly ApiKey[] } };
  readonly revokeApiKey: { params: { id: string }; result: { id: string; name: string } };
  readonly setSecret: {
    params: OfApplication & { name: string; value: string };
    result: { name: string; updatedAt: string };
  };
  readonly listSecrets: { params: Nothing; result: { secrets: readonly SecretSummary[] } };
  readonly deleteSecret: {
    params: OfApplication & { name: string };
    result: { name: string; deleted: boolean };
  };
  readonly createSignInLink: { params: NewCredential; result: { path: string; expiresAt: string } };
  readonly getMetrics: { params: Nothing; result: { at: string; text: string } };
  readonly listRecordedMetrics: {
    params: { names: readonly string[]; minutes?: number };
    result: { series: readonly RecordedSeries[] };
  };
  readonly checkHealth: { params: Nothing; result: { ok: boolean; findings: readonly Finding[] } };
}
