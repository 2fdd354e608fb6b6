//! One entity: finding it, reading it, and what is said when it is not there.

use crate::db::Db;
use crate::db::Row;
use crate::db::is_locked_out;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::Torque;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::entity_json::Shape;
use crate::operation::entity_json::Stored;
use crate::operation::entity_json::push_entity;
use crate::operation::entity_sql;
use crate::operation::gather::Batch;
use crate::operation::gather::Request;
use crate::operation::gather::Together;
use crate::operation::gather::Waiting;
use crate::operation::gather::tell_all;
use crate::operation::names;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "getEntity",
    "Gives one entity.",
    Read,
    Application,
    GetEntity => Entity,
    get_entity
)];

/// Which entity.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetEntity {
    /// Its id.
    pub entity_id: Uuid,
    /// Its type; without it, every type of the application is looked through.
    #[serde(default)]
    pub entity_type: Option<String>,
}

/// An entity, flattened: its own properties stand beside these.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "replies are put together from bytes; this is their schema"
)]
pub struct Entity {
    /// Its id.
    id: Uuid,
    /// Its type.
    entity_type: String,
    /// Grows by one with every change.
    version: i64,
    /// When it was created, UTC with microseconds.
    created_at: String,
    /// When it was last changed, UTC with microseconds.
    updated_at: String,
    /// Its properties by name; what has no value is absent.
    #[serde(flatten)]
    properties: Map<String, Value>,
}

async fn get_entity(ask: Ask<'_>, params: GetEntity) -> Result<Reply> {
    let application = ask.application()?;
    let id = params.entity_id;
    if let Some(name) = &params.entity_type {
        let entity_type = application.entity_type(name)?;
        let one = One {
            entity_type: Arc::clone(entity_type),
            id,
        };
        let row = ask.torque.reads.ask(&ask.torque.db, one).await?;
        let row = row.ok_or_else(|| no_entity(id))?;
        return whole(entity_type, &Stored::read(&row, 0)?);
    }
    let types: Vec<_> = application.types.values().collect();
    if types.is_empty() {
        return Err(no_entity(id));
    }
    let row = entity_sql::by_id_in(&types, id).row(&ask.torque.db).await?;
    let row = row.ok_or_else(|| no_entity(id))?;
    let entity_type = type_of_number(application, row.try_get(0).map_err(Error::bug)?, id)?;
    whole(entity_type, &Stored::read(&row, 1)?)
}

/// One entity that is read by its id.
pub struct One {
    entity_type: Arc<EntityType>,
    id: Uuid,
}

impl Request for One {
    /// The type's number.
    type Key = i32;
    type Answer = Option<Arc<Row>>;
    /// A read by id takes no longer than its round trip: two at once would only halve the groups.
    const UNDER_WAY: usize = 1;

    fn queue(&self) -> Self::Key {
        self.entity_type.id
    }

    fn fits(&self, batch: &[Waiting<Self>]) -> bool {
        batch
            .first()
            .is_some_and(|first| Arc::ptr_eq(&first.request.entity_type, &self.entity_type))
    }

    async fn alone(&self, db: &Db) -> Result<Self::Answer> {
        let row = entity_sql::by_id(&self.entity_type, self.id).row(db).await?;
        Ok(row.map(Arc::new))
    }

    async fn together(db: &Db, batch: Batch<Self>) -> Together<Self> {
        let Some(first) = batch.first() else {
            return Ok(batch);
        };
        let ids: Vec<Uuid> = batch.iter().map(|waiting| waiting.request.id).collect();
        let statement = entity_sql::by_ids(&first.request.entity_type, ids);
        let rows = match statement.rows(db).await {
            Ok(rows) => rows,
            // Somebody holds the whole table: each alone would find that out again, one after the other.
            Err(error) if is_locked_out(&error) => {
                tell_all(&error, batch);
                return Ok(Vec::new());
            }
            Err(error) => return Err((error, batch)),
        };
        let mut found: HashMap<Uuid, Arc<Row>> = HashMap::with_capacity(rows.len());
        for row in rows {
            match row.try_get(0) {
                Ok(id) => found.insert(id, Arc::new(row)),
                Err(error) => return Err((Error::bug(error), batch)),
            };
        }
        for waiting in batch {
            let row = found.get(&waiting.request.id).cloned();
            waiting.tell(Ok(row));
        }
        Ok(Vec::new())
    }
}

/// The reply that is one whole entity.
pub fn whole(entity_type: &EntityType, entity: &Stored<'_>) -> Result<Reply> {
    let mut out = Vec::with_capacity(entity.data.len() + 240);
    push_entity(&mut out, entity, Shape::whole(&entity_type.name));
    Ok(Reply::raw(out))
}

/// What is said of a missing entity, and of another application's: the same.
#[must_use]
pub fn no_entity(id: Uuid) -> Error {
    Error::new(Code::NotFound, "there is no such entity").with("entityId", id.to_string())
}

/// The type of an entity: the named one, or the one that has the id.
///
/// A type that is named is not looked up: whether the entity is there shows when it is read or written.
pub async fn located<'a>(
    torque: &Torque,
    application: &'a Application,
    named: Option<&str>,
    id: Uuid,
) -> Result<&'a Arc<EntityType>> {
    if let Some(name) = named {
        return application.entity_type(name);
    }
    let types: Vec<_> = application.types.values().collect();
    if let [only] = types.as_slice() {
        return Ok(only);
    }
    if types.is_empty() {
        return Err(no_entity(id));
    }
    let row = entity_sql::type_of(&types, id).row(&torque.db).await?;
    let row = row.ok_or_else(|| no_entity(id))?;
    type_of_number(application, row.try_get(0).map_err(Error::bug)?, id)
}

fn type_of_number(application: &Application, number: i32, id: Uuid) -> Result<&Arc<EntityType>> {
    application.type_by_id(number).ok_or_else(|| no_entity(id))
}

/// Values as a caller sends them, in the form in which they are stored: by key instead of by name.
///
/// Types without a renamed property take the text as it is. The database checks the values;
/// here only names are looked at, since a storage key must not pass as a name.
pub fn stored_form(entity_type: &EntityType, data: &RawValue) -> Result<String> {
    if !data.get().starts_with('{') {
        return Err(Error::new(Code::BadRequest, "data must be an object").with("path", "params.data"));
    }
    if !entity_type.is_renamed() {
        return Ok(data.get().to_owned());
    }
    let properties = &entity_type.properties;
    names::by_key(
        &entity_type.name,
        |name| properties.get(name).map(|property| property.key.as_str()),
        |name| properties.values().any(|property| property.key == name),
        data,
    )
}

/// Stored data by the outside names of today; values of removed properties are left out.
#[must_use]
pub fn outside_form(entity_type: &EntityType, stored: Map<String, Value>) -> Map<String, Value> {
    let properties = entity_type.properties.iter();
    names::by_name(
        properties.map(|(name, property)| (name.as_str(), property.key.as_str())),
        stored,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::entity_sql::tests::entity_type;
    use serde_json::json;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn values_are_stored_by_key_and_shown_by_name() {
        let renamed = entity_type(
            "todo",
            &[("task", "label", "String"), ("label", "label_2", "String")],
        );
        let stored = stored_form(&renamed, &raw(r#"{"task":"a","label":"b","other":1}"#)).unwrap();
        let stored: Map<String, Value> = serde_json::from_str(&stored).unwrap();
        assert_eq!(
            Value::Object(stored.clone()),
            json!({ "label": "a", "label_2": "b", "other": 1 })
        );
        assert_eq!(
            Value::Object(outside_form(&renamed, stored)),
            json!({ "task": "a", "label": "b" })
        );
    }

    #[test]
    fn a_storage_key_does_not_pass_as_a_name() {
        let renamed = entity_type("todo", &[("task", "label", "String")]);
        let refusal = stored_form(&renamed, &raw(r#"{"label":"x"}"#)).unwrap_err();
        assert_eq!(refusal.code, Code::Invalid);
        assert_eq!(refusal.fields[0].code, "unknown");
        for no_object in ["1", "[]", "null", "\"x\""] {
            let refusal = stored_form(&renamed, &raw(no_object)).unwrap_err();
            assert_eq!(refusal.code, Code::BadRequest);
        }
    }
}
