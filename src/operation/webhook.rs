//! Webhooks: requests of other programs start xflows; what came of the latest, and replaying one.
//!
//! Who sends is told by a signature, not by a credential of Torque's. In this
//! order: is there such a webhook, does it take the method, is the request
//! signed lately by who has the secret, and has it been here before.

mod body;
mod signature;

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::engine::Fired;
use crate::engine::Firing;
use crate::engine::KEPT;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::webhook_trigger::WebhookTrigger;
use crate::model::xflow_document::XFlowDocument;
use crate::model::xflow_node::NodeKind;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::Torque;
use crate::operation::caller::Caller;
use crate::operation::directory::Application;
use crate::operation::operation;
pub use body::Request;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use uuid::Uuid;

/// Deliveries in a list unless the caller says otherwise, and the most.
const LIMITS: (i64, i64) = (50, 500);
/// The longest id of a request.
const LONGEST_ID: usize = 200;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "listDeliveries",
        "The latest requests to webhooks: those that started an execution, and those that were refused.",
        Admin,
        Application,
        ListDeliveries => Deliveries,
        list_deliveries
    ),
    operation!(
        "replayDelivery",
        "Starts a webhook's xflow once more with what an earlier request held.",
        Admin,
        Application,
        ReplayDelivery => Replayed,
        replay_delivery
    ),
];

/// What a sender is answered.
pub enum Answer {
    /// The execution that the request started, now or when it first came.
    Accepted(Uuid),
    /// What a Respond node says: `{status, headers, body}`.
    Said(Value),
    /// The webhook does not take the method; these it takes.
    WrongMethod(String),
}

/// Answers a request to a webhook.
///
/// # Errors
/// When there is no such webhook, it is not signed as it must be, or cannot be read.
pub async fn receive(
    torque: &Torque,
    caller: &Caller,
    application: &Arc<Application>,
    request: Request,
) -> Result<Answer> {
    application.answers()?;
    let (xflow, webhook) = found(application, &request.path)?;
    if !webhook.methods.contains(&request.method) {
        return Ok(Answer::WrongMethod(webhook.methods.join(", ")));
    }
    let admitted = admit(torque, caller, application, webhook, &request).await;
    let trigger = format!("{}.{}", xflow.id, webhook.id);
    if let Err(error) = admitted {
        refused(torque, application, &trigger, &request, &error).await;
        torque
            .audit
            .refused(caller, Some(application.id), "webhook", &error);
        return Err(error);
    }
    let key = key(webhook, &request)?;
    let answers = (xflow.nodes.values()).any(|node| matches!(node.node_type, NodeKind::Respond { .. }));
    let firing = firing(trigger, format!("webhook:{key}"), request, webhook, answers)?;
    let (id, waiting) = match torque.engine.fire(torque, application, firing).await? {
        Fired::Started(id, waiting) => (id, waiting),
        Fired::Before(_, Some(answer)) => return Ok(Answer::Said(answer)),
        Fired::Before(id, None) => return Ok(Answer::Accepted(id)),
        Fired::Off => {
            return Err(Error::new(
                Code::Unavailable,
                "this webhook is paused; try again later",
            ));
        }
    };
    let Some(waiting) = waiting else {
        return Ok(Answer::Accepted(id));
    };
    let answered = async {
        tokio::select! {
            biased;
            answer = waiting.answer => answer.ok(),
            _ = waiting.end => None,
        }
    };
    let time = Duration::from_millis(u64::from(webhook.timeout_ms));
    let answer = tokio::time::timeout(time, answered).await;
    torque.engine.forget_answer(id);
    Ok(match answer {
        Ok(Some(answer)) => Answer::Said(answer),
        _ => Answer::Accepted(id),
    })
}

fn found<'a>(application: &'a Application, path: &str) -> Result<(&'a XFlowDocument, &'a WebhookTrigger)> {
    let mut webhooks = (application.model.xflows.iter())
        .flat_map(|xflow| xflow.triggers.iter().map(move |trigger| (xflow, trigger)))
        .filter_map(|(xflow, trigger)| Some((xflow, trigger.webhook()?)));
    let missing = || Error::new(Code::NotFound, "there is no webhook at this address");
    let (xflow, webhook) = webhooks
        .find(|(_, webhook)| webhook.path == path)
        .ok_or_else(missing)?;
    if !xflow.enabled || !webhook.enabled {
        let message = "the webhook at this address is switched off in the model";
        return Err(Error::new(Code::NotFound, message));
    }
    Ok((xflow, webhook))
}

/// Whether the request counts.
async fn admit(
    torque: &Torque,
    caller: &Caller,
    application: &Application,
    webhook: &WebhookTrigger,
    request: &Request,
) -> Result<()> {
    if webhook.unsigned {
        return torque.credentials.count_anonymous_write(caller);
    }
    let place = (application.id, application.slug.as_str());
    let secrets = torque.vault.values(&torque.db, place, &webhook.secrets).await;
    let secrets = secrets.map_err(|error| {
        // What is wrong with the server's secrets is no business of a stranger.
        tracing::warn!(application = %application.slug, webhook = %webhook.path, %error, "a webhook has no secret to check signatures with");
        Error::new(Code::Unavailable, "this webhook cannot check signatures now")
    })?;
    let now = OffsetDateTime::now_utc().unix_timestamp();
    let header = |name: &str| request.header(name).map(str::to_owned);
    signature::check(webhook, secrets.values(), header, &request.body, now).or_else(|error| {
        // Guessing is counted; senders with the secret are not.
        torque.credentials.count_anonymous_write(caller)?;
        Err(error)
    })
}

/// By what a request is known when it comes again; one without an id is new each time.
fn key(webhook: &WebhookTrigger, request: &Request) -> Result<String> {
    let id = request
        .header(&webhook.id_header())
        .or_else(|| request.header("idempotency-key"));
    match id {
        Some("") | None => Ok(Uuid::now_v7().to_string()),
        Some(id) if id.len() > LONGEST_ID || id.contains('\0') => {
            let message = format!("the id of a request has at most {LONGEST_ID} characters");
            Err(Error::new(Code::BadRequest, message))
        }
        Some(id) => Ok(id.to_owned()),
    }
}

fn firing(
    trigger: String,
    key: String,
    request: Request,
    webhook: &WebhookTrigger,
    waits: bool,
) -> Result<Firing> {
    let hidden = [webhook.signature_header()];
    let size = i32::try_from(request.body.len()).unwrap_or(i32::MAX);
    let kept = request.kept(&hidden);
    let told = request.told(&hidden)?;
    let input = match told.get("body") {
        Some(Value::Object(body)) => body.clone(),
        body => [("body".to_owned(), body.cloned().unwrap_or_default())]
            .into_iter()
            .collect(),
    };
    Ok(Firing {
        trigger,
        key,
        input,
        told,
        size,
        request: kept,
        waits,
    })
}

/// Keeps that a request was refused; the answer does not depend on it.
async fn refused(
    torque: &Torque,
    application: &Application,
    trigger: &str,
    request: &Request,
    error: &Error,
) {
    let status = match error.code {
        Code::Unauthenticated => 401,
        Code::RateLimited => return,
        _ => 503,
    };
    let size = i32::try_from(request.body.len()).unwrap_or(i32::MAX);
    let sql = include_str!("../../sql/queries/webhook/refused.sql");
    let sql = sql.replace("{data_schema}", &application.data_schema);
    let (id, message) = (Uuid::now_v7(), error.message.as_str());
    let kept = (torque.db)
        .execute(&sql, &[&trigger, &id, &status, &size, &message, &KEPT])
        .await;
    if let Err(error) = kept {
        tracing::warn!(%error, "a refused request to a webhook could not be kept");
    }
}

/// Which deliveries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListDeliveries {
    /// To webhooks of this xflow.
    #[serde(default, rename = "xflowId")]
    pub xflow_id: Option<String>,
    /// How many: 50 unless said otherwise, at most 500.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// Deliveries, the newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Deliveries {
    /// The last 50 of each webhook that started something, and the last 50 that were refused.
    deliveries: Vec<Delivery>,
}

/// A request to a webhook.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Its id.
    delivery_id: Uuid,
    /// The xflow and its trigger: `xflow.trigger`.
    trigger: String,
    /// What it started; null when it was refused.
    execution_id: Option<Uuid>,
    /// The status it was answered with.
    status: i32,
    /// How many bytes its body had.
    size: i32,
    /// How often it came.
    times: i32,
    /// Why it was refused.
    error: Option<String>,
    /// Whether it can be replayed: what it held was kept.
    can_replay: bool,
    /// When it first came.
    at: String,
}

/// Which delivery.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplayDelivery {
    /// Its id.
    pub delivery_id: Uuid,
}

/// An execution that a replay started.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replayed {
    /// Its id.
    execution_id: Uuid,
}

async fn list_deliveries(ask: Ask<'_>, params: ListDeliveries) -> Result<Reply> {
    let limit = params.limit.unwrap_or(LIMITS.0);
    if limit < 1 || limit > LIMITS.1 {
        let message = format!("params.limit must be between 1 and {}", LIMITS.1);
        return Err(Error::new(Code::BadRequest, message).with("path", "params.limit"));
    }
    let sql = include_str!("../../sql/queries/webhook/deliveries.sql");
    let sql = sql.replace("{data_schema}", &ask.application()?.data_schema);
    let rows = ask
        .torque
        .db
        .query_slow(&sql, &[&params.xflow_id, &limit])
        .await?;
    let read = |row: &Row| {
        Ok(Delivery {
            delivery_id: row.try_get("id").map_err(Error::bug)?,
            trigger: row.try_get("key").map_err(Error::bug)?,
            execution_id: row.try_get("execution_id").map_err(Error::bug)?,
            status: row.try_get("status").map_err(Error::bug)?,
            size: row.try_get("size").map_err(Error::bug)?,
            times: row.try_get("times").map_err(Error::bug)?,
            error: row.try_get("error").map_err(Error::bug)?,
            can_replay: row.try_get("can_replay").map_err(Error::bug)?,
            at: row.try_get("at").map_err(Error::bug)?,
        })
    };
    Reply::of(&Deliveries {
        deliveries: rows.iter().map(read).collect::<Result<_>>()?,
    })
}

async fn replay_delivery(ask: Ask<'_>, params: ReplayDelivery) -> Result<Reply> {
    let application = ask.application()?;
    let id = params.delivery_id;
    let sql = include_str!("../../sql/queries/webhook/delivery.sql");
    let sql = sql.replace("{data_schema}", &application.data_schema);
    let row = ask.torque.db.query_opt(&sql, &[&id]).await?;
    let row = row.ok_or_else(|| {
        Error::new(Code::NotFound, "there is no such delivery").with("deliveryId", id.to_string())
    })?;
    let kept: Option<RawJsonRef<'_>> = row.try_get("request").map_err(Error::bug)?;
    let Some(kept) = kept else {
        let message = "what the request held was not kept: it was refused, or too large";
        return Err(Error::new(Code::Conflict, message).with("deliveryId", id.to_string()));
    };
    let kept: Value = serde_json::from_slice(kept.0).map_err(Error::bug)?;
    let trigger: String = row.try_get("key").map_err(Error::bug)?;
    let request = Request::of(&kept).ok_or_else(|| Error::bug("a delivery that cannot be read"))?;
    let (_, webhook) = found(application, &request.path)?;
    let key = format!("webhook:replay:{}", Uuid::now_v7());
    let mut firing = firing(trigger, key, request, webhook, false)?;
    firing.told.insert("replay_of".to_owned(), json!(id));
    match ask.torque.engine.fire(ask.torque, application, firing).await? {
        Fired::Started(execution_id, _) | Fired::Before(execution_id, _) => {
            Reply::of(&Replayed { execution_id })
        }
        Fired::Off => Err(Error::new(Code::Conflict, "this webhook is paused")),
    }
}
