// Checks an OpenRPC document, on standard input, against the OpenRPC meta-schema.
//
//   node openrpc.mjs < document.json
//
// The schema is the npm package @open-rpc/meta-schema's. Prints one line per
// fault and leaves with 1 when there is any.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Ajv from "ajv";

const DRAFT_7 = "http://json-schema.org/draft-07/schema#";
const OWN_DIALECT = /^https:\/\/meta\.json-schema\.tools\/?#?(\/definitions\/JSONSchemaObject)?/;

const { default: meta } = createRequire(import.meta.url)("@open-rpc/meta-schema");
// Its dialect is draft 7 under an address of its own, which nothing is fetched from.
const schema = JSON.parse(JSON.stringify(meta), (key, value) => {
  if (key === "$schema" || key === "$id") return undefined;
  return key === "$ref" && typeof value === "string" ? value.replace(OWN_DIALECT, DRAFT_7) : value;
});
const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
const holds = ajv.compile(schema);
if (!holds(JSON.parse(readFileSync(0, "utf8")))) {
  for (const fault of holds.errors) console.error(`${fault.instancePath}: ${fault.message}`);
  process.exit(1);
}
