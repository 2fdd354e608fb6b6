//! Writes of several requests in one statement: each row with its own errors, caller and version.
//!
//! A row that breaks a rule does not undo the others: its trigger leaves it out
//! and keeps what is wrong with it (`keep` in `torque.ctx`, `torque.refuse_values`),
//! and the statement's last rows say so. A row that is in neither list met a
//! duplicate or another version; its request then asks alone.

use crate::operation::directory::EntityType;
use crate::operation::entity_sql::Param;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::columns;
use uuid::Uuid;

/// What the statement answers: the written rows after a null, then one row with the refusals.
fn answered(written: &str) -> String {
    format!(
        "select null::text as refused, w.* from {written} w union all \
         select nullif(current_setting('torque.refused', true), ''), null, null, null, null, null"
    )
}

const CONTEXT: &str = "c as materialized (select set_config('torque.ctx', $3, true))";

/// Creates entities; `context` stands for all of them.
#[must_use]
pub fn create(entity_type: &EntityType, ids: Vec<Uuid>, data: Vec<String>, context: String) -> Statement {
    Statement::new(format!(
        "with {CONTEXT}, i (id, data, version, created_at, updated_at) as (insert into {} as e (id, data) \
         select given.id, given.data::jsonb from c, unnest($1::uuid[], $2::text[]) as given (id, data) \
         on conflict do nothing returning {}) {}",
        entity_type.leaf,
        columns(entity_type, "e"),
        answered("i")
    ))
    .with(Param::Uuids(ids))
    .with(Param::Texts(data))
    .with(Param::Text(context))
}

/// Changes entities, each at a version when one is expected.
#[must_use]
pub fn update(
    entity_type: &EntityType,
    ids: Vec<Uuid>,
    data: Vec<String>,
    versions: Vec<Option<i64>>,
    context: String,
) -> Statement {
    Statement::new(format!(
        "with {CONTEXT}, u (id, data, version, created_at, updated_at) as (update {} e \
         set data = e.data || given.data::jsonb from c, \
         unnest($1::uuid[], $2::text[], $4::bigint[]) as given (id, data, version) \
         where e.id = given.id and (given.version is null or e.version = given.version) returning {}) {}",
        entity_type.leaf,
        columns(entity_type, "e"),
        answered("u")
    ))
    .with(Param::Uuids(ids))
    .with(Param::Texts(data))
    .with(Param::Text(context))
    .with(Param::MaybeBigs(versions))
}
