//! Finding the entities that rows of a file are about.

use crate::operation::directory::EntityType;
use crate::operation::directory::Property;
use crate::operation::entity_sql::Param;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::columns;

/// Forgets what a statement over many left out.
pub const FORGET_REFUSED: &str = "select set_config('torque.refused', '', true)";

/// One import of a type after the other, where nothing else keeps two from making the same entity. $1 the type's number.
pub const ONE_AT_A_TIME: &str =
    "select pg_advisory_xact_lock(hashtextextended('torque import ' || $1::int4, 0))";

/// The type that a property's values are compared as, where entities can be found by it.
#[must_use]
pub fn comparable(property: &Property) -> Option<&'static str> {
    match property.kind.as_str() {
        "String" | "Text" | "Enum" => Some("text"),
        "Integer" => Some("bigint"),
        "Uuid" | "Reference" => Some("uuid"),
        _ => None,
    }
}

/// The entities of these ids, or whose property has one of these values, locked; the first column is the value.
#[must_use]
pub fn found(
    entity_type: &EntityType,
    property: Option<(&Property, &str)>,
    values: Vec<String>,
) -> Statement {
    let (expr, cast) = match property {
        Some((property, cast)) => (property.expr.as_str(), cast),
        None => ("e.id", "uuid"),
    };
    Statement::new(format!(
        "select ({expr})::text, {} from {} e where {expr} = any($1::text[]::{cast}[]) for no key update",
        columns(entity_type, "e"),
        entity_type.leaf
    ))
    .with(Param::Texts(values))
}
