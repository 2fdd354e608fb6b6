// Entities for the application in memory: the same ones every time.

import type { Entity } from "../../model/entity.ts";
import type { JsonObject } from "../../model/json.ts";

/** The third of the specification's examples is from this day. */
const NOW = Date.parse("2024-07-10T09:15:00Z");
const HOUR_MS = 3_600_000;

function id(type: number, index: number): string {
  const tail = (type * 0x10000 + index).toString(16).padStart(12, "0");
  return `123e4567-e89b-72d3-a456-${tail}`;
}

function entity(type: number, index: number, data: JsonObject): Entity {
  const at = new Date(NOW - index * 7 * HOUR_MS).toISOString().replace("Z", "000Z");
  return { id: id(type, index), version: 1, created_at: at, updated_at: at, ...data };
}

const TASKS = [
  "Buy groceries",
  "Finish project documentation",
  "Schedule team meeting",
  "Book the dentist",
  "Water the plants",
  "Call Grandma",
  "Renew the passport",
  "Answer the landlord",
  "Back up the photos",
  "Sharpen the kitchen knives",
  "Plan the summer trip",
  "Return the library books",
];

const PEOPLE = [
  ["Ada Lovelace", "admin"],
  ["Grace Hopper", "admin"],
  ["Alan Turing", "member"],
  ["Katherine Johnson", "member"],
  ["Edsger Dijkstra", "member"],
  ["Barbara Liskov", "member"],
  ["Donald Knuth", "guest"],
  ["Margaret Hamilton", "member"],
] as const;

const GOODS = ["Desk lamp", "Notebook", "Fountain pen", "Office chair", "Standing desk", "Kettle"];

/** `count` tasks; the first ones are those of the specification. */
export function todos(count: number): readonly Entity[] {
  return Array.from({ length: count }, (_, index) => {
    const task = TASKS[index % TASKS.length] ?? "";
    const round = Math.floor(index / TASKS.length);
    return entity(1, index, {
      label: round === 0 ? task : `${task} (${round + 1})`,
      status: index % 3 === 1 ? "closed" : "open",
    });
  });
}

export function users(): readonly Entity[] {
  return PEOPLE.map(([name, role], index) =>
    entity(2, index, {
      name,
      email: `${name.toLowerCase().replace(/ .*/, "")}@example.org`,
      role,
      is_active: index !== 6,
      birthday: `19${30 + index * 5}-0${index + 1}-1${index % 10}`,
      last_login: new Date(NOW - index * 31 * HOUR_MS).toISOString(),
      manager: index === 0 ? null : id(2, index % 2),
    }),
  );
}

export function products(): readonly Entity[] {
  return GOODS.map((name, index) =>
    entity(3, index, {
      name,
      price: `${(index + 1) * 1249}.${index}0`,
      stock: index * 1_730,
      tags: index % 2 === 0 ? ["new", "sale"] : ["refurbished"],
      notes: index === 0 ? "Warm light, with a long arm." : null,
      specification: { watts: 5 + index, colours: ["black", "white"] },
    }),
  );
}

export function orders(): readonly Entity[] {
  return Array.from({ length: 5 }, (_, index) =>
    entity(4, index, {
      number: `2024-${String(index + 1).padStart(4, "0")}`,
      customer: id(2, index),
      total: `${index * 310 + 19}.90`,
      ordered_at: new Date(NOW - index * 50 * HOUR_MS).toISOString(),
    }),
  );
}
