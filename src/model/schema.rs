//! The JSON Schema of the model document, generated from its types.

use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::SCHEMA;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The JSON Schema of a model document (draft 2020-12).
pub fn json_schema() -> Result<Value> {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Model>();
    schema.insert("$id".to_owned(), SCHEMA.into());
    schema.insert("title".to_owned(), "Torque model".into());
    serde_json::to_value(schema).map_err(Error::bug)
}

/// The JSON Schema as it is written to a file.
pub fn text() -> Result<String> {
    let mut text = serde_json::to_string_pretty(&json_schema()?).map_err(Error::bug)?;
    text.push('\n');
    Ok(text)
}
