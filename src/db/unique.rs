//! Which property a unique index serves.
//!
//! PostgreSQL reports the violated index of the leaf, and names of indexes are
//! nobody's business outside: deploy records in `torque.leaf_indexes` what each
//! one serves, and the caller is told about the field.

use crate::db::lane::Failure;
use crate::db::lane::Lanes;
use crate::db::refusal;
use crate::error::Code;
use crate::error::Error;
use crate::error::FieldError;
use tokio_postgres::error::SqlState;

const PROPERTIES_OF: &str = include_str!("../../sql/queries/database/leaf_index_properties.sql");

/// Translates an error; a violated unique index becomes an error of its fields.
pub async fn explain(lanes: &Lanes, failure: impl Into<Failure>) -> Error {
    let error = match failure.into() {
        Failure::NoConnection => {
            return refusal::unavailable("the database cannot be reached at the moment");
        }
        Failure::LockedOut(error) => return refusal::locked_out(error),
        Failure::Statement(error) => error,
    };
    let violated = error
        .as_db_error()
        .filter(|refused| *refused.code() == SqlState::UNIQUE_VIOLATION)
        .and_then(|refused| Some((refused.schema()?.to_owned(), refused.constraint()?.to_owned())));
    let Some((schema, index)) = violated else {
        return refusal::translate(error);
    };
    let fields = properties_of(lanes, &schema, &index).await;
    if fields.is_empty() {
        return refusal::translate(error);
    }
    Error::new(Code::Invalid, "the entity breaks a rule of its type")
        .with_fields(fields.iter().map(|field| taken(field)).collect())
        .because(error)
}

/// The outside names of an index's properties. Asked each time: a deploy may rename them.
async fn properties_of(lanes: &Lanes, schema: &str, index: &str) -> Vec<String> {
    match lanes.query(PROPERTIES_OF, &[&index, &schema]).await {
        Ok(rows) => rows.iter().filter_map(|row| row.try_get(0).ok()).collect(),
        Err(_) => Vec::new(),
    }
}

fn taken(field: &str) -> FieldError {
    FieldError {
        field: field.to_owned(),
        code: "unique".to_owned(),
        message: "there is one with this value already".to_owned(),
        facts: serde_json::Map::new(),
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Statement(error)
    }
}
