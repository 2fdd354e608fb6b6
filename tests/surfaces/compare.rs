//! Whether a reply is what an example says, with today's ids and times.

use serde_json::Value;

/// Keys that a reply may have beside those of the specification's examples, wherever they stand.
pub const EXTRA_KEYS: &[&str] = &[
    "version",
    "modelVersion",
    "name",
    "events",
    "totalIsCapped",
    "nextCursor",
    "previousCursor",
    "cursor",
    "applied",
    "visible_if",
    "section",
    "sections",
    "help",
    "read_only",
    "property_type",
    "multiple",
    "reference",
    "min",
    "max",
    "label",
    "app",
];

/// Everything in which a reply differs from an example: ids may be any UUID, times any instant.
pub fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare("reply", expected, found, &mut differences);
    differences
}

fn compare(place: &str, expected: &Value, found: &Value, differences: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                match found.get(key) {
                    Some(other) => compare(&format!("{place}.{key}"), value, other, differences),
                    None => differences.push(format!("{place}.{key} is missing")),
                }
            }
            for key in found.keys() {
                if !expected.contains_key(key) && !EXTRA_KEYS.contains(&key.as_str()) {
                    differences.push(format!("{place}.{key} is too much"));
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) => {
            if expected.len() != found.len() {
                differences.push(format!("{place} has {} values", found.len()));
            }
            for (index, (value, other)) in expected.iter().zip(found).enumerate() {
                compare(&format!("{place}[{index}]"), value, other, differences);
            }
        }
        (Value::String(expected), Value::String(found)) if is_uuid(expected) => {
            if !is_uuid(found) {
                differences.push(format!("{place} is no UUID: {found}"));
            }
        }
        (Value::String(expected), Value::String(found)) if is_time(expected) => {
            if !is_canonical_time(found) {
                differences.push(format!("{place} is no time in the canonical form: {found}"));
            }
        }
        (expected, found) if expected == found => {}
        (expected, found) => differences.push(format!("{place} is {found}, not {expected}")),
    }
}

fn is_uuid(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok_and(|id| id.to_string() == text)
}

fn is_time(text: &str) -> bool {
    text.len() >= 20 && text.as_bytes()[10] == b'T' && text.ends_with('Z')
}

/// UTC with six digits of a second: the one form from SQL to screen.
pub fn is_canonical_time(text: &str) -> bool {
    is_time(text) && text.len() == 27 && text.as_bytes()[19] == b'.'
}
