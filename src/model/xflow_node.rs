//! The kinds of nodes an xflow has, each with its own settings.
//!
//! Texts in settings may hold `{{ … }}`: an expression over `input`, `nodes`,
//! `trigger` and `execution`. A text that is one expression becomes its value,
//! with its type.

use crate::model::canonical::sorted;
use crate::model::is_false;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::Map;

/// What a node does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum NodeKind {
    /// Where an execution begins. It gives the input.
    Start {},
    /// An end. What it gives is the answer of the xflow.
    End {
        /// What it gives; without it, what came before.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
        output: Option<Value>,
    },
    /// An end in failure.
    Error {
        /// What went wrong.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        /// Facts beside the message.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
        data: Option<Value>,
    },
    /// A script.
    JavaScript {
        /// The body of an async function; a single expression gives its value.
        #[serde(default)]
        code: String,
        /// How long it may take, in milliseconds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout_ms: Option<u64>,
        /// Accepted and dropped: scripts are compiled where they run.
        #[serde(default, skip_serializing, deserialize_with = "dropped")]
        precompiled: Option<Value>,
    },
    /// A question; it leaves by `true` or `false`.
    Condition {
        /// An expression.
        #[serde(default)]
        expression: String,
        /// Accepted and dropped.
        #[serde(default, skip_serializing, deserialize_with = "dropped")]
        compiled: Option<Value>,
    },
    /// Makes a value of others.
    Transform {
        /// The value, with `{{ … }}` in its texts.
        #[serde(default, serialize_with = "sorted")]
        mapping: Value,
        /// A script that makes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        javascript: Option<String>,
        /// Accepted and dropped.
        #[serde(default, skip_serializing, deserialize_with = "dropped")]
        compiled: Option<Value>,
    },
    /// Reads entities; it gives a list.
    EntityRead {
        /// The entity type.
        #[serde(default)]
        entity_type: String,
        /// Which, in the filter language of lists.
        #[serde(default, serialize_with = "sorted")]
        filters: Map<String, Value>,
        /// How many at most: 1,000 unless said otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        limit: Option<u32>,
        /// Whether a cached answer will do. What is cached is never older than the last change.
        #[serde(default, skip_serializing_if = "is_false")]
        use_cache: bool,
    },
    /// Writes entities; it gives what was written.
    EntityWrite {
        /// The entity type.
        #[serde(default)]
        entity_type: String,
        /// What is done.
        operation: EntityOperation,
        /// The values by property; for the bulk operations a list of them. An `id` names the entity.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
        data_mapping: Option<Value>,
        /// How many are written in one statement by the bulk operations.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        batch_size: Option<u32>,
        /// The entity that is updated or deleted; without it, the `id` of the values.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entity_id: Option<String>,
        /// The version it must have.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
        version: Option<Value>,
    },
    /// Sends an HTTP request; it gives `{status, headers, body}`.
    HttpRequest {
        /// The address.
        #[serde(default)]
        url: String,
        /// The method.
        #[serde(default = "get")]
        method: String,
        /// Headers by name.
        #[serde(default, serialize_with = "sorted")]
        headers: Map<String, Value>,
        /// The body: a text as it is, everything else as JSON.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
        body: Option<Value>,
        /// How long it may take, in milliseconds: 10,000 unless said otherwise, at most 30,000.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout_ms: Option<u64>,
        /// Whether connections are used again.
        #[serde(default = "yes")]
        connection_pool: bool,
        /// Whether it would rather not be sent than be sent twice.
        #[serde(default, skip_serializing_if = "is_false")]
        at_most_once: bool,
    },
    /// Runs another xflow of the model; it gives that xflow's answer.
    SubFlow {
        /// The xflow.
        #[serde(default)]
        xflow_id: String,
        /// What it is given; without it, the input of this one.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
        input_mapping: Option<Value>,
        /// What is made of its answer, which is `output` there.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
        output_mapping: Option<Value>,
        /// Whether it is only started: the node gives the id of its execution.
        #[serde(default, skip_serializing_if = "is_false")]
        async_execution: bool,
    },
    /// Waits.
    Delay {
        /// How long, in milliseconds.
        milliseconds: u64,
    },
    /// Writes a line into the execution's log.
    Log {
        /// `error`, `warn`, `info` or `debug`.
        #[serde(default = "info")]
        level: String,
        /// The line.
        #[serde(default)]
        message: String,
        /// Whether the line carries the execution and the node as fields.
        #[serde(default, skip_serializing_if = "is_false")]
        structured: bool,
    },
    /// Starts several nodes at the same time.
    Parallel {
        /// The nodes that begin the branches.
        #[serde(default)]
        branch_nodes: Vec<String>,
    },
    /// Keeps a value in the server's memory, or asks for one.
    Cache {
        /// The key.
        #[serde(default)]
        key_template: String,
        /// How long a value is kept, in seconds.
        #[serde(default)]
        ttl_seconds: u64,
        /// What is done.
        operation: CacheOperation,
        /// What Set keeps; without it, what came before.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
        value: Option<Value>,
    },
    /// A choice between several ways; it leaves by the case that is met first, or by `default`.
    Switch {
        /// The value that is compared with each case; without it, each case is an expression.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// The cases in their order.
        #[serde(default)]
        cases: Vec<SwitchCase>,
    },
    /// Waits for the branches that lead to it; it gives their results by node.
    Join {
        /// Whether it waits for all of them or for any.
        #[serde(default)]
        mode: JoinMode,
    },
    /// Does something for each item of a list; it gives the results as a list.
    ForEach {
        /// The list, an expression.
        #[serde(default)]
        items: String,
        /// The xflow that is run for each: it is given `{item, index}`.
        #[serde(default)]
        xflow_id: String,
        /// How many items at the same time: one after another unless said otherwise, 32 at most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parallel: Option<u32>,
    },
    /// Waits for a signal; it gives `{id, signal, data, by, at}`.
    Wait {
        /// The signal's name, with `{{ … }}` in it where it is one of many.
        #[serde(default)]
        signal: String,
        /// How long at most, in milliseconds; then it leaves by `timeout`, or fails without such an edge.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        timeout_ms: Option<u64>,
    },
    /// Answers the webhook that started the execution, before it ends.
    Respond {
        /// The status of the answer.
        #[serde(default = "ok")]
        status: u16,
        /// Its headers by name.
        #[serde(default, serialize_with = "sorted")]
        headers: Map<String, Value>,
        /// Its body.
        #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
        body: Option<Value>,
    },
}

/// What an `EntityWrite` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum EntityOperation {
    /// Creates one.
    Create,
    /// Changes one.
    Update,
    /// Deletes one.
    Delete,
    /// Changes the one of this id or creates it.
    Upsert,
    /// Creates many: all, or none.
    BulkCreate,
    /// Changes many: all, or none.
    BulkUpdate,
}

/// What a Cache node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CacheOperation {
    /// Gives what is kept, or null.
    Get,
    /// Keeps a value.
    Set,
    /// Forgets it.
    Delete,
    /// Gives whether something is kept.
    Exists,
}

/// One way out of a Switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchCase {
    /// The port it leaves by.
    pub port: String,
    /// An expression: the value that is compared, or the condition itself.
    pub when: String,
}

/// What a Join waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JoinMode {
    /// Every branch that is taken.
    #[default]
    All,
    /// The first; the others are cancelled.
    Any,
}

impl NodeKind {
    /// The kind's name in documents.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            NodeKind::Start {} => "Start",
            NodeKind::End { .. } => "End",
            NodeKind::Error { .. } => "Error",
            NodeKind::JavaScript { .. } => "JavaScript",
            NodeKind::Condition { .. } => "Condition",
            NodeKind::Transform { .. } => "Transform",
            NodeKind::EntityRead { .. } => "EntityRead",
            NodeKind::EntityWrite { .. } => "EntityWrite",
            NodeKind::HttpRequest { .. } => "HttpRequest",
            NodeKind::SubFlow { .. } => "SubFlow",
            NodeKind::Delay { .. } => "Delay",
            NodeKind::Log { .. } => "Log",
            NodeKind::Parallel { .. } => "Parallel",
            NodeKind::Cache { .. } => "Cache",
            NodeKind::Switch { .. } => "Switch",
            NodeKind::Join { .. } => "Join",
            NodeKind::ForEach { .. } => "ForEach",
            NodeKind::Wait { .. } => "Wait",
            NodeKind::Respond { .. } => "Respond",
        }
    }

    /// Whether edges may leave the node by this port.
    #[must_use]
    pub fn has_port(&self, port: &str) -> bool {
        match (self, port) {
            (NodeKind::End { .. } | NodeKind::Error { .. }, _) => false,
            (_, "out") => true,
            (NodeKind::Condition { .. }, "true" | "false") => true,
            (NodeKind::Switch { .. }, "default") | (NodeKind::Wait { .. }, "timeout") => true,
            (NodeKind::Switch { cases, .. }, port) if cases.iter().any(|case| case.port == port) => true,
            (NodeKind::Start {} | NodeKind::Parallel { .. } | NodeKind::Join { .. }, "error") => false,
            (_, "error") => true,
            _ => false,
        }
    }
}

fn dropped<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer).map(|_| None)
}

fn get() -> String {
    "GET".to_owned()
}

fn info() -> String {
    "info".to_owned()
}

fn ok() -> u16 {
    200
}

fn yes() -> bool {
    true
}
