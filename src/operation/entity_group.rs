//! Group writes: single creates and updates that share a statement.
//!
//! With 64 clients a transaction a row reaches 11,400 rows a second, groups of
//! up to 32 on two connections 45,000–50,000. Every row keeps its own errors,
//! caller, cause, version and reply; what a group cannot decide for a row (a
//! duplicate, another version, a lock) is asked again alone.

use crate::db::Db;
use crate::db::Row;
use crate::db::Transaction;
use crate::db::refused_values;
use crate::error::Result;
use crate::operation::directory::EntityType;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::group;
use crate::operation::entity_sql::write;
use crate::operation::gather::Batch;
use crate::operation::gather::Request;
use crate::operation::gather::Together;
use crate::operation::gather::Waiting;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// One write of one entity.
pub struct Single {
    /// The entity's type.
    pub entity_type: Arc<EntityType>,
    /// Its id.
    pub id: Uuid,
    /// The values, in their stored form.
    pub data: String,
    /// What it does.
    pub kind: Kind,
    /// Who writes, and why: the value of `torque.ctx`.
    pub context: String,
}

/// What a single write does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It creates the entity.
    Create,
    /// It changes the entity, at this version where one is expected.
    Update(Option<i64>),
}

/// A row that was written, and the column its entity begins at.
pub type Written = (Row, usize);

impl Single {
    fn statement(&self) -> Statement {
        let (data, context) = (self.data.clone(), self.context.clone());
        match self.kind {
            Kind::Create => write::create(&self.entity_type, self.id, data, context),
            Kind::Update(version) => write::update(&self.entity_type, self.id, data, version, context),
        }
    }

    /// Runs it within a transaction.
    pub async fn within(&self, transaction: &Transaction) -> Result<Option<Written>> {
        let statement = self.statement();
        Ok(statement.row_in(transaction).await?.map(|row| (row, 0)))
    }
}

impl Request for Single {
    /// The type's number, and whether it creates.
    type Key = (i32, bool);
    type Answer = Option<Written>;
    /// While one waits for its commit to reach the disk, the other's rows are checked and written.
    const UNDER_WAY: usize = 2;

    fn queue(&self) -> Self::Key {
        (self.entity_type.id, matches!(self.kind, Kind::Create))
    }

    /// One statement changes a row once: its second change is of the next group.
    fn fits(&self, batch: &[Waiting<Self>]) -> bool {
        batch.iter().all(|waiting| {
            waiting.request.id != self.id && Arc::ptr_eq(&waiting.request.entity_type, &self.entity_type)
        })
    }

    async fn alone(&self, db: &Db) -> Result<Option<Written>> {
        let statement = self.statement();
        Ok(statement.row_written(db).await?.map(|row| (row, 0)))
    }

    async fn together(db: &Db, mut batch: Batch<Self>) -> Together<Self> {
        // Rows are locked in the order of their ids, so that two groups wait for each other instead of dying.
        batch.sort_unstable_by_key(|waiting| waiting.request.id);
        match together(&batch).rows_written(db).await {
            Ok(rows) => Ok(decide(rows, batch)),
            Err(error) => Err((error, batch)),
        }
    }
}

fn together(batch: &[Waiting<Single>]) -> Statement {
    let ids = batch.iter().map(|waiting| waiting.request.id).collect();
    let data = batch.iter().map(|waiting| waiting.request.data.clone()).collect();
    let Some(first) = batch.first() else {
        return Statement::default();
    };
    let context = context_of_all(batch);
    let entity_type = &first.request.entity_type;
    match first.request.kind {
        Kind::Create => group::create(entity_type, ids, data, context),
        Kind::Update(_) => {
            let versions = batch
                .iter()
                .map(|waiting| match waiting.request.kind {
                    Kind::Update(version) => version,
                    Kind::Create => None,
                })
                .collect();
            group::update(entity_type, ids, data, versions, context)
        }
    }
}

/// The context of a group: what all share, or each one's by the entity's id.
fn context_of_all(batch: &[Waiting<Single>]) -> String {
    let mut contexts = batch.iter().map(|waiting| waiting.request.context.as_str());
    let first = contexts.next().unwrap_or("{}");
    let mut all = Map::new();
    if contexts.all(|context| context == first) {
        all = serde_json::from_str(first).unwrap_or_default();
    } else {
        let by: Map<String, Value> = batch
            .iter()
            .filter_map(|waiting| {
                let context = serde_json::from_str(&waiting.request.context).ok()?;
                Some((waiting.request.id.to_string(), context))
            })
            .collect();
        all.insert("by".to_owned(), Value::Object(by));
    }
    all.insert("keep".to_owned(), Value::Bool(true));
    Value::Object(all).to_string()
}

/// What a statement kept of a row that breaks a rule.
#[derive(Deserialize)]
struct Refused {
    id: Uuid,
    message: String,
    errors: Box<RawValue>,
}

/// What became of each entity that a statement over many wrote or left out; it says nothing of the rest.
#[must_use]
pub fn outcomes(rows: Vec<Row>) -> HashMap<Uuid, Result<Written>> {
    let mut results = HashMap::with_capacity(rows.len());
    for row in rows {
        match (
            row.try_get::<_, Option<String>>(0),
            row.try_get::<_, Option<Uuid>>(1),
        ) {
            (Ok(None), Ok(Some(id))) => {
                results.insert(id, Ok((row, 1)));
            }
            (Ok(Some(refused)), _) => {
                let refused: Vec<Refused> = serde_json::from_str(&refused).unwrap_or_default();
                for one in refused {
                    results.insert(one.id, Err(refused_values(&one.message, one.errors.get())));
                }
            }
            _ => {}
        }
    }
    results
}

/// Gives each write the row or the refusal that is its own; the rest has to ask alone.
fn decide(rows: Vec<Row>, batch: Batch<Single>) -> Batch<Single> {
    let mut results = outcomes(rows);
    let mut rest = Vec::new();
    for waiting in batch {
        match results.remove(&waiting.request.id) {
            Some(result) => waiting.tell(result.map(Some)),
            None => rest.push(waiting),
        }
    }
    rest
}
