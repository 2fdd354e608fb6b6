//! The values in a filter, read by the type of the property they stand beside.
//!
//! A value is put into the form in which the database stores it, so that SQL and
//! memory compare the same bytes: times in UTC with six digits of a second,
//! UUIDs in lower case, decimals without superfluous zeros.

use crate::model::filter::Decimal;
use crate::model::filter::Kind;
use serde_json::Number;
use serde_json::Value;
use time::Date;
use time::OffsetDateTime;
use time::UtcOffset;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const DATE_TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// A value in a filter, of the type of its property.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text, Enum, Uuid, Date and DateTime, in the stored form.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A decimal number.
    Decimal(Decimal),
    /// True or false.
    Boolean(bool),
    /// A JSON value, for `Json` and `MultiEnum`.
    Json(Value),
}

/// A time in the stored form, or nothing when it is no time. A date alone is its midnight in UTC.
#[must_use]
pub fn canonical_date_time(text: &str) -> Option<String> {
    let instant = match OffsetDateTime::parse(text, &Rfc3339) {
        Ok(instant) => instant,
        Err(_) => Date::parse(text, DATE).ok()?.midnight().assume_utc(),
    };
    let instant = instant.checked_to_offset(UtcOffset::UTC)?;
    if !(1..=9_999).contains(&instant.year()) {
        return None;
    }
    instant.format(DATE_TIME).ok()
}

impl Literal {
    /// Reads a value for a property of this kind, or says what is wrong with it.
    pub(super) fn read(kind: Kind, value: &Value) -> Result<Self, String> {
        let refused = || format!("must be {kind}, not {}", named(value));
        match (kind, value) {
            (Kind::Text | Kind::Enum, Value::String(text)) => Ok(Literal::Text(storable(text)?)),
            (Kind::Uuid, Value::String(text)) => match uuid::Uuid::parse_str(text) {
                Ok(id) => Ok(Literal::Text(id.hyphenated().to_string())),
                Err(_) => Err(refused()),
            },
            (Kind::Date, Value::String(text)) => match Date::parse(text, DATE) {
                Ok(day) if (1..=9_999).contains(&day.year()) => Ok(Literal::Text(text.clone())),
                _ => Err(refused()),
            },
            (Kind::DateTime, Value::String(text)) => {
                canonical_date_time(text).map(Literal::Text).ok_or_else(refused)
            }
            (Kind::Integer, Value::Number(number)) => whole(number).map(Literal::Integer).ok_or_else(refused),
            (Kind::Decimal, Value::Number(number)) => Decimal::parse(&number.to_string())
                .map(Literal::Decimal)
                .ok_or_else(refused),
            (Kind::Decimal, Value::String(text)) => {
                Decimal::parse(text).map(Literal::Decimal).ok_or_else(refused)
            }
            (Kind::Boolean, Value::Bool(truth)) => Ok(Literal::Boolean(*truth)),
            (Kind::Json, value) => {
                storable_throughout(value)?;
                Ok(Literal::Json(value.clone()))
            }
            (Kind::MultiEnum, Value::Array(values)) if values.iter().all(Value::is_string) => {
                storable_throughout(value)?;
                Ok(Literal::Json(value.clone()))
            }
            _ => Err(refused()),
        }
    }

    /// The literal as text, as it goes into a statement's parameter.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Literal::Text(text) => text.clone(),
            Literal::Integer(number) => number.to_string(),
            Literal::Decimal(number) => number.to_string(),
            Literal::Boolean(truth) => truth.to_string(),
            Literal::Json(value) => value.to_string(),
        }
    }
}

/// A whole number, also when it is written `5.0`; within what JSON numbers keep exact.
pub(super) fn whole(number: &Number) -> Option<i64> {
    if let Some(whole) = number.as_i64() {
        return Some(whole);
    }
    let float = number.as_f64()?;
    (float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_991.0).then_some(float as i64)
}

fn storable(text: &str) -> Result<String, String> {
    if text.contains('\0') {
        return Err("must not contain the character U+0000".to_owned());
    }
    Ok(text.to_owned())
}

fn storable_throughout(value: &Value) -> Result<(), String> {
    match value {
        Value::String(text) => storable(text).map(|_| ()),
        Value::Array(values) => values.iter().try_for_each(storable_throughout),
        Value::Object(members) => members.iter().try_for_each(|(key, value)| {
            storable(key)?;
            storable_throughout(value)
        }),
        _ => Ok(()),
    }
}

/// A value as a message shows it: itself when short, its sort when long.
fn named(value: &Value) -> String {
    let written = value.to_string();
    if written.chars().count() <= 40 {
        return written;
    }
    match value {
        Value::String(_) => "a long text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        _ => "a long number",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_one_stored_form() {
        let stored = "2024-07-10T09:15:00.000000Z";
        for text in [
            "2024-07-10T09:15:00Z",
            "2024-07-10T11:15:00+02:00",
            "2024-07-10T09:15:00.0000009Z",
            stored,
        ] {
            assert_eq!(canonical_date_time(text).as_deref(), Some(stored), "{text}");
        }
        assert_eq!(
            canonical_date_time("2024-07-10").as_deref(),
            Some("2024-07-10T00:00:00.000000Z")
        );
        for text in [
            "2024-02-30",
            "2024-07-10T25:00:00Z",
            "2024-07-10T09:15:00",
            "soon",
            "9999-12-31T23:59:59-02:00",
        ] {
            assert_eq!(canonical_date_time(text), None, "{text}");
        }
    }
}
