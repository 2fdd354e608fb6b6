//! What an entity was, and putting it back: undo, also of a delete.

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::directory::EntityType;
use crate::operation::entity::Entity;
use crate::operation::entity::no_entity;
use crate::operation::entity::outside_form;
use crate::operation::entity::stored_form;
use crate::operation::entity::whole;
use crate::operation::entity_json::Stored;
use crate::operation::entity_json::instant;
use crate::operation::entity_sql::by_id;
use crate::operation::entity_sql::history;
use crate::operation::entity_sql::write;
use crate::operation::idempotency::Once;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use uuid::Uuid;

/// Changes in a reply unless the caller says otherwise.
const DEFAULT_LIMIT: u32 = 50;
/// The most changes in a reply.
const MAX_LIMIT: u32 = 500;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "getEntityHistory",
        "Gives an entity's changes, latest first: what, when, who and why.",
        Read,
        Application,
        GetEntityHistory => History,
        get_entity_history
    ),
    operation!(
        "restoreEntity",
        "Puts an entity back to an earlier version, or brings a deleted one back.",
        Write,
        Application,
        RestoreEntity => Entity,
        restore_entity
    ),
];

/// Whose changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetEntityHistory {
    /// The entity's type.
    pub entity_type: String,
    /// The entity's id.
    pub entity_id: Uuid,
    /// How many: 50 unless said otherwise, at most 500.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Only changes before this position of the feed.
    #[serde(default)]
    pub before: Option<i64>,
}

/// What to put back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RestoreEntity {
    /// The entity's type.
    pub entity_type: String,
    /// The entity's id.
    pub entity_id: Uuid,
    /// The version to go back to; without it, what its delete removed.
    #[serde(default)]
    pub version: Option<i64>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// An entity's changes.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// The entity's type.
    pub entity_type: String,
    /// The entity's id.
    pub entity_id: Uuid,
    /// Latest first.
    pub changes: Vec<Change>,
    /// The `before` that goes on; null at the end.
    pub next_before: Option<i64>,
}

/// A change of an entity.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Change {
    /// Its position in the application's feed.
    pub pos: i64,
    /// When it was given that position.
    pub at: String,
    /// `create`, `update` or `delete`.
    pub op: String,
    /// The version it made; of a delete, the one it ended.
    pub version: Option<i64>,
    /// The values it left; null after a delete.
    pub data: Option<Map<String, Value>>,
    /// The values before, of what it changed; null for what was absent.
    pub old: Option<Map<String, Value>>,
    /// Who.
    pub caller: Option<String>,
    /// Which way it came in.
    pub origin: Option<String>,
    /// What set it off.
    pub cause: Option<String>,
}

async fn get_entity_history(ask: Ask<'_>, params: GetEntityHistory) -> Result<Reply> {
    let entity_type = ask.application()?.entity_type(&params.entity_type)?;
    let limit = match params.limit {
        None => DEFAULT_LIMIT,
        Some(limit @ 1..=MAX_LIMIT) => limit,
        Some(_) => {
            return Err(Error::new(
                Code::BadRequest,
                format!("limit must be between 1 and {MAX_LIMIT}"),
            )
            .with("path", "params.limit"));
        }
    };
    let statement = history::changes(entity_type, params.entity_id, params.before, i64::from(limit) + 1);
    let mut rows = statement.rows(&ask.torque.db).await?;
    if rows.is_empty() && params.before.is_none() {
        // Its changes may wait for their positions, or be past their retention; then it is there all the same.
        let there = by_id(entity_type, params.entity_id).row(&ask.torque.db).await?;
        there.ok_or_else(|| no_entity(params.entity_id))?;
    }
    let goes_on = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let changes = rows
        .iter()
        .map(|row| change(entity_type, row))
        .collect::<Result<Vec<_>>>()?;
    Reply::of(&History {
        entity_type: entity_type.name.clone(),
        entity_id: params.entity_id,
        next_before: changes.last().filter(|_| goes_on).map(|change| change.pos),
        changes,
    })
}

fn change(entity_type: &EntityType, row: &Row) -> Result<Change> {
    let values = |column: usize| -> Result<Option<Map<String, Value>>> {
        let stored: Option<RawJsonRef<'_>> = row.try_get(column).map_err(Error::bug)?;
        match stored {
            Some(stored) => {
                let stored = serde_json::from_slice(stored.0).map_err(Error::bug)?;
                Ok(Some(outside_form(entity_type, stored)))
            }
            None => Ok(None),
        }
    };
    let at: OffsetDateTime = row.try_get(1).map_err(Error::bug)?;
    Ok(Change {
        pos: row.try_get(0).map_err(Error::bug)?,
        at: instant(at),
        op: row.try_get(2).map_err(Error::bug)?,
        version: row.try_get(3).map_err(Error::bug)?,
        data: values(4)?,
        old: values(5)?,
        caller: row.try_get(6).map_err(Error::bug)?,
        origin: row.try_get(7).map_err(Error::bug)?,
        cause: row.try_get(8).map_err(Error::bug)?,
    })
}

async fn restore_entity(ask: Ask<'_>, params: RestoreEntity) -> Result<Reply> {
    let application = ask.application()?;
    let entity_type = application.entity_type(&params.entity_type)?;
    let id = params.entity_id;
    let once = Once::begin(
        ask,
        application,
        "restoreEntity",
        params.idempotency_key.as_deref(),
    )
    .await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let was = history::at_version(entity_type, id, params.version)
        .row_through(once.through(ask))
        .await?
        .ok_or_else(|| nothing_to_restore(id, params.version))?;
    let stored: RawJsonRef<'_> = was.try_get(0).map_err(Error::bug)?;
    let data = as_of_today(entity_type, stored)?;
    let put_back = write::put_back(entity_type, id, data.clone(), ask.caller.ctx());
    let row = match put_back.row_through(once.through(ask)).await? {
        Some(row) => row,
        None => write::create_again(entity_type, id, data, ask.caller.ctx())
            .row_through(once.through(ask))
            .await?
            .ok_or_else(|| Error::bug("a create answered no row"))?,
    };
    once.keep(whole(entity_type, &Stored::read(&row, 0)?)?).await
}

/// Stored values as the model of today knows them: by name and back, so that what it does not know is left out.
pub fn as_of_today(entity_type: &EntityType, stored: RawJsonRef<'_>) -> Result<String> {
    let stored: Map<String, Value> = serde_json::from_slice(stored.0).map_err(Error::bug)?;
    let data = Value::Object(outside_form(entity_type, stored)).to_string();
    stored_form(entity_type, &RawValue::from_string(data).map_err(Error::bug)?)
}

fn nothing_to_restore(id: Uuid, version: Option<i64>) -> Error {
    match version {
        None => no_entity(id),
        Some(version) => Error::new(
            Code::NotFound,
            format!("the history has no version {version} of this entity"),
        )
        .with("entityId", id.to_string())
        .with("version", version),
    }
}
