//! How a component looks beyond its variant: a few style properties.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Number;
use std::collections::BTreeMap;

/// Style properties by their camel-case names: `{"marginTop": "16px"}`.
pub type Style = BTreeMap<String, StyleValue>;

/// The value of a style property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a style's value is a string or a number")]
pub enum StyleValue {
    /// A length with its unit, a colour, a keyword.
    Text(String),
    /// A bare number: pixels, or the property's own unit.
    Number(Number),
}
