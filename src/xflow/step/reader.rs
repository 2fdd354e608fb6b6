//! Reads a node's settings, and says all that is wrong with them.

use super::Fault;
use super::MOST_ENTITIES;
use super::Step;
use super::bare;
use crate::model::xflow_node::CacheOperation;
use crate::model::xflow_node::EntityOperation;
use crate::model::xflow_node::NodeKind;
use crate::model::xflow_node::SwitchCase;
use crate::xflow::expression::Expression;
use crate::xflow::template::Template;
use serde_json::Value;
use std::time::Duration;

/// Entities that a bulk write puts into one statement unless its node says otherwise.
const BATCH: u32 = 1_000;

/// Items of a `ForEach` that may be worked on at the same time.
const MOST_PARALLEL: u32 = 32;

/// The longest that a Cache node keeps a value, in seconds: a week.
const MOST_KEPT: u64 = 604_800;

/// The faults that were found so far.
pub(super) struct Reader(pub Vec<Fault>);

impl Reader {
    pub(super) fn say(&mut self, place: &str, code: &'static str, message: impl Into<String>) {
        self.0.push((place.to_owned(), code, message.into()));
    }

    pub(super) fn is_given(&mut self, place: &str, text: &str) -> bool {
        if text.trim().is_empty() {
            self.say(place, "required", "must not be empty");
            return false;
        }
        true
    }

    pub(super) fn expression(&mut self, place: &str, text: &str) -> Option<Expression> {
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

    pub(super) fn text(&mut self, place: &str, text: &str) -> Option<Template> {
        match Template::read_text(text) {
            Ok(template) => Some(template),
            Err(fault) => {
                self.say(place, "expression", format!("this cannot be filled in: {fault}"));
                None
            }
        }
    }

    pub(super) fn value(&mut self, place: &str, value: &Value) -> Option<Template> {
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

    pub(super) fn step(&mut self, kind: &NodeKind) -> Option<Step> {
        Some(match kind {
            NodeKind::Start {} => Step::Start,
            NodeKind::End { output } => {
                Step::End(output.as_ref().and_then(|output| self.value("output", output)))
            }
            NodeKind::Error { message, data } => Step::Error {
                message: message.as_ref().and_then(|text| self.text("message", text)),
                data: data.as_ref().and_then(|data| self.value("data", data)),
            },
            NodeKind::JavaScript { code, timeout_ms, .. } => self.script("code", code, *timeout_ms)?,
            NodeKind::Condition { expression, .. } => {
                Step::Condition(self.expression("expression", expression)?)
            }
            NodeKind::Transform {
                javascript: Some(code),
                ..
            } => self.script("javascript", code, None)?,
            NodeKind::Transform { mapping, .. } => Step::Transform(self.value("mapping", mapping)?),
            NodeKind::EntityRead {
                entity_type,
                filters,
                limit,
                ..
            } => self.entity_read(entity_type, &Value::Object(filters.clone()), *limit)?,
            NodeKind::EntityWrite { .. } => self.entity_write(kind)?,
            NodeKind::HttpRequest { .. } => self.http(kind)?,
            NodeKind::SubFlow {
                xflow_id,
                input_mapping,
                output_mapping,
                async_execution,
            } => {
                self.is_given("xflow_id", xflow_id);
                if *async_execution && output_mapping.is_some() {
                    let message = "an xflow that is only started has no answer yet";
                    self.say("output_mapping", "unknown", message);
                }
                Step::Sub {
                    xflow: xflow_id.clone(),
                    input: (input_mapping.as_ref()).and_then(|input| self.value("input_mapping", input)),
                    output: (output_mapping.as_ref()).and_then(|output| self.value("output_mapping", output)),
                    is_async: *async_execution,
                }
            }
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
            NodeKind::Cache {
                key_template,
                ttl_seconds,
                operation,
                value,
            } => {
                self.is_given("key_template", key_template);
                if *operation == CacheOperation::Set && !(1..=MOST_KEPT).contains(ttl_seconds) {
                    self.say("ttl_seconds", "max", format!("must be between 1 and {MOST_KEPT}"));
                }
                Step::Cache {
                    key: self.text("key_template", key_template)?,
                    operation: *operation,
                    value: (value.as_ref()).and_then(|value| self.value("value", value)),
                    seconds: i64::try_from(*ttl_seconds).unwrap_or(i64::MAX),
                }
            }
            NodeKind::Switch { value, cases } => self.switch(value.as_deref(), cases)?,
            NodeKind::Join { mode } => Step::Join(*mode),
            NodeKind::ForEach {
                items,
                xflow_id,
                parallel,
            } => {
                self.is_given("xflow_id", xflow_id);
                let parallel = parallel.unwrap_or(1);
                if parallel == 0 || parallel > MOST_PARALLEL {
                    self.say(
                        "parallel",
                        "max",
                        format!("must be between 1 and {MOST_PARALLEL}"),
                    );
                }
                Step::ForEach {
                    items: self.expression("items", items)?,
                    xflow: xflow_id.clone(),
                    parallel: usize::try_from(parallel).unwrap_or(1),
                }
            }
            NodeKind::Wait { signal, timeout_ms } => {
                self.is_given("signal", signal);
                if *timeout_ms == Some(0) {
                    self.say(
                        "timeout_ms",
                        "min",
                        "must be at least 1; without it, it waits for ever",
                    );
                }
                Step::Wait {
                    signal: self.text("signal", signal)?,
                    time: timeout_ms.map(Duration::from_millis),
                }
            }
            NodeKind::Respond { .. } => self.respond(kind)?,
        })
    }

    pub(super) fn entity_read(
        &mut self,
        entity_type: &str,
        filters: &Value,
        limit: Option<u32>,
    ) -> Option<Step> {
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

    pub(super) fn entity_write(&mut self, kind: &NodeKind) -> Option<Step> {
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

    pub(super) fn switch(&mut self, value: Option<&str>, cases: &[SwitchCase]) -> Option<Step> {
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
