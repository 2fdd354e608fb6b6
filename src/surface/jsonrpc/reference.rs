//! The JSON-RPC reference: a page for people, generated from the registry.

use crate::operation::Reach;
use crate::operation::by_name;
use crate::operation::openrpc;
use crate::surface::problem;
use serde_json::Value;
use std::fmt::Write as _;

/// Where the page stands in the repository.
pub const PATH: &str = "docs/json-rpc-reference.md";

const HEADER: &str = r#"# JSON-RPC

What can be asked of Torque over JSON-RPC 2.0. This page is generated from the registry of operations by
`torque generate`; the same as an OpenRPC document is what `rpc.discover` answers.

| endpoint | what is asked there |
|---|---|
| `POST /app/{application}/jsonrpc` | one application, by its slug or id |
| `POST /jsonrpc` | the server, and every application by the parameter `applicationId` |
| `GET /app/{application}/ws` | WebSocket: a message is a call, a reply or a frame; adds `subscribe` and `unsubscribe` |

A request is `application/json` in UTF-8. A credential is `Authorization: Bearer tq_…` or a sign-in session; without
one, an application with the access `public` or `public_read` answers what that grants, everything else is refused.

```bash
curl -H 'content-type: application/json' http://127.0.0.1:8080/app/todo_list/jsonrpc \
  -d '{"jsonrpc":"2.0","method":"loadEntityData","params":{"entityType":"todo","filters":{"status":"open"}},"id":1}'
```

- **Parameters** are given by name. An unknown one, a missing one and one of the wrong type are refused, and so is what
  cannot be stored or told apart: a key given twice, more than 64 levels, 256 keys of one object, 10,000 values of one
  array, a number beyond every float, U+0000, half of a surrogate pair. `data.path` names the place.
- **Notifications** (calls without `id`) are performed and not answered: `204` over HTTP, nothing over WebSocket.
- **Batches** have as many calls as `jsonrpc.max_batch_size` allows, and are answered in their order. Reads that stand side by side
  run at once; a write is done before what follows it begins.
- **HTTP statuses**: a refusal is `200` with an `error`, except where nothing was asked at all: `401`, `413`, `429`, `503`.
- **Times** are UTC with six digits of a second (`2024-07-10T09:15:00.000000Z`), **decimals** are strings at their scale,
  **UUIDs** are lower case. A property without a value is absent; `null` clears one.
- **Filters**: `{"status":"open"}` is `eq`; `eq`, `ne`, `in`, `contains`, `startsWith`, `gt`, `gte`, `lt`, `lte`, `between`,
  `null`; `and`, `or`, `not`; paths one reference deep: `{"customer.name":{"startsWith":"A"}}`. `contains` and `startsWith` on text
  do not tell capitals from small letters. Sorted lists put an absent value last, or first when they are sorted `desc`.
- **Once**: `createEntity` takes an `id` made by the client, writes take an `idempotencyKey`: sent again, a write answers as it
  did the first time. The same key with other parameters is a conflict.
- **Conflicts** of an expected `version` carry `expectedVersion`, `currentVersion` and the `current` entity.

## Errors

`error.data.code` is one of these; `error.data.fields` lists the broken rules of a write as `{field, code, message}`.

| `data.code` | `error.code` | HTTP elsewhere |
|---|---|---|
"#;

/// The page as Markdown.
#[must_use]
pub fn text() -> String {
    let mut text = HEADER.to_owned();
    for code in problem::CODES {
        let row = problem::problem(code);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {} |",
            code.name(),
            row.rpc,
            row.http.as_u16()
        );
    }
    text.push_str(
        "\nA text that is no JSON is −32700, JSON that is no request −32600, an unknown method −32601. \
         `bug` carries an `id` only, which\nfinds the cause in the log.\n",
    );
    let document = openrpc::document(true);
    let schemas = &document["components"]["schemas"];
    for method in document["methods"].as_array().into_iter().flatten() {
        section(&mut text, method, schemas);
    }
    text
}

fn section(text: &mut String, method: &Value, schemas: &Value) {
    let name = method["name"].as_str().unwrap_or_default();
    let Some(operation) = by_name(name) else { return };
    let place = match operation.reach {
        Reach::Server => "of the server",
        Reach::Application => "of an application",
        Reach::Anywhere => "anywhere",
    };
    let _ = write!(
        text,
        "\n## {name}\n\n{} Asked {place}; permission: {}.\n",
        operation.summary, operation.permission
    );
    let params: Vec<&Value> = method["params"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|param| param["name"] != "applicationId" || operation.reach == Reach::Server)
        .collect();
    if !params.is_empty() {
        text.push_str("\n| parameter | type | must | |\n|---|---|---|---|\n");
        for param in params {
            let must = if param["required"] == true { "yes" } else { "" };
            row(
                text,
                param["name"].as_str(),
                &param["schema"],
                must,
                description(param),
            );
        }
    }
    let result = named(schemas, &method["result"]["schema"]);
    let members: Vec<(&String, &Value)> = result["properties"].as_object().into_iter().flatten().collect();
    if !members.is_empty() {
        text.push_str("\n| result | type | |\n|---|---|---|\n");
        for (name, schema) in members {
            let _ = writeln!(
                text,
                "| `{name}` | {} | {} |",
                kind(schema),
                description(schema).replace('\n', " ")
            );
        }
    }
}

fn row(text: &mut String, name: Option<&str>, schema: &Value, must: &str, description: &str) {
    let _ = writeln!(
        text,
        "| `{}` | {} | {must} | {} |",
        name.unwrap_or_default(),
        kind(schema),
        description.replace('\n', " ")
    );
}

fn description(json: &Value) -> &str {
    json["description"].as_str().unwrap_or_default()
}

fn named<'a>(schemas: &'a Value, schema: &'a Value) -> &'a Value {
    match reference(schema) {
        Some(name) => &schemas[name],
        None => schema,
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().and_then(|path| path.rsplit('/').next())
}

/// A schema in a word or two.
fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return name.to_owned();
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(alternatives) = schema[key].as_array() {
            let kinds: Vec<String> = alternatives
                .iter()
                .filter(|alternative| alternative["type"] != "null")
                .map(kind)
                .collect();
            return kinds.join(" or ");
        }
    }
    let of = match &schema["type"] {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null")
            .unwrap_or("any"),
        _ => return "any JSON".to_owned(),
    };
    match (of, schema["format"].as_str()) {
        ("array", _) => format!("list of {}", kind(&schema["items"])),
        ("string", Some("uuid")) => "UUID".to_owned(),
        (of, _) => of.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_reference_is_not_stale() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH);
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(found == text(), "{PATH} is stale: run `cargo run -- generate`");
    }
}
