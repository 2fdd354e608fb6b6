//! One node: what it comes to at once, or the effect it asks for.

pub mod cache;
pub mod entity;
pub mod http;
pub mod script;
pub mod secret;
mod wait;

use crate::engine::job::Job;
use crate::engine::journal::Record;
use crate::engine::run::nested;
use crate::engine::run::nested::Nest;
use crate::engine::scope::Scope;
use crate::engine::step::cache::Keep;
use crate::engine::step::entity::Read;
use crate::engine::step::entity::Write;
use crate::engine::step::http::Send;
use crate::engine::step::secret::Filling;
use crate::engine::webhook;
use crate::error::Code;
use crate::error::Error;
use crate::model::xflow_node::CacheOperation;
use crate::operation::strict_json::holds_null;
use crate::xflow::evaluate;
use crate::xflow::evaluate::Roots;
use crate::xflow::evaluate::as_text;
use crate::xflow::evaluate::is_true;
use crate::xflow::expression::Operator;
use crate::xflow::plan::Node;
use crate::xflow::step::Step;
use crate::xflow::template::Template;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;

/// The largest result of a node, in bytes of its JSON.
const MOST_BYTES: usize = 1_048_576;

/// Why a node failed.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What kind of failure it is.
    pub code: String,
    /// A sentence.
    pub message: String,
    /// Facts beside it.
    pub data: Map<String, Value>,
    /// Whether trying again may help.
    pub may_pass: bool,
}

impl Failure {
    /// A failure that trying again does not help.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            data: Map::new(),
            may_pass: false,
        }
    }

    /// What the journal calls it.
    pub fn status(&self) -> &'static str {
        match self.code.as_str() {
            "unknown_outcome" => "unknown_outcome",
            _ => "failed",
        }
    }

    /// What is told of it.
    pub fn value(&self) -> Value {
        let mut value = self.data.clone();
        value.insert("code".to_owned(), Value::from(self.code.as_str()));
        value.insert("message".to_owned(), Value::from(self.message.as_str()));
        Value::Object(value)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if error.code == Code::Bug {
            tracing::error!(%error, cause = ?error.cause, "a node of an xflow met a fault");
        }
        let mut data = error.data;
        if let Ok(fields @ Value::Array(_)) = serde_json::to_value(&error.fields)
            && !error.fields.is_empty()
        {
            data.insert("fields".to_owned(), fields);
        }
        Self {
            code: error.code.name().to_owned(),
            message: error.message,
            data,
            may_pass: matches!(
                error.code,
                Code::Unavailable | Code::Conflict | Code::RateLimited | Code::Bug
            ),
        }
    }
}

/// What a node comes to.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What it gives.
    pub value: Value,
    /// The port it is left by besides `out`.
    pub port: String,
}

impl Outcome {
    /// It is left by `out`.
    pub fn out(value: Value) -> Self {
        Self {
            value,
            port: "out".to_owned(),
        }
    }
}

/// What a node asks for.
pub enum Doing {
    /// Nothing: this is what it comes to.
    Done(Outcome),
    /// To read entities.
    Read(Read),
    /// To write entities.
    Write(Write),
    /// To send an HTTP request.
    Send(Box<Send>),
    /// To keep a value, or to ask for one.
    Keep(Keep),
    /// To run a script.
    Script(Box<script::Call>),
    /// To run another xflow within this execution.
    Nest(Nest),
    /// To start another xflow, with this input.
    Start(Start),
    /// To open secrets, and then to send an HTTP request.
    Fill(Box<Filling>),
    /// To answer the webhook that started the execution.
    Respond(Value),
    /// To wait here.
    Sleep(Duration),
    /// To be gone on with in so many milliseconds. When the wait begins now: for which signal, or for none.
    Park(i64, Option<Option<String>>),
}

/// An xflow that is only started.
#[derive(Clone)]
pub struct Start {
    /// Its id in the model.
    pub xflow: String,
    /// What it is given.
    pub input: Value,
    /// The node that starts it.
    pub node: String,
}

/// Does what a node does by itself, and fills in what its effect needs.
///
/// `before` is what the nodes gave that lead to it: one value, or several by node.
pub fn begin(
    node: &Node,
    scope: &Scope<'_>,
    iteration: &str,
    before: impl FnOnce() -> Value,
    recorded: Option<&Record>,
) -> Result<Doing, Failure> {
    let filled = |template: &Template| {
        template
            .fill(scope)
            .map_err(|fault| Failure::new("expression", fault))
    };
    let maybe = |template: Option<&Template>| template.map(filled).transpose();
    Ok(match &node.step {
        Step::Start => done(scope.input.clone()),
        Step::End(output) => match output {
            Some(output) => done(filled(output)?),
            None => done(before()),
        },
        Step::Error { message, data } => {
            let message = maybe(message.as_ref())?
                .map_or_else(|| format!("ended at {}", node.id), |text| as_text(&text));
            let mut failure = Failure::new("error", message);
            if let Some(data) = maybe(data.as_ref())? {
                failure.data.insert("data".to_owned(), data);
            }
            return Err(failure);
        }
        Step::Condition(expression) => {
            let value = expression
                .value(scope)
                .map_err(|fault| Failure::new("expression", fault))?;
            let is_met = is_true(&value);
            Doing::Done(Outcome {
                value: Value::Bool(is_met),
                port: is_met.to_string(),
            })
        }
        Step::Switch { value, cases } => {
            let port =
                chosen(value.as_ref(), cases, scope).map_err(|fault| Failure::new("expression", fault))?;
            Doing::Done(Outcome {
                value: Value::from(port),
                port: port.to_owned(),
            })
        }
        Step::Transform(mapping) => done(filled(mapping)?),
        Step::Script { script, time } => Doing::Script(Box::new(script::filled(
            script, *time, scope, &node.id, iteration,
        ))),
        Step::Log { level, message } => {
            let message = as_text(&filled(message)?);
            log(level, &message, &node.id, scope.job);
            done(json!({ "level": level, "message": message }))
        }
        Step::Parallel | Step::Join(_) | Step::Gather { .. } => done(before()),
        Step::Respond(respond) => Doing::Respond(webhook::filled(respond, scope)?),
        Step::Http(request) => match recorded {
            // It was begun, and what became of it was never heard.
            Some(Record::Begun(_)) if request.at_most_once => return Err(http::unknown()),
            _ => match Filling::of(request, scope, &node.id, iteration) {
                Some(filling) => Doing::Fill(Box::new(filling)),
                None => Doing::Send(Box::new(http::filled(
                    request, scope, scope.job, &node.id, iteration,
                )?)),
            },
        },
        Step::Cache {
            key,
            operation,
            value,
            seconds,
        } => {
            let value = match (operation, value) {
                (CacheOperation::Set, Some(value)) => filled(value)?,
                (CacheOperation::Set, None) => before(),
                _ => Value::Null,
            };
            Doing::Keep(cache::keep(as_text(&filled(key)?), *operation, value, *seconds)?)
        }
        Step::Delay(time) => wait::delay(*time, scope.job, recorded),
        Step::Wait { signal, time } => wait::signal(&as_text(&filled(signal)?), *time, scope.job, recorded),
        Step::Sub {
            xflow,
            input,
            is_async,
            ..
        } => {
            let given = maybe(input.as_ref())?.unwrap_or_else(|| scope.input.clone());
            let input = nested::input(given)?;
            let xflow = xflow.clone();
            if *is_async {
                let node = node.id.clone();
                Doing::Start(Start { xflow, input, node })
            } else {
                let inputs = vec![input];
                Doing::Nest(Nest {
                    xflow,
                    inputs,
                    parallel: None,
                })
            }
        }
        Step::ForEach {
            items,
            xflow,
            parallel,
        } => {
            let list = (items.value(scope)).map_err(|fault| Failure::new("expression", fault))?;
            Doing::Nest(Nest {
                xflow: xflow.clone(),
                inputs: nested::items(list.into_owned())?,
                parallel: Some(*parallel),
            })
        }
        Step::EntityRead {
            entity_type,
            filters,
            limit,
        } => Doing::Read(Read {
            entity_type: entity_type.clone(),
            filters: filled(filters)?,
            limit: *limit,
        }),
        Step::EntityWrite {
            entity_type,
            operation,
            data,
            entity_id,
            version,
            batch,
        } => Doing::Write(Write {
            entity_type: entity_type.clone(),
            operation: *operation,
            data: maybe(data.as_ref())?,
            entity_id: maybe(entity_id.as_ref())?,
            version: maybe(version.as_ref())?.filter(|version| !version.is_null()),
            batch: *batch,
        }),
    })
}

fn done(value: Value) -> Doing {
    Doing::Done(Outcome::out(value))
}

fn chosen<'c>(
    value: Option<&crate::xflow::expression::Expression>,
    cases: &'c [(String, crate::xflow::expression::Expression)],
    scope: &dyn Roots,
) -> Result<&'c str, String> {
    let value = value.map(|value| value.value(scope)).transpose()?;
    for (port, when) in cases {
        let when = when.value(scope)?;
        let is_met = match &value {
            Some(value) => is_true(&evaluate::binary(Operator::Equal, value, &when)?),
            None => is_true(&when),
        };
        if is_met {
            return Ok(port);
        }
    }
    Ok("default")
}

fn log(level: &str, message: &str, node: &str, job: &Job) {
    let (execution, application) = (job.id, &job.application.slug);
    match level {
        "error" => tracing::error!(%execution, %application, node, "{message}"),
        "warn" => tracing::warn!(%execution, %application, node, "{message}"),
        "debug" => tracing::debug!(%execution, %application, node, "{message}"),
        _ => tracing::info!(%execution, %application, node, "{message}"),
    }
}

/// Why a value cannot be kept.
pub fn unfit(value: &Value, what: &str) -> Option<Failure> {
    let text = value.to_string();
    if text.len() > MOST_BYTES {
        let message = format!("{what} has more than {MOST_BYTES} bytes");
        return Some(Failure::new("too_large", message));
    }
    holds_null(value).then(|| Failure::new("text", format!("{what} holds the character U+0000")))
}
