//! The OpenRPC document: what can be asked here, for machines.
//!
//! Made from the registry, so it cannot be out of date. At an application's
//! endpoint it describes what is asked of an application; at the endpoint for
//! all, everything, with `applicationId` where an application is meant.

use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reach;
use crate::operation::Reply;
use crate::operation::all;
use crate::operation::operation;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "rpc.discover",
    "Gives this document.",
    Read,
    Anywhere,
    Discover => OpenRpcDocument,
    discover
)];

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discover {}

/// An OpenRPC document.
#[derive(JsonSchema)]
#[schemars(transparent)]
pub struct OpenRpcDocument(#[expect(dead_code, reason = "only its schema is used")] Map<String, Value>);

async fn discover(ask: Ask<'_>, _: Discover) -> Result<Reply> {
    Reply::of(&document(ask.application_if_any().is_none()))
}

/// The document of the endpoint for all applications, or of an application's own.
#[must_use]
pub fn document(of_server: bool) -> Value {
    let settings = SchemaSettings::draft07().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut methods = Vec::new();
    for operation in all() {
        if !of_server && operation.reach == Reach::Server {
            continue;
        }
        let params = (operation.params)(&mut generator);
        let result = (operation.result)(&mut generator);
        let params = resolved(&generator, params.to_value());
        methods.push(json!({
            "name": operation.name,
            "summary": operation.summary,
            "description": format!("Needs the permission {}.", operation.permission),
            "paramStructure": "by-name",
            "params": descriptors(&params, of_server && operation.reach == Reach::Application),
            "result": { "name": "result", "schema": result.to_value() },
        }));
    }
    let schemas = generator.take_definitions(true);
    json!({
        "openrpc": "1.3.2",
        "info": {
            "title": "Torque",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What can be asked of Torque over JSON-RPC 2.0, over HTTP and WebSocket.",
            "license": { "name": "Apache-2.0" },
        },
        "methods": methods,
        "components": { "schemas": schemas },
    })
}

/// Parameters as OpenRPC lists them: those that must be given first.
fn descriptors(params: &Value, names_application: bool) -> Vec<Value> {
    let required: Vec<&str> = params["required"]
        .as_array()
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut descriptors = Vec::new();
    if names_application {
        descriptors.push(json!({
            "name": "applicationId",
            "description": "The application's slug or id.",
            "required": true,
            "schema": { "type": "string" },
        }));
    }
    let mut optional = Vec::new();
    for (name, schema) in params["properties"].as_object().into_iter().flatten() {
        let mut schema = schema.clone();
        let description = schema
            .as_object_mut()
            .and_then(|schema| schema.remove("description"));
        let is_required = required.contains(&name.as_str());
        let mut descriptor = json!({ "name": name, "required": is_required, "schema": schema });
        if let Some(description) = description {
            descriptor["description"] = description;
        }
        if is_required {
            descriptors.push(descriptor);
        } else {
            optional.push(descriptor);
        }
    }
    descriptors.extend(optional);
    descriptors
}

/// The schema itself where a reference stands for it.
pub fn resolved(generator: &schemars::SchemaGenerator, schema: Value) -> Value {
    let name = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.rsplit('/').next());
    match name.and_then(|name| generator.definitions().get(name)) {
        Some(definition) => definition.clone(),
        None => schema,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn references(json: &Value, found: &mut BTreeSet<String>) {
        match json {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    found.insert(reference.to_owned());
                }
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_document_names_every_operation_once_and_every_reference_leads_somewhere() {
        let document = document(true);
        let names: BTreeSet<&str> = document["methods"]
            .as_array()
            .unwrap()
            .iter()
            .map(|method| method["name"].as_str().unwrap())
            .collect();
        assert_eq!(names.len(), all().count());
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn an_applications_document_leaves_out_what_concerns_the_server() {
        let document = document(false);
        for method in document["methods"].as_array().unwrap() {
            let operation = crate::operation::by_name(method["name"].as_str().unwrap()).unwrap();
            assert_ne!(operation.reach, Reach::Server);
            let params = method["params"].as_array().unwrap();
            assert!(params.iter().all(|param| param["name"] != "applicationId"));
            let first_optional = params.iter().position(|param| param["required"] == false);
            let last_required = params.iter().rposition(|param| param["required"] == true);
            if let (Some(optional), Some(required)) = (first_optional, last_required) {
                assert!(required < optional, "{}", method["name"]);
            }
        }
    }
}
