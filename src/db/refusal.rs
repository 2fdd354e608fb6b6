//! What the database says, in Torque's words: SQLSTATE → error.
//!
//! Torque's own logic refuses with `TQ400 TQ403 TQ404 TQ409 TQ422` and facts as
//! JSON in DETAIL. Everything else is translated by its SQLSTATE; what is not
//! foreseen is a bug.

use crate::error::Code;
use crate::error::Error;
use crate::error::FieldError;
use serde_json::Map;
use serde_json::Value;
use tokio_postgres::error::DbError;

/// Milliseconds after which a caller may try again.
pub(super) const RETRY_AFTER_MS: u64 = 1_000;

const LOCKED: &str = "the data is locked by somebody else; try again";

/// Translates what a statement ended with.
pub(super) fn translate(error: tokio_postgres::Error) -> Error {
    match error.as_db_error() {
        Some(_) if needs_restart(&error) => {
            unavailable("PostgreSQL was upgraded under the running database: it must be restarted")
                .because(error)
        }
        Some(refusal) => from_database(refusal).because(error),
        // No answer at all: the connection could not be made or was lost on the way.
        None if error.is_closed() || is_io(&error) => {
            unavailable("the connection to the database was lost").because(error)
        }
        None => Error::bug(error),
    }
}

/// An error that says: come back later.
pub(super) fn unavailable(message: &str) -> Error {
    Error::new(Code::Unavailable, message).with("retryAfter", RETRY_AFTER_MS / 1_000)
}

/// What a statement that waits for locks only briefly ended with.
#[derive(Debug, thiserror::Error)]
#[error("a lock was not to be had at once")]
struct LockedOut(#[source] tokio_postgres::Error);

/// A lock was held longer than a single statement waits.
pub(super) fn locked_out(error: tokio_postgres::Error) -> Error {
    unavailable(LOCKED).because(LockedOut(error))
}

/// Whether nothing was done because somebody holds a lock, and a patient handle may wait for it.
#[must_use]
pub fn is_locked_out(error: &Error) -> bool {
    error.cause.as_ref().is_some_and(|cause| cause.is::<LockedOut>())
}

/// Whether a whole transaction that failed so may be run again.
#[must_use]
pub fn is_transient(error: &Error) -> bool {
    error
        .cause
        .as_ref()
        .and_then(|cause| cause.downcast_ref::<tokio_postgres::Error>())
        .and_then(tokio_postgres::Error::code)
        .is_some_and(|state| matches!(state.code(), "40001" | "40P01" | "55P03"))
}

/// What happened underneath: "Connection refused" instead of "error connecting to server".
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(inner) = innermost.source() {
        innermost = inner;
    }
    innermost.to_string()
}

/// Whether PostgreSQL's package was upgraded under the running server, so that its language no longer loads.
pub(super) fn needs_restart(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|refusal| {
        refusal.message().contains("undefined symbol") || refusal.message().contains("could not load library")
    })
}

/// The SQLSTATE below an error, where there is one.
#[must_use]
pub fn sqlstate(error: &Error) -> Option<&str> {
    error
        .cause
        .as_ref()
        .and_then(|cause| cause.downcast_ref::<tokio_postgres::Error>())
        .and_then(tokio_postgres::Error::code)
        .map(tokio_postgres::error::SqlState::code)
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<std::io::Error>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

fn from_database(refusal: &DbError) -> Error {
    let state = refusal.code().code();
    if let Some(code) = own_code(state) {
        return own_refusal(code, refusal);
    }
    match state {
        "40001" | "40P01" => Error::new(
            Code::Conflict,
            "somebody else changed the same data at the same moment; try again",
        ),
        "55P03" => unavailable(LOCKED),
        "57014" => unavailable("the database took too long and was stopped"),
        // A unique index; the caller may know the property behind it (`unique.rs`).
        "23505" => Error::new(Code::Conflict, "there is one already"),
        "23503" => Error::new(Code::Conflict, "something else still refers to it"),
        "42501" => Error::new(Code::Forbidden, "the database does not allow this"),
        "22P02" | "22P05" | "22021" | "22003" | "22007" | "22008" | "22023" => {
            Error::new(Code::BadRequest, refusal.message())
        }
        "54000" | "54001" | "54011" | "54023" => {
            Error::new(Code::TooLarge, "the request is too large for the database")
        }
        "53100" => unavailable("the database's disk is full"),
        "53300" => unavailable("the database has no free connection"),
        "3D000" => unavailable("the database does not exist"),
        "28P01" | "28000" => unavailable("the database does not accept Torque's login"),
        "25006" => unavailable("the database is read-only at the moment"),
        _ if ["08", "53", "57", "58"].contains(&state.get(..2).unwrap_or_default()) => {
            unavailable("the database cannot answer at the moment")
        }
        _ => Error::bug(format!("SQLSTATE {state}: {}", refusal.message())),
    }
}

fn own_code(state: &str) -> Option<Code> {
    Some(match state {
        "TQ400" => Code::BadRequest,
        "TQ403" => Code::Forbidden,
        "TQ404" => Code::NotFound,
        "TQ409" => Code::Conflict,
        "TQ413" => Code::TooLarge,
        "TQ422" => Code::Invalid,
        "TQ503" => Code::Unavailable,
        _ => return None,
    })
}

/// The refusal of values whose errors the database kept instead of raising them: a list of field errors as JSON.
#[must_use]
pub fn refused_values(message: &str, errors: &str) -> Error {
    with_detail(Error::new(Code::Invalid, message), Some(errors))
}

/// DETAIL is a list of field errors, or an object of facts that may hold such a list as `fields`.
fn own_refusal(code: Code, refusal: &DbError) -> Error {
    with_detail(Error::new(code, refusal.message()), refusal.detail())
}

fn with_detail(error: Error, detail: Option<&str>) -> Error {
    match detail.map(serde_json::from_str::<Value>) {
        Some(Ok(Value::Array(fields))) => error.with_fields(fields_from(fields)),
        Some(Ok(Value::Object(mut facts))) => {
            let fields = match facts.remove("fields") {
                Some(Value::Array(fields)) => fields_from(fields),
                _ => Vec::new(),
            };
            let mut error = error.with_fields(fields);
            error.data = camel_case(facts);
            error
        }
        _ => error,
    }
}

fn fields_from(fields: Vec<Value>) -> Vec<FieldError> {
    fields
        .into_iter()
        .filter_map(|field| serde_json::from_value(field).ok())
        .collect()
}

/// The database writes `expected_version`, the wire says `expectedVersion`.
fn camel_case(facts: Map<String, Value>) -> Map<String, Value> {
    facts
        .into_iter()
        .map(|(name, value)| {
            let mut camel = String::with_capacity(name.len());
            let mut upper = false;
            for letter in name.chars() {
                if letter == '_' && !camel.is_empty() {
                    upper = true;
                } else if upper {
                    camel.push(letter.to_ascii_uppercase());
                    upper = false;
                } else {
                    camel.push(letter);
                }
            }
            (camel, value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::camel_case;
    use super::own_code;
    use crate::error::Code;
    use serde_json::json;

    #[test]
    fn facts_of_the_database_are_named_as_on_the_wire() {
        let facts = json!({ "expected_version": 3, "current": { "due_date": null }, "listWith": 1 });
        let facts = camel_case(facts.as_object().unwrap().clone());
        assert_eq!(
            serde_json::Value::Object(facts),
            json!({ "expectedVersion": 3, "current": { "due_date": null }, "listWith": 1 })
        );
    }

    #[test]
    fn only_torques_own_states_are_refusals_by_torque() {
        assert_eq!(own_code("TQ422"), Some(Code::Invalid));
        assert_eq!(own_code("TQ409"), Some(Code::Conflict));
        assert_eq!(own_code("P0001"), None);
        assert_eq!(own_code("23505"), None);
    }
}
