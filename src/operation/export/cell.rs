//! One cell of CSV: what a value is as text, and what no spreadsheet may run.

use serde_json::value::RawValue;
use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula; the wide forms are read as the plain ones.
const RUNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text that no spreadsheet runs: one that would begin a formula gets an apostrophe in front.
///
/// So does one that has apostrophes before such a sign, which makes it reversible: whoever
/// reads the file takes one apostrophe off a cell that begins with apostrophes and such a sign.
#[must_use]
pub fn unrunnable(text: &str) -> Cow<'_, str> {
    if text.trim_start_matches('\'').starts_with(RUNS) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that was exported: without the apostrophe that [`unrunnable`] puts in front.
#[must_use]
pub fn as_exported(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if text.trim_start_matches('\'').starts_with(RUNS) => rest,
        _ => text,
    }
}

/// The text of a JSON value: a string without its quotes, null as nothing, all else as it is written.
#[must_use]
pub fn plain(value: &RawValue) -> Cow<'_, str> {
    let json = value.get();
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(json).map_or(Cow::Borrowed(json), Cow::Owned),
        Some(b'n') => Cow::Borrowed(""),
        _ => Cow::Borrowed(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_has_an_apostrophe_and_nothing_else_has() {
        for dangerous in [
            "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''@x", "＝1",
        ] {
            assert_eq!(unrunnable(dangerous), format!("'{dangerous}"));
            assert_eq!(as_exported(&unrunnable(dangerous)), dangerous);
        }
        for harmless in ["", "a=1", "1-2", " =1", "'quoted'", "ü"] {
            assert_eq!(unrunnable(harmless), harmless);
            assert_eq!(as_exported(harmless), harmless);
        }
    }

    #[test]
    fn numbers_keep_every_digit_and_texts_lose_their_quotes() {
        for (json, text) in [
            ("\"a \\\"b\\\"\\n\"", "a \"b\"\n"),
            ("12345678901234567890.10", "12345678901234567890.10"),
            ("true", "true"),
            ("null", ""),
            ("{\"a\": 1.0}", "{\"a\": 1.0}"),
        ] {
            let value = RawValue::from_string(json.to_owned()).unwrap();
            assert_eq!(plain(&value), text);
        }
    }
}
