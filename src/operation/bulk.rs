//! Writing many entities at once: all of them, or none and the places of those that were refused.

mod refused;
mod restore;

use crate::db::Transaction;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::bulk::refused::which_refused;
use crate::operation::bulk::restore::BulkRestore;
use crate::operation::bulk::restore::bulk_restore;
use crate::operation::directory::EntityType;
use crate::operation::entity::Entity;
use crate::operation::entity::no_entity;
use crate::operation::entity::stored_form;
use crate::operation::entity_json::Shape;
use crate::operation::entity_json::Stored;
use crate::operation::entity_json::push_entity;
use crate::operation::entity_sql::write;
use crate::operation::entity_write::Deleted;
use crate::operation::entity_write::conflict;
use crate::operation::idempotency::Once;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::ops::Range;
use uuid::Uuid;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "bulkCreateEntities",
        "Creates many entities: all, or none.",
        Write,
        Application,
        BulkCreate => Entities,
        bulk_create
    ),
    operation!(
        "bulkUpdateEntities",
        "Changes many entities: all, or none.",
        Write,
        Application,
        BulkUpdate => Entities,
        bulk_update
    ),
    operation!(
        "bulkDeleteEntities",
        "Deletes many entities: all, or none.",
        Write,
        Application,
        BulkDelete => DeletedEntities,
        bulk_delete
    ),
    operation!(
        "bulkRestoreEntities",
        "Brings many deleted entities back: all, or none.",
        Write,
        Application,
        BulkRestore => Entities,
        bulk_restore
    ),
];

/// New entities of one type.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkCreate {
    /// Their type.
    pub entity_type: String,
    /// At most 10,000 of them.
    pub entities: Vec<NewEntity>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// One of many new entities.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntity {
    /// Its values by property.
    #[schemars(with = "Map<String, Value>")]
    pub data: Box<RawValue>,
    /// Its id, made by the client.
    #[serde(default)]
    pub id: Option<Uuid>,
}

/// Changes of entities of one type.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkUpdate {
    /// Their type.
    pub entity_type: String,
    /// At most 10,000 of them.
    pub entities: Vec<ChangedEntity>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// One of many changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedEntity {
    /// Its id.
    pub id: Uuid,
    /// The values to set; null clears one, what is absent stays.
    #[schemars(with = "Map<String, Value>")]
    pub data: Box<RawValue>,
    /// The version the change was made on: another one is a conflict.
    #[serde(default)]
    pub version: Option<i64>,
}

/// Which entities to delete.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkDelete {
    /// Their type.
    pub entity_type: String,
    /// Their ids, at most 10,000.
    pub ids: Vec<Uuid>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// Entities in the order of the request.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "replies are put together from bytes; this is their schema"
)]
pub struct Entities {
    /// One for each of the request's.
    entities: Vec<Entity>,
}

/// Deleted entities in the order of the request.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedEntities {
    /// One for each of the request's.
    pub entities: Vec<Deleted>,
}

async fn bulk_create(ask: Ask<'_>, params: BulkCreate) -> Result<Reply> {
    let application = ask.application()?;
    let entity_type = application.entity_type(&params.entity_type)?;
    let mut ids = Vec::with_capacity(params.entities.len());
    let mut data = Vec::with_capacity(params.entities.len());
    for (index, entity) in params.entities.iter().enumerate() {
        ids.push(entity.id.unwrap_or_else(Uuid::now_v7));
        data.push(stored_form(entity_type, &entity.data).map_err(|error| at(index, error))?);
    }
    once_each(&ids)?;
    let part = |part: Range<usize>| {
        write::create_many(
            entity_type,
            ids[part.clone()].to_vec(),
            data[part].to_vec(),
            ask.caller.ctx(),
        )
    };
    let once = Once::begin(
        ask,
        application,
        "bulkCreateEntities",
        params.idempotency_key.as_deref(),
    )
    .await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let work = Work::begin(ask, once).await?;
    let transaction = work.transaction()?;
    let rows = match part(0..ids.len()).rows_in(transaction).await {
        Ok(rows) => rows,
        Err(error) => {
            drop(work);
            return Err(which_refused(ask.torque, ids.len(), &part, None, error).await);
        }
    };
    let reply = in_order(entity_type, &ids, &rows)?;
    work.finish(reply).await
}

async fn bulk_update(ask: Ask<'_>, params: BulkUpdate) -> Result<Reply> {
    let application = ask.application()?;
    let entity_type = application.entity_type(&params.entity_type)?;
    let mut ids = Vec::with_capacity(params.entities.len());
    let mut data = Vec::with_capacity(params.entities.len());
    for (index, entity) in params.entities.iter().enumerate() {
        ids.push(entity.id);
        data.push(stored_form(entity_type, &entity.data).map_err(|error| at(index, error))?);
    }
    once_each(&ids)?;
    let once = Once::begin(
        ask,
        application,
        "bulkUpdateEntities",
        params.idempotency_key.as_deref(),
    )
    .await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let work = Work::begin(ask, once).await?;
    let transaction = work.transaction()?;
    let versions: Vec<Option<i64>> = params.entities.iter().map(|entity| entity.version).collect();
    lock(transaction, entity_type, &ids, &versions).await?;
    let part = |part: Range<usize>| {
        write::update_many(
            entity_type,
            ids[part.clone()].to_vec(),
            data[part].to_vec(),
            ask.caller.ctx(),
        )
    };
    let rows = match part(0..ids.len()).rows_in(transaction).await {
        Ok(rows) => rows,
        Err(error) => {
            drop(work);
            let locking = write::lock_many(entity_type, ids.clone());
            return Err(which_refused(ask.torque, ids.len(), &part, Some(locking), error).await);
        }
    };
    let reply = in_order(entity_type, &ids, &rows)?;
    work.finish(reply).await
}

async fn bulk_delete(ask: Ask<'_>, params: BulkDelete) -> Result<Reply> {
    let application = ask.application()?;
    let entity_type = application.entity_type(&params.entity_type)?;
    let ids = params.ids;
    once_each(&ids)?;
    let once = Once::begin(
        ask,
        application,
        "bulkDeleteEntities",
        params.idempotency_key.as_deref(),
    )
    .await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let work = Work::begin(ask, once).await?;
    let transaction = work.transaction()?;
    lock(transaction, entity_type, &ids, &vec![None; ids.len()]).await?;
    let part = |part: Range<usize>| write::delete_many(entity_type, ids[part].to_vec(), ask.caller.ctx());
    let rows = match part(0..ids.len()).rows_in(transaction).await {
        Ok(rows) => rows,
        Err(error) => {
            drop(work);
            let locking = write::lock_many(entity_type, ids.clone());
            return Err(which_refused(ask.torque, ids.len(), &part, Some(locking), error).await);
        }
    };
    let mut versions: HashMap<Uuid, i64> = HashMap::with_capacity(rows.len());
    for row in &rows {
        let id: Uuid = row.try_get(0).map_err(Error::bug)?;
        versions.insert(id, row.try_get(1).map_err(Error::bug)?);
    }
    let mut entities = Vec::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        // A cascade within the type may have taken it before its turn; it is gone all the same.
        let version = versions
            .get(id)
            .copied()
            .ok_or_else(|| at(index, no_entity(*id)))?;
        entities.push(Deleted {
            id: *id,
            entity_type: entity_type.name.clone(),
            deleted: true,
            version,
        });
    }
    let reply = Reply::of(&DeletedEntities { entities })?;
    work.finish(reply).await
}

/// The transaction of a bulk write: that of its idempotency key, or its own.
struct Work {
    once: Once,
    own: Option<Transaction>,
}

impl Work {
    async fn begin(ask: Ask<'_>, once: Once) -> Result<Self> {
        let own = match once.transaction() {
            Some(_) => None,
            None => Some(ask.torque.db.transaction().await?),
        };
        Ok(Self { once, own })
    }

    fn transaction(&self) -> Result<&Transaction> {
        self.own
            .as_ref()
            .or_else(|| self.once.transaction())
            .ok_or_else(|| Error::bug("a bulk write has no transaction"))
    }

    async fn finish(self, reply: Reply) -> Result<Reply> {
        if let Some(own) = self.own {
            own.commit().await?;
        }
        self.once.keep(reply).await
    }
}

/// The error of one of many, with its place among them.
fn at(index: usize, error: Error) -> Error {
    error.with("index", index)
}

/// Refuses an id that is given twice: which of the two should count?
fn once_each(ids: &[Uuid]) -> Result<()> {
    let mut seen = HashMap::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        if let Some(first) = seen.insert(*id, index) {
            let error = Error::new(Code::BadRequest, format!("the id {id} is given twice"));
            return Err(at(index, error).with("firstIndex", first));
        }
    }
    Ok(())
}

/// Locks the entities and refuses the first that is not there or not at its version.
async fn lock(
    transaction: &Transaction,
    entity_type: &EntityType,
    ids: &[Uuid],
    versions: &[Option<i64>],
) -> Result<()> {
    let rows = write::lock_many(entity_type, ids.to_vec())
        .rows_in(transaction)
        .await?;
    let mut found: HashMap<Uuid, Stored<'_>> = HashMap::with_capacity(rows.len());
    for row in &rows {
        let entity = Stored::read(row, 0)?;
        found.insert(entity.id, entity);
    }
    for (index, (id, expected)) in ids.iter().zip(versions).enumerate() {
        let entity = found.get(id).ok_or_else(|| at(index, no_entity(*id)))?;
        if let Some(expected) = *expected
            && expected != entity.version
        {
            return Err(at(index, conflict(entity_type, entity, expected)?));
        }
    }
    Ok(())
}

/// The rows as a reply in the order of the ids.
fn in_order(entity_type: &EntityType, ids: &[Uuid], rows: &[crate::db::Row]) -> Result<Reply> {
    let mut found: HashMap<Uuid, Stored<'_>> = HashMap::with_capacity(rows.len());
    for row in rows {
        let entity = Stored::read(row, 0)?;
        found.insert(entity.id, entity);
    }
    let mut out = Vec::with_capacity(32 + ids.len() * 320);
    out.extend_from_slice(b"{\"entities\":[");
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        let entity = found.get(id).ok_or_else(|| at(index, no_entity(*id)))?;
        push_entity(&mut out, entity, Shape::whole(&entity_type.name));
    }
    out.extend_from_slice(b"]}");
    Ok(Reply::raw(out))
}
