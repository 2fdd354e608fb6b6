//! How Torque says no: one error, one closed set of codes.
//!
//! `message` and `fields` are for the caller; `cause` is for the log and never
//! leaves the server. What each surface makes of a code stands in
//! `surface/problem.rs`, the only table.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// A shorthand for results that fail with [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Why a request was refused. Closed: a new code does not compile until every surface has a column for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request cannot be read: malformed, a parameter missing or of the wrong shape.
    BadRequest,
    /// No credential, or one that is expired, revoked or unknown.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// There is no such thing, or it belongs to another application (the same answer on purpose).
    NotFound,
    /// The thing has moved on, or something else stands in the way.
    Conflict,
    /// The values break the model's rules; `fields` names each.
    Invalid,
    /// The request, or a value in it, is larger than the limits allow.
    TooLarge,
    /// Too many tries in too short a time.
    RateLimited,
    /// Torque or its database cannot answer now; trying again later may work.
    Unavailable,
    /// A fault of Torque's own. The caller gets an id, the log gets the cause.
    Bug,
}

impl Code {
    /// The code's name on every wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Code::BadRequest => "bad_request",
            Code::Unauthenticated => "unauthenticated",
            Code::Forbidden => "forbidden",
            Code::NotFound => "not_found",
            Code::Conflict => "conflict",
            Code::Invalid => "invalid",
            Code::TooLarge => "too_large",
            Code::RateLimited => "rate_limited",
            Code::Unavailable => "unavailable",
            Code::Bug => "bug",
        }
    }
}

/// What is wrong with one field of a write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldError {
    /// The property's outside name, or a path such as `entities[3].label`.
    pub field: String,
    /// The rule that was broken: `required`, `max_length`, `unique`, …
    pub code: String,
    /// A sentence for the person at the form.
    pub message: String,
    /// Facts of the rule (`limit`, `scale`, …), for clients that word their own message.
    #[serde(flatten)]
    pub facts: serde_json::Map<String, Value>,
}

/// A refusal or a fault, on its way to the caller; where one statement served several, to each of them.
#[derive(Debug, Clone)]
pub struct Error {
    /// The kind of refusal.
    pub code: Code,
    /// A sentence for the caller.
    pub message: String,
    /// The broken rules of a write, one entry each.
    pub fields: Vec<FieldError>,
    /// Facts for the caller beside the message (`expectedVersion`, `index`, …).
    pub data: serde_json::Map<String, Value>,
    /// What happened underneath; logged once at the surface, never sent.
    pub cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A refusal with a code and a sentence for the caller.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
            data: serde_json::Map::new(),
            cause: None,
        }
    }

    /// A fault of Torque's own, with what happened underneath.
    pub fn bug(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Bug, "something went wrong inside Torque").because(cause)
    }

    /// The same error with its cause, for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The same error with one more fact for the caller.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.data.insert(key.to_owned(), value.into());
        self
    }

    /// The same error with the broken rules of a write.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.fields = fields;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}
