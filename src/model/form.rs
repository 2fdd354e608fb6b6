//! A form: the fields with which people create and edit entities of a type.

use crate::model::canonical::sorted;
use crate::model::is_false;
use crate::model::validation_rule::ValidationRule;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

/// The fields with which people create and edit entities of one type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormDefinition {
    /// The form's id; `openModal` can name it.
    pub id: String,
    /// The form's title.
    pub name: String,
    /// The entity type it creates and edits.
    pub entity_type: String,
    /// Its fields, in order.
    #[serde(default)]
    pub fields: Vec<FormField>,
    /// Headings that group the fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<FormSection>,
    /// Rules the form checks beside those of the entity type.
    #[serde(default)]
    pub validation: Vec<ValidationRule>,
    /// What its main button does.
    #[serde(default)]
    pub submit_action: FormAction,
    /// How its fields are set out.
    #[serde(default)]
    pub layout: FormLayout,
}

/// A field of a form: one property, and how a person enters it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    /// The property it enters.
    pub name: String,
    /// The input that is shown.
    pub field_type: FormFieldType,
    /// The text at the input.
    pub label: String,
    /// Whether the form asks for a value; a required property always does.
    #[serde(default)]
    pub required: bool,
    /// The grey text in an empty input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// A sentence under the input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The section it stands in, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// A filter over the form's values: the field shows only while it holds.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
    pub visible_if: Option<Value>,
    /// Whether the value is shown but cannot be changed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// The values offered, where they are not those of the property.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<FormOption>>,
    /// What a new entity's field starts with, where it is not the property's default.
    #[serde(
        rename = "defaultValue",
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "sorted"
    )]
    pub default_value: Option<Value>,
}

/// A value offered by a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormOption {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: String,
}

/// The input a field shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum FormFieldType {
    /// One line of text.
    TextInput,
    /// Several lines of text.
    TextArea,
    /// A list to choose from.
    Select,
    /// A box to tick.
    Checkbox,
    /// Buttons of which one is chosen.
    Radio,
    /// A calendar; for a DateTime with the time of day.
    DatePicker,
    /// A number.
    NumberInput,
}

/// A heading that groups fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormSection {
    /// What fields name it by.
    pub id: String,
    /// The heading.
    pub title: String,
    /// A sentence under the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What a form's main button does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub enum FormAction {
    /// Saves the entity, closes the form's modal and refreshes what shows it.
    #[default]
    SaveEntity,
    /// Saves the entity and closes the form.
    SaveAndClose,
    /// Saves the entity and starts with a new one.
    SaveAndNew,
    /// Hands the values to an xflow.
    Custom {
        /// The xflow that is run.
        xflow_id: String,
    },
}

/// How a form's fields are set out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormLayout {
    /// One under the other, or side by side.
    #[serde(rename = "type", default)]
    pub direction: FormDirection,
    /// The room between fields.
    #[serde(default)]
    pub spacing: Spacing,
}

/// Whether fields stand one under the other or side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormDirection {
    /// One under the other.
    #[default]
    Vertical,
    /// Side by side where there is room.
    Horizontal,
}

/// The room between things.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    /// Little.
    Small,
    /// The usual.
    #[default]
    Medium,
    /// Much.
    Large,
}
