//! Writes: plain statements on the leaf, which its triggers check and record.
//!
//! Who writes, and why, travels in the statement itself (`torque.ctx`), so one
//! round trip is a whole transaction. The row comes back as it was stored.

use crate::operation::directory::EntityType;
use crate::operation::entity_sql::Param;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::columns;
use uuid::Uuid;

/// The one-row source that carries caller, origin and cause; `place` is its parameter.
fn ctx(place: u8) -> String {
    format!("(select set_config('torque.ctx', ${place}, true)) c")
}

/// Creates an entity.
#[must_use]
pub fn create(entity_type: &EntityType, id: Uuid, data: String, context: String) -> Statement {
    Statement::new(format!(
        "insert into {} as e (id, data) select $1, $2::text::jsonb from {} returning {}",
        entity_type.leaf,
        ctx(3),
        columns(entity_type, "e")
    ))
    .with(Param::Uuid(id))
    .with(Param::Text(data))
    .with(Param::Text(context))
}

/// Brings a deleted entity back, one version after the last that its history has.
///
/// The history is looked for in the outbox as well: a change without a position is in exactly one of the two.
#[must_use]
pub fn create_again(entity_type: &EntityType, id: Uuid, data: String, context: String) -> Statement {
    let EntityType {
        data_schema,
        id: type_id,
        ..
    } = entity_type;
    // Its links are changes of its own type too, with versions of their own.
    let of_it = format!("entity_type_id = {type_id} and entity_id = $1 and kind = 'entity'");
    Statement::new(format!(
        "insert into {} as e (id, data, version) select $1, $2::text::jsonb, 1 + greatest(0, \
         (select max(version) from {data_schema}.outbox where {of_it}), \
         (select version from {data_schema}.changes where {of_it} order by pos desc limit 1)) from {} returning {}",
        entity_type.leaf,
        ctx(3),
        columns(entity_type, "e")
    ))
    .with(Param::Uuid(id))
    .with(Param::Text(data))
    .with(Param::Text(context))
}

/// Changes some of an entity's values, at a version when one is expected.
#[must_use]
pub fn update(
    entity_type: &EntityType,
    id: Uuid,
    data: String,
    version: Option<i64>,
    context: String,
) -> Statement {
    Statement::new(format!(
        "update {} e set data = e.data || $2::text::jsonb from {} \
         where e.id = $1 and ($4::bigint is null or e.version = $4) returning {}",
        entity_type.leaf,
        ctx(3),
        columns(entity_type, "e")
    ))
    .with(Param::Uuid(id))
    .with(Param::Text(data))
    .with(Param::Text(context))
    .with(Param::MaybeBig(version))
}

/// Puts an entity's values back to what they were: all of its properties, in their stored form.
///
/// Values of removed properties stay as they are: the validator lets nobody touch them.
#[must_use]
pub fn put_back(entity_type: &EntityType, id: Uuid, stored: String, context: String) -> Statement {
    let keys = entity_type
        .properties
        .values()
        .map(|property| property.key.clone());
    Statement::new(format!(
        "update {} e set data = (e.data - $4::text[]) || $2::text::jsonb from {} where e.id = $1 returning {}",
        entity_type.leaf,
        ctx(3),
        columns(entity_type, "e")
    ))
    .with(Param::Uuid(id))
    .with(Param::Text(stored))
    .with(Param::Text(context))
    .with(Param::Texts(keys.collect()))
}

/// Deletes an entity, at a version when one is expected; answers the version it had.
#[must_use]
pub fn delete(entity_type: &EntityType, id: Uuid, version: Option<i64>, context: String) -> Statement {
    Statement::new(format!(
        "delete from {} e using {} where e.id = $1 and ($3::bigint is null or e.version = $3) returning e.version",
        entity_type.leaf,
        ctx(2)
    ))
    .with(Param::Uuid(id))
    .with(Param::Text(context))
    .with(Param::MaybeBig(version))
}

/// Updates the entity of this id or, when there is none, creates it; the first column says which.
///
/// Not `on conflict do update`: the validator and the defaults of an insert would run first,
/// refuse a partial update and put defaults over values that are there. No row comes back
/// when somebody creates the entity at the same moment: then it is run again.
#[must_use]
pub fn upsert(entity_type: &EntityType, id: Uuid, data: String, context: String) -> Statement {
    let leaf = &entity_type.leaf;
    let columns = columns(entity_type, "e");
    Statement::new(format!(
        "with c as materialized (select set_config('torque.ctx', $3, true)), \
         u as (update {leaf} e set data = e.data || $2::text::jsonb from c where e.id = $1 \
         returning false, {columns}), \
         i as (insert into {leaf} as e (id, data) select $1, $2::text::jsonb from c \
         where not exists (select from u) on conflict (id) do nothing returning true, {columns}) \
         select * from u union all select * from i"
    ))
    .with(Param::Uuid(id))
    .with(Param::Text(data))
    .with(Param::Text(context))
}

/// Creates many entities in the order given.
#[must_use]
pub fn create_many(
    entity_type: &EntityType,
    ids: Vec<Uuid>,
    data: Vec<String>,
    context: String,
) -> Statement {
    Statement::new(format!(
        "insert into {} as e (id, data) select given.id, given.data::jsonb from {}, \
         unnest($1::uuid[], $2::text[]) with ordinality as given (id, data, place) order by given.place returning {}",
        entity_type.leaf,
        ctx(3),
        columns(entity_type, "e")
    ))
    .with(Param::Uuids(ids))
    .with(Param::Texts(data))
    .with(Param::Text(context))
}

/// Brings many deleted entities back, each one version after the one that its delete ended.
#[must_use]
pub fn create_many_again(
    entity_type: &EntityType,
    ids: Vec<Uuid>,
    data: Vec<String>,
    ended: Vec<Option<i64>>,
    context: String,
) -> Statement {
    Statement::new(format!(
        "insert into {} as e (id, data, version) select given.id, given.data::jsonb, 1 + coalesce(given.ended, 0) \
         from {}, unnest($1::uuid[], $2::text[], $4::bigint[]) with ordinality as given (id, data, ended, place) \
         order by given.place returning {}",
        entity_type.leaf,
        ctx(3),
        columns(entity_type, "e")
    ))
    .with(Param::Uuids(ids))
    .with(Param::Texts(data))
    .with(Param::Text(context))
    .with(Param::MaybeBigs(ended))
}

/// Changes many entities.
#[must_use]
pub fn update_many(
    entity_type: &EntityType,
    ids: Vec<Uuid>,
    data: Vec<String>,
    context: String,
) -> Statement {
    Statement::new(format!(
        "update {} e set data = e.data || given.data::jsonb from {}, \
         unnest($1::uuid[], $2::text[]) as given (id, data) where e.id = given.id returning {}",
        entity_type.leaf,
        ctx(3),
        columns(entity_type, "e")
    ))
    .with(Param::Uuids(ids))
    .with(Param::Texts(data))
    .with(Param::Text(context))
}

/// Deletes many entities; answers their ids and the versions they had.
#[must_use]
pub fn delete_many(entity_type: &EntityType, ids: Vec<Uuid>, context: String) -> Statement {
    Statement::new(format!(
        "delete from {} e using {} where e.id = any ($1) returning e.id, e.version",
        entity_type.leaf,
        ctx(2)
    ))
    .with(Param::Uuids(ids))
    .with(Param::Text(context))
}

/// Locks entities in the order of their ids, so that two bulk writes wait for each other instead of dying.
#[must_use]
pub fn lock_many(entity_type: &EntityType, ids: Vec<Uuid>) -> Statement {
    Statement::new(format!(
        "select {} from {} e where e.id = any ($1) order by e.id for update",
        columns(entity_type, "e"),
        entity_type.leaf
    ))
    .with(Param::Uuids(ids))
}

/// The entity of this id, and whether it is one that was just created from this data.
#[must_use]
pub fn created_before(entity_type: &EntityType, id: Uuid, data: String) -> Statement {
    Statement::new(format!(
        "select e.version = 1 and e.data @> $2::text::jsonb, {} from {} e where e.id = $1",
        columns(entity_type, "e"),
        entity_type.leaf
    ))
    .with(Param::Uuid(id))
    .with(Param::Text(data))
}

/// A mark within a transaction, to go back to.
pub const SAVEPOINT: &str = "savepoint before_part";
/// Back to the mark.
pub const ROLLBACK_TO_SAVEPOINT: &str = "rollback to savepoint before_part";
/// Forgets the savepoint and keeps what came after it.
pub const RELEASE_SAVEPOINT: &str = "release savepoint before_part";

/// Keeps an idempotency key; a row comes back unless somebody has kept it before.
#[must_use]
pub fn keep_key(data_schema: &str, caller: String, key: String, fingerprint: String) -> Statement {
    Statement::new(format!(
        "insert into {data_schema}.idempotency_keys (caller, key, fingerprint) values ($1, $2, $3) \
         on conflict (caller, key) do nothing returning true"
    ))
    .with(Param::Text(caller))
    .with(Param::Text(key))
    .with(Param::Text(fingerprint))
}

/// What a kept key answered.
#[must_use]
pub fn kept_key(data_schema: &str, caller: String, key: String) -> Statement {
    Statement::new(format!(
        "select fingerprint, reply from {data_schema}.idempotency_keys where caller = $1 and key = $2"
    ))
    .with(Param::Text(caller))
    .with(Param::Text(key))
}

/// Writes down what a kept key answers.
#[must_use]
pub fn answer_key(data_schema: &str, caller: String, key: String, reply: String) -> Statement {
    Statement::new(format!(
        "update {data_schema}.idempotency_keys set reply = $3 where caller = $1 and key = $2"
    ))
    .with(Param::Text(caller))
    .with(Param::Text(key))
    .with(Param::Text(reply))
}
