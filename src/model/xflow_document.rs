//! An xflow's document: nodes, the edges between them, and how an execution is treated.

use crate::model::canonical::sorted;
use crate::model::is_false;
use crate::model::xflow_node::NodeKind;
use crate::model::xflow_trigger::XFlowTrigger;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeMap;

/// The time an execution may work unless its document says otherwise, in milliseconds.
pub const DEFAULT_EXECUTION_MS: u64 = 30_000;
/// The priority of an execution unless its document says otherwise.
pub const DEFAULT_PRIORITY: u8 = 5;

/// A workflow: nodes that do something, and edges that say what comes next.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct XFlowDocument {
    /// What actions, hooks and callers name it by.
    #[serde(default)]
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its own version, for people.
    #[serde(default = "first_version")]
    pub version: String,
    /// Whether it may be started at all.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Whether a direct call survives a crash of its server; what triggers start always does.
    #[serde(default, skip_serializing_if = "is_false")]
    pub durable: bool,
    /// What starts it by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<XFlowTrigger>,
    /// Its nodes by id.
    #[serde(default)]
    pub nodes: BTreeMap<String, XFlowNode>,
    /// What follows what.
    #[serde(default)]
    pub edges: Vec<XFlowEdge>,
    /// The JSON Schema of what it is given.
    #[serde(default, serialize_with = "sorted")]
    pub input_schema: Map<String, Value>,
    /// The JSON Schema of what it answers.
    #[serde(default, serialize_with = "sorted")]
    pub output_schema: Map<String, Value>,
    /// The JSON Schema of what an Error node tells.
    #[serde(default, serialize_with = "sorted")]
    pub error_schema: Map<String, Value>,
    /// How long an execution may work, in milliseconds; time it waits does not count.
    #[serde(default = "default_execution_ms")]
    pub max_execution_time_ms: u64,
    /// Which waiting executions go first: 0 to 10, the higher the sooner.
    #[serde(default = "default_priority")]
    pub priority: u8,
    /// How many executions may run at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<Concurrency>,
    /// Whether an execution that failed is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
}

/// One step of an xflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct XFlowNode {
    /// The name it stands under among the nodes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// What it does.
    pub node_type: NodeKind,
    /// Where it stands on the canvas.
    #[serde(default)]
    pub position: Position,
    /// Further settings of the editor, kept as they are given.
    #[serde(default, skip_serializing_if = "Value::is_null", serialize_with = "sorted")]
    pub config: Value,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How long it may take, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// A place on the canvas.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// From the left.
    #[serde(default)]
    pub x: f64,
    /// From the top.
    #[serde(default)]
    pub y: f64,
}

/// A way from a node to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct XFlowEdge {
    /// The editor's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The node it leaves.
    pub source: String,
    /// The node it leads to.
    pub target: String,
    /// Which outcome it leaves by: `out` unless said otherwise, `error`, `true`, `false`, a case of a Switch, `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// An expression that must be true for the edge to be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// How many executions of an xflow may run at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Concurrency {
    /// A text with `{{ }}`: executions with the same one run one after another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// At most this many at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// Whether and when an execution that failed is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// How often it is tried in all.
    pub max_attempts: u32,
    /// The pause before the second try in milliseconds; each further one is twice as long, five minutes at most.
    #[serde(default = "default_backoff")]
    pub backoff: u64,
}

impl XFlowDocument {
    /// What people call it; without a name, its id.
    #[must_use]
    pub fn title(&self) -> &str {
        if self.name.is_empty() {
            &self.id
        } else {
            &self.name
        }
    }
}

impl XFlowEdge {
    /// The outcome it leaves by.
    #[must_use]
    pub fn port(&self) -> &str {
        self.port.as_deref().unwrap_or("out")
    }
}

fn first_version() -> String {
    "1.0.0".to_owned()
}

fn default_execution_ms() -> u64 {
    DEFAULT_EXECUTION_MS
}

fn default_priority() -> u8 {
    DEFAULT_PRIORITY
}

fn default_backoff() -> u64 {
    1_000
}

fn yes() -> bool {
    true
}
