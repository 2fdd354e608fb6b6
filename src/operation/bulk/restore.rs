//! Bringing many deleted entities back: what undoes a bulk delete.

use crate::db::RawJsonRef;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Reply;
use crate::operation::bulk::Work;
use crate::operation::bulk::at;
use crate::operation::bulk::in_order;
use crate::operation::bulk::once_each;
use crate::operation::bulk::refused::which_refused;
use crate::operation::entity::no_entity;
use crate::operation::entity_sql::history;
use crate::operation::entity_sql::write;
use crate::operation::history::as_of_today;
use crate::operation::idempotency::Once;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;
use uuid::Uuid;

/// Which deleted entities to bring back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BulkRestore {
    /// Their type.
    pub entity_type: String,
    /// Their ids, at most 10,000.
    pub ids: Vec<Uuid>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// Creates them anew from what their deletes removed; one that is there already is in the way.
pub async fn bulk_restore(ask: Ask<'_>, params: BulkRestore) -> Result<Reply> {
    let application = ask.application()?;
    let entity_type = application.entity_type(&params.entity_type)?;
    let ids = params.ids;
    once_each(&ids)?;
    let once = Once::begin(
        ask,
        application,
        "bulkRestoreEntities",
        params.idempotency_key.as_deref(),
    )
    .await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let work = Work::begin(ask, once).await?;
    let transaction = work.transaction()?;
    let rows = history::deleted(entity_type, ids.clone())
        .rows_in(transaction)
        .await?;
    let mut found: HashMap<Uuid, (String, Option<i64>)> = HashMap::with_capacity(rows.len());
    for row in &rows {
        let stored: RawJsonRef<'_> = row.try_get(1).map_err(Error::bug)?;
        found.insert(
            row.try_get(0).map_err(Error::bug)?,
            (
                as_of_today(entity_type, stored)?,
                row.try_get(2).map_err(Error::bug)?,
            ),
        );
    }
    let mut data = Vec::with_capacity(ids.len());
    let mut ended = Vec::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        let (values, version) = found.remove(id).ok_or_else(|| at(index, no_entity(*id)))?;
        data.push(values);
        ended.push(version);
    }
    let part = |part: Range<usize>| {
        write::create_many_again(
            entity_type,
            ids[part.clone()].to_vec(),
            data[part.clone()].to_vec(),
            ended[part].to_vec(),
            ask.caller.ctx(),
        )
    };
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
