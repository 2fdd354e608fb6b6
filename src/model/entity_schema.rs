//! The JSON Schema of the entities that a model describes, as callers write them.
//!
//! Kept beside each version for tools that ask for it; the database's own
//! validators decide.

use crate::model::Model;
use crate::model::entity::EntityDefinition;
use crate::model::property_type::PropertyType;
use crate::model::property_type::StringFormat;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

/// A schema for each entity type, under `$defs`.
#[must_use]
pub fn of(model: &Model) -> Value {
    let definitions: Map<String, Value> = model
        .entities
        .iter()
        .map(|entity| (entity.id.clone(), entity_schema(entity)))
        .collect();
    json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions })
}

fn entity_schema(entity: &EntityDefinition) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for property in &entity.properties {
        let mut schema = value_schema(&property.property_type);
        schema.insert("title".to_owned(), property.label().into());
        if let Some(description) = &property.description {
            schema.insert("description".to_owned(), description.as_str().into());
        }
        properties.insert(property.name.clone(), Value::Object(schema));
        if property.required && property.default_value.is_none() {
            required.push(property.name.clone());
        }
    }
    json!({
        "type": "object",
        "title": entity.name,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn value_schema(kind: &PropertyType) -> Map<String, Value> {
    let mut schema = Map::new();
    let mut set = |key: &str, value: Value| {
        if !value.is_null() {
            schema.insert(key.to_owned(), value);
        }
    };
    match kind {
        PropertyType::String {
            max_length,
            min_length,
            pattern,
            format,
        } => {
            set("type", "string".into());
            set("maxLength", json!(max_length));
            set("minLength", json!(min_length));
            set("pattern", json!(pattern));
            set(
                "format",
                match format {
                    Some(StringFormat::Email) => "email".into(),
                    Some(StringFormat::Url) => "uri".into(),
                    None => Value::Null,
                },
            );
        }
        PropertyType::Text {
            max_length,
            min_length,
        } => {
            set("type", "string".into());
            set("maxLength", json!(max_length));
            set("minLength", json!(min_length));
        }
        PropertyType::Integer { min, max } => {
            set("type", "integer".into());
            set("minimum", json!(min));
            set("maximum", json!(max));
        }
        PropertyType::Decimal { .. } => set("type", json!(["string", "number"])),
        PropertyType::Boolean {} => set("type", "boolean".into()),
        PropertyType::Enum { values } => {
            set(
                "enum",
                values
                    .iter()
                    .map(|value| value.value.as_str())
                    .collect::<Vec<_>>()
                    .into(),
            );
        }
        PropertyType::MultiEnum { values } => {
            let values: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
            set("type", "array".into());
            set("items", json!({ "enum": values }));
            set("uniqueItems", true.into());
        }
        PropertyType::Date {} => {
            set("type", "string".into());
            set("format", "date".into());
        }
        PropertyType::DateTime {} => {
            set("type", "string".into());
            set("format", "date-time".into());
        }
        PropertyType::Uuid {} | PropertyType::Reference { .. } => {
            set("type", "string".into());
            set("format", "uuid".into());
        }
        PropertyType::Json {} => {}
    }
    schema
}
