//! A property: a named, typed value of an entity type, with its rules and hints.

use crate::model::canonical::sorted;
use crate::model::form::FormFieldType;
use crate::model::is_false;
use crate::model::property_type::PropertyType;
use crate::model::validation_rule::ValidationRule;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Properties that every entity has. Torque writes them; nobody else does.
pub const SYSTEM_PROPERTIES: [&str; 5] = ["id", "version", "created_at", "updated_at", "entity_type"];

/// A named, typed value of an entity type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PropertyDefinition {
    /// The property's immutable id: its first name. Rename by changing `name` and keeping this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The key its values are stored under, given at publish and never used again for anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The property's name on every surface and in SQL: lower case, digits, underscores.
    pub name: String,
    /// What people call it; without it, the name in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What the value means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The kind of value, with that kind's own rules.
    pub property_type: PropertyType,
    /// Whether an entity must have a value.
    #[serde(default)]
    pub required: bool,
    /// The value of an entity that is created without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_value: Option<DefaultValue>,
    /// Whether no two entities of the type may have the same value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// Whether filters, ranges and sorts on it are served by an index.
    #[serde(default, skip_serializing_if = "is_false")]
    pub indexed: bool,
    /// Whether `contains` and search on it are served by an index.
    #[serde(default, skip_serializing_if = "is_false")]
    pub searchable: bool,
    /// Whether the value is kept out of logs and shown only on purpose.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
    /// Own messages, by the code of the rule that is broken (`required`, `max_length`, …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: BTreeMap<String, String>,
    /// Hints that forms and grids use where they say nothing themselves.
    #[serde(default, skip_serializing_if = "PropertyUi::is_empty")]
    pub ui: PropertyUi,
    /// Further rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub validation: Vec<ValidationRule>,
}

/// The value of an entity that is created without one: a constant, or what a function gives at that moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DefaultValue {
    /// What a function gives when the entity is created: `{"function": "now"}`.
    Function(DefaultFunctionCall),
    /// Always the same value.
    Constant(#[serde(serialize_with = "sorted")] Value),
}

/// A call of a default's function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DefaultFunctionCall {
    /// Which function.
    pub function: DefaultFunction,
}

/// A function that gives a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DefaultFunction {
    /// The moment of the write; for a Date, the day in the application's time zone.
    Now,
    /// The name of whoever writes.
    Caller,
}

/// Hints that forms and grids use where they say nothing themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PropertyUi {
    /// The input a form shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_type: Option<FormFieldType>,
    /// The grey text in an empty input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// A sentence under the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The width of a grid's column, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Text in front of the value, such as a currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Text behind the value, such as a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    /// Leave it out of forms and grids that list no fields or columns.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
}

impl PropertyUi {
    /// Whether no hint is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl PropertyDefinition {
    /// A property with a name and a type, and nothing else.
    pub fn new(name: impl Into<String>, property_type: PropertyType) -> Self {
        Self {
            id: None,
            key: None,
            name: name.into(),
            label: None,
            description: None,
            property_type,
            required: false,
            default_value: None,
            unique: false,
            indexed: false,
            searchable: false,
            sensitive: false,
            messages: BTreeMap::new(),
            ui: PropertyUi::default(),
            validation: Vec::new(),
        }
    }

    /// The immutable id; before the first save, the name.
    #[must_use]
    pub fn identity(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.name)
    }

    /// The key its values are stored under; before the first publish, the immutable id.
    #[must_use]
    pub fn storage_key(&self) -> &str {
        self.key.as_deref().unwrap_or_else(|| self.identity())
    }

    /// What people call it.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.label {
            Some(label) => label.clone(),
            None => in_words(&self.name),
        }
    }
}

/// A name in words: `due_date` becomes `Due date`.
#[must_use]
pub fn in_words(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}
