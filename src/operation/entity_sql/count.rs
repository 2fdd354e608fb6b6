//! How many entities there are, from the counters: nothing counts rows.

use crate::operation::directory::Application;
use crate::operation::entity_sql::Statement;

/// The entities of each type of an application.
///
/// Columns: `entity_type_id`, entities.
#[must_use]
pub fn by_type(application: &Application) -> Statement {
    let data_schema = &application.data_schema;
    Statement::new(format!(
        "select entity_type_id, sum(entities)::bigint as entities from ( \
         select entity_type_id, total as entities from {data_schema}.counters union all \
         select entity_type_id, delta from {data_schema}.counter_deltas) counted \
         group by entity_type_id"
    ))
}
