//! What callers were seen doing beside changing entities: sign-ins, and what was refused to them.
//!
//! Notes go into `torque.audited_calls` beside the requests, which do not wait
//! for it: a database that takes no notes fails nobody's sign-in. What is the
//! same within a moment is one row with the number of times, and what is too
//! much for one moment is told without names and addresses, so that a flood of
//! wrong keys is a few rows and not a full disk.

use crate::db::Db;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::caller::Caller;
use parking_lot::Mutex;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// What comes within this time is written together.
const MOMENT: Duration = Duration::from_millis(500);
/// After a failure it is tried again so soon.
const AGAIN: Duration = Duration::from_secs(5);
/// Different notes in one moment; beyond, they are told without names and addresses.
const DIFFERENT: usize = 256;
/// Callers without a credential, in the notes.
const NOBODY: &str = "anonymous";
/// Who stands in a note that tells of many.
const MANY: &str = "many";

/// How something ended, as `torque.audited_calls.outcome` has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Outcome {
    Done,
    Refused,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
        }
    }
}

/// What is the same in notes that become one row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Note {
    application: Option<Uuid>,
    operation: &'static str,
    caller: String,
    origin: &'static str,
    outcome: Outcome,
    address: Option<IpAddr>,
    code: Option<Code>,
}

/// How often it came, and the request that came first.
#[derive(Debug, Clone)]
struct Seen {
    times: u64,
    details: Map<String, Value>,
}

#[derive(Default)]
struct Inner {
    notes: Mutex<HashMap<Note, Seen>>,
    told: Notify,
}

/// The notes that wait to be written; cheap to clone.
#[derive(Clone, Default)]
pub struct Audit(Arc<Inner>);

impl Audit {
    /// Notes that a caller was refused something; other failures are no business of an audit.
    pub fn refused(
        &self,
        caller: &Caller,
        application: Option<Uuid>,
        operation: &'static str,
        error: &Error,
    ) {
        if !is_refusal(error.code) {
            return;
        }
        let note = Note {
            application,
            operation,
            caller: caller.name.clone(),
            origin: caller.origin.name(),
            outcome: Outcome::Refused,
            address: caller.address,
            code: Some(error.code),
        };
        self.note(
            note,
            json!({ "message": error.message, "request": caller.request_id }),
        );
    }

    /// Notes a try to sign in, or to use a key, that failed.
    pub fn sign_in_refused(&self, address: Option<IpAddr>, error: &Error) {
        if !is_refusal(error.code) {
            return;
        }
        let note = Note {
            application: None,
            operation: "signIn",
            caller: NOBODY.to_owned(),
            origin: "http",
            outcome: Outcome::Refused,
            address,
            code: Some(error.code),
        };
        self.note(note, json!({ "message": error.message }));
    }

    /// Notes that somebody signed in or out.
    pub fn signed(
        &self,
        operation: &'static str,
        caller: &str,
        application: Option<Uuid>,
        address: Option<IpAddr>,
        details: Value,
    ) {
        let note = Note {
            application,
            operation,
            caller: caller.to_owned(),
            origin: "http",
            outcome: Outcome::Done,
            address,
            code: None,
        };
        self.note(note, details);
    }

    fn note(&self, mut note: Note, details: Value) {
        let mut notes = self.0.notes.lock();
        if notes.len() >= DIFFERENT && !notes.contains_key(&note) {
            MANY.clone_into(&mut note.caller);
            note.address = None;
        }
        let Value::Object(details) = details else { return };
        notes.entry(note).or_insert(Seen { times: 0, details }).times += 1;
        drop(notes);
        self.0.told.notify_one();
    }

    /// Writes notes down as they come, for as long as it is awaited.
    pub async fn keep(&self, db: &Db) {
        loop {
            self.0.told.notified().await;
            tokio::time::sleep(MOMENT).await;
            while let Err(error) = self.write(db).await {
                tracing::warn!(%error, cause = ?error.cause, "audited calls could not be written down");
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    /// Writes down what waits; when that fails, it waits on.
    ///
    /// # Errors
    /// When the database cannot take it.
    pub async fn write(&self, db: &Db) -> Result<()> {
        let notes: Vec<(Note, Seen)> = self.0.notes.lock().drain().collect();
        if notes.is_empty() {
            return Ok(());
        }
        let applications: Vec<Option<Uuid>> = notes.iter().map(|(note, _)| note.application).collect();
        let operations: Vec<&str> = notes.iter().map(|(note, _)| note.operation).collect();
        let callers: Vec<&str> = notes.iter().map(|(note, _)| note.caller.as_str()).collect();
        let origins: Vec<&str> = notes.iter().map(|(note, _)| note.origin).collect();
        let outcomes: Vec<&str> = notes.iter().map(|(note, _)| note.outcome.name()).collect();
        let details: Vec<String> = notes.iter().map(|(note, seen)| told(note, seen)).collect();
        let sql = include_str!("../../sql/queries/caller/record_audited.sql");
        let written = db
            .query_background(
                sql,
                &[
                    &applications,
                    &operations,
                    &callers,
                    &origins,
                    &outcomes,
                    &details,
                ],
            )
            .await;
        if let Err(error) = written {
            let mut waiting = self.0.notes.lock();
            for (note, seen) in notes {
                let times = seen.times;
                waiting
                    .entry(note)
                    .and_modify(|known| known.times += times)
                    .or_insert(seen);
            }
            return Err(error);
        }
        Ok(())
    }
}

fn is_refusal(code: Code) -> bool {
    matches!(code, Code::Unauthenticated | Code::Forbidden | Code::RateLimited)
}

fn told(note: &Note, seen: &Seen) -> String {
    let mut details = Map::new();
    if let Some(code) = note.code {
        details.insert("code".to_owned(), json!(code.name()));
    }
    if let Some(address) = note.address {
        details.insert("address".to_owned(), json!(address.to_string()));
    }
    details.insert("times".to_owned(), json!(seen.times));
    details.extend(seen.details.clone());
    Value::Object(details).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn a_flood_of_refusals_is_a_bounded_number_of_notes_and_counts_every_one() {
        let audit = Audit::default();
        let refusal = Error::new(Code::Unauthenticated, "unknown");
        for number in 0..100_000 {
            audit.sign_in_refused(Some(IpAddr::V4(Ipv4Addr::from_bits(number))), &refusal);
        }
        audit.sign_in_refused(None, &Error::new(Code::Unavailable, "the database is away"));
        let notes = audit.0.notes.lock();
        assert!(notes.len() <= DIFFERENT + 1, "{}", notes.len());
        assert_eq!(notes.values().map(|seen| seen.times).sum::<u64>(), 100_000);
        assert!(
            notes
                .keys()
                .any(|note| note.caller == MANY && note.address.is_none())
        );
    }
}
