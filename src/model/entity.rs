//! An entity type: a kind of thing, its properties and its lifecycle hooks.

use crate::model::is_false;
use crate::model::lifecycle_hook::LifecycleHook;
use crate::model::property::PropertyDefinition;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

/// A kind of thing the application knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntityDefinition {
    /// The type's immutable storage key, given at its first save. Rename by changing `id` and keeping this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The type's name on every surface and in SQL: lower case, digits, underscores.
    pub id: String,
    /// What people call one such thing.
    pub name: String,
    /// What people call several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plural: Option<String>,
    /// What such a thing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The property that stands for the whole entity where one line is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_property: Option<String>,
    /// Keep an index that serves filters on any property (it costs about a third of the write rate).
    #[serde(default, skip_serializing_if = "is_false")]
    pub free_filters: bool,
    /// The typed values each such thing has.
    #[serde(default)]
    pub properties: Vec<PropertyDefinition>,
    /// Xflows that run when such a thing is written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifecycle_hooks: Vec<LifecycleHook>,
}

impl EntityDefinition {
    /// The storage key; before the first save, the outside name.
    #[must_use]
    pub fn storage_key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.id)
    }

    /// The property with an outside name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&PropertyDefinition> {
        self.properties.iter().find(|property| property.name == name)
    }

    /// What people call several of them.
    #[must_use]
    pub fn plural_name(&self) -> String {
        match &self.plural {
            Some(plural) => plural.clone(),
            None => format!("{}s", self.name),
        }
    }

    /// The property that stands for the whole entity: the named one, else the first text.
    #[must_use]
    pub fn display(&self) -> Option<&PropertyDefinition> {
        match &self.display_property {
            Some(name) => self.property(name),
            None => self
                .properties
                .iter()
                .find(|property| property.property_type.is_text()),
        }
    }
}
