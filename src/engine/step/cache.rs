//! Cache nodes: a value under a key of the application, for some time.

use crate::engine::cache::Cache;
use crate::engine::job::Job;
use crate::engine::step::Failure;
use crate::engine::step::unfit;
use crate::error::Result;
use crate::model::xflow_node::CacheOperation;
use crate::operation::Torque;
use serde_json::Value;

/// The longest key, in characters.
const LONGEST_KEY: usize = 500;

/// What a Cache node asks for.
pub struct Keep {
    key: String,
    operation: CacheOperation,
    value: Value,
    seconds: i64,
}

/// What a node asks for, if its key and its value can be kept.
pub fn keep(
    key: String,
    operation: CacheOperation,
    value: Value,
    seconds: i64,
) -> std::result::Result<Keep, Failure> {
    if key.is_empty() || key.chars().count() > LONGEST_KEY || key.contains('\0') {
        let message = format!("its key must have 1 to {LONGEST_KEY} characters");
        return Err(Failure::new("key", message));
    }
    if let Some(failure) = unfit(&value, "what it shall keep") {
        return Err(failure);
    }
    Ok(Keep {
        key,
        operation,
        value,
        seconds,
    })
}

/// Does it; gives the value, or whether there is or was one.
pub async fn perform(cache: &Cache, torque: &Torque, job: &Job, keep: Keep) -> Result<Value> {
    let (db, application, key) = (&torque.db, job.application.id, keep.key.as_str());
    Ok(match keep.operation {
        CacheOperation::Get => cache.get(db, application, key).await?.unwrap_or_default(),
        CacheOperation::Exists => Value::Bool(cache.get(db, application, key).await?.is_some()),
        CacheOperation::Delete => Value::Bool(cache.delete(db, application, key).await?),
        CacheOperation::Set => {
            cache.set(db, application, key, &keep.value, keep.seconds).await?;
            keep.value
        }
    })
}
