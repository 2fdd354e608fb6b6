// Writes the sample data of the templates that have too much of it to be written by hand.
//
//   node scripts/templates/sample-data.mjs
//
// The same every time: what looks like chance comes from a counter. Ids are written out, so that
// rows can refer to one another.
import { writeFileSync } from "node:fs";

const FOLDER = new URL("../../src/model/templates/", import.meta.url);

let state = 20260131;
/** The next number from 0 to below `most` of a fixed series (Park and Miller's). */
function below(most) {
  state = (state * 48271) % 2147483647;
  return state % most;
}
const one = (list) => list[below(list.length)];
const some = (list) => list.filter(() => below(3) === 0);
const money = (cents) => (cents / 100).toFixed(2);
const pad = (number, length = 4) => String(number).padStart(length, "0");
const id = (type, number) => `01940000-0000-7${pad(type, 3)}-8000-${pad(number, 12)}`;
const day = (number) => new Date(Date.UTC(2025, 0, 6 + number)).toISOString().slice(0, 10);
const moment = (number, hour) => `${day(number)}T${pad(hour, 2)}:${pad(below(60), 2)}:00Z`;
/** Leaves out what has no value. */
const row = (values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
const times = (count, make) => Array.from({ length: count }, (_, number) => make(number));

const FIRST = [
  "Ada", "Amira", "Anton", "Beatriz", "Bruno", "Carla", "Chidi", "Dana", "Elif", "Emil", "Farah", "Georg",
  "Hanna", "Ines", "Ivan", "Jonas", "Keiko", "Lars", "Lucía", "Malik", "Marta", "Noor", "Olga", "Pavel",
  "Rosa", "Samuel", "Tomasz", "Uma", "Viktor", "Yara",
];
const LAST = [
  "Almeida", "Berg", "Costa", "Demir", "Eriksen", "Fischer", "Greene", "Haddad", "Ito", "Jansen", "Kowalski",
  "Lindqvist", "Moreau", "Novak", "Okafor", "Petrov", "Quist", "Rossi", "Silva", "Tanaka", "Urban", "Vogel",
  "Weiss", "Yilmaz", "Zeman",
];
const person = (number) => `${FIRST[number % FIRST.length]} ${LAST[(number * 7) % LAST.length]}`;
const mail = (name, host) =>
  `${name.normalize("NFD").replace(/[^A-Za-z ]/g, "").toLowerCase().replaceAll(" ", ".")}@${host}`;

function customersAndOrders() {
  const trades = ["Stationers", "Books", "Printing", "Design Studio", "School Supplies", "Archive"];
  const customer = times(60, (n) => {
    const isCompany = n % 3 === 0;
    const name = isCompany ? `${LAST[n % LAST.length]} ${trades[n % trades.length]}` : person(n);
    return row({
      id: id(1, n),
      name,
      kind: isCompany ? "company" : "person",
      email: mail(name, isCompany ? "example.com" : "example.org"),
      phone: n % 4 === 1 ? undefined : `+49 30 ${pad(1000 + below(9000))} ${pad(below(1000), 3)}`,
      vat_number: isCompany ? `DE${pad(100000000 + below(900000000), 9)}` : undefined,
      website: isCompany ? `https://${mail(name, "").slice(0, -1)}.example.com` : undefined,
      interests: some(["paper", "pens", "ink", "furniture"]),
      customer_since: day(below(300)),
      newsletter: n % 2 === 0,
      notes: n % 9 === 0 ? "Pays by bank transfer, delivers to the back door." : undefined,
    });
  });
  const ranges = {
    paper: ["Notebook A5", "Notebook A4", "Writing pad", "Sketch book", "Index cards", "Envelopes C6", "Copy paper", "Watercolour block", "Wrapping paper", "Calendar"],
    pens: ["Fountain pen", "Ballpoint pen", "Fineliner set", "Pencil 2B", "Pencil HB", "Highlighter", "Marker black", "Brush pen", "Chalk", "Crayons"],
    ink: ["Ink blue", "Ink black", "Ink green", "Cartridges blue", "Cartridges black", "Stamp pad", "Drawing ink", "Converter", "Ink red", "Ink violet"],
    furniture: ["Desk oak", "Desk white", "Chair", "Shelf", "Lamp", "Drawer unit", "Pin board", "Footrest", "Bookend", "Waste basket"],
  };
  const product = Object.entries(ranges).flatMap(([category, names], range) =>
    names.map((name, n) =>
      row({
        id: id(2, range * 10 + n),
        name,
        sku: `${category.slice(0, 2).toUpperCase()}-${pad(range * 10 + n + 1)}`,
        category,
        price: money(category === "furniture" ? 2900 + below(40000) : 90 + below(4000)),
        available: n !== 9,
        details: n % 4 === 0 ? { origin: one(["DE", "JP", "PL", "PT"]), weight_g: 20 + below(900) } : undefined,
      }),
    ),
  );
  const states = ["new", "paid", "sent", "done", "done", "done", "cancelled"];
  const order = [];
  const order_line = [];
  for (const n of times(150, (number) => number)) {
    const status = states[below(states.length)];
    let cents = 0;
    for (let line = 0; line <= n % 3; line += 1) {
      const bought = one(product);
      const quantity = 1 + below(bought.category === "furniture" ? 2 : 12);
      cents += Math.round(Number(bought.price) * 100) * quantity;
      order_line.push({
        id: id(4, order_line.length), order: id(3, n), product: bought.id, quantity, unit_price: bought.price,
      });
    }
    const ordered = Math.floor(n * 2.2);
    order.push(
      row({
        id: id(3, n),
        number: `2025-${pad(n + 1)}`,
        customer: one(customer).id,
        status,
        ordered_on: day(ordered),
        deliver_by: n % 5 === 0 ? moment(ordered + 3, 12) : undefined,
        total: money(cents),
        tracking_id: status === "sent" || status === "done" ? id(900, n) : undefined,
        cancelled_because: status === "cancelled" ? "The customer changed their mind." : undefined,
      }),
    );
  }
  return { customer, product, order, order_line };
}

function issueTracker() {
  const roles = ["developer", "developer", "tester", "designer", "manager"];
  const people = times(24, (n) => ({
    id: id(1, n), name: person(n), email: mail(person(n), "example.org"), role: roles[n % roles.length],
  }));
  const names = ["Web shop", "Mobile app", "Billing", "Search", "Reports", "Sign-in", "Warehouse", "Help centre"];
  const project = names.map((name, n) =>
    row({
      id: id(2, n),
      name,
      code: name.replace(/[^A-Za-z]/g, "").slice(0, 4).toUpperCase(),
      lead: people[n * 2 + 4].id,
      started_on: day(n * 11),
      repository: `https://example.org/${name.toLowerCase().replaceAll(" ", "-")}`,
      archived: n === 7,
      about: n % 2 === 0 ? `Everything about ${name.toLowerCase()}.` : undefined,
    }),
  );
  const what = ["The list", "The form", "The export", "The first page", "The e-mail", "The total", "The filter", "The sign-in"];
  const wrong = ["is empty after a reload", "is slow with many rows", "shows the wrong date", "loses what was entered", "cannot be reached by keyboard", "is cut off on a phone"];
  const wish = ["should remember its order", "should be printable", "needs a shorter text", "should be in the menu"];
  const issue = times(260, (n) => {
    const kind = ["bug", "bug", "feature", "chore"][below(4)];
    const state = ["open", "open", "in_progress", "review", "closed", "closed"][below(6)];
    return row({
      id: id(3, n),
      title: `${one(what)} ${kind === "bug" ? one(wrong) : one(wish)}`,
      project: one(project).id,
      kind,
      state,
      priority: 1 + below(5),
      assignee: state === "open" && n % 3 === 0 ? undefined : one(people).id,
      labels: some(["ui", "api", "data", "security", "docs"]),
      due_on: n % 4 === 0 ? day(200 + below(120)) : undefined,
      estimate: kind === "bug" ? undefined : (below(80) / 2 + 0.5).toFixed(1),
      environment: kind === "bug" ? { browser: one(["Firefox", "Chrome", "Safari"]), version: 120 + below(20) } : undefined,
      description: n % 2 === 0 ? "Happens every time. What was expected is written in the manual." : undefined,
      closed_because: state === "closed" ? one(["fixed", "fixed", "fixed", "duplicate", "wont_fix"]) : undefined,
    });
  });
  const said = ["I can see it too.", "Only with more than a hundred rows.", "A test for it is on its way.", "Is this still so?", "Mended, please look again.", "Works for me now."];
  const comment = times(320, (n) => ({
    id: id(4, n), issue: one(issue).id, author: one(people).id, text: one(said), written_at: moment(below(330), 8 + below(10)),
  }));
  return { person: people, project, issue, comment };
}

/** Products with their tags, suppliers and stock: what stands under a relationship's name are its links. */
function inventory() {
  const groups = {
    Tools: ["Hammer", "Screwdriver", "Pliers", "Wrench", "Saw", "Drill", "File", "Chisel"],
    Fasteners: ["Wood screw", "Bolt", "Nut", "Washer", "Nail", "Rivet", "Anchor", "Hook"],
    Electrics: ["Cable", "Switch", "Socket", "Fuse", "Lamp holder", "Terminal", "Relay", "Plug"],
    Safety: ["Gloves", "Helmet", "Goggles", "Ear muffs", "Vest", "Boots", "Mask", "Rope"],
  };
  const sizes = ["small", "medium", "large"];
  const names = Object.keys(groups);
  const category = ["Everything", ...names].map((name, n) =>
    row({ id: id(1, n), name, parent: n === 0 ? undefined : id(1, 0), about: n === 0 ? "All that is kept in stock." : undefined }),
  );
  const words = ["new", "heavy", "fragile", "imported", "seasonal", "recycled", "discount", "made to order", "spare part", "bulk"];
  const tag = words.map((name, n) => ({ id: id(2, n), name, color: `#${pad(below(256).toString(16), 2)}6f${pad(below(256).toString(16), 2)}` }));
  const supplier = times(24, (n) => {
    const name = `${LAST[n]} ${["Trading", "Metal", "Supply", "Works"][n % 4]}`;
    return row({
      id: id(3, n), name, email: mail(name, "example.com"),
      website: n % 3 === 0 ? `https://${mail(name, "").slice(0, -1)}.example.com` : undefined,
      account: id(901, n), approved: n % 5 !== 4, ships: some(["road", "rail", "sea", "air"]),
    });
  });
  const places = [["Hamburg", "HAM"], ["Porto", "OPO"], ["Kraków", "KRK"], ["Osaka", "OSA"], ["Leeds", "LDS"], ["Turin", "TRN"]];
  const warehouse = places.map(([city, code], n) => ({
    id: id(4, n), name: `${city} warehouse`, code, city, opened_on: day(n * 37), layout: { aisles: 4 + n * 2, cold: n % 2 === 1 },
  }));
  const product = names.flatMap((group, g) =>
    groups[group].flatMap((thing, t) =>
      sizes.map((size, s) => {
        const n = g * 24 + t * 3 + s;
        return row({
          id: id(5, n), name: `${thing} ${size}`, sku: `${group.slice(0, 2).toUpperCase()}-${pad(n + 1)}`, category: id(1, g + 1),
          status: ["active", "active", "active", "paused", "active", "retired"][below(6)], price: money(150 + below(9000)),
          reorder_at: 5 * (1 + below(20)), about: n % 4 === 0 ? "Comes in a box of ten." : undefined,
        });
      }),
    ),
  );
  const movement = times(420, (n) => {
    const kind = ["receipt", "receipt", "issue", "count"][below(4)];
    return row({
      id: id(6, n), product: one(product).id, warehouse: one(warehouse).id, kind,
      quantity: kind === "issue" ? -1 - below(20) : 1 + below(200), moved_at: moment(Math.floor(n * 0.7), 6 + below(12)),
      note: n % 6 === 0 ? "Checked by hand." : undefined,
    });
  });
  const tags = [];
  const supplied_by = [];
  const stocked_in = [];
  product.forEach((each, n) => {
    for (const one_of of some(tag).slice(0, 3)) tags.push({ source_id: each.id, target_id: one_of.id });
    for (const s of [n % 24, (n * 5 + 7) % 24].filter((s, at, all) => all.indexOf(s) === at)) {
      supplied_by.push({
        source_id: each.id, target_id: supplier[s].id, price: money(Math.round(Number(each.price) * (55 + below(20)))),
        lead_days: 2 + below(28), preferred: s === n % 24,
      });
    }
    for (const [w, where] of warehouse.entries()) {
      if ((n + w) % 3 !== 0) continue;
      stocked_in.push(
        row({ source_id: each.id, target_id: where.id, quantity: below(400), shelf: `${"ABCDEF"[below(6)]}${1 + below(30)}`, counted_on: n % 2 === 0 ? day(300 + below(40)) : undefined }),
      );
    }
  });
  return { category, tag, supplier, warehouse, product, movement, tags, supplied_by, stocked_in };
}

for (const [name, data] of [
  ["customers_orders", customersAndOrders()],
  ["issue_tracker", issueTracker()],
  ["inventory", inventory()],
]) {
  const lists = Object.entries(data).map(
    ([type, rows]) => `  "${type}": [\n${rows.map((each) => `    ${JSON.stringify(each)}`).join(",\n")}\n  ]`,
  );
  writeFileSync(new URL(`${name}.sample.json`, FOLDER), `{\n${lists.join(",\n")}\n}\n`);
}
