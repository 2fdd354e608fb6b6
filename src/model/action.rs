//! An action: what happens when a person clicks, submits or opens something.

use crate::model::canonical::sorted;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

/// What happens when a person clicks, submits or opens something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
pub enum Action {
    /// Opens a modal.
    OpenModal {
        /// A Modal component of the page or the model, or a form, which is then shown in a modal.
        modal_id: String,
        /// What a new entity's form starts with.
        #[serde(default, skip_serializing_if = "Map::is_empty", serialize_with = "sorted")]
        data: Map<String, Value>,
    },
    /// Closes the modal it stands in.
    CloseModal {},
    /// Goes to another page.
    NavigateTo {
        /// The page.
        page_id: String,
        /// The page's parameters: texts and bindings such as `{{ row.id }}`.
        #[serde(default, skip_serializing_if = "Map::is_empty", serialize_with = "sorted")]
        params: Map<String, Value>,
    },
    /// Runs an xflow and shows its answer.
    #[serde(rename = "executeXFlow")]
    ExecuteXFlow {
        /// The xflow.
        xflow_id: String,
        /// What it is given beside the row, the form or the page.
        #[serde(default, skip_serializing_if = "Map::is_empty", serialize_with = "sorted")]
        input: Map<String, Value>,
        /// A question the person must say yes to first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirm: Option<String>,
    },
    /// Loads a component's data again.
    RefreshComponent {
        /// The component.
        component_id: String,
    },
    /// Creates an entity.
    CreateEntity {
        /// Its type.
        entity_type: String,
        /// Its values.
        #[serde(default, skip_serializing_if = "Map::is_empty", serialize_with = "sorted")]
        data: Map<String, Value>,
        /// A question the person must say yes to first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirm: Option<String>,
    },
    /// Changes the entity of the row or the form it stands in.
    UpdateEntity {
        /// Its type.
        entity_type: String,
        /// The values to set.
        #[serde(default, skip_serializing_if = "Map::is_empty", serialize_with = "sorted")]
        data: Map<String, Value>,
        /// A question the person must say yes to first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirm: Option<String>,
    },
    /// Deletes the entity of the row or the form it stands in.
    DeleteEntity {
        /// Its type.
        entity_type: String,
        /// A question the person must say yes to first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confirm: Option<String>,
    },
    /// Calls a handler that the page's host registered under a name.
    Custom {
        /// The handler's name.
        action: String,
        /// What it is given.
        #[serde(default, skip_serializing_if = "Map::is_empty", serialize_with = "sorted")]
        params: Map<String, Value>,
    },
}

/// An action bound to something that happens to a component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventHandler {
    /// What happens.
    pub event: EventName,
    /// What is done then.
    pub action: Action,
}

/// Something that happens to a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum EventName {
    /// It is clicked.
    Click,
    /// One of its rows is clicked.
    RowClick,
    /// One of its values was changed.
    Change,
    /// It was submitted.
    Submit,
    /// It has appeared.
    Load,
}
