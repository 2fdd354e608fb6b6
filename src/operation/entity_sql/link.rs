//! Links of many-to-many relationships, and what an entity is connected with.

use crate::model::component_props::LinkDirection;
use crate::operation::carried::Carried;
use crate::operation::directory::EntityType;
use crate::operation::directory::Relationship;
use crate::operation::entity_sql::Param;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::literal;
use uuid::Uuid;

/// Links two entities; linking them again changes what the link carries, if something is given.
///
/// Columns: the link's data and version.
#[must_use]
pub fn link(
    link_table: &str,
    source: Uuid,
    target: Uuid,
    data: Option<String>,
    context: String,
) -> Statement {
    // Nothing given, nothing written: an update of a link, even to the same, is a change in the feed.
    Statement::new(format!(
        "with l as (insert into {link_table} as l (source_id, target_id, data) \
         select $1, $2, coalesce($3::text::jsonb, '{{}}') from (select set_config('torque.ctx', $4, true)) c \
         on conflict (source_id, target_id) do update set data = excluded.data where $3::text is not null \
         returning data, version) \
         select data, version from l union all \
         select data, version from {link_table} where source_id = $1 and target_id = $2 and not exists (select from l)"
    ))
    .with(Param::Uuid(source))
    .with(Param::Uuid(target))
    .with(Param::MaybeText(data))
    .with(Param::Text(context))
}

/// Removes a link; answers the version it had and what it carried, or no row when there was none.
#[must_use]
pub fn unlink(link_table: &str, source: Uuid, target: Uuid, context: String) -> Statement {
    Statement::new(format!(
        "delete from {link_table} l using (select set_config('torque.ctx', $3, true)) c \
         where l.source_id = $1 and l.target_id = $2 returning l.version, l.data"
    ))
    .with(Param::Uuid(source))
    .with(Param::Uuid(target))
    .with(Param::Text(context))
}

/// Clears a reference if it leads to this target; no row comes back when it does not.
#[must_use]
pub fn clear_reference(
    source_type: &EntityType,
    key: &str,
    source: Uuid,
    target: Uuid,
    context: String,
) -> Statement {
    let key = literal(key);
    Statement::new(format!(
        "update {} e set data = e.data - {key} from (select set_config('torque.ctx', $3, true)) c \
         where e.id = $1 and e.data->>{key} = $2::uuid::text returning e.version",
        source_type.leaf
    ))
    .with(Param::Uuid(source))
    .with(Param::Uuid(target))
    .with(Param::Text(context))
}

/// What stands on one side of a link table, linked with an entity on the other.
pub struct LinkSide<'a> {
    /// The link table.
    pub table: &'a str,
    /// The way from that entity to what is looked for.
    pub direction: LinkDirection,
    /// The entity.
    pub entity_id: Uuid,
    /// What the links carry.
    pub carried: Carried<'a>,
}

impl LinkSide<'_> {
    /// What the links with these entities carry. Columns: the entity's id, the link's data.
    #[must_use]
    pub fn data(&self, ids: Vec<Uuid>) -> Statement {
        let (near, far) = self.columns();
        Statement::new(format!(
            "select {far}, data from {} where {near} = $1 and {far} = any($2)",
            self.table
        ))
        .with(Param::Uuid(self.entity_id))
        .with(Param::Uuids(ids))
    }

    /// The link table's column of that entity, and the one of what is looked for.
    fn columns(&self) -> (&'static str, &'static str) {
        match self.direction {
            LinkDirection::Outgoing => ("source_id", "target_id"),
            LinkDirection::Incoming => ("target_id", "source_id"),
        }
    }

    /// Whether the row under this alias is linked with it.
    pub fn condition(&self, alias: &str, statement: &mut Statement) -> String {
        let (near, far) = self.columns();
        let id = statement.bind(Param::Uuid(self.entity_id));
        format!(
            "{alias}.id in (select {far} from {} where {near} = {id})",
            self.table
        )
    }
}

/// One way along a relationship from an entity.
pub struct Way<'a> {
    /// The relationship.
    pub relationship: &'a Relationship,
    /// From its source to its targets, or back.
    pub outgoing: bool,
    /// The type on the relationship's source side.
    pub source: &'a EntityType,
}

/// An entity, and what it is connected with along these ways.
///
/// The first row is the entity itself, numbered −1: without it there is no such entity, and no row at all.
/// Columns: the way's number, the other entity's id, the link's data.
#[must_use]
pub fn connections(entity_type: &EntityType, ways: &[Way<'_>], id: Uuid, limit: i64) -> Statement {
    let mut each = vec![format!(
        "(select -1 as way, id, '{{}}'::jsonb from {} where id = $1 limit $2)",
        entity_type.leaf
    )];
    each.extend(
        ways.iter()
            .enumerate()
            .map(|(number, way)| format!("(select {number}, {} limit $2)", way.select())),
    );
    Statement::new(each.join(" union all "))
        .with(Param::Uuid(id))
        .with(Param::Big(limit))
}

impl Way<'_> {
    fn select(&self) -> String {
        let Relationship {
            link_table,
            property_key,
            ..
        } = self.relationship;
        match (link_table, property_key) {
            (Some(table), _) if self.outgoing => {
                format!("target_id, data from {table} where source_id = $1 order by target_id")
            }
            (Some(table), _) => {
                format!("source_id, data from {table} where target_id = $1 order by source_id")
            }
            (None, Some(key)) => {
                let leaf = &self.source.leaf;
                let reference = format!("(data->>{})", literal(key));
                if self.outgoing {
                    format!(
                        "{reference}::uuid, '{{}}'::jsonb from {leaf} where id = $1 and {reference} is not null"
                    )
                } else {
                    format!("id, '{{}}'::jsonb from {leaf} where ({reference}::uuid) = $1 order by id")
                }
            }
            // The database's check allows neither both nor none.
            (None, None) => "null::uuid, null::jsonb where $1::uuid is null".to_owned(),
        }
    }
}
