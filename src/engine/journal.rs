//! The journal: what nodes did, written before anything builds on it.
//!
//! What needs no effect (a Condition, a read) is kept in memory until the next
//! effect, and goes into the database in that effect's transaction; so a resumed
//! execution sees either both or neither.

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::error::Error;
use crate::error::Result;
use crate::script::Line;
use parking_lot::Mutex;
use serde::Serialize;
use serde::Serializer;
use serde_json::Value;
use std::collections::HashMap;
use std::collections::HashSet;
use std::time::Instant;
use uuid::Uuid;

/// What one node did, as it is written down.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// The execution.
    pub execution_id: Uuid,
    /// The node.
    pub node_id: String,
    /// The iteration it stands in.
    pub iteration: String,
    /// The node's kind.
    pub kind: &'static str,
    /// What became of it.
    pub status: &'static str,
    /// The port it was left by.
    pub port: Option<String>,
    /// The attempt.
    pub attempt: i32,
    /// What it gave.
    pub output: Value,
    /// What went wrong, for people.
    pub message: Option<String>,
    /// What went wrong.
    pub error: Option<Value>,
    /// How long it took.
    pub ms: u64,
    /// When it ended; written as how long ago that is.
    #[serde(rename = "ago", serialize_with = "ago")]
    pub ended: Instant,
    /// What it said on its console.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Vec<Line>>,
}

/// What nodes said on their consoles that no row of the journal has yet, by node and iteration.
#[derive(Debug, Default)]
pub struct Said(Mutex<HashMap<(String, String), Vec<Line>>>);

impl Said {
    /// Keeps what a node said.
    pub fn keep(&self, node: &str, iteration: &str, lines: Vec<Line>) {
        if !lines.is_empty() {
            let key = (node.to_owned(), iteration.to_owned());
            self.0.lock().insert(key, lines);
        }
    }

    /// What a node said, for the row of it.
    pub fn taken(&self, node: &str, iteration: &str) -> Option<Vec<Line>> {
        let mut said = self.0.lock();
        if said.is_empty() {
            return None;
        }
        said.remove(&(node.to_owned(), iteration.to_owned()))
    }
}

impl Entry {
    /// It gave this, now.
    pub fn gave(&mut self, output: &Value, began: Instant) {
        self.output = output.clone();
        self.end(began);
    }

    /// It ends now.
    pub fn end(&mut self, began: Instant) {
        self.ended = Instant::now();
        let took = self.ended.saturating_duration_since(began);
        self.ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    }
}

/// By the database's clock, whatever this server's says.
fn ago<S: Serializer>(ended: &Instant, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(ended.elapsed().as_millis()).unwrap_or(u64::MAX))
}

/// What a node has done in an earlier attempt.
#[derive(Debug, Clone)]
pub enum Record {
    /// It is done: the port it was left by, and what it gave.
    Done(String, Value),
    /// It has begun to wait: what it waits for.
    Begun(Value),
}

/// What nodes have done in earlier attempts, by node and iteration.
#[derive(Debug, Default)]
pub struct Recorded(HashMap<(String, String), Record>);

impl Recorded {
    /// What a node has done.
    pub fn of(&self, node: &str, iteration: &str) -> Option<&Record> {
        self.0.get(&(node.to_owned(), iteration.to_owned()))
    }

    /// The ids of the signals that nodes have taken.
    pub fn signals(&self) -> HashSet<Uuid> {
        let taken = self.0.values().filter_map(|record| match record {
            Record::Done(_, value) if value["signal"].is_string() => value["id"].as_str()?.parse().ok(),
            _ => None,
        });
        taken.collect()
    }

    /// Adds a row of the journal; later rows of a node replace earlier ones.
    pub fn add(&mut self, row: &Row) -> Result<()> {
        let key = (
            row.try_get("node_id").map_err(Error::bug)?,
            row.try_get("iteration").map_err(Error::bug)?,
        );
        let output: Option<RawJsonRef<'_>> = row.try_get("output_data").map_err(Error::bug)?;
        let output = match output {
            Some(output) => serde_json::from_slice(output.0).map_err(Error::bug)?,
            None => Value::Null,
        };
        let port: Option<String> = row.try_get("port").map_err(Error::bug)?;
        let status: &str = row.try_get("status").map_err(Error::bug)?;
        match port {
            Some(port) => self.0.insert(key, Record::Done(port, output)),
            None if status == "started" => self.0.insert(key, Record::Begun(output)),
            None if status == "unknown_outcome" => None,
            // A failure that ended an attempt: the node runs again.
            None => self.0.remove(&key),
        };
        Ok(())
    }
}

/// Entries as a statement takes them.
pub fn text(entries: &[Entry]) -> Result<String> {
    serde_json::to_string(entries).map_err(Error::bug)
}
