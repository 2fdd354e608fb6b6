//! A role: what some of an application's people may do.

use crate::model::canonical::sorted;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

/// A role that people of the application can have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleDefinition {
    /// The role's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it allows, kept as given.
    #[serde(default, skip_serializing_if = "Map::is_empty", serialize_with = "sorted")]
    pub permissions: Map<String, Value>,
}
