//! The model reference: a page for people, generated from the JSON Schema.

use crate::error::Result;
use crate::model::schema::json_schema;
use serde_json::Map;
use serde_json::Value;
use std::fmt::Write;

const HEADER: &str = "# The model document

A model is one JSON document: what `torque model export` writes and `torque model import` reads. This page is generated
from the Rust types by `torque generate`; so is its [JSON Schema](model.schema.json), which `torque model schema` prints too.

Unknown keys are refused. What is left out has the default of its row. Names of entity types, properties, relationships,
forms, pages and components are lower case letters, digits and underscores, beginning with a letter.

Every entity has the read-only system properties `id`, `version`, `created_at`, `updated_at` and `entity_type`; grids and
filters can name them, a model cannot declare them. To-one relationships are `Reference` properties; a `one_to_many` or
`one_to_one` written under `relationships` becomes one when it is saved.

A property is renamed by changing its `name` and keeping its `id`; an entity type by changing its `id` and keeping its
`key`. Values are stored under keys that never change, so a rename moves no data.
";

/// The model reference as Markdown.
pub fn text() -> Result<String> {
    let schema = json_schema()?;
    let mut text = HEADER.to_owned();
    section(&mut text, "Model", &schema);
    if let Some(definitions) = schema.get("$defs").and_then(Value::as_object) {
        for (name, definition) in definitions {
            section(&mut text, name, definition);
        }
    }
    Ok(text)
}

fn section(text: &mut String, name: &str, schema: &Value) {
    let _ = write!(text, "\n## {name}\n");
    if let Some(description) = description(schema) {
        let _ = write!(text, "\n{}\n", on_one_line(description));
    }
    if let Some(alternatives) = alternatives(schema) {
        text.push('\n');
        for alternative in alternatives {
            choice(text, alternative);
        }
        for alternative in alternatives.iter().filter(|alternative| rows(alternative) > 0) {
            let _ = write!(text, "\n### {}\n\n", title(alternative));
            table(text, alternative);
        }
    } else if let Some(constants) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = constants.iter().map(|value| format!("`{value}`")).collect();
        let _ = write!(text, "\nOne of {}.\n", values.join(", "));
    } else if rows(schema) > 0 {
        text.push('\n');
        table(text, schema);
    }
}

/// One line of a list of alternatives.
fn choice(text: &mut String, schema: &Value) {
    let _ = write!(text, "- {}", title(schema));
    if let Some(description) = description(schema) {
        let _ = write!(text, ": {}", on_one_line(description));
    }
    text.push('\n');
}

/// What an alternative is called: its constant, its `type`, its only key, or what it is.
fn title(schema: &Value) -> String {
    if let Some(constant) = schema.get("const") {
        return format!("`{constant}`");
    }
    if let Some(tag) = schema.pointer("/properties/type/const").and_then(Value::as_str) {
        return format!("`{tag}`");
    }
    if let Some(members) = schema.get("properties").and_then(Value::as_object) {
        let keys: Vec<String> = members.keys().map(|key| format!("`{key}`")).collect();
        return format!("an object with {}", keys.join(", "));
    }
    kind(schema)
}

/// How many rows an alternative's table has, its tag left out.
fn rows(schema: &Value) -> usize {
    let members = schema.get("properties").and_then(Value::as_object);
    members.map_or(0, |members| {
        members
            .iter()
            .filter(|(name, member)| !is_tag(name, member))
            .count()
    })
}

fn table(text: &mut String, schema: &Value) {
    let empty = Map::new();
    let members = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    text.push_str("| key | value | default | meaning |\n|---|---|---|---|\n");
    for (name, member) in members.iter().filter(|(name, member)| !is_tag(name, member)) {
        let default = if required.contains(&name.as_str()) {
            "needed".to_owned()
        } else {
            member
                .get("default")
                .filter(|value| !value.is_null())
                .map(default_text)
                .unwrap_or_default()
        };
        let meaning = description(member).map(on_one_line).unwrap_or_default();
        let _ = writeln!(
            text,
            "| `{name}` | {} | {default} | {} |",
            kind(member),
            meaning.replace('|', "\\|")
        );
    }
}

fn default_text(value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => String::new(),
        Value::Bool(false) => String::new(),
        value => format!("`{value}`"),
    }
}

/// The kind of value, with links to the sections of other types.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.trim_start_matches("#/$defs/");
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(alternatives) = alternatives(schema) {
        let kinds: Vec<String> = alternatives
            .iter()
            .filter(|alternative| !is_null(alternative))
            .map(kind)
            .collect();
        return kinds.join(" or ");
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return "any JSON".to_owned(),
    };
    let kinds: Vec<String> = types
        .into_iter()
        .filter(|kind| *kind != "null")
        .map(
            |kind| match (kind, schema.get("items"), schema.get("additionalProperties")) {
                ("array", Some(items), _) => format!("list of {}", self::kind(items)),
                ("object", _, Some(values @ Value::Object(_))) => format!("object of {}", self::kind(values)),
                ("integer", ..) => "whole number".to_owned(),
                ("boolean", ..) => "true or false".to_owned(),
                ("string", ..) => "text".to_owned(),
                (other, ..) => other.to_owned(),
            },
        )
        .collect();
    kinds.join(" or ")
}

fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    schema
        .get("oneOf")
        .or_else(|| schema.get("anyOf"))
        .and_then(Value::as_array)
}

fn description(schema: &Value) -> Option<&str> {
    schema.get("description").and_then(Value::as_str)
}

fn on_one_line(text: &str) -> String {
    text.replace('\n', " ")
}

fn is_tag(name: &str, schema: &Value) -> bool {
    name == "type" && schema.get("const").is_some()
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}
