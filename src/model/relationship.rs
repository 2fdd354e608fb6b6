//! A relationship: a declared connection between two entity types.
//!
//! To-one relationships are Reference properties, nothing else; what stands in
//! the document's list after normalising is many-to-many.

use crate::model::property::PropertyDefinition;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

/// Where a link of the sample data says which entity it starts from.
pub const SAMPLE_SOURCE: &str = "source_id";
/// Where it says which entity it leads to.
pub const SAMPLE_TARGET: &str = "target_id";

/// A declared connection between two entity types.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationshipDefinition {
    /// The relationship's name on every surface: lower case, digits, underscores.
    pub id: String,
    /// The relationship's immutable storage key, given at its first save.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What people call it.
    pub name: String,
    /// How many stand on each side.
    pub kind: RelationshipKind,
    /// The entity type the relationship starts from.
    pub source_entity: String,
    /// The entity type it leads to.
    pub target_entity: String,
    /// What the relationship is called from the other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inverse_name: Option<String>,
    /// What happens when an entity is deleted. Links of many to many go with it (`cascade`) unless this says
    /// `restrict`; a to-one relationship restricts unless this says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_delete: Option<OnDelete>,
    /// Values that each link carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<PropertyDefinition>,
}

/// How many entities stand on each side of a relationship.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RelationshipKind {
    /// Any number on both sides: a link table.
    ManyToMany,
    /// One source has many targets: a Reference property of the target.
    OneToMany,
    /// One on each side: a Reference property of the source.
    OneToOne,
}

/// What happens when an entity that others refer to is deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDelete {
    /// The delete is refused while something refers to it.
    #[default]
    Restrict,
    /// What refers to it is deleted with it.
    Cascade,
    /// What refers to it loses the reference.
    SetNull,
}

impl RelationshipDefinition {
    /// The storage key; before the first save, the id.
    #[must_use]
    pub fn storage_key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.id)
    }
}
