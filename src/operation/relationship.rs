//! Relationships between entities: linking, unlinking, and what an entity is connected with.

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::db::sqlstate;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::carried::Carried;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::directory::Relationship;
use crate::operation::entity::located;
use crate::operation::entity::no_entity;
use crate::operation::entity_sql::link;
use crate::operation::entity_sql::link::Way;
use crate::operation::entity_sql::write;
use crate::operation::idempotency::Once;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;
use uuid::Uuid;

/// The most connections that are given along one way.
const MAX_CONNECTIONS: usize = 1_000;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "link",
        "Connects two entities by a relationship; done again, nothing changes.",
        Write,
        Application,
        Link => Linked,
        link_entities
    ),
    operation!(
        "unlink",
        "Takes the connection of two entities away; done again, nothing changes.",
        Write,
        Application,
        Unlink => Unlinked,
        unlink_entities
    ),
    operation!(
        "getEntityRelationships",
        "Gives what an entity is connected with, in both directions.",
        Read,
        Application,
        GetEntityRelationships => Relationships,
        get_entity_relationships
    ),
];

/// Which entities to connect.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Link {
    /// The relationship's name; of a to-one relationship, the Reference property's.
    pub relationship: String,
    /// The entity it starts from.
    pub source_id: Uuid,
    /// The entity it leads to.
    pub target_id: Uuid,
    /// What the link carries.
    #[serde(default)]
    #[schemars(with = "Option<Map<String, Value>>")]
    pub data: Option<Box<RawValue>>,
    /// The type it starts from, where several have a relationship of this name.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// Which connection to take away.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Unlink {
    /// The relationship's name; of a to-one relationship, the Reference property's.
    pub relationship: String,
    /// The entity it starts from.
    pub source_id: Uuid,
    /// The entity it leads to.
    pub target_id: Uuid,
    /// The type it starts from, where several have a relationship of this name.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// A key of the client's: a write that is sent again with it answers as the first time.
    #[serde(default)]
    pub idempotency_key: Option<String>,
}

/// Two connected entities.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Linked {
    /// The relationship.
    pub relationship: String,
    /// The entity it starts from.
    pub source_id: Uuid,
    /// The entity it leads to.
    pub target_id: Uuid,
    /// What the link carries.
    pub data: Value,
    /// The link's version; of a to-one relationship, the source entity's.
    pub version: i64,
}

/// Two entities that are not connected any more.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unlinked {
    /// The relationship.
    pub relationship: String,
    /// The entity it starts from.
    pub source_id: Uuid,
    /// The entity it leads to.
    pub target_id: Uuid,
    /// Whether they were connected.
    pub unlinked: bool,
    /// What the link carried, to be linked with again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

/// Whose connections.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetEntityRelationships {
    /// The entity's id.
    pub entity_id: Uuid,
    /// Its type; without it, every type of the application is looked through.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// Only this relationship.
    #[serde(default)]
    pub relationship_type: Option<String>,
}

/// What an entity is connected with.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Relationships {
    /// At most 1,000 along one way.
    pub relationships: Vec<Connection>,
}

/// A connection of two entities.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// The relationship's name.
    pub relationship_type: String,
    /// `outgoing` from the entity asked, or `incoming`.
    pub direction: &'static str,
    /// The entity it starts from.
    pub source_entity_id: Uuid,
    /// The entity it leads to.
    pub target_entity_id: Uuid,
    /// The other entity's type.
    pub entity_type: String,
    /// What the link carries.
    pub relationship_data: Value,
}

async fn link_entities(ask: Ask<'_>, params: Link) -> Result<Reply> {
    let application = ask.application()?;
    let (relationship, source) =
        relationship(application, &params.relationship, params.entity_type.as_deref())?;
    let no_target = |error: Error| match sqlstate(&error) {
        // The link table's own foreign keys: one of the two is not there.
        Some("23503") => Error::new(Code::NotFound, "there is no such entity to connect").because(error),
        _ => error,
    };
    let carried = Carried::by(application, relationship);
    let given = params.data.as_deref().map(|data| carried.stored(data));
    let given = given.transpose()?;
    if given.is_some() && relationship.link_table.is_none() {
        return Err(Error::new(
            Code::BadRequest,
            "a to-one relationship carries no data",
        ));
    }
    let once = Once::begin(ask, application, "link", params.idempotency_key.as_deref()).await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let (data, version) = if let Some(table) = &relationship.link_table {
        let statement = link::link(table, params.source_id, params.target_id, given, ask.caller.ctx());
        let row = statement
            .row_through(once.through(ask))
            .await
            .map_err(no_target)?;
        let row = row.ok_or_else(|| no_entity(params.source_id))?;
        let stored: RawJsonRef<'_> = row.try_get(0).map_err(Error::bug)?;
        (
            Value::Object(carried.shown(stored.0)?),
            row.try_get(1).map_err(Error::bug)?,
        )
    } else {
        let values = reference(relationship, json!(params.target_id))?;
        let statement = write::update(source, params.source_id, values, None, ask.caller.ctx());
        let row = statement.row_through(once.through(ask)).await?;
        let row = row.ok_or_else(|| no_entity(params.source_id))?;
        (json!({}), row.try_get(2).map_err(Error::bug)?)
    };
    let reply = Reply::of(&Linked {
        relationship: relationship.name.clone(),
        source_id: params.source_id,
        target_id: params.target_id,
        data,
        version,
    })?;
    once.keep(reply).await
}

async fn unlink_entities(ask: Ask<'_>, params: Unlink) -> Result<Reply> {
    let application = ask.application()?;
    let (relationship, source) =
        relationship(application, &params.relationship, params.entity_type.as_deref())?;
    let statement = match (&relationship.link_table, &relationship.property_key) {
        (Some(table), _) => link::unlink(table, params.source_id, params.target_id, ask.caller.ctx()),
        (None, Some(key)) => {
            link::clear_reference(source, key, params.source_id, params.target_id, ask.caller.ctx())
        }
        (None, None) => return Err(Error::bug("a relationship has neither a table nor a property")),
    };
    let once = Once::begin(ask, application, "unlink", params.idempotency_key.as_deref()).await?;
    if let Once::Done(reply) = once {
        return Ok(reply);
    }
    let row = statement.row_through(once.through(ask)).await?;
    let data = match (&row, &relationship.link_table) {
        (Some(row), Some(_)) => {
            let stored: RawJsonRef<'_> = row.try_get(1).map_err(Error::bug)?;
            let carried = Carried::by(application, relationship);
            Some(Value::Object(carried.shown(stored.0)?))
        }
        _ => None,
    };
    let reply = Reply::of(&Unlinked {
        relationship: relationship.name.clone(),
        source_id: params.source_id,
        target_id: params.target_id,
        unlinked: row.is_some(),
        data,
    })?;
    once.keep(reply).await
}

async fn get_entity_relationships(ask: Ask<'_>, params: GetEntityRelationships) -> Result<Reply> {
    let application = ask.application()?;
    let id = params.entity_id;
    let entity_type = located(ask.torque, application, params.entity_type.as_deref(), id).await?;
    let ways = ways(application, entity_type, params.relationship_type.as_deref());
    if let Some(name) = params.relationship_type.as_deref().filter(|_| ways.is_empty()) {
        return Err(no_relationship(name));
    }
    let limit = i64::try_from(MAX_CONNECTIONS).unwrap_or(i64::MAX);
    let rows = link::connections(entity_type, &ways, id, limit)
        .rows(&ask.torque.db)
        .await?;
    // The first row is the entity itself: one that is connected with nothing is there all the same.
    let Some((_, rows)) = rows.split_first() else {
        return Err(no_entity(id));
    };
    let relationships = rows
        .iter()
        .map(|row| connection(application, &ways, id, row))
        .collect::<Result<Vec<_>>>()?;
    Reply::of(&Relationships { relationships })
}

/// A row of [`link::connections`] that stands for a connection.
fn connection(application: &Application, ways: &[Way<'_>], id: Uuid, row: &Row) -> Result<Connection> {
    let number: i32 = row.try_get(0).map_err(Error::bug)?;
    let way = usize::try_from(number)
        .ok()
        .and_then(|number| ways.get(number))
        .ok_or_else(|| Error::bug("a connection along a way that was not asked for"))?;
    let other: Uuid = row.try_get(1).map_err(Error::bug)?;
    let data: RawJsonRef<'_> = row.try_get(2).map_err(Error::bug)?;
    let (source, target, other_type, direction) = if way.outgoing {
        (id, other, way.relationship.target_type_id, "outgoing")
    } else {
        (other, id, way.relationship.source_type_id, "incoming")
    };
    Ok(Connection {
        relationship_type: way.relationship.name.clone(),
        direction,
        source_entity_id: source,
        target_entity_id: target,
        entity_type: application
            .type_by_id(other_type)
            .map(|other| other.name.clone())
            .unwrap_or_default(),
        relationship_data: Carried::by(application, way.relationship).shown(data.0)?.into(),
    })
}

/// Every way along a relationship from a type: a relationship of a type with itself has two.
fn ways<'a>(application: &'a Application, entity_type: &EntityType, only: Option<&str>) -> Vec<Way<'a>> {
    let mut ways = Vec::new();
    for relationship in &application.relationships {
        let Some(source) = application.type_by_id(relationship.source_type_id) else {
            continue;
        };
        let named = only.is_none_or(|name| is_called(relationship, source, name));
        let named_from_there = relationship.inverse_name.as_deref() == only;
        if relationship.source_type_id == entity_type.id && named {
            ways.push(Way {
                relationship,
                outgoing: true,
                source,
            });
        }
        if relationship.target_type_id == entity_type.id && (named || named_from_there) {
            ways.push(Way {
                relationship,
                outgoing: false,
                source,
            });
        }
    }
    ways
}

/// The relationship of that name, and the type it starts from.
fn relationship<'a>(
    application: &'a Application,
    name: &str,
    source: Option<&str>,
) -> Result<(&'a Relationship, &'a Arc<EntityType>)> {
    let mut found = application.relationships.iter().filter_map(|relationship| {
        let of = application.type_by_id(relationship.source_type_id)?;
        let is_asked = is_called(relationship, of, name) && source.is_none_or(|source| source == of.name);
        is_asked.then_some((relationship, of))
    });
    let first = found.next().ok_or_else(|| no_relationship(name))?;
    match found.next() {
        None => Ok(first),
        Some(_) => Err(Error::new(
            Code::BadRequest,
            format!("several entity types have a relationship “{name}”: say which as entityType"),
        )),
    }
}

/// Whether a relationship goes by this name: its own, or that of the Reference property it is.
fn is_called(relationship: &Relationship, source: &EntityType, name: &str) -> bool {
    relationship.name == name
        || source
            .properties
            .get(name)
            .is_some_and(|property| relationship.property_key.as_ref() == Some(&property.key))
}

fn no_relationship(name: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no relationship “{name}”")).with("relationship", name)
}

fn reference(relationship: &Relationship, target: Value) -> Result<String> {
    let key = relationship
        .property_key
        .as_ref()
        .ok_or_else(|| Error::bug("a relationship has neither a table nor a property"))?;
    let mut values = Map::new();
    values.insert(key.clone(), target);
    Ok(Value::Object(values).to_string())
}
