//! Following an application's changes over a socket.
//!
//! A subscription begins with the reply: its cursor, and the snapshot if one
//! was asked for, which is read after the position was taken. A change may
//! therefore be in both, which its version tells; none is in neither.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::feed::Cursor;
use crate::feed::Interest;
use crate::feed::Queue;
use crate::feed::Subscription;
use crate::feed::Tail;
use crate::operation;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "subscribe",
        "Follow changes as they are committed: frames of method `changes` follow on this socket.",
        Read,
        Application,
        Subscribe => Subscribed,
        needs_a_socket
    ),
    operation!(
        "unsubscribe",
        "End a subscription of this socket.",
        Read,
        Anywhere,
        Unsubscribe => Unsubscribed,
        needs_a_socket
    ),
];

/// What to follow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subscribe {
    /// Changes of this entity type; without it every change of the application.
    pub entity_type: Option<String>,
    /// Only entities that meet this filter. One that no longer does is told of once, with `leave`.
    pub filters: Option<Value>,
    /// Go on after this cursor, `epoch:pos`. When that is not possible a `resync` frame follows.
    pub since: Option<String>,
    /// Parameters of `loadEntityData`, whose result comes with the reply unless the subscription
    /// goes on after `since`. `entityType` and `filters` are those of the subscription where not given.
    pub snapshot: Option<Map<String, Value>>,
}

/// A subscription that has begun.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subscribed {
    /// Named in each of its frames.
    pub subscription_id: String,
    /// Where it begins: the first frame's `from`.
    pub cursor: String,
    /// The result of `loadEntityData`, read after the cursor was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Value>,
}

/// A subscription to end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unsubscribe {
    /// The one that `subscribe` named.
    pub subscription_id: String,
}

/// A subscription that has ended.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unsubscribed {
    /// The one that was named.
    pub subscription_id: String,
}

/// A subscription whose frames begin when its reply has been sent.
pub struct Begun {
    /// The reply.
    pub reply: Reply,
    /// The feed's reader, which follows the feed for as long as this is held.
    pub tail: Arc<Tail>,
    /// The subscription.
    pub subscription: Arc<Subscription>,
}

/// Begins a subscription whose frames go into `queue`.
pub async fn begin(ask: Ask<'_>, params: Subscribe, queue: &Arc<Queue>) -> Result<Begun> {
    let application = ask.application()?;
    let entity_type = params.entity_type.as_deref();
    let interest = Interest::read(application, entity_type, params.filters.clone())?;
    let since = params
        .since
        .as_deref()
        .map(|since| since.parse::<Cursor>())
        .transpose()
        .map_err(|_| {
            Error::new(
                Code::BadRequest,
                "since: must be a cursor such as subscribe returned",
            )
        })?;

    let tail = ask.torque.feed.tail(application);
    let at = tail.cursor().await?;
    let goes_on = since.is_some_and(|since| since.epoch == at.epoch);
    let subscription = Subscription::new(application.id, Arc::clone(queue), interest, since.unwrap_or(at));
    let snapshot = match &params.snapshot {
        Some(list) if !goes_on => Some(snapshot(ask, &params, list).await?),
        _ => None,
    };
    let cursor = if goes_on { since.unwrap_or(at) } else { at };
    let mut reply = json!({ "subscriptionId": subscription.id, "cursor": cursor.to_string() }).to_string();
    if let Some(Reply(snapshot)) = snapshot {
        reply.pop();
        reply.push_str(",\"snapshot\":");
        reply.push_str(std::str::from_utf8(&snapshot).map_err(Error::bug)?);
        reply.push('}');
    }
    Ok(Begun {
        reply: Reply::raw(reply),
        tail,
        subscription: Arc::new(subscription),
    })
}

async fn snapshot(ask: Ask<'_>, subscribe: &Subscribe, list: &Map<String, Value>) -> Result<Reply> {
    let mut list = list.clone();
    for (key, value) in [
        ("entityType", subscribe.entity_type.clone().map(Value::from)),
        ("filters", subscribe.filters.clone()),
    ] {
        if let Some(value) = value {
            list.entry(key).or_insert(value);
        }
    }
    let params = RawValue::from_string(Value::Object(list).to_string()).map_err(Error::bug)?;
    let load =
        operation::by_name("loadEntityData").ok_or_else(|| Error::bug("loadEntityData is no operation"))?;
    let application = ask.application_if_any();
    operation::perform(ask.torque, ask.caller, application, load, &params).await
}

/// What everywhere but a socket is answered.
async fn needs_a_socket<T>(_: Ask<'_>, _: T) -> Result<Reply> {
    Err(Error::new(
        Code::BadRequest,
        "subscriptions need a socket: connect to the application's …/ws",
    ))
}
