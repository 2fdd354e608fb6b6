//! Names outside, storage keys inside: values change from one to the other at the edge.
//!
//! Of entities and of links alike. The database checks values; here only names are looked at.

use crate::error::Code;
use crate::error::Error;
use crate::error::FieldError;
use crate::error::Result;
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Values as a caller sends them, by storage key. `key_of` knows the key of a name, `is_key` every key.
///
/// # Errors
/// When a storage key stands where a name should.
pub fn by_key<'p>(
    holder: &str,
    key_of: impl Fn(&str) -> Option<&'p str>,
    is_key: impl Fn(&str) -> bool,
    data: &RawValue,
) -> Result<String> {
    // Values go on as they are written: no number loses a digit.
    let values: BTreeMap<String, &RawValue> = serde_json::from_str(data.get()).map_err(Error::bug)?;
    let mut stored: BTreeMap<&str, &RawValue> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (name, value) in &values {
        match key_of(name) {
            Some(key) => {
                stored.insert(key, value);
            }
            None if is_key(name) => unknown.push(FieldError {
                message: format!("{holder} has no property “{name}”"),
                field: name.clone(),
                code: "unknown".to_owned(),
                facts: Map::new(),
            }),
            // The database lists it with everything else that is wrong.
            None => {
                stored.insert(name, value);
            }
        }
    }
    if unknown.is_empty() {
        return serde_json::to_string(&stored).map_err(Error::bug);
    }
    Err(Error::new(Code::Invalid, "the values break rules of their type").with_fields(unknown))
}

/// Stored values by the names of today; those of removed properties are left out.
pub fn by_name<'p>(
    properties: impl Iterator<Item = (&'p str, &'p str)>,
    mut stored: Map<String, Value>,
) -> Map<String, Value> {
    properties
        .filter_map(|(name, key)| Some((name.to_owned(), stored.remove(key)?)))
        .collect()
}
