//! A node's settings, read: expressions and templates ready to be filled in.

mod http;

pub use http::Http;

use crate::model::xflow_node::EntityOperation;
use crate::model::xflow_node::JoinMode;
use crate::model::xflow_node::NodeKind;
use crate::xflow::expression::Expression;
use crate::xflow::template::Template;
use serde_json::Value;
use std::time::Duration;

/// Entities that a read gives unless its node says otherwise, and the most it may say.
pub const MOST_ENTITIES: u32 = 1_000;

/// Entities that a bulk write puts into one statement unless its node says otherwise.
const BATCH: u32 = 1_000;

/// What a node does, ready to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Gives the input.
    Start,
    /// Ends; without an output it gives what came before.
    End(Option<Template>),
    /// Ends in failure.
    Error {
        /// What went wrong.
        message: Option<Template>,
        /// Facts beside it.
        data: Option<Template>,
    },
    /// Leaves by `true` or `false`.
    Condition(Expression),
    /// Makes a value.
    Transform(Template),
    /// Reads entities.
    EntityRead {
        /// The type's outside name.
        entity_type: String,
        /// Which.
        filters: Template,
        /// How many at most.
        limit: u32,
    },
    /// Writes entities.
    EntityWrite {
        /// The type's outside name.
        entity_type: String,
        /// What is done.
        operation: EntityOperation,
        /// The values.
        data: Option<Template>,
        /// The entity.
        entity_id: Option<Template>,
        /// The version it must have.
        version: Option<Template>,
        /// How many in one statement.
        batch: usize,
    },
    /// Sends an HTTP request.
    Http(Box<Http>),
    /// Waits.
    Delay(Duration),
    /// Writes a line.
    Log {
        /// `error`, `warn`, `info`, `debug`.
        level: String,
        /// The line.
        message: Template,
    },
    /// Starts branches.
    Parallel,
    /// Gathers the results of a Parallel's branches, one by one: the positions of each branch's nodes.
    Gather {
        /// The Parallel.
        parallel: usize,
        /// For each branch its nodes in order.
        branches: Vec<Vec<usize>>,
    },
    /// Leaves by the first case that is met.
    Switch {
        /// What each case is compared with.
        value: Option<Expression>,
        /// Port and expression of each case.
        cases: Vec<(String, Expression)>,
    },
    /// Waits for branches.
    Join(JoinMode),
}

/// A fault of a node's settings: where within them, what kind, a sentence.
pub type Fault = (String, &'static str, String);

impl Step {
    /// Reads a node's settings.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn of(kind: &NodeKind) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader(Vec::new());
        let step = reader.step(kind);
        match step {
            Some(step) if reader.0.is_empty() => Ok(step),
            _ => Err(reader.0),
        }
    }

    /// The roots that its expressions read.
    #[must_use]
    pub fn reads(&self) -> Vec<(String, Option<String>)> {
        let mut found = Vec::new();
        match self {
            Step::Start | Step::Delay(_) | Step::Parallel | Step::Gather { .. } | Step::Join(_) => {}
            Step::End(output) => each(&[output.as_ref()], &mut found),
            Step::Error { message, data } => each(&[message.as_ref(), data.as_ref()], &mut found),
            Step::Condition(expression) => expression.reads(&mut found),
            Step::Transform(template) => template.reads(&mut found),
            Step::EntityRead { filters, .. } => filters.reads(&mut found),
            Step::EntityWrite {
                data,
                entity_id,
                version,
                ..
            } => each(&[data.as_ref(), entity_id.as_ref(), version.as_ref()], &mut found),
            Step::Http(http) => http.reads(&mut found),
            Step::Log { message, .. } => message.reads(&mut found),
            Step::Switch { value, cases } => {
                if let Some(value) = value {
                    value.reads(&mut found);
                }
                for (_, expression) in cases {
                    expression.reads(&mut found);
                }
            }
        }
        found
    }
}

fn each(templates: &[Option<&Template>], found: &mut Vec<(String, Option<String>)>) {
    for template in templates.iter().flatten() {
        template.reads(found);
    }
}

/// An expression as documents have it: bare, or as the one thing within `{{ }}`.
pub(crate) fn bare(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    inner.filter(|inner| !inner.contains("}}")).unwrap_or(text).trim()
}

struct Reader(Vec<Fault>);

impl Reader {
    fn say(&mut self, place: &str, code: &'static str, message: impl Into<String>) {
        self.0.push((place.to_owned(), code, message.into()));
    }

    fn is_given(&mut self, place: &str, text: &str) -> bool {
        if text.trim().is_empty() {
            self.say(place, "required", "must not be empty");
            return false;
        }
        true
    }

    fn expression(&mut self, place: &str, text: &str) -> Option<Expression> {
        if !self.is_given(place, text) {
            return None;
        }
        match Expression::read(bare(text)) {
            Ok(expression) => Some(expression),
            Err(fault) => {
                self.say(place, "expression", format!("this is no expression: {fault}"));
                None
            }
        }
    }

    fn text(&mut self, place: &str, text: &str) -> Option<Template> {
        match Template::read_text(text) {
            Ok(template) => Some(template),
            Err(fault) => {
                self.say(place, "expression", format!("this cannot be filled in: {fault}"));
                None
            }
        }
    }

    fn value(&mut self, place: &str, value: &Value) -> Option<Template> {
        match Template::read(value) {
            Ok(template) => Some(template),
            Err(faults) => {
                for (within, fault) in faults {
                    let place = format!("{place}{within}");
                    self.say(&place, "expression", format!("this cannot be filled in: {fault}"));
                }
                None
            }
        }
    }

    fn not_built(&mut self, place: &str, what: &str) -> Option<Step> {
        let message = format!("{what}, which this release does not have yet");
        self.say(place, "unavailable", message);
        None
    }

    fn step(&mut self, kind: &NodeKind) -> Option<Step> {
        Some(match kind {
            NodeKind::Start {} => Step::Start,
            NodeKind::End { output } => {
                Step::End(output.as_ref().and_then(|output| self.value("output", output)))
            }
            NodeKind::Error { message, data } => Step::Error {
                message: message.as_ref().and_then(|text| self.text("message", text)),
                data: data.as_ref().and_then(|data| self.value("data", data)),
            },
            NodeKind::JavaScript { code, .. } => {
                self.is_given("code", code);
                return self.not_built("", "a JavaScript node needs the script worker");
            }
            NodeKind::Condition { expression, .. } => {
                Step::Condition(self.expression("expression", expression)?)
            }
            NodeKind::Transform {
                javascript: Some(_), ..
            } => return self.not_built("javascript", "a Transform by script needs the script worker"),
            NodeKind::Transform { mapping, .. } => Step::Transform(self.value("mapping", mapping)?),
            NodeKind::EntityRead {
                entity_type,
                filters,
                limit,
                ..
            } => self.entity_read(entity_type, &Value::Object(filters.clone()), *limit)?,
            NodeKind::EntityWrite { .. } => self.entity_write(kind)?,
            NodeKind::HttpRequest { .. } => self.http(kind)?,
            NodeKind::SubFlow { .. } => return self.not_built("", "a SubFlow node needs nested executions"),
            NodeKind::Delay { milliseconds } => Step::Delay(Duration::from_millis(*milliseconds)),
            NodeKind::Log { level, message, .. } => {
                if !["error", "warn", "info", "debug"].contains(&level.as_str()) {
                    self.say("level", "enum", "must be error, warn, info or debug");
                }
                Step::Log {
                    level: level.clone(),
                    message: self.text("message", message)?,
                }
            }
            NodeKind::Parallel { branch_nodes } => {
                if branch_nodes.is_empty() {
                    self.say(
                        "branch_nodes",
                        "required",
                        "names the nodes that begin its branches",
                    );
                }
                Step::Parallel
            }
            NodeKind::Cache { .. } => {
                return self.not_built("", "a Cache node needs the servers' shared cache");
            }
            NodeKind::Switch { value, cases } => self.switch(value.as_deref(), cases)?,
            NodeKind::Join { mode } => Step::Join(*mode),
            NodeKind::ForEach { .. } => return self.not_built("", "a ForEach node needs nested executions"),
            NodeKind::Wait { .. } => return self.not_built("", "a Wait node needs signals"),
            NodeKind::Respond { .. } => return self.not_built("", "a Respond node needs webhooks"),
        })
    }

    fn entity_read(&mut self, entity_type: &str, filters: &Value, limit: Option<u32>) -> Option<Step> {
        self.is_given("entity_type", entity_type);
        if limit.is_some_and(|limit| limit == 0 || limit > MOST_ENTITIES) {
            self.say("limit", "max", format!("must be between 1 and {MOST_ENTITIES}"));
        }
        Some(Step::EntityRead {
            entity_type: entity_type.to_owned(),
            filters: self.value("filters", filters)?,
            limit: limit.unwrap_or(MOST_ENTITIES),
        })
    }

    fn entity_write(&mut self, kind: &NodeKind) -> Option<Step> {
        let NodeKind::EntityWrite {
            entity_type,
            operation,
            data_mapping,
            entity_id,
            version,
            batch_size,
        } = kind
        else {
            return None;
        };
        self.is_given("entity_type", entity_type);
        let needs_data = *operation != EntityOperation::Delete;
        if needs_data && data_mapping.is_none() {
            self.say("data_mapping", "required", "says which values are written");
        }
        let data_names_it = data_mapping.as_ref().is_some_and(|data| data.get("id").is_some());
        let is_bound = data_mapping.as_ref().is_some_and(Value::is_string);
        let needs_id = matches!(
            operation,
            EntityOperation::Update | EntityOperation::Delete | EntityOperation::Upsert
        );
        if needs_id && entity_id.is_none() && !data_names_it && !is_bound {
            self.say("entity_id", "required", "says which entity is written");
        }
        Some(Step::EntityWrite {
            entity_type: entity_type.clone(),
            operation: *operation,
            data: data_mapping
                .as_ref()
                .and_then(|data| self.value("data_mapping", data)),
            entity_id: entity_id.as_ref().and_then(|id| self.text("entity_id", id)),
            version: version
                .as_ref()
                .and_then(|version| self.value("version", version)),
            batch: usize::try_from(batch_size.unwrap_or(BATCH).max(1)).unwrap_or(usize::MAX),
        })
    }

    fn switch(
        &mut self,
        value: Option<&str>,
        cases: &[crate::model::xflow_node::SwitchCase],
    ) -> Option<Step> {
        let value = match value {
            Some(text) => Some(self.expression("value", text)?),
            None => None,
        };
        if cases.is_empty() {
            self.say("cases", "required", "a Switch has at least one case");
        }
        let mut read = Vec::with_capacity(cases.len());
        for (index, case) in cases.iter().enumerate() {
            if case.port == "error" || case.port == "out" || case.port.is_empty() {
                let message = "a case needs a port of its own, not error or out";
                self.say(&format!("cases[{index}].port"), "name", message);
            }
            if let Some(when) = self.expression(&format!("cases[{index}].when"), &case.when) {
                read.push((case.port.clone(), when));
            }
        }
        Some(Step::Switch { value, cases: read })
    }
}
