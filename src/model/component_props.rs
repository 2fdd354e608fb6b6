//! What each kind of component needs, in the shape it has on the wire.

use crate::model::action::Action;
use crate::model::canonical::sorted;
use crate::model::component::PageComponent;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

/// What a Button needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ButtonProps {
    /// The text on it.
    pub label: String,
    /// How it looks.
    #[serde(default)]
    pub variant: ButtonVariant,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_click: Option<Action>,
}

/// How a Button looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ButtonVariant {
    /// The page's main action.
    #[default]
    Primary,
    /// One of several actions.
    Secondary,
    /// Something that cannot be taken back easily.
    Danger,
    /// Something good.
    Success,
    /// Something to think about.
    Warning,
}

/// What a `DataGrid` needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DataGridProps {
    /// The entity type it lists.
    pub entity_type: String,
    /// The heading above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its columns; without any, the type's properties.
    #[serde(default)]
    pub columns: Vec<GridColumn>,
    /// A filter that always applies.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "sorted")]
    pub filters: Option<Value>,
    /// The order it starts with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<GridSort>,
    /// Whether it shows pages; without them it scrolls through everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagination: Option<bool>,
    /// How many rows a page has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_size: Option<u32>,
    /// Whether people can sort by its columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sorting: Option<bool>,
    /// Whether people can filter by its columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filtering: Option<bool>,
    /// The form a row is edited with; without it, the first form of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_id: Option<String>,
    /// Lists what an entity is linked with by a many-to-many relationship; rows are linked and unlinked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked: Option<LinkedBy>,
    /// Whether the grid has a button that adds an entity; its form starts with what `filters` ask for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adding: Option<bool>,
    /// Whether rows can be edited; they can unless this says no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editing: Option<bool>,
    /// Whether rows can be deleted; they can unless this says no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleting: Option<bool>,
    /// Whether cells can be edited in place; they can where rows can be edited, unless this says no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inline_editing: Option<bool>,
    /// Whether rows can be chosen, to change or delete several at once; they can unless this says no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selecting: Option<bool>,
    /// Whether people can choose columns and keep views of their own; they can unless this says no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views: Option<bool>,
    /// Whether people can download what is filtered as CSV; they can unless this says no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<bool>,
    /// What people read when there are no rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_text: Option<String>,
    /// Further actions of each row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub row_actions: Vec<RowAction>,
}

/// What an entity is linked with by a many-to-many relationship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LinkedBy {
    /// The relationship.
    pub relationship: String,
    /// The entity on the other side: a binding such as `{{ params.id }}`.
    pub entity_id: String,
    /// From which side that entity is looked at; needed where a type is linked with itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<LinkDirection>,
}

/// A way along a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkDirection {
    /// From the relationship's source to its targets.
    Outgoing,
    /// From its target to its sources.
    Incoming,
}

/// A column of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridColumn {
    /// The property it shows.
    pub field: String,
    /// Its heading.
    pub title: String,
    /// Whether people can sort by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sortable: Option<bool>,
    /// Whether people can filter by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filterable: Option<bool>,
    /// Its width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
}

/// One key of the order a grid starts with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridSort {
    /// The property.
    pub field: String,
    /// Up or down.
    #[serde(default)]
    pub order: SortOrder,
}

/// Up or down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SortOrder {
    /// The least first.
    #[default]
    Asc,
    /// The greatest first.
    Desc,
}

/// An action of a grid's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowAction {
    /// The text on it.
    pub label: String,
    /// How it looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<ButtonVariant>,
    /// What it does with the row.
    pub action: Action,
}

/// What a Form component needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FormProps {
    /// The form it shows.
    pub form_id: String,
    /// The entity it shows: a binding such as `{{ params.id }}`; without it, the form makes a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<String>,
    /// Whether the entity is only shown until a person asks to edit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<FormMode>,
    /// Whether it shows in a modal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modal: Option<bool>,
    /// The heading above it; without it, the form's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// What a form does with its entity at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormMode {
    /// It can be entered at once.
    Edit,
    /// It is shown, with a button to edit it.
    View,
}

/// What a Text needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TextProps {
    /// The text.
    pub content: String,
    /// A heading's level, or the kind of text.
    #[serde(default)]
    pub variant: TextVariant,
}

/// A heading's level, or the kind of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextVariant {
    /// The first heading.
    H1,
    /// The second heading.
    H2,
    /// The third heading.
    H3,
    /// The fourth heading.
    H4,
    /// Plain text.
    #[default]
    Body,
    /// Small text.
    Caption,
}

/// What a Container needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainerProps {
    /// The heading above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What stands in it, on twelve columns of its own.
    #[serde(default)]
    pub components: Vec<PageComponent>,
}

/// What a Modal needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModalProps {
    /// The heading above it.
    pub title: String,
    /// How wide it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<ModalSize>,
    /// What stands in it, on twelve columns of its own.
    #[serde(default)]
    pub components: Vec<PageComponent>,
}

/// How wide a Modal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModalSize {
    /// A short question.
    Small,
    /// A form.
    Medium,
    /// A grid.
    Large,
}
