//! What was deleted and can be brought back, found in the change feed.

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::directory::EntityType;
use crate::operation::entity::outside_form;
use crate::operation::entity_json::instant;
use crate::operation::entity_sql::history;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

/// Entities in a reply unless the caller says otherwise.
const DEFAULT_LIMIT: u32 = 50;
/// The most entities in a reply.
const MAX_LIMIT: u32 = 500;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "listDeletedEntities",
    "Lists the entities of a type that were deleted and are not back, latest first.",
    Read,
    Application,
    ListDeletedEntities => DeletedEntities,
    list_deleted_entities
)];

/// Which deleted entities.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListDeletedEntities {
    /// Their type.
    pub entity_type: String,
    /// Only those with this text in one of their values.
    #[serde(default)]
    pub search: Option<String>,
    /// How many: 50 unless said otherwise, at most 500.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Only those deleted before this position of the feed.
    #[serde(default)]
    pub before: Option<i64>,
}

/// Some deleted entities.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedEntities {
    /// The latest deleted first.
    pub entities: Vec<DeletedEntity>,
    /// The `before` that goes on; null at the end.
    pub next_before: Option<i64>,
}

/// An entity that was deleted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeletedEntity {
    /// Its id: what `restoreEntity` takes.
    pub id: Uuid,
    /// The position of its delete in the application's feed.
    pub pos: i64,
    /// When it was deleted.
    pub at: String,
    /// The version that the delete ended.
    pub version: Option<i64>,
    /// The values it had.
    pub data: Map<String, Value>,
    /// Who deleted it.
    pub caller: Option<String>,
    /// Which way the delete came in.
    pub origin: Option<String>,
}

async fn list_deleted_entities(ask: Ask<'_>, params: ListDeletedEntities) -> Result<Reply> {
    let entity_type = ask.application()?.entity_type(&params.entity_type)?;
    let limit = match params.limit {
        None => DEFAULT_LIMIT,
        Some(limit @ 1..=MAX_LIMIT) => limit,
        Some(_) => {
            let message = format!("limit must be between 1 and {MAX_LIMIT}");
            return Err(Error::new(Code::BadRequest, message).with("path", "params.limit"));
        }
    };
    let search = params.search.filter(|text| !text.trim().is_empty());
    // A feed may be long and its deletes few: such a search holds up no shared connection.
    let mut rows = history::gone(entity_type, search, params.before, i64::from(limit) + 1)
        .rows_slow(&ask.torque.db)
        .await?;
    let goes_on = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let entities = rows
        .iter()
        .map(|row| deleted(entity_type, row))
        .collect::<Result<Vec<_>>>()?;
    Reply::of(&DeletedEntities {
        next_before: entities.last().filter(|_| goes_on).map(|entity| entity.pos),
        entities,
    })
}

fn deleted(entity_type: &EntityType, row: &Row) -> Result<DeletedEntity> {
    let stored: RawJsonRef<'_> = row.try_get(4).map_err(Error::bug)?;
    let stored = serde_json::from_slice(stored.0).map_err(Error::bug)?;
    let at: OffsetDateTime = row.try_get(2).map_err(Error::bug)?;
    Ok(DeletedEntity {
        id: row.try_get(0).map_err(Error::bug)?,
        pos: row.try_get(1).map_err(Error::bug)?,
        at: instant(at),
        version: row.try_get(3).map_err(Error::bug)?,
        data: outside_form(entity_type, stored),
        caller: row.try_get(5).map_err(Error::bug)?,
        origin: row.try_get(6).map_err(Error::bug)?,
    })
}
