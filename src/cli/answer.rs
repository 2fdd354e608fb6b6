//! What a command says: text for people, JSON with `--json`.

use crate::error::Code;
use crate::error::Error;
use serde_json::Value;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Write as _;

/// What a command says when it is done.
#[derive(Debug, Clone)]
pub struct Answer {
    /// For people; without a line end.
    pub text: String,
    /// For programs.
    pub json: Value,
    /// The exit code; 0 as a rule.
    pub exit: u8,
}

impl Answer {
    /// An answer that says the same twice.
    #[must_use]
    pub fn new(text: impl Into<String>, json: Value) -> Self {
        Self {
            text: text.into(),
            json,
            exit: 0,
        }
    }

    /// The same with another exit code: done, and what was found is not good.
    #[must_use]
    pub fn with_exit(mut self, exit: u8) -> Self {
        self.exit = exit;
        self
    }

    /// Prints it on standard output.
    pub fn print(&self, json: bool) {
        let text = if json {
            serde_json::to_string_pretty(&self.json).unwrap_or_default()
        } else {
            self.text.clone()
        };
        if text.is_empty() || (json && self.json.is_null()) {
            return;
        }
        // Whoever reads may have read enough.
        let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end_matches('\n'));
    }
}

/// Prints an error: for people on standard error, as JSON on standard output.
pub fn print_error(error: &Error, json: bool) {
    if json {
        let mut data = error.data.clone();
        if !error.fields.is_empty() {
            data.insert("fields".to_owned(), json!(error.fields));
        }
        let document =
            json!({ "error": { "code": error.code.name(), "message": error.message, "data": data } });
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        let _ = writeln!(std::io::stdout().lock(), "{text}");
        return;
    }
    let mut text = format!("error: {}", error.message);
    for field in &error.fields {
        let _ = write!(text, "\n  {}: {}", field.field, field.message);
    }
    if error.code == Code::Bug
        && let Some(cause) = &error.cause
    {
        let _ = write!(text, "\n  {cause}");
        let mut below = cause.source();
        while let Some(inner) = below {
            let _ = write!(text, ": {inner}");
            below = inner.source();
        }
    }
    eprintln!("{text}");
}

/// Rows under their headings, in columns.
#[must_use]
pub fn table<const COLUMNS: usize>(headings: [&str; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    let widths: Vec<usize> = (0..COLUMNS)
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .chain([headings[column].chars().count()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |cells: &[String; COLUMNS]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(&headings.map(str::to_owned))];
    lines.extend(rows.iter().map(line));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_table_has_its_columns_one_below_the_other() {
        let rows = [
            ["1".to_owned(), "längst".to_owned()],
            ["234".to_owned(), String::new()],
        ];
        assert_eq!(table(["ID", "WHAT"], &rows), "ID   WHAT\n1    längst\n234");
    }
}
