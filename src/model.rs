//! The model document: the versioned design of an application, as pure types.
//!
//! These types are the only source: the JSON Schema, the TypeScript types and
//! the model reference are generated from them. `normalise` makes a document
//! complete, `check` names everything that is wrong with it, `canonical`
//! writes it the one way it is stored and exported.

pub mod action;
pub mod binding;
pub mod canonical;
pub mod check;
pub mod component;
pub mod component_props;
pub mod entity;
pub mod entity_schema;
pub mod filter;
pub mod form;
pub mod generated;
pub mod lifecycle_hook;
pub mod normalise;
pub mod page;
pub mod pattern;
pub mod property;
pub mod property_type;
pub mod reference;
pub mod relationship;
pub mod role;
pub mod schema;
pub mod style;
pub mod template;
pub mod typescript;
pub mod validation_rule;
pub mod webhook_trigger;
pub mod xflow_document;
pub mod xflow_node;
pub mod xflow_trigger;

use crate::model::canonical::sorted;
use crate::model::component::ComponentInstance;
use crate::model::entity::EntityDefinition;
use crate::model::form::FormDefinition;
use crate::model::page::PageDefinition;
use crate::model::relationship::RelationshipDefinition;
use crate::model::role::RoleDefinition;
use crate::model::xflow_document::XFlowDocument;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a model document names as its `$schema`.
pub const SCHEMA: &str = "urn:torque:model:1";

/// The versioned design of an application: its entity types, relationships, forms, pages and xflows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The form of this document: `urn:torque:model:1`, or a path an editor finds the JSON Schema under.
    #[serde(rename = "$schema", default = "schema_urn")]
    pub schema: String,
    /// The model's name, which is also the title of an application made from it.
    pub name: String,
    /// What the application is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who may use a running application without signing in.
    #[serde(default)]
    pub access: Access,
    /// The time zone that "today" and schedules mean, by its IANA name.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The page that opens first; without it, the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_page: Option<String>,
    /// The kinds of things the application knows.
    #[serde(default)]
    pub entities: Vec<EntityDefinition>,
    /// Many-to-many relationships. A to-one relationship written here becomes a Reference property.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relationships: Vec<RelationshipDefinition>,
    /// Forms that create and edit entities.
    #[serde(default)]
    pub forms: Vec<FormDefinition>,
    /// The pages people see.
    #[serde(default)]
    pub pages: Vec<PageDefinition>,
    /// Named components that pages use by reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentInstance>,
    /// Workflows: what happens by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub xflows: Vec<XFlowDocument>,
    /// Roles that people of the application can have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleDefinition>,
    /// Texts by language: `{"de": {"Task": "Aufgabe"}}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, BTreeMap<String, String>>,
    /// Entities to begin with, by entity type, and links (`source_id`, `target_id` and what they carry) by
    /// many-to-many relationship; loaded when a person asks for them.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        serialize_with = "sorted"
    )]
    pub sample_data: BTreeMap<String, Vec<Map<String, Value>>>,
}

/// Who may use a running application without signing in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Nobody: every caller needs a credential.
    #[default]
    Private,
    /// Everybody may read.
    PublicRead,
    /// Everybody may read and write.
    Public,
}

impl Model {
    /// An empty model with a name.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            schema: schema_urn(),
            name: name.into(),
            description: None,
            access: Access::default(),
            time_zone: utc(),
            start_page: None,
            entities: Vec::new(),
            relationships: Vec::new(),
            forms: Vec::new(),
            pages: Vec::new(),
            components: Vec::new(),
            xflows: Vec::new(),
            roles: Vec::new(),
            translations: BTreeMap::new(),
            sample_data: BTreeMap::new(),
        }
    }

    /// The entity type with an outside name.
    #[must_use]
    pub fn entity(&self, id: &str) -> Option<&EntityDefinition> {
        self.entities.iter().find(|entity| entity.id == id)
    }

    /// The page with an id.
    #[must_use]
    pub fn page(&self, id: &str) -> Option<&PageDefinition> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// The page that opens first.
    #[must_use]
    pub fn first_page(&self) -> Option<&PageDefinition> {
        match &self.start_page {
            Some(id) => self.page(id),
            None => self.pages.first(),
        }
    }

    /// The form with an id.
    #[must_use]
    pub fn form(&self, id: &str) -> Option<&FormDefinition> {
        self.forms.iter().find(|form| form.id == id)
    }

    /// The named component with an id.
    #[must_use]
    pub fn component(&self, id: &str) -> Option<&ComponentInstance> {
        self.components.iter().find(|component| component.id() == id)
    }

    /// The xflow document with an id.
    #[must_use]
    pub fn xflow(&self, id: &str) -> Option<&XFlowDocument> {
        self.xflows.iter().find(|xflow| xflow.id == id)
    }
}

fn schema_urn() -> String {
    SCHEMA.to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

/// Serde's question whether a flag stands at its default.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands the field by reference"
)]
pub(crate) fn is_false(flag: &bool) -> bool {
    !*flag
}
