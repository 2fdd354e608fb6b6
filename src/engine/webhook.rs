//! Executions that a webhook's request starts, and what answers it.
//!
//! The firing and the execution are one statement: a request that comes again
//! finds the firing and starts nothing. Where the xflow has a Respond node, this
//! server leases the execution to itself and hands the answer to whoever waits
//! here; it is kept beside the firing in the node's own transaction, so that
//! another server, or the same request once more, gets the same.

use crate::db::RawJsonRef;
use crate::db::Transaction;
use crate::engine::Call;
use crate::engine::End;
use crate::engine::Engine;
use crate::engine::LEASE_SECONDS;
use crate::engine::job::Job;
use crate::engine::step::Failure;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::directory::Application;
use crate::xflow::evaluate::Roots;
use crate::xflow::evaluate::as_text;
use crate::xflow::step::Respond;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use tokio::sync::oneshot;
use uuid::Uuid;

const FIRE: &str = include_str!("../../sql/queries/webhook/fire.sql");
const FIRED: &str = include_str!("../../sql/queries/webhook/fired.sql");
const RESPOND: &str = include_str!("../../sql/queries/webhook/respond.sql");

/// Deliveries that are kept of each webhook: of those that started something, and of those that were refused.
pub const KEPT: i64 = 50;

/// A request that came to a webhook.
pub struct Firing {
    /// The trigger's key in the database.
    pub trigger: String,
    /// By what it is known when it comes again.
    pub key: String,
    /// What the xflow is given.
    pub input: Map<String, Value>,
    /// What expressions see as `trigger`.
    pub told: Map<String, Value>,
    /// How many bytes its body has.
    pub size: i32,
    /// What is kept of it, to be replayed.
    pub request: Option<Value>,
    /// Whether somebody waits for a Respond node.
    pub waits: bool,
}

/// What became of it.
pub enum Fired {
    /// It started an execution. Whoever waits is told its answer, or sees the end come without one.
    Started(Uuid, Option<Waiting>),
    /// It had come before: the execution, and what was answered if anything was.
    Before(Uuid, Option<Value>),
    /// The trigger is switched off.
    Off,
}

/// What somebody waits for.
pub struct Waiting {
    /// The answer of a Respond node.
    pub answer: oneshot::Receiver<Value>,
    /// The end of the execution.
    pub end: oneshot::Receiver<End>,
}

impl Engine {
    /// Starts what a webhook's request starts, once.
    ///
    /// # Errors
    /// When the database cannot take it.
    pub async fn fire(
        &self,
        torque: &Torque,
        application: &Arc<Application>,
        firing: Firing,
    ) -> Result<Fired> {
        let named = |sql: &str| sql.replace("{data_schema}", &application.data_schema);
        let (id, delivery) = (Uuid::now_v7(), Uuid::now_v7());
        let worker = firing.waits.then_some(self.inner.worker);
        if firing.waits {
            self.beat(torque);
        }
        let input = Value::Object(firing.input);
        let told = Value::Object(firing.told.clone()).to_string();
        let request = firing.request.map(|request| request.to_string());
        let row = (torque.db)
            .write_one(
                &named(FIRE),
                &[
                    &firing.trigger,
                    &firing.key,
                    &id,
                    &input.to_string(),
                    &told,
                    &delivery,
                    &firing.size,
                    &request,
                    &worker,
                    &LEASE_SECONDS,
                    &KEPT,
                ],
            )
            .await?;
        let trigger: Option<Uuid> = row.try_get("trigger_id").map_err(Error::bug)?;
        let Some(trigger) = trigger else {
            return Ok(Fired::Off);
        };
        let flow: Option<Uuid> = row.try_get("xflow_id").map_err(Error::bug)?;
        let Some(flow) = flow else {
            let row = torque
                .db
                .write_one(&named(FIRED), &[&trigger, &firing.key])
                .await?;
            let response: Option<RawJsonRef<'_>> = row.try_get("response").map_err(Error::bug)?;
            let response = response.map(|response| serde_json::from_slice(response.0).map_err(Error::bug));
            let execution = row.try_get("execution_id").map_err(Error::bug)?;
            return Ok(Fired::Before(execution, response.transpose()?));
        };
        if !firing.waits {
            self.poke(application.id);
            return Ok(Fired::Started(id, None));
        }
        let now_ms = row.try_get("now_ms").map_err(Error::bug)?;
        let call = Call {
            flow,
            input,
            caller: "webhook".to_owned(),
            trigger_type: "webhook".to_owned(),
            waits: true,
        };
        let flow = self.inner.flows.find(&torque.db, flow).await?;
        let statements = self.statements(application);
        let mut job = Job::called(id, application, &statements, flow, call, (true, now_ms));
        let mut told = firing.told;
        told.insert("trigger_id".to_owned(), json!(trigger));
        told.insert("key".to_owned(), Value::from(firing.key));
        told.insert("type".to_owned(), Value::from("webhook"));
        told.insert("caller".to_owned(), Value::from("webhook"));
        job.trigger = Value::Object(told);
        let (answered, answer) = oneshot::channel();
        self.inner.answers.lock().insert(id, answered);
        let (ended, end) = oneshot::channel();
        self.begin(torque, job, None, Some(ended));
        Ok(Fired::Started(id, Some(Waiting { answer, end })))
    }

    /// Nobody waits for the answer of this execution any more.
    pub fn forget_answer(&self, execution: Uuid) {
        self.inner.answers.lock().remove(&execution);
    }

    /// Hands an answer to whoever waits for it here.
    pub(in crate::engine) fn answer(&self, execution: Uuid, answer: Value) {
        let waiting = self.inner.answers.lock().remove(&execution);
        if let Some(waiting) = waiting {
            // Whoever asked may have gone.
            let _ = waiting.send(answer);
        }
    }
}

/// The answer that a Respond node gives.
pub fn filled(respond: &Respond, scope: &dyn Roots) -> std::result::Result<Value, Failure> {
    let wrong = |fault: String| Failure::new("expression", fault);
    let mut headers = Map::new();
    for (name, value) in &respond.headers {
        let value = value.fill(scope).map_err(wrong)?;
        if value.is_null() {
            continue;
        }
        let text = as_text(&value);
        if http::HeaderValue::try_from(&text).is_err() {
            let message = format!("the value of the header {name} holds a character that it cannot hold");
            return Err(Failure::new("header", message));
        }
        headers.insert(name.clone(), Value::from(text));
    }
    let body = match &respond.body {
        Some(body) => body.fill(scope).map_err(wrong)?,
        None => Value::Null,
    };
    Ok(json!({ "status": respond.status, "headers": headers, "body": body }))
}

/// Keeps an answer beside its firing, unless there is one; gives what the node gives.
pub async fn respond(transaction: &Transaction, job: &Job, answer: &Value) -> Result<Value> {
    let id = job.trigger["trigger_id"].as_str();
    let id = id.and_then(|id| Uuid::try_parse(id).ok());
    let (Some(id), Some(key)) = (id, job.trigger["key"].as_str()) else {
        let reason = "this execution was not started by a webhook";
        return Ok(json!({ "responded": false, "reason": reason }));
    };
    let sql = RESPOND.replace("{data_schema}", &job.application.data_schema);
    let status = answer["status"]
        .as_i64()
        .and_then(|status| i32::try_from(status).ok());
    let row = transaction
        .query_opt(
            &sql,
            &[&id, &key, &answer.to_string(), &status.unwrap_or_default()],
        )
        .await?;
    Ok(match row {
        Some(_) => json!({ "responded": true, "status": answer["status"] }),
        None => json!({ "responded": false, "reason": "the webhook was answered already" }),
    })
}
