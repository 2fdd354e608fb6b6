// What the browser asks of Torque over JSON-RPC, method by method.

import type { Entity, EntityTypeDescription } from "../model/entity.ts";
import type { Filter } from "../model/filter.ts";
import type { FormDefinition } from "../model/form.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { ApplicationInfo, LinkedBy, Page, PageLink, Permission } from "../model/page.ts";
import type { AdministrationMethods } from "./wire_administration.ts";

export interface PageList {
  readonly app: ApplicationInfo;
  readonly pages: readonly PageLink[];
  readonly meta?: { readonly modelVersion?: number };
}

export interface LoadEntityData {
  readonly entityType: string;
  readonly page?: number;
  readonly limit?: number;
  readonly sortBy?: string;
  readonly sortOrder?: "asc" | "desc";
  readonly filters?: Filter;
  readonly search?: string;
  readonly include?: readonly string[];
  readonly linked?: LinkedBy;
}

export interface QueryEntities {
  readonly entityType: string;
  readonly filters?: Filter;
  readonly limit?: number;
  readonly cursor?: string;
  readonly sort?: readonly { readonly field: string; readonly order?: "asc" | "desc" }[];
}

export interface EntityQuery {
  readonly data: readonly Entity[];
  /** Where the list goes on; null at its end. */
  readonly nextCursor: string | null;
}

export interface EntityPage {
  readonly data: readonly Entity[];
  readonly pagination: {
    readonly page: number;
    readonly limit: number;
    readonly total: number;
    readonly totalPages: number;
    readonly totalIsCapped?: boolean;
  };
  readonly included?: Readonly<Record<string, Readonly<Record<string, Entity>>>>;
  /** What the link with each entity carries, by its id; of what an entity is linked with. */
  readonly links?: Readonly<Record<string, JsonObject>>;
}

export interface WhoAmI {
  readonly name: string;
  readonly kind: "anonymous" | "user" | "key" | "system";
  readonly permission: Permission;
}

interface Write {
  readonly entityType: string;
  readonly idempotencyKey?: string;
}

interface LinkEnds {
  readonly relationship: string;
  readonly sourceId: string;
  readonly targetId: string;
  readonly entityType?: string;
}

export interface Methods extends AdministrationMethods {
  readonly loadPage: { params: { pageId?: string }; result: Page };
  readonly listPages: { params: Record<string, never>; result: PageList };
  readonly getFormDefinition: { params: { formId: string }; result: FormDefinition };
  readonly listEntityTypes: {
    params: Record<string, never>;
    result: { entityTypes: readonly { readonly entityType: string }[] };
  };
  readonly describeEntityType: { params: { entityType: string }; result: EntityTypeDescription };
  readonly loadEntityData: { params: LoadEntityData; result: EntityPage };
  readonly queryEntities: { params: QueryEntities; result: EntityQuery };
  readonly getEntity: { params: { entityType: string; entityId: string }; result: Entity };
  readonly createEntity: { params: Write & { id?: string; data: JsonObject }; result: Entity };
  readonly updateEntity: {
    params: Write & { entityId: string; data: JsonObject; version?: number };
    result: Entity;
  };
  readonly deleteEntity: {
    params: Write & { entityId: string; version?: number };
    result: { id: string; deleted: boolean };
  };
  readonly restoreEntity: {
    params: { entityType: string; entityId: string; version?: number };
    result: Entity;
  };
  readonly bulkUpdateEntities: {
    params: Write & {
      entities: readonly {
        readonly id: string;
        readonly data: JsonObject;
        readonly version?: number;
      }[];
    };
    result: { entities: readonly Entity[] };
  };
  readonly bulkDeleteEntities: {
    params: Write & { ids: readonly string[] };
    result: { entities: readonly { readonly id: string }[] };
  };
  readonly bulkRestoreEntities: {
    params: Write & { ids: readonly string[] };
    result: { entities: readonly Entity[] };
  };
  readonly link: { params: LinkEnds & { data?: JsonObject }; result: LinkEnds };
  readonly unlink: {
    params: LinkEnds;
    result: LinkEnds & { unlinked: boolean; data?: JsonObject };
  };
  readonly executeXFlow: {
    params: { xflowId: string; input: JsonObject; wait?: boolean; applicationId?: string };
    result: { executionId: string; status: string; output: Json };
  };
  readonly listPreferences: {
    params: { prefix?: string };
    result: { preferences: readonly { readonly name: string; readonly value: Json }[] };
  };
  readonly savePreference: { params: { name: string; value: Json }; result: { name: string } };
  readonly deletePreference: { params: { name: string }; result: { deleted: boolean } };
  readonly whoami: { params: Record<string, never>; result: WhoAmI };
}

export type Method = keyof Methods;
export type Params<M extends Method> = Methods[M]["params"];
export type Result<M extends Method> = Methods[M]["result"];
