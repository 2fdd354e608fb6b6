//! Nodes that read and write entities, through the same door as everybody else.

use crate::db;
use crate::db::Row;
use crate::db::Transaction;
use crate::engine::job::Job;
use crate::engine::step::Failure;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::xflow_node::EntityOperation;
use crate::operation::Torque;
use crate::operation::directory::EntityType;
use crate::operation::entity::no_entity;
use crate::operation::entity::stored_form;
use crate::operation::entity_json::Shape;
use crate::operation::entity_json::Stored;
use crate::operation::entity_json::push_entity;
use crate::operation::entity_list;
use crate::operation::entity_list::LoadEntityData;
use crate::operation::entity_sql;
use crate::operation::entity_sql::write;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use std::collections::HashMap;
use uuid::Uuid;

/// The most entities of one bulk write.
const MOST: usize = 10_000;
/// How often an upsert that meets another one is run.
const UPSERTS: usize = 3;

/// Entities that a node reads.
pub struct Read {
    /// The type.
    pub entity_type: String,
    /// Which.
    pub filters: Value,
    /// How many at most.
    pub limit: u32,
}

/// Entities that a node writes.
#[derive(Clone)]
pub struct Write {
    /// The type.
    pub entity_type: String,
    /// What is done.
    pub operation: EntityOperation,
    /// The values.
    pub data: Option<Value>,
    /// The entity.
    pub entity_id: Option<Value>,
    /// The version it must have.
    pub version: Option<Value>,
    /// How many in one statement.
    pub batch: usize,
}

/// Reads entities; gives a list.
pub async fn read(torque: &Torque, job: &Job, read: Read) -> std::result::Result<Value, Failure> {
    let params = LoadEntityData {
        entity_type: read.entity_type,
        filters: Some(read.filters),
        limit: Some(read.limit),
        total: Some(false),
        ..LoadEntityData::default()
    };
    let reply = entity_list::load(torque, &job.application, &params).await?;
    let mut page: Map<String, Value> = serde_json::from_slice(&reply.0).map_err(Error::bug)?;
    Ok(page.remove("data").unwrap_or_default())
}

/// Writes within a transaction; gives what was written.
pub async fn write(transaction: &Transaction, job: &Job, write: &Write) -> Result<Value> {
    let entity_type = job.application.entity_type(&write.entity_type)?;
    match write.operation {
        EntityOperation::BulkCreate | EntityOperation::BulkUpdate => {
            many(transaction, job, entity_type, write).await
        }
        _ => one(transaction, job, entity_type, write).await,
    }
}

async fn one(transaction: &Transaction, job: &Job, entity_type: &EntityType, write: &Write) -> Result<Value> {
    let mut values = match &write.data {
        Some(Value::Object(values)) => values.clone(),
        None => Map::new(),
        Some(_) => {
            return Err(Error::new(
                Code::BadRequest,
                "the values of an entity must be an object",
            ));
        }
    };
    let named = values.remove("id");
    let id = match write.entity_id.as_ref().or(named.as_ref()) {
        None | Some(Value::Null) if write.operation == EntityOperation::Create => Uuid::now_v7(),
        Some(Value::String(id)) => Uuid::try_parse(id)
            .map_err(|_| Error::new(Code::BadRequest, format!("{id:?} is not the id of an entity")))?,
        _ => return Err(Error::new(Code::BadRequest, "the id of the entity is missing")),
    };
    let version = match &write.version {
        None => None,
        Some(version) => Some(version.as_i64().ok_or_else(|| {
            Error::new(
                Code::BadRequest,
                format!("{version} is not the version of an entity"),
            )
        })?),
    };
    let data = stored(entity_type, values)?;
    let ctx = job.context();
    let (row, first) = match write.operation {
        EntityOperation::Create => (
            write::create(entity_type, id, data, ctx)
                .row_in(transaction)
                .await?,
            0,
        ),
        EntityOperation::Update => {
            let statement = write::update(entity_type, id, data, version, ctx);
            (statement.row_in(transaction).await?, 0)
        }
        EntityOperation::Upsert => {
            let statement = write::upsert(entity_type, id, data, ctx);
            let mut row = None;
            for _ in 0..UPSERTS {
                row = statement.row_in(transaction).await?;
                if row.is_some() {
                    break;
                }
            }
            (row, 1)
        }
        _ => {
            let row = write::delete(entity_type, id, version, ctx)
                .row_in(transaction)
                .await?;
            if let Some(row) = row {
                let version: i64 = row.try_get(0).map_err(Error::bug)?;
                return Ok(json!({ "id": id, "deleted": true, "version": version }));
            }
            (None, 0)
        }
    };
    match row {
        Some(row) => value(entity_type, &row, first),
        None => Err(missed(transaction, entity_type, id, version).await?),
    }
}

/// Why a write met nothing: the entity is gone, or it has moved on.
async fn missed(
    transaction: &Transaction,
    entity_type: &EntityType,
    id: Uuid,
    expected: Option<i64>,
) -> Result<Error> {
    let row = entity_sql::by_id(entity_type, id).row_in(transaction).await?;
    let Some(row) = row else { return Ok(no_entity(id)) };
    let version = Stored::read(&row, 0)?.version;
    Ok(
        Error::new(Code::Conflict, "somebody else has changed it meanwhile")
            .with("entityId", id.to_string())
            .with("expectedVersion", expected)
            .with("currentVersion", version),
    )
}

async fn many(
    transaction: &Transaction,
    job: &Job,
    entity_type: &EntityType,
    write: &Write,
) -> Result<Value> {
    let Some(Value::Array(items)) = &write.data else {
        return Err(Error::new(
            Code::BadRequest,
            "a bulk write takes a list of objects",
        ));
    };
    if items.len() > MOST {
        return Err(Error::new(
            Code::TooLarge,
            format!("a bulk write takes at most {MOST} entities"),
        ));
    }
    let is_update = write.operation == EntityOperation::BulkUpdate;
    let mut ids = Vec::with_capacity(items.len());
    let mut data = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let Value::Object(values) = item else {
            return Err(Error::new(
                Code::BadRequest,
                format!("item {index} of the list is no object"),
            ));
        };
        let mut values = values.clone();
        let id = match values.remove("id") {
            Some(Value::String(id)) => Uuid::try_parse(&id)
                .map_err(|_| Error::new(Code::BadRequest, format!("{id:?} is not the id of an entity")))?,
            None | Some(Value::Null) if !is_update => Uuid::now_v7(),
            _ => {
                return Err(Error::new(
                    Code::BadRequest,
                    format!("item {index} of the list has no id"),
                ));
            }
        };
        ids.push(id);
        data.push(stored(entity_type, values)?);
    }
    let mut written: HashMap<Uuid, Value> = HashMap::with_capacity(ids.len());
    if is_update {
        write::lock_many(entity_type, ids.clone())
            .rows_in(transaction)
            .await?;
    }
    for (ids, data) in ids
        .chunks(write.batch.max(1))
        .zip(data.chunks(write.batch.max(1)))
    {
        let (ids, data, ctx) = (ids.to_vec(), data.to_vec(), job.context());
        let statement = if is_update {
            write::update_many(entity_type, ids, data, ctx)
        } else {
            write::create_many(entity_type, ids, data, ctx)
        };
        for row in statement.rows_in(transaction).await? {
            written.insert(Stored::read(&row, 0)?.id, value(entity_type, &row, 0)?);
        }
    }
    let in_order = ids
        .iter()
        .map(|id| written.remove(id).ok_or_else(|| no_entity(*id)));
    in_order.collect()
}

fn stored(entity_type: &EntityType, values: Map<String, Value>) -> Result<String> {
    let raw = RawValue::from_string(Value::Object(values).to_string()).map_err(Error::bug)?;
    stored_form(entity_type, &raw)
}

fn value(entity_type: &EntityType, row: &Row, first: usize) -> Result<Value> {
    let entity = Stored::read(row, first)?;
    let mut out = Vec::with_capacity(entity.data.len() + 240);
    push_entity(&mut out, &entity, Shape::whole(&entity_type.name));
    serde_json::from_slice(&out).map_err(Error::bug)
}

/// Whether a write that failed so was undone for a reason that passes by itself.
pub fn may_run_again(error: &Error) -> bool {
    db::is_transient(error)
}
