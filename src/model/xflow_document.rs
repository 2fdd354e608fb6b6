//! An xflow's document, kept as it is given until the engine reads it.

use crate::model::canonical::sorted;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

/// A workflow's document. Its `id` and `name` are read; the rest is kept as given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct XFlowDocument(#[serde(serialize_with = "sorted")] pub Map<String, Value>);

impl XFlowDocument {
    /// What actions and hooks name it by.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.0.get("id").and_then(Value::as_str)
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.get("name").and_then(Value::as_str)
    }
}
