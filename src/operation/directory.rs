//! The applications as they stand in the database now, held ready for look-ups.
//!
//! The directory is a cache keyed by `torque.directory.version`: database
//! triggers move the version, the server reads again what has changed. Truth
//! stays in the database; a stale entry costs a refused statement, never a
//! wrong one.

mod load;

use crate::db::Db;
use crate::db::Wake;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Access;
use crate::model::Model;
use crate::operation::caller::Permission;
use arc_swap::ArcSwap;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often the version is asked for when nothing was announced.
const POLL: Duration = Duration::from_millis(500);

/// A property of an entity type as deploy recorded it.
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
    /// The SQL expression that search looks into, where it is searchable.
    #[serde(default)]
    pub text_search: Option<String>,
    /// Whether an index serves filters and sorts on it.
    #[serde(default)]
    pub indexed: bool,
    /// Whether no two entities may share a value.
    #[serde(default)]
    pub unique: bool,
    /// Whether every entity has a value.
    #[serde(default)]
    pub required: bool,
    /// The outside name of the entity type a Reference leads to.
    #[serde(default)]
    pub target: Option<String>,
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
    /// The schema the leaf and its application's other tables stand in, quoted.
    pub data_schema: String,
    /// Its properties by outside name, in the model's order.
    pub properties: IndexMap<String, Property>,
    /// Whether rows may hold values of properties that an older version of the model had.
    pub has_values_of_removed: bool,
}

impl EntityType {
    /// Whether some property's outside name is not its storage key.
    #[must_use]
    pub fn is_renamed(&self) -> bool {
        self.properties
            .values()
            .any(|property| property.name != property.key)
    }

    /// Whether stored data is what callers see, so that its text can go out as it is.
    #[must_use]
    pub fn passes_through(&self) -> bool {
        !self.has_values_of_removed && !self.is_renamed()
    }

    /// The expressions that search looks into: those of searchable properties, else of all texts.
    pub fn searched(&self) -> impl Iterator<Item = &str> {
        let has_searchable = self
            .properties
            .values()
            .any(|property| property.text_search.is_some());
        self.properties.values().filter_map(move |property| {
            let is_text = matches!(property.kind.as_str(), "String" | "Text");
            match &property.text_search {
                Some(expr) => Some(expr.as_str()),
                None if is_text && !has_searchable => Some(property.expr.as_str()),
                None => None,
            }
        })
    }
}

/// A declared connection between two entity types of an application.
#[derive(Debug, Clone)]
pub struct Relationship {
    /// The immutable storage key.
    pub key: String,
    /// The outside name.
    pub name: String,
    /// `one_to_one`, `one_to_many` or `many_to_many`.
    pub kind: String,
    /// The type it starts from.
    pub source_type_id: i32,
    /// The type it leads to.
    pub target_type_id: i32,
    /// What it is called from the other side.
    pub inverse_name: Option<String>,
    /// To-one: the storage key of the Reference property on the source type.
    pub property_key: Option<String>,
    /// Many-to-many: the link table, qualified and quoted.
    pub link_table: Option<String>,
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
    /// The model as that version has it; an empty one before the first deploy.
    pub model: Arc<Model>,
    /// The schema of its tables, quoted.
    pub data_schema: String,
    /// Its entity types by outside name.
    pub types: IndexMap<String, Arc<EntityType>>,
    /// Its relationships.
    pub relationships: Vec<Relationship>,
    /// Fires when it is stopped or gone: for sockets, which live longer than requests.
    pub stopped: CancellationToken,
    /// Fires when a deploy grants less to those without a credential than before.
    pub narrowed: CancellationToken,
    /// What tells whether any of this was written anew.
    stamp: String,
}

impl Application {
    /// What the application's model grants to anyone.
    #[must_use]
    pub fn granted_to_anyone(&self) -> Permission {
        match self.model.access {
            Access::Private => Permission::None,
            Access::PublicRead => Permission::Read,
            Access::Public => Permission::Write,
        }
    }

    /// Whether it is not stopped.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.status == "running"
    }

    /// Refuses while the application is stopped.
    pub fn answers(&self) -> Result<()> {
        if self.is_running() {
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

    /// The entity type of that number.
    #[must_use]
    pub fn type_by_id(&self, id: i32) -> Option<&Arc<EntityType>> {
        self.types.values().find(|entity_type| entity_type.id == id)
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
    /// Held while it is read anew, so that an older reading never follows a newer one.
    reading: Arc<tokio::sync::Mutex<()>>,
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

    /// Reads again what has changed since the last reading; nothing when nothing has.
    ///
    /// Operations that deploy or create an application call it, so that their caller finds what they made.
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        let _reading = self.reading.lock().await;
        let known = self.listing.load_full();
        if let Some(listing) = load::listing(db, &known).await? {
            let listing = Arc::new(listing);
            self.listing.store(Arc::clone(&listing));
            for (id, before) in &known.by_id {
                let now = listing.by_id.get(id);
                if !now.is_some_and(|now| now.is_running()) {
                    before.stopped.cancel();
                }
                if now.is_none_or(|now| now.granted_to_anyone() < before.granted_to_anyone()) {
                    before.narrowed.cancel();
                }
            }
        }
        Ok(())
    }

    /// Keeps the directory current for as long as it is awaited: on every announcement and every half second.
    pub async fn keep_current(&self, db: &Db) {
        let mut wakeups = db.wakeups();
        loop {
            if let Err(error) = self.refresh(db).await {
                tracing::warn!(%error, "the directory could not be read");
            }
            let announced = async {
                loop {
                    match wakeups.recv().await {
                        Ok(Wake::Application(_) | Wake::Kept { .. }) => {}
                        Ok(_) | Err(RecvError::Lagged(_)) => break,
                        Err(RecvError::Closed) => std::future::pending().await,
                    }
                }
            };
            let _ = tokio::time::timeout(POLL, announced).await;
        }
    }
}
