//! Why a script did not give a value.

use serde::Deserialize;
use serde::Serialize;

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The script cannot be read.
    Syntax,
    /// It threw.
    Script,
    /// What it gives is no JSON.
    Value,
    /// It takes or gives too much.
    TooLarge,
    /// It waits for what never comes.
    Stuck,
    /// Its time was over.
    Timeout,
    /// It needed more memory than there is for a script.
    Memory,
    /// It was nested, or called itself, too deep.
    Depth,
    /// Its process ended for another reason.
    Worker,
}

impl Kind {
    /// The code that failures of nodes carry.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Kind::Syntax => "syntax",
            Kind::Script => "script",
            Kind::Value => "value",
            Kind::TooLarge => "too_large",
            Kind::Stuck => "stuck",
            Kind::Timeout => "timeout",
            Kind::Memory => "memory",
            Kind::Depth => "depth",
            Kind::Worker => "worker",
        }
    }
}

/// A fault with its place in the script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// What kind it is.
    pub kind: Kind,
    /// A sentence.
    pub message: String,
    /// The line, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

impl Fault {
    /// A fault without a place.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            line: None,
            column: None,
        }
    }

    /// The same at a place.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Self {
        (self.line, self.column) = (Some(line), Some(column));
        self
    }

    /// The sentence with its place.
    #[must_use]
    pub fn sentence(&self) -> String {
        match (self.line, self.column) {
            (Some(line), Some(column)) => format!("{} (line {line}, column {column})", self.message),
            _ => self.message.clone(),
        }
    }
}
