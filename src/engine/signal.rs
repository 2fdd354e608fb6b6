//! Signals: what somebody tells an execution that waits for it, or will.
//!
//! A signal is a row with an id of its own, so that sending it again does nothing,
//! and may come before the node that waits for it. Each is taken by one Wait
//! node, whose row in the journal holds it: a resumed execution does not take it
//! again.

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::engine::journal::Recorded;
use crate::error::Error;
use crate::error::Result;
use parking_lot::Mutex;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

/// What was sent to an execution and no node has taken yet, in the order of its arrival.
#[derive(Default)]
pub struct Signals {
    /// How many it had been sent when it was claimed: one that comes later makes it due at once.
    pub seen: i32,
    left: Mutex<Vec<Signal>>,
}

struct Signal {
    name: String,
    value: Value,
}

impl Signals {
    /// The signals of a claimed execution, of which `recorded` says which are taken.
    pub fn of(seen: i32, rows: &[Row], recorded: &Recorded) -> Result<Self> {
        if rows.is_empty() {
            return Ok(Self {
                seen,
                ..Self::default()
            });
        }
        let taken = recorded.signals();
        let mut left = Vec::with_capacity(rows.len());
        for row in rows {
            let id: Uuid = row.try_get("id").map_err(Error::bug)?;
            if taken.contains(&id) {
                continue;
            }
            let name: String = row.try_get("name").map_err(Error::bug)?;
            let data: RawJsonRef<'_> = row.try_get("data").map_err(Error::bug)?;
            let data: Value = serde_json::from_slice(data.0).map_err(Error::bug)?;
            let by: String = row.try_get("sent_by").map_err(Error::bug)?;
            let at: String = row.try_get("sent_at").map_err(Error::bug)?;
            let value = json!({ "id": id, "signal": name, "data": data, "by": by, "at": at });
            left.push(Signal { name, value });
        }
        Ok(Self {
            seen,
            left: Mutex::new(left),
        })
    }

    /// Takes the first of this name.
    pub fn take(&self, name: &str) -> Option<Value> {
        let mut left = self.left.lock();
        let place = left.iter().position(|signal| signal.name == name)?;
        Some(left.remove(place).value)
    }
}
