//! A node's settings, read: expressions and templates ready to be filled in.

mod http;
mod reader;
mod respond;
mod script;

pub use http::Http;
pub use http::PLAIN;
pub use respond::Respond;

use crate::model::xflow_node::CacheOperation;
use crate::model::xflow_node::EntityOperation;
use crate::model::xflow_node::JoinMode;
use crate::model::xflow_node::NodeKind;
use crate::script::Script;
use crate::xflow::expression::Expression;
use crate::xflow::step::reader::Reader;
use crate::xflow::template::Template;
use std::time::Duration;

/// Entities that a read gives unless its node says otherwise, and the most it may say.
pub const MOST_ENTITIES: u32 = 1_000;

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
    /// Runs a script.
    Script {
        /// The script.
        script: Script,
        /// How long it may run.
        time: Duration,
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
    /// Runs another xflow.
    Sub {
        /// The xflow.
        xflow: String,
        /// What it is given; without it, the input.
        input: Option<Template>,
        /// What is made of its answer.
        output: Option<Template>,
        /// Whether it is only started.
        is_async: bool,
    },
    /// Runs another xflow for each item of a list.
    ForEach {
        /// The list.
        items: Expression,
        /// The xflow.
        xflow: String,
        /// How many at the same time.
        parallel: usize,
    },
    /// Keeps a value, or asks for one.
    Cache {
        /// Its key.
        key: Template,
        /// What is done.
        operation: CacheOperation,
        /// What is kept; without it, what came before.
        value: Option<Template>,
        /// For how many seconds.
        seconds: i64,
    },
    /// Waits for a signal.
    Wait {
        /// Its name.
        signal: Template,
        /// How long at most.
        time: Option<Duration>,
    },
    /// Answers the webhook.
    Respond(Box<Respond>),
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
            Step::Start
            | Step::Delay(_)
            | Step::Parallel
            | Step::Gather { .. }
            | Step::Join(_)
            | Step::Script { .. } => {}
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
            Step::Respond(respond) => respond.reads(&mut found),
            Step::Sub { input, output, .. } => {
                each(&[input.as_ref()], &mut found);
                // What it makes of the answer sees the answer besides.
                let mut made = Vec::new();
                each(&[output.as_ref()], &mut made);
                found.extend(made.into_iter().filter(|(root, _)| root != "output"));
            }
            Step::ForEach { items, .. } => items.reads(&mut found),
            Step::Cache { key, value, .. } => each(&[Some(key), value.as_ref()], &mut found),
            Step::Wait { signal, .. } => signal.reads(&mut found),
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
