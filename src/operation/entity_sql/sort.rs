//! Sort keys and the place of an entity among them.
//!
//! A list is always in a total order: the id comes last. An absent value counts
//! as the greatest, which is PostgreSQL's own rule, so one index serves both
//! directions. A cursor names an entity by its keys' values; what follows it is
//! found by comparing, never by counting.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::filter::Kind;
use crate::operation::directory::EntityType;
use crate::operation::entity_sql::Param;
use crate::operation::entity_sql::Statement;

/// One key of a list's order.
#[derive(Debug, Clone)]
pub struct SortKey {
    /// The property's outside name.
    pub name: String,
    /// Greatest first.
    pub descending: bool,
    /// The expression that is sorted by, over the leaf as `e`.
    expr: String,
    /// What its values are cast to when they come back in a cursor.
    cast: &'static str,
    /// Whether an entity may have no value.
    nullable: bool,
}

impl SortKey {
    /// The key for a property of this type, if entities can be put in order by it.
    pub fn of(entity_type: &EntityType, name: &str, descending: bool) -> Result<Self> {
        let system = match name {
            "id" => Some("::uuid"),
            "version" => Some("::bigint"),
            "created_at" | "updated_at" => Some("::timestamptz"),
            _ => None,
        };
        if let Some(cast) = system {
            return Ok(Self {
                name: name.to_owned(),
                descending,
                // By itself, the name of a column of the reply would be meant.
                expr: format!("e.{name}"),
                cast,
                nullable: false,
            });
        }
        let property = entity_type.properties.get(name).ok_or_else(|| {
            Error::new(
                Code::BadRequest,
                format!("{} has no property “{name}” to sort by", entity_type.name),
            )
        })?;
        let cast = match Kind::of_type(&property.kind) {
            Some(Kind::Integer) => "::bigint",
            Some(Kind::Decimal) => "::numeric",
            Some(Kind::Boolean) => "::boolean",
            Some(Kind::Date) => "::date",
            Some(Kind::DateTime) => "::timestamptz",
            Some(Kind::Uuid) => "::uuid",
            Some(Kind::Text | Kind::Enum) => "",
            Some(Kind::Json | Kind::MultiEnum) | None => {
                return Err(Error::new(
                    Code::BadRequest,
                    format!("entities cannot be sorted by “{name}”: it is {}", property.kind),
                ));
            }
        };
        Ok(Self {
            name: name.to_owned(),
            descending,
            expr: property
                .sort_expr
                .clone()
                .unwrap_or_else(|| property.expr.clone()),
            cast,
            nullable: !property.required,
        })
    }

    /// The key's value as text, for a cursor; instants in UTC.
    #[must_use]
    pub fn value(&self) -> String {
        match self.cast {
            "::timestamptz" => format!("({} at time zone 'UTC')::text || '+00'", self.expr),
            "" => self.expr.clone(),
            _ => format!("({})::text", self.expr),
        }
    }
}

/// A list's order: the keys asked for, then the id.
#[derive(Debug, Clone)]
pub struct Order {
    keys: Vec<SortKey>,
}

impl Order {
    /// The order by these keys; what follows the id says nothing and is left out.
    pub fn new(entity_type: &EntityType, mut keys: Vec<SortKey>) -> Result<Self> {
        match keys.iter().position(|key| key.name == "id") {
            Some(place) => keys.truncate(place + 1),
            None => {
                let descending = keys.last().is_some_and(|key| key.descending);
                keys.push(SortKey::of(entity_type, "id", descending)?);
            }
        }
        Ok(Self { keys })
    }

    /// The keys, the id last.
    #[must_use]
    pub fn keys(&self) -> &[SortKey] {
        &self.keys
    }

    /// `order by`, or the same backwards.
    #[must_use]
    pub fn clause(&self, backwards: bool) -> String {
        let keys: Vec<String> = self
            .keys
            .iter()
            .map(|key| {
                let direction = if key.descending == backwards {
                    "asc"
                } else {
                    "desc"
                };
                format!("{} {direction}", key.expr)
            })
            .collect();
        keys.join(", ")
    }

    /// The condition that an entity stands behind the one with these values, or before it when backwards.
    pub fn behind(&self, values: &[Option<String>], backwards: bool, statement: &mut Statement) -> String {
        let bound: Vec<Option<String>> = self
            .keys
            .iter()
            .zip(values)
            .map(|(key, value)| {
                let value = value.clone()?;
                Some(format!(
                    "{}::text{}",
                    statement.bind(Param::Text(value)),
                    key.cast
                ))
            })
            .collect();
        let mut alternatives = Vec::new();
        let mut equal: Vec<String> = Vec::new();
        for (key, value) in self.keys.iter().zip(&bound) {
            if let Some(further) = further(key, value.as_deref(), backwards) {
                let mut all = equal.clone();
                all.push(further);
                alternatives.push(match all.as_slice() {
                    [one] => one.clone(),
                    _ => format!("({})", all.join(" and ")),
                });
            }
            equal.push(match value {
                Some(value) => format!("{} = {value}", key.expr),
                None => format!("{} is null", key.expr),
            });
        }
        let any = match alternatives.as_slice() {
            [] => "false".to_owned(),
            [one] => one.clone(),
            _ => format!("({})", alternatives.join(" or ")),
        };
        match (self.keys.first(), bound.first()) {
            // Says nothing new, but an index can start here instead of at the list's beginning.
            (Some(key), Some(Some(value)))
                if alternatives.len() > 1 && (!key.nullable || key.descending != backwards) =>
            {
                let operator = if key.descending == backwards { ">=" } else { "<=" };
                format!("{} {operator} {value} and {any}", key.expr)
            }
            _ => any,
        }
    }
}

/// What comes after a value of one key; nothing comes after the greatest.
fn further(key: &SortKey, value: Option<&str>, backwards: bool) -> Option<String> {
    let upwards = key.descending == backwards;
    let SortKey { expr, nullable, .. } = key;
    match (value, upwards) {
        (Some(value), true) if *nullable => Some(format!("({expr} > {value} or {expr} is null)")),
        (Some(value), true) => Some(format!("{expr} > {value}")),
        (Some(value), false) => Some(format!("{expr} < {value}")),
        (None, true) => None,
        (None, false) => Some(format!("{expr} is not null")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::entity_sql::tests::entity_type;

    fn order(keys: &[(&str, bool)]) -> Order {
        let of = entity_type("todo", &[("label", "label", "String"), ("n", "n", "Integer")]);
        let keys = keys
            .iter()
            .map(|(name, descending)| SortKey::of(&of, name, *descending).unwrap())
            .collect();
        Order::new(&of, keys).unwrap()
    }

    #[test]
    fn a_list_is_always_in_a_total_order() {
        assert_eq!(order(&[]).clause(false), "e.id asc");
        assert_eq!(
            order(&[("created_at", true)]).clause(false),
            "e.created_at desc, e.id desc"
        );
        assert_eq!(
            order(&[("created_at", true)]).clause(true),
            "e.created_at asc, e.id asc"
        );
        assert_eq!(order(&[("id", true), ("n", false)]).clause(false), "e.id desc");
    }

    #[test]
    fn what_stands_behind_an_entity_is_found_by_comparing() {
        let mut statement = Statement::default();
        let behind = order(&[("created_at", true)]).behind(
            &[Some("2024".to_owned()), Some("x".to_owned())],
            false,
            &mut statement,
        );
        assert_eq!(
            behind,
            "e.created_at <= $1::text::timestamptz and (e.created_at < $1::text::timestamptz \
             or (e.created_at = $1::text::timestamptz and e.id < $2::text::uuid))"
        );
        let mut statement = Statement::default();
        let behind = order(&[("n", false)]).behind(&[None, Some("x".to_owned())], false, &mut statement);
        assert_eq!(
            behind,
            "(((data->>'n')::bigint) is null and e.id > $1::text::uuid)"
        );
        let mut statement = Statement::default();
        let behind = order(&[("n", true)]).behind(&[None, Some("x".to_owned())], false, &mut statement);
        assert_eq!(
            behind,
            "(((data->>'n')::bigint) is not null or (((data->>'n')::bigint) is null and e.id < $1::text::uuid))"
        );
    }

    #[test]
    fn what_has_no_order_cannot_be_sorted_by() {
        let of = entity_type("todo", &[("tags", "tags", "MultiEnum")]);
        for name in ["tags", "missing", "data; drop table x"] {
            let refusal = SortKey::of(&of, name, false).unwrap_err();
            assert_eq!(refusal.code, Code::BadRequest, "{name}");
        }
    }
}
