// What links carry, as columns of a grid that lists what an entity is linked with.

import type { Entity, EntityTypeDescription, RelationshipDescription } from "./entity.ts";
import type { JsonObject } from "./json.ts";
import type { GridColumn, LinkedBy } from "./page.ts";

/** Before the name of a link's property, so that it is none of the entity's own. */
const OF_LINK = "link:";

/** The relationship by which rows are linked, as their own type has it. */
export function wayOf(
  type: EntityTypeDescription | undefined,
  linked: LinkedBy | undefined,
): RelationshipDescription | undefined {
  if (!linked) return undefined;
  const { relationship, direction } = linked;
  // What leads to the rows starts at the other entity.
  const from = direction && (direction === "outgoing" ? "incoming" : "outgoing");
  return type?.relationships?.find(
    (one) => one.name === relationship && (from === undefined || one.direction === from),
  );
}

/** The type with what its links carry beside its own properties, only to be read there. */
export function withLinkProperties(
  type: EntityTypeDescription | undefined,
  linked: LinkedBy | undefined,
): EntityTypeDescription | undefined {
  const carried = wayOf(type, linked)?.properties ?? [];
  if (!type || carried.length === 0) return type;
  const columns = carried.map((property) => ({
    ...property,
    name: OF_LINK + property.name,
    readOnly: true,
    sortable: false,
    filterable: false,
  }));
  return { ...type, properties: [...type.properties, ...columns] };
}

/** The columns of what links carry; they stand behind the others. */
export function linkColumns(type: EntityTypeDescription | undefined): readonly GridColumn[] {
  const carried = (type?.properties ?? []).filter(({ name }) => isOfLink(name));
  return carried.map(({ name, label }) => ({ field: name, title: label }));
}

/** Whether a column shows what links carry. */
export function isOfLink(field: string): boolean {
  return field.startsWith(OF_LINK);
}

/** Gives rows with what their links carry: the same for the same row, so that it is not drawn again. */
export function linker(links: Readonly<Record<string, JsonObject>>): (row: Entity) => Entity {
  const known = new WeakMap<Entity, Entity>();
  return (row) => {
    const seen = known.get(row);
    if (seen) return seen;
    const carried = links[row.id];
    const values = Object.entries(carried ?? {}).map(([name, value]) => [OF_LINK + name, value]);
    const both = values.length > 0 ? { ...row, ...Object.fromEntries(values) } : row;
    known.set(row, both);
    return both;
  };
}
