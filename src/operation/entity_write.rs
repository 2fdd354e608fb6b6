//! Writing one entity: create, update, delete, upsert.
//!
//! The leaf's triggers decide everything (defaults, rules, version, record);
//! here a request becomes one statement and its row becomes the reply.

use crate::db::sqlstate;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::directory::EntityType;
use crate::operation::entity::Entity;
use crate::operation::entity::located;
use crate::operation::entity::no_entity;
use crate::operation::entity::stored_form;
use crate::operation::entity::whole;
use crate::operation::entity_group::Kind;
use crate::operation::entity_group::Single;
use crate::operation::entity_group::Written;
use crate::operation::entity_json::COLUMNS;
use crate::operation::entity_json::Shape;
use crate::operation::entity_json::Stored;
use crate::operation::entity_json::push_entity;
use crate::operation::entity_json::push_open;
use crate::operation::entity_sql;
use crate::operation::entity_sql::write;
use crate::operation::idempotency::Once;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;
use uuid::Uuid;

/// How often an upsert that meets another one is run.
const UPSERTS: usize = 3;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("createEntity", "Creates an entity.", Write, Application, CreateEntity => Entity, create_entity),
    operation!(
        "updateEntity",
        "Changes some of an entity's values, at a version if one is expected.",
        Write,
        Application,
        UpdateEntity => Entity,
        update_entity
    ),
    operation!(
        "deleteEntity",
        "Deletes an entity, at a version if one is expected.",
        Write,
        Application,
        DeleteEntity => Deleted,
        delete_entity
    ),
    operation!(
        "upsertEntity",
        "Changes the entity of this id or, when there is none, creates it.",
        Write,
        Application,
        UpsertEntity => Upserted,
        upsert_entity
    ),
];

/// A new entity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateEntity {
    /// Its type.
    pub entity_type: String,
    /// Its values by property.
    #[schemars(with = "Map<String, Value>")]
    pub data: Box<RawValue>,
    /// Its id, made by the client: sent again, it makes no second entity.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// A change of an entity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateEntity {
    /// Its id.
    pub entity_id: Uuid,
    /// The values to set; null clears one, what is absent stays.
    #[schemars(with = "Map<String, Value>")]
    pub data: Box<RawValue>,
    /// The version the change was made on: another one is a conflict.
    #[serde(default)]
    pub version: Option<i64>,
    /// Its type; without it, every type of the application is looked through.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// Which entity to delete.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteEntity {
    /// Its id.
    pub entity_id: Uuid,
    /// Its type; without it, every type of the application is looked through.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// The version it was seen at: another one is a conflict.
    #[serde(default)]
    pub version: Option<i64>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// An entity that is there or not.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpsertEntity {
    /// Its type.
    pub entity_type: String,
    /// Its id.
    pub id: Uuid,
    /// Its values: all of a new one, those to set of one that is there.
    #[schemars(with = "Map<String, Value>")]
    pub data: Box<RawValue>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// An entity that was deleted.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Deleted {
    /// Its id.
    pub id: Uuid,
    /// Its type.
    pub entity_type: String,
    /// Always true.
    pub deleted: bool,
    /// The version it had.
    pub version: i64,
}

/// An entity, and whether it is new.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "replies are put together from bytes; this is their schema"
)]
pub struct Upserted {
    /// Whether it was created.
    created: bool,
    /// The entity.
    #[serde(flatten)]
    entity: Entity,
}

async fn create_entity(ask: Ask<'_>, params: CreateEntity) -> Result<Reply> {
    let application = ask.application()?;
    let entity_type = application.entity_type(&params.entity_type)?;
    let data = stored_form(entity_type, &params.data)?;
    let once = Once::begin(
        ask,
        application,
        "createEntity",
        params.idempotency_key.as_deref(),
    )
    .await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let id = params.id.unwrap_or_else(Uuid::now_v7);
    let single = single(ask, entity_type, id, data.clone(), Kind::Create);
    match written(ask, &once, single).await {
        Ok(written) => {
            let (row, first) = written.ok_or_else(|| Error::bug("a create answered no row"))?;
            once.keep(whole(entity_type, &Stored::read(&row, first)?)?).await
        }
        // The id is taken: by this very create, sent before, or by something else.
        Err(error) if error.code == Code::Conflict && sqlstate(&error) == Some("23505") => {
            drop(once);
            created_before(ask, entity_type, id, data).await
        }
        Err(error) => Err(error),
    }
}

fn single(ask: Ask<'_>, entity_type: &Arc<EntityType>, id: Uuid, data: String, kind: Kind) -> Single {
    Single {
        entity_type: Arc::clone(entity_type),
        id,
        data,
        kind,
        context: ask.caller.ctx(),
    }
}

/// Writes with others that come at the same moment, or in the transaction that keeps its key.
async fn written(ask: Ask<'_>, once: &Once, single: Single) -> Result<Option<Written>> {
    match once.transaction() {
        Some(transaction) => single.within(transaction).await,
        None => ask.torque.writes.ask(&ask.torque.db, single).await,
    }
}

async fn created_before(ask: Ask<'_>, entity_type: &EntityType, id: Uuid, data: String) -> Result<Reply> {
    let row = write::created_before(entity_type, id, data)
        .row(&ask.torque.db)
        .await?;
    let refusal = Error::new(Code::Conflict, "there is an entity with this id already")
        .with("entityId", id.to_string());
    let Some(row) = row else { return Err(refusal) };
    let entity = Stored::read(&row, 1)?;
    let is_same: bool = row.try_get(0).map_err(Error::bug)?;
    if is_same {
        return whole(entity_type, &entity);
    }
    Err(refusal
        .with("currentVersion", entity.version)
        .with("current", value(entity_type, &entity)?))
}

async fn update_entity(ask: Ask<'_>, params: UpdateEntity) -> Result<Reply> {
    let application = ask.application()?;
    let id = params.entity_id;
    let entity_type = located(ask.torque, application, params.entity_type.as_deref(), id).await?;
    let data = stored_form(entity_type, &params.data)?;
    let once = Once::begin(
        ask,
        application,
        "updateEntity",
        params.idempotency_key.as_deref(),
    )
    .await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let single = single(ask, entity_type, id, data, Kind::Update(params.version));
    match written(ask, &once, single).await? {
        Some((row, first)) => once.keep(whole(entity_type, &Stored::read(&row, first)?)?).await,
        None => Err(moved_on(ask, entity_type, id, params.version).await),
    }
}

async fn delete_entity(ask: Ask<'_>, params: DeleteEntity) -> Result<Reply> {
    let application = ask.application()?;
    let id = params.entity_id;
    let once = Once::begin(
        ask,
        application,
        "deleteEntity",
        params.idempotency_key.as_deref(),
    )
    .await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let entity_type = located(ask.torque, application, params.entity_type.as_deref(), id).await?;
    let statement = write::delete(entity_type, id, params.version, ask.caller.ctx());
    let row = statement.row_through(once.through(ask)).await?;
    match row {
        Some(row) => {
            let reply = Reply::of(&Deleted {
                id,
                entity_type: entity_type.name.clone(),
                deleted: true,
                version: row.try_get(0).map_err(Error::bug)?,
            })?;
            once.keep(reply).await
        }
        None => Err(moved_on(ask, entity_type, id, params.version).await),
    }
}

async fn upsert_entity(ask: Ask<'_>, params: UpsertEntity) -> Result<Reply> {
    let application = ask.application()?;
    let entity_type = application.entity_type(&params.entity_type)?;
    let data = stored_form(entity_type, &params.data)?;
    let once = Once::begin(
        ask,
        application,
        "upsertEntity",
        params.idempotency_key.as_deref(),
    )
    .await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let statement = write::upsert(entity_type, params.id, data, ask.caller.ctx());
    for _ in 0..UPSERTS {
        if let Some(row) = statement.row_through(once.through(ask)).await? {
            let created: bool = row.try_get(0).map_err(Error::bug)?;
            let mut out = Vec::new();
            push_open(&mut out, &Stored::read(&row, 1)?, Shape::whole(&entity_type.name));
            out.extend_from_slice(format!(",\"created\":{created}}}").as_bytes());
            return once.keep(Reply::raw(out)).await;
        }
    }
    Err(Error::new(
        Code::Conflict,
        "somebody else writes the same entity at the same moment; try again",
    ))
}

/// Why a write at a version met nothing: the entity is gone, or it has moved on.
async fn moved_on(ask: Ask<'_>, entity_type: &EntityType, id: Uuid, expected: Option<i64>) -> Error {
    let Some(expected) = expected else {
        return no_entity(id);
    };
    let row = match entity_sql::by_id(entity_type, id).row(&ask.torque.db).await {
        Ok(Some(row)) => row,
        Ok(None) => return no_entity(id),
        Err(error) => return error,
    };
    match Stored::read(&row, 0).and_then(|entity| conflict(entity_type, &entity, expected)) {
        Ok(error) | Err(error) => error,
    }
}

/// A conflict that carries both versions and the entity as it is now.
pub fn conflict(entity_type: &EntityType, entity: &Stored<'_>, expected: i64) -> Result<Error> {
    Ok(
        Error::new(Code::Conflict, "somebody else has changed it meanwhile")
            .with("entityId", entity.id.to_string())
            .with("expectedVersion", expected)
            .with("currentVersion", entity.version)
            .with("current", value(entity_type, entity)?),
    )
}

/// An entity as a value, for the facts of an error.
fn value(entity_type: &EntityType, entity: &Stored<'_>) -> Result<Value> {
    let mut out = Vec::with_capacity(entity.data.len() + COLUMNS * 48);
    push_entity(&mut out, entity, Shape::whole(&entity_type.name));
    serde_json::from_slice(&out).map_err(Error::bug)
}
