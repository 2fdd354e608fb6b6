//! A filter over one entity in memory: what a subscriber gets to see.
//!
//! The entity is the flattened JSON of the wire: `id`, its properties by outside
//! name, `version`, `created_at`, `updated_at`. Answers what SQL would answer.

use crate::model::filter::Condition;
use crate::model::filter::Decimal;
use crate::model::filter::Filter;
use crate::model::filter::Kind;
use crate::model::filter::Literal;
use crate::model::filter::Test;
use crate::model::filter::canonical_date_time;
use crate::model::filter::literal::whole;
use serde_json::Map;
use serde_json::Value;
use std::cmp::Ordering;

/// Whether an entity meets a filter, as far as its own JSON tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Met,
    /// It does not.
    Unmet,
    /// It depends on an entity referred to, which is not at hand.
    Unsure,
}

impl From<bool> for Verdict {
    fn from(met: bool) -> Self {
        if met { Verdict::Met } else { Verdict::Unmet }
    }
}

impl Filter {
    /// Evaluates the filter; `related` has the entities referred to, by the reference's name.
    #[must_use]
    pub fn verdict(&self, entity: &Map<String, Value>, related: Option<&Map<String, Value>>) -> Verdict {
        match self {
            Filter::And(parts) => all(parts, Verdict::Unmet, |part| part.verdict(entity, related)),
            Filter::Or(parts) => all(parts, Verdict::Met, |part| part.verdict(entity, related)),
            Filter::Not(inner) => match inner.verdict(entity, related) {
                Verdict::Met => Verdict::Unmet,
                Verdict::Unmet => Verdict::Met,
                Verdict::Unsure => Verdict::Unsure,
            },
            Filter::Condition(condition) => condition.verdict(entity, related),
        }
    }
}

/// `decisive` ends it; otherwise the opposite, unless a part is unsure.
fn all(parts: &[Filter], decisive: Verdict, ask: impl Fn(&Filter) -> Verdict) -> Verdict {
    let mut verdict = match decisive {
        Verdict::Met => Verdict::Unmet,
        _ => Verdict::Met,
    };
    for part in parts {
        match ask(part) {
            found if found == decisive => return decisive,
            Verdict::Unsure => verdict = Verdict::Unsure,
            _ => {}
        }
    }
    verdict
}

impl Condition {
    fn verdict(&self, entity: &Map<String, Value>, related: Option<&Map<String, Value>>) -> Verdict {
        let of = match &self.path.through {
            None => Some(entity),
            // Without the reference there is nothing to refer to, and that is known.
            Some(reference) if entity.get(reference).is_none_or(Value::is_null) => {
                return self.is_met(None).into();
            }
            Some(reference) => match related {
                None => return Verdict::Unsure,
                Some(related) => related.get(reference).and_then(Value::as_object),
            },
        };
        let value = of.and_then(|entity| entity.get(&self.path.property));
        self.is_met(value.filter(|value| !value.is_null())).into()
    }

    fn is_met(&self, value: Option<&Value>) -> bool {
        let Some(value) = value else {
            return matches!(&self.test, Test::NotEqual(_) | Test::Null(true));
        };
        let compare = |literal: &Literal| compare(self.kind, value, literal);
        match &self.test {
            Test::Null(is_null) => !is_null,
            Test::Equal(literal) => equals(self.kind, value, literal),
            Test::NotEqual(literal) => !equals(self.kind, value, literal),
            Test::In(literals) if self.kind == Kind::MultiEnum => literals.iter().any(|literal| {
                matches!((value, literal), (Value::Array(chosen), Literal::Text(text))
                    if chosen.iter().any(|value| value.as_str() == Some(text)))
            }),
            Test::In(literals) => literals.iter().any(|literal| equals(self.kind, value, literal)),
            Test::Contains(Literal::Json(part)) => contains(value, part),
            Test::Contains(literal) => match value.as_str() {
                Some(text) => without_case(text).contains(&without_case(&literal.to_text())),
                None => false,
            },
            Test::StartsWith(start) => match value.as_str() {
                Some(text) => without_case(text).starts_with(&without_case(start)),
                None => false,
            },
            Test::Greater(literal) => compare(literal) == Some(Ordering::Greater),
            Test::GreaterOrEqual(literal) => compare(literal).is_some_and(Ordering::is_ge),
            Test::Less(literal) => compare(literal) == Some(Ordering::Less),
            Test::LessOrEqual(literal) => compare(literal).is_some_and(Ordering::is_le),
            Test::Between(from, to) => {
                compare(from).is_some_and(Ordering::is_ge) && compare(to).is_some_and(Ordering::is_le)
            }
        }
    }
}

fn equals(kind: Kind, value: &Value, literal: &Literal) -> bool {
    match literal {
        Literal::Json(wanted) => same(value, wanted),
        literal => compare(kind, value, literal) == Some(Ordering::Equal),
    }
}

/// The order of a stored value and a filter's; nothing when the value is of another type.
fn compare(kind: Kind, value: &Value, literal: &Literal) -> Option<Ordering> {
    match (value, literal) {
        (Value::Number(number), Literal::Integer(wanted)) => Some(whole(number)?.cmp(wanted)),
        (Value::String(text), Literal::Decimal(wanted)) => Some(Decimal::parse(text)?.cmp(wanted)),
        (Value::Number(number), Literal::Decimal(wanted)) => {
            Some(Decimal::parse(&number.to_string())?.cmp(wanted))
        }
        (Value::Bool(truth), Literal::Boolean(wanted)) => Some(truth.cmp(wanted)),
        (Value::String(text), Literal::Text(wanted)) if kind == Kind::DateTime => {
            Some(canonical_date_time(text)?.as_str().cmp(wanted))
        }
        // UTF-8 keeps the order of code points, which is `collate "C"` in the database.
        (Value::String(text), Literal::Text(wanted)) => Some(text.as_str().cmp(wanted)),
        _ => None,
    }
}

/// Letter by letter, as `ilike` does: no letter becomes two, none depends on its neighbours.
fn without_case(text: &str) -> String {
    text.chars()
        .map(|letter| {
            let mut lower = letter.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(only), None) => only,
                _ => letter,
            }
        })
        .collect()
}

/// JSON equality as jsonb has it: `1` is `1.0`, members have no order.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            let (left, right) = (left.to_string(), right.to_string());
            Decimal::parse(&left) == Decimal::parse(&right)
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(l, r)| same(l, r))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        (left, right) => left == right,
    }
}

/// jsonb's `@>`: a list contains a list whatever the order and number, and a bare value that it holds.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(values), Value::Array(_) | Value::Object(_)) => holds(values, part),
        (Value::Array(values), part) => values.iter().any(|value| same(value, part)),
        _ => nested(whole, part),
    }
}

fn holds(values: &[Value], part: &Value) -> bool {
    match part {
        Value::Array(parts) => parts
            .iter()
            .all(|part| values.iter().any(|value| nested(value, part))),
        _ => false,
    }
}

/// Below the top a bare value is contained by its equal only.
fn nested(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .all(|(key, part)| whole.get(key).is_some_and(|value| nested(value, part))),
        (Value::Array(values), Value::Array(_)) => holds(values, part),
        (whole, part) => same(whole, part),
    }
}
