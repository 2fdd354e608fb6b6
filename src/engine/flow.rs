//! Xflows as they are run: read once from the row that an execution began with.

use crate::db::Db;
use crate::db::RawJsonRef;
use crate::error::Error;
use crate::error::Result;
use crate::model::xflow_document::Retry;
use crate::model::xflow_document::XFlowDocument;
use crate::xflow::plan::Plan;
use crate::xflow::schema;
use jsonschema::Validator;
use lru::LruCache;
use parking_lot::Mutex;
use serde_json::Map;
use serde_json::Value;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const DOCUMENTS: &str = include_str!("../../sql/queries/xflow/documents.sql");
const BESIDE: &str = include_str!("../../sql/queries/xflow/beside.sql");

/// How many are kept ready.
const KEPT: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();

/// An xflow of one model version.
pub struct Flow {
    /// Its row, which belongs to one version of its model.
    pub row: Uuid,
    /// Its id in the model.
    pub key: String,
    /// Whether a direct call survives its server.
    pub is_durable: bool,
    /// How long an execution may work.
    pub time: Duration,
    /// Whether a failure is tried again.
    pub retry: Option<Retry>,
    /// What follows what.
    pub plan: Plan,
    /// What it must be given.
    pub input: Option<Validator>,
    /// What it must answer.
    pub output: Option<Validator>,
    /// What an Error node must tell.
    pub error: Option<Validator>,
}

/// An xflow, or why it cannot be run.
pub type Read = Arc<std::result::Result<Flow, String>>;

/// The xflows that are kept ready. A row of them never changes.
pub struct Flows {
    rows: Mutex<LruCache<Uuid, Read>>,
    /// Which rows stand beside others.
    beside: Mutex<LruCache<(Uuid, String), Uuid>>,
}

impl Default for Flows {
    fn default() -> Self {
        Self {
            rows: Mutex::new(LruCache::new(KEPT)),
            beside: Mutex::new(LruCache::new(KEPT)),
        }
    }
}

impl Flows {
    /// The xflow of a row.
    pub async fn find(&self, db: &Db, id: Uuid) -> Result<Read> {
        if let Some(known) = self.rows.lock().get(&id) {
            return Ok(Arc::clone(known));
        }
        let row = db.query_opt(DOCUMENTS, &[&vec![id]]).await?;
        let row = row.ok_or_else(|| Error::bug(format!("the xflow {id} is missing")))?;
        let document: RawJsonRef<'_> = row.try_get("dag_json").map_err(Error::bug)?;
        let key: String = row.try_get("key").map_err(Error::bug)?;
        let read = Arc::new(read(id, &key, document.0));
        self.rows.lock().put(id, Arc::clone(&read));
        Ok(read)
    }

    /// Another xflow of the same application and model version; nothing when it is not there or switched off.
    pub async fn beside(&self, db: &Db, row: Uuid, key: &str) -> Result<Option<Read>> {
        let place = (row, key.to_owned());
        let known = self.beside.lock().get(&place).copied();
        let id = match known {
            Some(id) => id,
            None => {
                let Some(found) = db.query_opt(BESIDE, &[&row, &key]).await? else {
                    return Ok(None);
                };
                let id = found.try_get(0).map_err(Error::bug)?;
                self.beside.lock().put(place, id);
                id
            }
        };
        self.find(db, id).await.map(Some)
    }
}

fn read(row: Uuid, key: &str, document: &[u8]) -> std::result::Result<Flow, String> {
    let document: XFlowDocument = serde_json::from_slice(document).map_err(|error| error.to_string())?;
    Ok(Flow {
        row,
        key: key.to_owned(),
        is_durable: document.durable,
        time: Duration::from_millis(document.max_execution_time_ms),
        plan: Plan::of(&document)?,
        input: validator(&document.input_schema)?,
        output: validator(&document.output_schema)?,
        error: validator(&document.error_schema)?,
        retry: document.retry,
    })
}

fn validator(schema: &Map<String, Value>) -> std::result::Result<Option<Validator>, String> {
    if schema.is_empty() {
        return Ok(None);
    }
    schema::compiled(&Value::Object(schema.clone())).map(Some)
}
