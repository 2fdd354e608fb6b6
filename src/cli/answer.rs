//! What a command answers: text for people, JSON for programs.

use serde_json::Value;

/// A command's answer; `--json` decides which half is printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// For people.
    pub text: String,
    /// For programs.
    pub json: Value,
}

impl Answer {
    /// An answer in both forms.
    #[must_use]
    pub fn new(text: impl Into<String>, json: Value) -> Self {
        Self {
            text: text.into(),
            json,
        }
    }

    /// What is printed to standard output.
    #[must_use]
    pub fn shown(&self, as_json: bool) -> String {
        match as_json {
            true => format!("{:#}", self.json),
            false => self.text.clone(),
        }
    }
}
