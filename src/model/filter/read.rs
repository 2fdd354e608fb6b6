//! Reading a filter from JSON, with the place of whatever is wrong.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::filter::Condition;
use crate::model::filter::Filter;
use crate::model::filter::Kind;
use crate::model::filter::Literal;
use crate::model::filter::MAX_CONDITIONS;
use crate::model::filter::MAX_DEPTH;
use crate::model::filter::MAX_VALUES;
use crate::model::filter::Path;
use crate::model::filter::Test;
use serde_json::Map;
use serde_json::Value;

const OPERATORS: &str = "eq, ne, in, contains, startsWith, gt, gte, lt, lte, between, null";

impl Filter {
    /// Reads a filter and checks every value against its property's kind.
    ///
    /// `root` names the filter in messages (`filters`, `visible_if`). `kind_of`
    /// knows the entity type: it answers a path with its kind or with a sentence
    /// about why there is none. The error's `data.path` is the place in the JSON.
    pub fn read(
        json: &Value,
        root: &str,
        kind_of: &dyn Fn(&Path) -> std::result::Result<Kind, String>,
    ) -> Result<Self> {
        let mut reader = Reader {
            kind_of,
            conditions: 0,
        };
        match json {
            Value::Null => Ok(Filter::everything()),
            json => reader.filter(json, root, 0),
        }
    }
}

struct Reader<'a> {
    kind_of: &'a dyn Fn(&Path) -> std::result::Result<Kind, String>,
    conditions: usize,
}

impl Reader<'_> {
    fn filter(&mut self, json: &Value, place: &str, depth: usize) -> Result<Filter> {
        let Value::Object(members) = json else {
            return Err(refused(place, "must be an object"));
        };
        if depth > MAX_DEPTH {
            return Err(refused(
                place,
                format!("is nested more than {MAX_DEPTH} levels deep"),
            ));
        }
        let mut parts = Vec::with_capacity(members.len());
        for (key, value) in members {
            let place = format!("{place}.{key}");
            match (key.as_str(), value) {
                ("and", Value::Array(filters)) => {
                    parts.push(Filter::And(self.each(filters, &place, depth)?));
                }
                ("or", Value::Array(filters)) => {
                    parts.push(Filter::Or(self.each(filters, &place, depth)?));
                }
                ("and" | "or", _) => return Err(refused(&place, "must be a list of filters")),
                ("not", inner) => {
                    let inner = self.filter(inner, &place, depth + 1)?;
                    parts.push(Filter::Not(Box::new(inner)));
                }
                (name, value) => self.property(name, value, &place, &mut parts)?,
            }
        }
        Ok(match parts.pop() {
            Some(only) if parts.is_empty() => only,
            Some(last) => {
                parts.push(last);
                Filter::And(parts)
            }
            None => Filter::everything(),
        })
    }

    fn each(&mut self, filters: &[Value], place: &str, depth: usize) -> Result<Vec<Filter>> {
        filters
            .iter()
            .enumerate()
            .map(|(index, filter)| self.filter(filter, &format!("{place}[{index}]"), depth + 1))
            .collect()
    }

    fn property(&mut self, name: &str, value: &Value, place: &str, parts: &mut Vec<Filter>) -> Result<()> {
        let path = path(name, place)?;
        let kind = (self.kind_of)(&path).map_err(|reason| refused(place, reason))?;
        match value {
            Value::Object(tests) if tests.is_empty() => {
                Err(refused(place, format!("names no test (one of {OPERATORS})")))
            }
            Value::Object(tests) => self.tests(&path, kind, tests, place, parts),
            value => self.test(&path, kind, ("eq", value), place, parts),
        }
    }

    fn tests(
        &mut self,
        path: &Path,
        kind: Kind,
        tests: &Map<String, Value>,
        place: &str,
        parts: &mut Vec<Filter>,
    ) -> Result<()> {
        for (operator, value) in tests {
            let place = format!("{place}.{operator}");
            self.test(path, kind, (operator.as_str(), value), &place, parts)?;
        }
        Ok(())
    }

    fn test(
        &mut self,
        path: &Path,
        kind: Kind,
        (operator, value): (&str, &Value),
        place: &str,
        parts: &mut Vec<Filter>,
    ) -> Result<()> {
        self.conditions += 1;
        if self.conditions > MAX_CONDITIONS {
            return Err(refused(
                place,
                format!("is one too many: a filter has at most {MAX_CONDITIONS} conditions"),
            ));
        }
        let literal = |value: &Value| Literal::read(kind, value).map_err(|reason| refused(place, reason));
        let ordered = |value: &Value| match kind.is_ordered() {
            true => literal(value),
            false => Err(refused(
                place,
                format!("cannot be asked of a property that is {kind}"),
            )),
        };
        let condition = |test: Test| {
            Filter::Condition(Condition {
                path: path.clone(),
                kind,
                test,
            })
        };
        let part = match operator {
            "eq" if value.is_null() => condition(Test::Null(true)),
            "ne" if value.is_null() => condition(Test::Null(false)),
            "eq" => condition(Test::Equal(equality(kind, value, place, &literal)?)),
            "ne" => condition(Test::NotEqual(equality(kind, value, place, &literal)?)),
            "in" => one_of(kind, value, place, &condition)?,
            "contains" => condition(Test::Contains(contained(kind, value, place)?)),
            "startsWith" => condition(Test::StartsWith(looked_for(kind, value, place)?)),
            "gt" => condition(Test::Greater(ordered(value)?)),
            "gte" => condition(Test::GreaterOrEqual(ordered(value)?)),
            "lt" => condition(Test::Less(ordered(value)?)),
            "lte" => condition(Test::LessOrEqual(ordered(value)?)),
            "between" => match value.as_array().map(Vec::as_slice) {
                Some([from, to]) => condition(Test::Between(ordered(from)?, ordered(to)?)),
                _ => return Err(refused(place, "must be a list of two values: from and to")),
            },
            "null" => match value {
                Value::Bool(is_null) => condition(Test::Null(*is_null)),
                _ => return Err(refused(place, "must be true or false")),
            },
            unknown => {
                return Err(refused(
                    place,
                    format!("there is no test `{unknown}` (one of {OPERATORS})"),
                ));
            }
        };
        parts.push(part);
        Ok(())
    }
}

/// `label`, or `customer.name`.
fn path(name: &str, place: &str) -> Result<Path> {
    let mut steps = name.split('.');
    match (steps.next(), steps.next(), steps.next()) {
        (Some(property), None, _) if !property.is_empty() => Ok(Path {
            through: None,
            property: property.to_owned(),
        }),
        (Some(reference), Some(property), None) if !reference.is_empty() && !property.is_empty() => {
            Ok(Path {
                through: Some(reference.to_owned()),
                property: property.to_owned(),
            })
        }
        (Some(_), Some(_), Some(_)) => Err(refused(place, "follows more than one relationship")),
        _ => Err(refused(place, "is not the name of a property")),
    }
}

/// A bare list or value of the wrong sort gets the hint that helps.
fn equality(
    kind: Kind,
    value: &Value,
    place: &str,
    literal: &dyn Fn(&Value) -> Result<Literal>,
) -> Result<Literal> {
    match (kind, value) {
        (Kind::MultiEnum | Kind::Json, _) => {}
        (_, Value::Array(_)) => {
            return Err(refused(
                place,
                "is a list: say {\"in\": […]} for one of several values",
            ));
        }
        _ => {}
    }
    if kind == Kind::MultiEnum && value.is_string() {
        return Err(refused(
            place,
            "must be the whole list: say {\"contains\": …} for one chosen value",
        ));
    }
    literal(value)
}

fn one_of(kind: Kind, value: &Value, place: &str, condition: &dyn Fn(Test) -> Filter) -> Result<Filter> {
    let Value::Array(values) = value else {
        return Err(refused(place, "must be a list of values"));
    };
    if values.len() > MAX_VALUES {
        return Err(refused(place, format!("has more than {MAX_VALUES} values")));
    }
    let element_kind = match kind {
        Kind::MultiEnum => Kind::Enum,
        Kind::Json => return Err(refused(place, "cannot be asked of a property that is JSON")),
        kind => kind,
    };
    let mut literals = Vec::with_capacity(values.len());
    let mut or_null = false;
    for (index, value) in values.iter().enumerate() {
        if value.is_null() {
            or_null = true;
            continue;
        }
        let literal = Literal::read(element_kind, value)
            .map_err(|reason| refused(&format!("{place}[{index}]"), reason))?;
        literals.push(literal);
    }
    let listed = condition(Test::In(literals));
    Ok(match or_null {
        true => Filter::Or(vec![listed, condition(Test::Null(true))]),
        false => listed,
    })
}

fn contained(kind: Kind, value: &Value, place: &str) -> Result<Literal> {
    match kind {
        Kind::Json => Literal::read(kind, value).map_err(|reason| refused(place, reason)),
        Kind::MultiEnum => {
            let all = match value {
                Value::Array(values) => values.clone(),
                one => vec![one.clone()],
            };
            Literal::read(kind, &Value::Array(all))
                .map_err(|_| refused(place, "must be one of its enum's values, or a list of them"))
        }
        _ => looked_for(kind, value, place).map(Literal::Text),
    }
}

fn looked_for(kind: Kind, value: &Value, place: &str) -> Result<String> {
    if !kind.is_text() {
        return Err(refused(
            place,
            format!("cannot be asked of a property that is {kind}"),
        ));
    }
    match Literal::read(Kind::Text, value).map_err(|reason| refused(place, reason))? {
        Literal::Text(text) => Ok(text),
        other => Err(refused(place, format!("must be a text, not {}", other.to_text()))),
    }
}

fn refused(place: &str, reason: impl std::fmt::Display) -> Error {
    Error::new(Code::BadRequest, format!("{place}: {reason}")).with("path", place)
}
