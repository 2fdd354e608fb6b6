//! The applications as they stand in the database now, held ready for look-ups.
//!
//! The directory is a cache keyed by `torque.directory.version`: statement
//! triggers move the version, the server reloads what has changed. Truth stays
//! in the database; a stale entry costs a refused statement, never a wrong one.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::caller::Permission;
use arc_swap::ArcSwap;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// A property of an entity type as the database stores it.
#[derive(Debug, Clone, Deserialize)]
pub struct Property {
    /// The outside name.
    pub name: String,
    /// The immutable storage key in `data`.
    pub key: String,
    /// The property type's name: `String`, `Decimal`, `Reference`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The SQL expression over the leaf that filters compare, and that its index is on.
    pub expr: String,
    /// The SQL expression that sorts.
    #[serde(default)]
    pub sort_expr: Option<String>,
    /// Whether `search` looks into it.
    #[serde(default)]
    pub text_search: bool,
    /// Whether an index serves filters and sorts on it.
    #[serde(default)]
    pub indexed: bool,
    /// Whether no two entities may share a value.
    #[serde(default)]
    pub unique: bool,
    /// Whether every entity has a value.
    #[serde(default)]
    pub required: bool,
}

/// An entity type of a live application: what statements need to know about its leaf.
#[derive(Debug)]
pub struct EntityType {
    /// The type's number in `torque.entity_types`, the leaf's partition key.
    pub id: i32,
    /// The application it belongs to.
    pub application_id: Uuid,
    /// The immutable storage key.
    pub key: String,
    /// The outside name, as callers write it.
    pub name: String,
    /// What people call one of them.
    pub label: String,
    /// The leaf, qualified and quoted.
    pub leaf: String,
    /// Its properties by outside name, in the model's order.
    pub properties: IndexMap<String, Property>,
}

impl EntityType {
    /// Whether some property's outside name is not its storage key, so that `data` cannot pass through as it is.
    #[must_use]
    pub fn is_renamed(&self) -> bool {
        self.properties
            .values()
            .any(|property| property.name != property.key)
    }
}

/// A running or stopped instance of a model, with its entity types.
#[derive(Debug)]
pub struct Application {
    /// Its id.
    pub id: Uuid,
    /// The name in addresses.
    pub slug: String,
    /// The name for people.
    pub name: String,
    /// `running` or `stopped`.
    pub status: String,
    /// The model's version that is live; none before the first deploy.
    pub model_version: Option<i32>,
    /// What a caller without a credential may do here.
    pub access: Permission,
    /// Its entity types by outside name.
    pub types: IndexMap<String, Arc<EntityType>>,
}

impl Application {
    /// What the application's model grants to anyone.
    #[must_use]
    pub fn granted_to_anyone(&self) -> Permission {
        self.access
    }

    /// Refuses while the application is stopped.
    pub fn answers(&self) -> Result<()> {
        if self.status == "running" {
            return Ok(());
        }
        Err(Error::new(
            Code::Unavailable,
            format!("the application {} is stopped", self.slug),
        ))
    }

    /// The entity type of that name; a missing one and one of another application are the same.
    pub fn entity_type(&self, name: &str) -> Result<&Arc<EntityType>> {
        self.types.get(name).ok_or_else(|| {
            Error::new(Code::NotFound, format!("there is no entity type “{name}”"))
                .with("entityType", Value::from(name))
        })
    }
}

/// The applications of one version of `torque.directory`.
#[derive(Debug, Default)]
struct Listing {
    version: i64,
    by_id: HashMap<Uuid, Arc<Application>>,
    by_slug: HashMap<String, Uuid>,
}

/// The directory: cheap to clone, read without a lock.
#[derive(Clone, Default)]
pub struct Directory {
    listing: Arc<ArcSwap<Listing>>,
}

impl Directory {
    /// The version of `torque.directory` that this is.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.listing.load().version
    }

    /// The application of this slug or id.
    #[must_use]
    pub fn find(&self, slug_or_id: &str) -> Option<Arc<Application>> {
        let listing = self.listing.load();
        if let Some(id) = listing.by_slug.get(slug_or_id) {
            return listing.by_id.get(id).cloned();
        }
        let id = Uuid::try_parse(slug_or_id).ok()?;
        listing.by_id.get(&id).cloned()
    }

    /// The application of this id.
    #[must_use]
    pub fn by_id(&self, id: Uuid) -> Option<Arc<Application>> {
        self.listing.load().by_id.get(&id).cloned()
    }

    /// Every application, by slug.
    #[must_use]
    pub fn applications(&self) -> Vec<Arc<Application>> {
        let mut applications: Vec<_> = self.listing.load().by_id.values().cloned().collect();
        applications.sort_by(|a, b| a.slug.cmp(&b.slug));
        applications
    }
}
