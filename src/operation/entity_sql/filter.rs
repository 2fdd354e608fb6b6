//! A filter as SQL: the table in `model/filter.rs`, row by row.
//!
//! Property expressions stand over the column `data` without an alias, as their
//! indexes do, so the leaf is the only table of its `from`. Values are
//! parameters of type text, cast where they are used.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::filter::Condition;
use crate::model::filter::Filter;
use crate::model::filter::Kind;
use crate::model::filter::Literal;
use crate::model::filter::Path;
use crate::model::filter::Test;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::directory::Property;
use crate::operation::entity_sql::Param;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::literal;
use std::sync::Arc;

/// The most words of one search.
const MAX_WORDS: usize = 8;

/// The kind of the property a path names, for reading a filter; or why there is none.
pub fn kind_of(
    application: &Application,
    entity_type: &EntityType,
    path: &Path,
) -> std::result::Result<Kind, String> {
    let of = match &path.through {
        None => entity_type,
        Some(reference) => target(application, entity_type, reference)?.1,
    };
    if let Some(kind) = Kind::of_system_property(&path.property) {
        return Ok(kind);
    }
    let property = of
        .properties
        .get(&path.property)
        .ok_or_else(|| format!("{} has no property “{}”", of.name, path.property))?;
    Kind::of_type(&property.kind).ok_or_else(|| format!("{path} cannot be filtered"))
}

/// The reference of that name and the entity type it leads to.
pub fn target<'a>(
    application: &'a Application,
    entity_type: &'a EntityType,
    reference: &str,
) -> std::result::Result<(&'a Property, &'a Arc<EntityType>), String> {
    entity_type
        .properties
        .get(reference)
        .and_then(|property| Some((property, application.types.get(property.target.as_deref()?)?)))
        .ok_or_else(|| format!("{} has no reference “{reference}”", entity_type.name))
}

/// Writes filters as conditions over a leaf.
pub struct Conditions<'a> {
    /// The application, for what references lead to.
    pub application: &'a Application,
    /// The type whose leaf is asked.
    pub entity_type: &'a EntityType,
    /// The alias of its leaf.
    pub alias: &'a str,
}

impl Conditions<'_> {
    /// The filter as one condition; its values go to the statement.
    pub fn of(&self, filter: &Filter, statement: &mut Statement) -> Result<String> {
        Ok(match filter {
            Filter::And(parts) => self.joined(parts, " and ", "true", statement)?,
            Filter::Or(parts) => self.joined(parts, " or ", "false", statement)?,
            Filter::Not(inner) => format!("({}) is not true", self.of(inner, statement)?),
            Filter::Condition(condition) => self.condition(condition, statement)?,
        })
    }

    /// Whether every word stands in one of the searched properties.
    pub fn search(&self, text: &str, statement: &mut Statement) -> Option<String> {
        let searched: Vec<&str> = self.entity_type.searched().collect();
        let words: Vec<&str> = text.split_whitespace().take(MAX_WORDS).collect();
        if words.is_empty() {
            return None;
        }
        let every: Vec<String> = words
            .iter()
            .map(|word| {
                let pattern = statement.bind(Param::Text(format!("%{}%", escaped(word))));
                let any: Vec<String> = searched
                    .iter()
                    .map(|expr| format!("{expr} ilike {pattern}::text"))
                    .collect();
                if any.is_empty() {
                    format!("{pattern}::text is null")
                } else {
                    format!("({})", any.join(" or "))
                }
            })
            .collect();
        Some(every.join(" and "))
    }

    fn joined(&self, parts: &[Filter], by: &str, of_none: &str, statement: &mut Statement) -> Result<String> {
        let parts = parts
            .iter()
            .map(|part| self.of(part, statement))
            .collect::<Result<Vec<_>>>()?;
        Ok(match parts.as_slice() {
            [] => of_none.to_owned(),
            [one] => one.clone(),
            _ => format!("({})", parts.join(by)),
        })
    }

    fn condition(&self, condition: &Condition, statement: &mut Statement) -> Result<String> {
        let Path { through, property } = &condition.path;
        let Some(reference) = through else {
            let expr = expr(self.entity_type, property)?;
            let stored = self.entity_type.properties.get(property);
            return Ok(test(&expr, stored, condition, statement));
        };
        let (reference, target) = target(self.application, self.entity_type, reference)
            .map_err(|reason| Error::new(Code::BadRequest, reason))?;
        let expr = expr(target, property)?;
        let referred = format!("{}.data->>{}", self.alias, literal(&reference.key));
        // What an absent value meets, an absent entity meets as well; the rest is a semi-join.
        if meets_absence(&condition.test) {
            let value = format!(
                "(select {expr} from {} where id = ({referred})::uuid)",
                target.leaf
            );
            Ok(test(&value, None, condition, statement))
        } else {
            let met = test(&expr, target.properties.get(property), condition, statement);
            Ok(format!(
                "{} in (select id from {} where {met})",
                reference.expr, target.leaf
            ))
        }
    }
}

fn meets_absence(test: &Test) -> bool {
    match test {
        Test::NotEqual(_) | Test::Null(true) => true,
        Test::In(_)
        | Test::Equal(_)
        | Test::Contains(_)
        | Test::StartsWith(_)
        | Test::Greater(_)
        | Test::GreaterOrEqual(_)
        | Test::Less(_)
        | Test::LessOrEqual(_)
        | Test::Between(..)
        | Test::Null(false) => false,
    }
}

fn is_system(property: &str) -> bool {
    Kind::of_system_property(property).is_some()
}

fn expr(entity_type: &EntityType, property: &str) -> Result<String> {
    if is_system(property) {
        return Ok(property.to_owned());
    }
    match entity_type.properties.get(property) {
        Some(property) => Ok(property.expr.clone()),
        None => Err(Error::new(
            Code::BadRequest,
            format!("{} has no property “{property}”", entity_type.name),
        )),
    }
}

/// The type a value is cast to before it is compared: that of the property's expression.
fn cast(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "::bigint",
        Kind::Decimal => "::numeric",
        Kind::Boolean => "::boolean",
        Kind::Json | Kind::MultiEnum => "::jsonb",
        Kind::Uuid => "::uuid",
        Kind::DateTime => "::timestamptz",
        Kind::Date => "::date",
        Kind::Text | Kind::Enum => "",
    }
}

/// Long texts are indexed by their beginning: that is compared first, the whole then decides.
fn equal(expr: &str, value: &str, stored: Option<&Property>) -> String {
    match stored.and_then(|property| property.sort_expr.as_deref()) {
        Some(beginning) if beginning != expr && beginning.starts_with("left(") => {
            format!("({beginning} = left({value}, 200) and {expr} = {value})")
        }
        _ => format!("{expr} = {value}"),
    }
}

fn test(expr: &str, stored: Option<&Property>, condition: &Condition, statement: &mut Statement) -> String {
    let kind = condition.kind;
    let cast = cast(kind);
    let value = |literal: &Literal, statement: &mut Statement| {
        format!("{}::text{cast}", statement.bind(Param::Text(text_of(literal))))
    };
    // Text is in order by code point, whatever the database's collation: memory and browser agree.
    let ordered = match kind {
        Kind::Text => format!("{expr} collate \"C\""),
        _ => expr.to_owned(),
    };
    match &condition.test {
        Test::Equal(literal) => equal(expr, &value(literal, statement), stored),
        Test::NotEqual(literal) => format!("{expr} is distinct from {}", value(literal, statement)),
        Test::In(literals) if kind == Kind::MultiEnum => {
            let each: Vec<String> = literals
                .iter()
                .map(|literal| {
                    let list = serde_json::json!([text_of(literal)]).to_string();
                    format!("{expr} @> {}::text::jsonb", statement.bind(Param::Text(list)))
                })
                .collect();
            match each.is_empty() {
                true => "false".to_owned(),
                false => format!("({})", each.join(" or ")),
            }
        }
        Test::In(literals) => {
            let list = statement.bind(Param::Texts(literals.iter().map(text_of).collect()));
            let cast = if cast.is_empty() {
                String::new()
            } else {
                format!("{cast}[]")
            };
            format!("{expr} = any ({list}::text[]{cast})")
        }
        Test::Contains(Literal::Json(part)) => {
            format!(
                "{expr} @> {}::text::jsonb",
                statement.bind(Param::Text(part.to_string()))
            )
        }
        Test::Contains(literal) => {
            let pattern = format!("%{}%", escaped(&text_of(literal)));
            format!("{expr} ilike {}::text", statement.bind(Param::Text(pattern)))
        }
        Test::StartsWith(start) => {
            let pattern = format!("{}%", escaped(start));
            format!("{expr} ilike {}::text", statement.bind(Param::Text(pattern)))
        }
        Test::Greater(literal) => format!("{ordered} > {}", value(literal, statement)),
        Test::GreaterOrEqual(literal) => format!("{ordered} >= {}", value(literal, statement)),
        Test::Less(literal) => format!("{ordered} < {}", value(literal, statement)),
        Test::LessOrEqual(literal) => format!("{ordered} <= {}", value(literal, statement)),
        Test::Between(from, to) => {
            let from = value(from, statement);
            let to = value(to, statement);
            format!("({ordered} >= {from} and {ordered} <= {to})")
        }
        Test::Null(true) => format!("{expr} is null"),
        Test::Null(false) => format!("{expr} is not null"),
    }
}

fn text_of(literal: &Literal) -> String {
    literal.to_text()
}

/// A text as part of a pattern: what would mean something in one stands for itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '%' | '_') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}
