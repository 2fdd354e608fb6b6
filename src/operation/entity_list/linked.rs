//! Lists of what an entity is linked with by a many-to-many relationship.

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::component_props::LinkDirection;
use crate::operation::Torque;
use crate::operation::carried::Carried;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::entity_json::Stored;
use crate::operation::entity_sql::link::LinkSide;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What links carry, by the id of the entity they lead to.
pub type Links = BTreeMap<Uuid, Map<String, Value>>;

/// An entity, and the many-to-many relationship by which others are linked with it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Linked {
    /// The relationship's name.
    pub relationship: String,
    /// The entity on the other side.
    pub entity_id: Uuid,
    /// From which side that entity is looked at; needed where a type is linked with itself.
    #[serde(default)]
    pub direction: Option<LinkDirection>,
}

impl Linked {
    /// The side of the link table on which the listed entities stand.
    pub fn side<'a>(&self, application: &'a Application, entity_type: &EntityType) -> Result<LinkSide<'a>> {
        let named =
            (application.relationships.iter()).filter(|relationship| relationship.name == self.relationship);
        let mut sides = named.flat_map(|relationship| {
            let ways = [
                (LinkDirection::Outgoing, relationship.target_type_id),
                (LinkDirection::Incoming, relationship.source_type_id),
            ];
            ways.into_iter().filter_map(move |(direction, far)| {
                let is_asked =
                    far == entity_type.id && self.direction.is_none_or(|wanted| wanted == direction);
                let table = relationship.link_table.as_deref().filter(|_| is_asked)?;
                Some(LinkSide {
                    table,
                    direction,
                    entity_id: self.entity_id,
                    carried: Carried::by(application, relationship),
                })
            })
        });
        let name = &self.relationship;
        let side = sides.next().ok_or_else(|| {
            let sentence = format!(
                "names no many-to-many relationship “{name}” that leads to {} that way",
                entity_type.name
            );
            refused(sentence)
        })?;
        match sides.next() {
            None => Ok(side),
            Some(_) => Err(refused(format!(
                "leads to {} both ways by “{name}”: say which as direction",
                entity_type.name
            ))),
        }
    }
}

/// What the links with listed entities carry, by the entity's id.
pub async fn links(torque: &Torque, side: &LinkSide<'_>, listed: &[Row]) -> Result<Links> {
    let mut links = Links::new();
    // Most links carry nothing, which need not be asked.
    let nothing = side.carried.properties.is_empty();
    let ids = listed.iter().map(|row| Ok(Stored::read(row, 0)?.id));
    let ids = ids.collect::<Result<Vec<_>>>()?;
    if nothing || ids.is_empty() {
        links.extend(ids.into_iter().map(|id| (id, Map::new())));
        return Ok(links);
    }
    for row in side.data(ids).rows(&torque.db).await? {
        let stored: RawJsonRef<'_> = row.try_get(1).map_err(Error::bug)?;
        links.insert(row.try_get(0).map_err(Error::bug)?, side.carried.shown(stored.0)?);
    }
    Ok(links)
}

fn refused(sentence: String) -> Error {
    Error::new(Code::BadRequest, format!("linked {sentence}")).with("path", "params.linked")
}
