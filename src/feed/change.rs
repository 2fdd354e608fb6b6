//! One committed change, read once and shown to many subscribers.
//!
//! The wire form is written once; what filters need beyond it (the entity as a
//! map, and as it was before) is read when the first filter asks.

use crate::operation::directory::EntityType;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use std::sync::OnceLock;
use uuid::Uuid;

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An entity was created, updated or deleted.
    Entity,
    /// Two entities were linked or unlinked.
    Link,
    /// Another version of the model is live.
    Model,
    /// The application itself changed.
    Application,
}

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            "entity" => Kind::Entity,
            "link" => Kind::Link,
            "model" => Kind::Model,
            _ => Kind::Application,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Entity => "entity",
            Kind::Link => "link",
            Kind::Model => "model",
            Kind::Application => "application",
        }
    }
}

/// A row of `changes`, as `sql/queries/feed/tail.sql` selects it.
#[derive(Debug, Clone)]
pub struct Row {
    /// The dense position.
    pub pos: i64,
    /// `entity`, `link`, `model` or `application`.
    pub kind: String,
    /// What happened.
    pub op: String,
    /// The number of the entity type.
    pub entity_type_id: Option<i32>,
    /// The entity.
    pub entity_id: Option<Uuid>,
    /// Its version after the change.
    pub version: Option<i64>,
    /// When it was created, in the wire form.
    pub created_at: Option<String>,
    /// When it was last updated, in the wire form.
    pub updated_at: Option<String>,
    /// Its values by storage key.
    pub data: Option<String>,
    /// The previous values of what changed; of a deleted entity all.
    pub old: Option<String>,
}

/// A change, ready to be delivered.
#[derive(Debug)]
pub struct Change {
    row: Row,
    kind: Kind,
    entity_type: Option<Arc<EntityType>>,
    wire: String,
    now: OnceLock<Option<Map<String, Value>>>,
    before: OnceLock<Option<Map<String, Value>>>,
}

impl Change {
    /// Makes a change of its row; `entity_type` is the one of the row's number.
    #[must_use]
    pub fn new(row: Row, entity_type: Option<Arc<EntityType>>) -> Self {
        let kind = Kind::of(&row.kind);
        let mut change = Self {
            row,
            kind,
            entity_type,
            wire: String::new(),
            now: OnceLock::new(),
            before: OnceLock::new(),
        };
        change.wire = change.written();
        change
    }

    /// Its position.
    #[must_use]
    pub fn pos(&self) -> i64 {
        self.row.pos
    }

    /// What it is about.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it is about entities of this type; a link is about those at both of its ends.
    #[must_use]
    pub fn concerns(&self, entity_type_id: i32) -> bool {
        self.row.entity_type_id == Some(entity_type_id)
            || (self.kind == Kind::Link && self.target_type_id() == Some(entity_type_id))
    }

    fn target_type_id(&self) -> Option<i32> {
        let link: Value = serde_json::from_str(self.row.data.as_deref()?).ok()?;
        i32::try_from(link.get("target_type_id")?.as_i64()?).ok()
    }

    /// The wire form.
    #[must_use]
    pub fn wire(&self) -> &str {
        &self.wire
    }

    /// The wire form for a subscriber whose filter the entity no longer meets.
    #[must_use]
    pub fn wire_of_leave(&self) -> String {
        let head = self.head();
        format!("{head},\"entity\":null,\"leave\":true}}")
    }

    /// The bytes it holds on to, about.
    #[must_use]
    pub fn weight(&self) -> usize {
        let texts = [&self.row.data, &self.row.old];
        self.wire.len()
            + texts
                .iter()
                .map(|text| text.as_ref().map_or(0, String::len))
                .sum::<usize>()
            + 256
    }

    /// The entity as it is after the change; none when it is deleted.
    #[must_use]
    pub fn now(&self) -> Option<&Map<String, Value>> {
        self.now
            .get_or_init(|| self.flattened(self.row.data.as_deref()?, self.row.version))
            .as_ref()
    }

    /// The entity as it was before the change; none when it was created by it.
    #[must_use]
    pub fn before(&self) -> Option<&Map<String, Value>> {
        self.before
            .get_or_init(|| match self.row.op.as_str() {
                "delete" => self.flattened(self.row.old.as_deref()?, self.row.version),
                "update" => {
                    let mut before = self.now()?.clone();
                    let version = self.row.version.map(|version| version - 1);
                    before.extend(self.flattened(self.row.old.as_deref().unwrap_or("{}"), version)?);
                    Some(before)
                }
                _ => None,
            })
            .as_ref()
    }

    fn head(&self) -> String {
        let head = json!({
            "pos": self.row.pos,
            "kind": self.kind.name(),
            "op": self.row.op,
            "entityType": self.entity_type.as_ref().map(|entity_type| &entity_type.name),
            "entityId": self.row.entity_id,
            "version": self.row.version,
        });
        let mut text = head.to_string();
        text.pop();
        text
    }

    fn written(&self) -> String {
        let head = self.head();
        match (self.kind, self.row.data.as_deref()) {
            (Kind::Entity, Some(data)) => format!("{head},\"entity\":{}}}", self.entity(data)),
            (Kind::Link, Some(data)) => format!("{head},\"entity\":null,\"link\":{data}}}"),
            (Kind::Model, Some(data)) => format!("{head},\"entity\":null,\"model\":{data}}}"),
            _ => format!("{head},\"entity\":null}}"),
        }
    }

    /// The flattened entity as text; only a type with a renamed property is read for it.
    fn entity(&self, data: &str) -> String {
        let is_renamed = self
            .entity_type
            .as_ref()
            .is_some_and(|entity_type| entity_type.is_renamed());
        if is_renamed && let Some(entity) = self.now() {
            return Value::Object(entity.clone()).to_string();
        }
        let mut text = String::with_capacity(data.len() + 200);
        text.push_str("{\"id\":");
        text.push_str(&json!(self.row.entity_id).to_string());
        let inner = data.trim();
        let inner = inner
            .strip_prefix('{')
            .and_then(|inner| inner.strip_suffix('}'))
            .unwrap_or("");
        if !inner.trim().is_empty() {
            text.push(',');
            text.push_str(inner);
        }
        for (name, value) in self.system_properties(self.row.version) {
            text.push_str(&format!(",\"{name}\":{value}"));
        }
        text.push('}');
        text
    }

    fn system_properties(&self, version: Option<i64>) -> [(&'static str, Value); 3] {
        [
            ("created_at", json!(self.row.created_at)),
            ("updated_at", json!(self.row.updated_at)),
            ("version", json!(version)),
        ]
    }

    /// Values by storage key → the entity by outside names. What the live model does not know is left out.
    fn flattened(&self, data: &str, version: Option<i64>) -> Option<Map<String, Value>> {
        let mut values: Map<String, Value> = serde_json::from_str(data).ok()?;
        let mut entity = Map::with_capacity(values.len() + 4);
        entity.insert("id".to_owned(), json!(self.row.entity_id));
        match &self.entity_type {
            Some(entity_type) => {
                for property in entity_type.properties.values() {
                    if let Some(value) = values.remove(&property.key) {
                        entity.insert(property.name.clone(), value);
                    }
                }
            }
            None => entity.append(&mut values),
        }
        for (name, value) in self.system_properties(version) {
            entity.insert(name.to_owned(), value);
        }
        Some(entity)
    }
}
