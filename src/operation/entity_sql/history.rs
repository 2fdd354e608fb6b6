//! What an entity was: its rows in the application's change feed.

use crate::operation::directory::EntityType;
use crate::operation::entity_sql::Param;
use crate::operation::entity_sql::Statement;
use uuid::Uuid;

/// An entity's changes, latest first, before a position when one is given.
///
/// Columns: pos, at, op, version, data, old, caller, origin, cause.
#[must_use]
pub fn changes(entity_type: &EntityType, id: Uuid, before: Option<i64>, limit: i64) -> Statement {
    Statement::new(format!(
        "select pos, at, op, version, data, old, caller, origin, cause from {}.changes \
         where entity_type_id = {} and entity_id = $1 and ($2::bigint is null or pos < $2) \
         order by pos desc limit $3",
        entity_type.data_schema, entity_type.id
    ))
    .with(Param::Uuid(id))
    .with(Param::MaybeBig(before))
    .with(Param::Big(limit))
}

/// The stored data an entity had at a version; without one, what its latest delete removed.
///
/// Looks into the outbox as well: a change that has no position yet is in exactly one of the two.
#[must_use]
pub fn at_version(entity_type: &EntityType, id: Uuid, version: Option<i64>) -> Statement {
    let EntityType {
        data_schema,
        id: type_id,
        ..
    } = entity_type;
    let wanted = "entity_id = $1 and case when $2::bigint is null then op = 'delete' \
                  else version = $2 and op in ('create', 'update') end";
    Statement::new(format!(
        "select data from ( \
         (select coalesce(data, old) as data, 1 as place, 0 as pos from {data_schema}.outbox \
         where entity_type_id = {type_id} and {wanted} order by id desc limit 1) union all \
         (select coalesce(data, old), 2, pos from {data_schema}.changes \
         where entity_type_id = {type_id} and {wanted} order by pos desc limit 1)) found \
         order by place, pos desc limit 1"
    ))
    .with(Param::Uuid(id))
    .with(Param::MaybeBig(version))
}

/// What the latest delete of each of these entities removed. Columns: id, data, the version it ended.
#[must_use]
pub fn deleted(entity_type: &EntityType, ids: Vec<Uuid>) -> Statement {
    let EntityType {
        data_schema,
        id: type_id,
        ..
    } = entity_type;
    let wanted =
        format!("entity_type_id = {type_id} and kind = 'entity' and op = 'delete' and entity_id = any ($1)");
    Statement::new(format!(
        "select distinct on (entity_id) entity_id, data, version from ( \
         select entity_id, coalesce(data, old) as data, version, 1 as place, id as at from {data_schema}.outbox where {wanted} \
         union all \
         select entity_id, coalesce(data, old), version, 2, pos from {data_schema}.changes where {wanted}) found \
         order by entity_id, place, at desc"
    ))
    .with(Param::Uuids(ids))
}

/// The entities of a type that were deleted and are not there again, latest first.
///
/// Columns: id, pos, at, version, data, caller, origin.
#[must_use]
pub fn gone(entity_type: &EntityType, search: Option<String>, before: Option<i64>, limit: i64) -> Statement {
    let EntityType {
        data_schema,
        id: type_id,
        leaf,
        ..
    } = entity_type;
    Statement::new(format!(
        "select c.entity_id, c.pos, c.at, c.version, coalesce(c.old, c.data), c.caller, c.origin \
         from {data_schema}.changes c \
         where c.entity_type_id = {type_id} and c.kind = 'entity' and c.op = 'delete' \
         and ($1::bigint is null or c.pos < $1) \
         and ($2::text is null or exists (select from jsonb_each_text(coalesce(c.old, c.data)) as held (key, value) \
         where position(lower($2) in lower(held.value)) > 0)) \
         and not exists (select from {leaf} e where e.id = c.entity_id) \
         and not exists (select from {data_schema}.changes later where later.entity_type_id = {type_id} \
         and later.entity_id = c.entity_id and later.pos > c.pos) \
         order by c.pos desc limit $3"
    ))
    .with(Param::MaybeBig(before))
    .with(Param::MaybeText(search))
    .with(Param::Big(limit))
}
