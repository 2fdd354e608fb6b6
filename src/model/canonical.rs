//! The one way a model document is written: members in the order of the types.
//!
//! Free values (filters, sample data, xflow documents) have no types, so their
//! keys are sorted: `jsonb` does not keep a document's order, and an export
//! must be byte-equal after an import.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use serde::Serialize;
use serde::Serializer;
use serde::ser::Error as _;
use serde_json::Value;

/// Reads a model document.
pub fn read(document: &str) -> Result<Model> {
    serde_json::from_str(document).map_err(|error| unreadable(&error))
}

/// Reads a model document that has been parsed as JSON.
pub fn read_value(document: Value) -> Result<Model> {
    serde_json::from_value(document).map_err(|error| unreadable(&error))
}

/// Writes a model document the way it is exported: indented, ending in a line feed.
pub fn write(model: &Model) -> Result<String> {
    let mut text = serde_json::to_string_pretty(model).map_err(Error::bug)?;
    text.push('\n');
    Ok(text)
}

/// Writes a model document the way it is stored.
pub fn write_compact(model: &Model) -> Result<String> {
    serde_json::to_string(model).map_err(Error::bug)
}

/// Serialises a free value with its keys sorted.
pub(crate) fn sorted<T: Serialize, S: Serializer>(
    value: &T,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(value).map_err(S::Error::custom)?;
    value.sort_all_objects();
    value.serialize(serializer)
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::new(Code::BadRequest, format!("this is not a model document: {error}"))
}
