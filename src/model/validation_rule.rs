//! A rule beside those of a property's type.

use crate::model::canonical::sorted;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

/// A rule beside those of a property's type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidationRule {
    /// What is checked.
    pub rule_type: ValidationType,
    /// The property it checks; a property's own rule needs none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What a person reads when it is broken.
    pub message: String,
    /// The rule's figure: `{"length": 3}` for lengths, `{"pattern": "…"}` for patterns.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
    pub parameters: Option<Value>,
}

/// What a rule checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum ValidationType {
    /// There is a value.
    Required,
    /// The text has at least `parameters.length` characters.
    MinLength,
    /// The text has at most `parameters.length` characters.
    MaxLength,
    /// The text matches `parameters.pattern`.
    Pattern,
    /// The text is an e-mail address.
    Email,
    /// An xflow decides.
    Custom {
        /// The xflow that decides.
        xflow_id: String,
    },
}
