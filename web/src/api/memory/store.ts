// Entities in memory behind the same rules as the server's: filters, sort, paging,
// versions, refusals with fields, and restore from history.

import type { Entity, EntityTypeDescription } from "../../model/entity.ts";
import { propertyOf } from "../../model/entity.ts";
import type { Change } from "../../model/feed.ts";
import { type Filter, meets } from "../../model/filter.ts";
import { newId } from "../../model/identifier.ts";
import { isObject, type Json, type JsonObject, sameJson } from "../../model/json.ts";
import type { LinkedBy } from "../../model/page.ts";
import { asRefusal, Refusal } from "../refusal.ts";
import type { EntityPage, EntityQuery, LoadEntityData, Params, QueryEntities } from "../wire.ts";

type Ends = Params<"unlink">;

function keyOf({ relationship, sourceId, targetId }: Ends): string {
  return `${relationship} ${sourceId} ${targetId}`;
}

export class Store {
  private readonly rows = new Map<string, Map<string, Entity>>();
  private readonly deleted = new Map<string, Entity>();
  private readonly links = new Map<string, JsonObject>();
  private pos = 0;

  constructor(
    private readonly types: readonly EntityTypeDescription[],
    seed: Readonly<Record<string, readonly Entity[]>>,
    private readonly publish: (entityType: string, change: Change) => void,
  ) {
    for (const { entityType } of types) {
      this.rows.set(entityType, new Map((seed[entityType] ?? []).map((row) => [row.id, row])));
    }
  }

  type(entityType: string): EntityTypeDescription {
    const type = this.types.find((one) => one.entityType === entityType);
    if (!type) throw new Refusal("not_found", `there is no entity type “${entityType}”`);
    return type;
  }

  get(entityType: string, entityId: string): Entity {
    const row = this.of(entityType).get(entityId);
    if (!row) throw new Refusal("not_found", "there is no such entity");
    return row;
  }

  page(query: LoadEntityData): EntityPage {
    const type = this.type(query.entityType);
    const typeOf = (path: string) => propertyOf(type, path)?.type;
    const filters: Filter = query.filters ?? {};
    const found = [...this.of(query.entityType).values()].filter(
      (row) =>
        meets(filters, row, { typeOf }) && (!query.linked || this.carried(row.id, query.linked)),
    );
    const { sortBy = "id", sortOrder = "asc" } = query;
    const sign = sortOrder === "desc" ? -1 : 1;
    found.sort((a, b) => sign * compare(a[sortBy] ?? null, b[sortBy] ?? null));
    const [page, limit] = [query.page ?? 0, query.limit ?? 50];
    const data = found.slice(page * limit, (page + 1) * limit);
    const total = found.length;
    const pagination = { page, limit, total, totalPages: Math.ceil(total / limit) };
    const { linked } = query;
    const links = linked && {
      links: Object.fromEntries(data.map(({ id }) => [id, this.carried(id, linked) ?? {}])),
    };
    if (!query.include) return { data, pagination, ...links };
    const included = Object.fromEntries(
      query.include.map((name) => {
        const target = propertyOf(type, name)?.target ?? "";
        const ids = new Set(data.map((row) => String(row[name])));
        const others = [...this.of(target)].filter(([id]) => ids.has(id));
        return [name, Object.fromEntries(others)];
      }),
    );
    return { data, pagination, included, ...links };
  }

  query({ cursor = "0", sort, ...query }: QueryEntities): EntityQuery {
    const [page, limit] = [Number(cursor), query.limit ?? 50];
    const first = sort?.[0];
    const { data, pagination } = this.page({
      ...query,
      page,
      limit,
      ...(first ? { sortBy: first.field, sortOrder: first.order ?? "asc" } : {}),
    });
    return { data, nextCursor: (page + 1) * limit < pagination.total ? String(page + 1) : null };
  }

  link({ data, ...ends }: Params<"link">): Ends {
    const key = keyOf(ends);
    this.links.set(key, data ?? this.links.get(key) ?? {});
    return ends;
  }

  unlink(ends: Ends): Ends & { unlinked: boolean } {
    return { ...ends, unlinked: this.links.delete(keyOf(ends)) };
  }

  private carried(id: string, { relationship, entityId }: LinkedBy): JsonObject | undefined {
    const ends = { relationship, sourceId: entityId, targetId: id };
    const back = { relationship, sourceId: id, targetId: entityId };
    return this.links.get(keyOf(ends)) ?? this.links.get(keyOf(back));
  }

  create(entityType: string, data: JsonObject, id: string = newId()): Entity {
    const known = this.of(entityType).get(id);
    if (known) return known;
    this.check(entityType, data);
    const now = new Date().toISOString();
    return this.put(entityType, "create", {
      ...data,
      id,
      version: 1,
      created_at: now,
      updated_at: now,
    });
  }

  update(entityType: string, entityId: string, data: JsonObject, version?: number): Entity {
    const row = this.get(entityType, entityId);
    if (version !== undefined && version !== row.version) {
      throw new Refusal("conflict", "the entity has moved on", {
        expectedVersion: version,
        currentVersion: row.version ?? 1,
        current: row,
      });
    }
    const next = { ...row, ...data };
    this.check(entityType, next);
    if (sameJson(row, next)) return row;
    const updated_at = new Date().toISOString();
    return this.put(entityType, "update", {
      ...next,
      updated_at,
      version: (row.version ?? 0) + 1,
    });
  }

  delete(entityType: string, entityId: string): { id: string; deleted: boolean } {
    const row = this.get(entityType, entityId);
    this.of(entityType).delete(entityId);
    this.deleted.set(entityId, row);
    this.tell(entityType, "delete", row, null);
    return { id: entityId, deleted: true };
  }

  restore(entityType: string, entityId: string): Entity {
    const row = this.deleted.get(entityId);
    if (!row) throw new Refusal("not_found", "there is nothing to bring back");
    this.deleted.delete(entityId);
    return this.put(entityType, "create", { ...row, version: (row.version ?? 0) + 1 });
  }

  /** All, or none and the place of the one that was refused. */
  all<T, R>(items: readonly T[], perform: (item: T) => R): R[] {
    const before = new Map([...this.rows].map(([type, rows]) => [type, new Map(rows)]));
    const deleted = new Map(this.deleted);
    return items.map((item, index) => {
      try {
        return perform(item);
      } catch (cause) {
        for (const [type, rows] of before) this.rows.set(type, rows);
        this.deleted.clear();
        for (const [id, row] of deleted) this.deleted.set(id, row);
        const { code, message, data } = asRefusal(cause);
        throw new Refusal(code, message, { ...data, index });
      }
    });
  }

  private of(entityType: string): Map<string, Entity> {
    this.type(entityType);
    return this.rows.get(entityType) ?? new Map();
  }

  private put(entityType: string, op: string, row: Entity): Entity {
    this.of(entityType).set(row.id, row);
    this.tell(entityType, op, row, row);
    return row;
  }

  private tell(entityType: string, op: string, row: Entity, entity: Entity | null): void {
    const version = row.version ?? 1;
    this.publish(entityType, {
      pos: ++this.pos,
      kind: "entity",
      op,
      entityType,
      entityId: row.id,
      version,
      entity,
    });
  }

  private check(entityType: string, data: JsonObject): void {
    const fields = this.type(entityType).properties.flatMap(
      ({ name, label, required, readOnly }) =>
        required && !readOnly && (data[name] ?? "") === ""
          ? [{ field: name, code: "required", message: `${label} is required` }]
          : [],
    );
    const email = data["email"];
    if (typeof email === "string" && email !== "" && !email.includes("@")) {
      fields.push({ field: "email", code: "email", message: "This is no e-mail address" });
    }
    if (fields.length > 0) throw new Refusal("invalid", "the entity is not valid", { fields });
  }
}

function compare(left: Json, right: Json): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (isObject(left) || isObject(right)) return 0;
  return String(left).localeCompare(String(right));
}
