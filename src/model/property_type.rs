//! The kinds of values a property can have, each with its own rules.

use crate::model::is_false;
use crate::model::relationship::OnDelete;
use schemars::JsonSchema;
use schemars::Schema;
use schemars::SchemaGenerator;
use schemars::json_schema;
use serde::Deserialize;
use serde::Deserializer;
use serde::Serialize;
use serde::Serializer;
use std::borrow::Cow;

/// The kind of value a property has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum PropertyType {
    /// One line of text.
    String {
        /// The most characters it may have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<u32>,
        /// The fewest characters it may have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_length: Option<u32>,
        /// A regular expression the value must match (`^` and `$` make it the whole value), in the subset that
        /// Postgres, Rust and JavaScript read alike.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
        /// A well-known form of text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<StringFormat>,
    },
    /// Text of several lines.
    Text {
        /// The most characters it may have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<u32>,
        /// The fewest characters it may have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_length: Option<u32>,
    },
    /// A whole number between -(2^53 - 1) and 2^53 - 1.
    Integer {
        /// The least value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// The greatest value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// An exact number with a fixed count of digits after the point, written as a string.
    Decimal {
        /// How many digits stand after the point.
        scale: u32,
        /// The least value, as a string.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<String>,
        /// The greatest value, as a string.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<String>,
    },
    /// True or false.
    Boolean {},
    /// One of a list of values.
    Enum {
        /// The values one can choose from.
        values: Vec<EnumValue>,
    },
    /// Any number of a list of values.
    MultiEnum {
        /// The values one can choose from.
        values: Vec<EnumValue>,
    },
    /// A calendar day, `YYYY-MM-DD`.
    Date {},
    /// A moment, in UTC with microseconds.
    DateTime {},
    /// A UUID.
    Uuid {},
    /// Any JSON value, kept as given.
    Json {},
    /// One entity of a type: the only form a to-one relationship has.
    Reference {
        /// The entity type that is referred to.
        target_entity: String,
        /// What happens to this entity when the other is deleted.
        #[serde(default)]
        on_delete: OnDelete,
        /// What the relationship is called from the other side.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        inverse_name: Option<String>,
        /// Whether at most one entity may refer to the same other.
        #[serde(default, skip_serializing_if = "is_false")]
        one_to_one: bool,
    },
}

/// A well-known form of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StringFormat {
    /// An e-mail address.
    Email,
    /// An http, https or mailto address.
    Url,
}

/// A value of an Enum: the value is stored and never changes, the label is shown and may.
///
/// Without label and colour it is written as a plain string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumValue {
    /// What is stored.
    pub value: String,
    /// What is shown; without it, the value in words.
    pub label: Option<String>,
    /// The colour of its badge.
    pub color: Option<EnumColor>,
}

/// The colour of a value's badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "a colour's name says it all")]
pub enum EnumColor {
    Gray,
    Blue,
    Green,
    Yellow,
    Orange,
    Red,
    Violet,
}

/// The long form of an Enum's value.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LabelledValue {
    /// What is stored.
    value: String,
    /// What is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// The colour of its badge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    color: Option<EnumColor>,
}

/// What a document may write for an Enum's value.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "an enum value is a string or an object {value, label, color}"
)]
enum WrittenValue {
    Plain(String),
    Labelled(LabelledValue),
}

impl EnumValue {
    /// A value shown by its own words.
    pub fn new(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: None,
            color: None,
        }
    }

    /// What is shown for it.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.label {
            Some(label) => label.clone(),
            None => crate::model::property::in_words(&self.value),
        }
    }
}

impl Serialize for EnumValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.label.is_none() && self.color.is_none() {
            return serializer.serialize_str(&self.value);
        }
        LabelledValue {
            value: self.value.clone(),
            label: self.label.clone(),
            color: self.color,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EnumValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match WrittenValue::deserialize(deserializer)? {
            WrittenValue::Plain(value) => Self::new(value),
            WrittenValue::Labelled(LabelledValue { value, label, color }) => Self { value, label, color },
        })
    }
}

impl JsonSchema for EnumValue {
    fn schema_name() -> Cow<'static, str> {
        "EnumValue".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let labelled = LabelledValue::json_schema(generator);
        json_schema!({
            "description": "A value of an Enum: a string, or the value with its label and colour.",
            "anyOf": [{"type": "string"}, labelled],
        })
    }
}

impl PropertyType {
    /// The type's name, as the document and every surface write it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            PropertyType::String { .. } => "String",
            PropertyType::Text { .. } => "Text",
            PropertyType::Integer { .. } => "Integer",
            PropertyType::Decimal { .. } => "Decimal",
            PropertyType::Boolean {} => "Boolean",
            PropertyType::Enum { .. } => "Enum",
            PropertyType::MultiEnum { .. } => "MultiEnum",
            PropertyType::Date {} => "Date",
            PropertyType::DateTime {} => "DateTime",
            PropertyType::Uuid {} => "Uuid",
            PropertyType::Json {} => "Json",
            PropertyType::Reference { .. } => "Reference",
        }
    }

    /// Whether the value is free text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self, PropertyType::String { .. } | PropertyType::Text { .. })
    }

    /// Whether entities can be put in order by it.
    #[must_use]
    pub fn is_sortable(&self) -> bool {
        !matches!(self, PropertyType::Json {} | PropertyType::MultiEnum { .. })
    }

    /// The values of an Enum or MultiEnum.
    #[must_use]
    pub fn enum_values(&self) -> Option<&[EnumValue]> {
        match self {
            PropertyType::Enum { values } | PropertyType::MultiEnum { values } => Some(values),
            _ => None,
        }
    }

    /// The entity type a Reference names.
    #[must_use]
    pub fn target_entity(&self) -> Option<&str> {
        match self {
            PropertyType::Reference { target_entity, .. } => Some(target_entity),
            _ => None,
        }
    }
}
