//! Lists of what an entity is linked with by a many-to-many relationship.

use crate::db::Row;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::component_props::LinkDirection;
use crate::operation::Torque;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::entity_json::Stored;
use crate::operation::entity_sql::link::LinkSide;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

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

/// What the links with listed entities carry, as rows of [`LinkSide::carried`].
pub async fn carried(torque: &Torque, side: &LinkSide<'_>, listed: &[Row]) -> Result<Vec<Row>> {
    if listed.is_empty() {
        return Ok(Vec::new());
    }
    let ids = listed.iter().map(|row| Ok(Stored::read(row, 0)?.id));
    let ids = ids.collect::<Result<Vec<_>>>()?;
    side.carried(ids).rows(&torque.db).await
}

fn refused(sentence: String) -> Error {
    Error::new(Code::BadRequest, format!("linked {sentence}")).with("path", "params.linked")
}
