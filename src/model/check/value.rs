//! A value against its property's rules: defaults, sample data, values of actions.
//!
//! The database decides about every write; this says the same, earlier, about
//! values that stand in the document itself.

use crate::model::filter::canonical_date_time;
use crate::model::pattern;
use crate::model::property_type::PropertyType;
use crate::model::property_type::StringFormat;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;
use time::Date;
use time::macros::format_description;
use uuid::Uuid;

/// The greatest whole number every language here reads exactly.
pub(super) const MAX_INTEGER: i64 = (1 << 53) - 1;
/// The most levels of a Json value.
const MAX_DEPTH: usize = 64;

/// What is wrong with a value, as the end of a sentence that begins with the property.
pub(super) fn fault(kind: &PropertyType, value: &Value) -> Option<String> {
    if holds_nul(value) {
        return Some("must not contain the character U+0000".to_owned());
    }
    match (kind, value) {
        (
            PropertyType::String {
                max_length,
                min_length,
                pattern,
                format,
            },
            Value::String(text),
        ) => length(text, *min_length, *max_length)
            .or_else(|| pattern.as_deref().and_then(|pattern| mismatch(text, pattern)))
            .or_else(|| format.and_then(|format| malformed(text, format))),
        (
            PropertyType::Text {
                max_length,
                min_length,
            },
            Value::String(text),
        ) => length(text, *min_length, *max_length),
        (PropertyType::Integer { min, max }, Value::Number(number)) => match number.as_i64() {
            Some(number) => integer(number, *min, *max),
            None => Some("must be a whole number".to_owned()),
        },
        (PropertyType::Decimal { scale, min, max }, Value::String(text)) => {
            decimal_between(text, *scale, min.as_deref(), max.as_deref())
        }
        (PropertyType::Decimal { scale, min, max }, Value::Number(number)) => {
            decimal_between(&number.to_string(), *scale, min.as_deref(), max.as_deref())
        }
        (PropertyType::Boolean {}, Value::Bool(_)) | (PropertyType::Json {}, _) => {
            (depth(value) > MAX_DEPTH).then(|| format!("must be at most {MAX_DEPTH} levels deep"))
        }
        (PropertyType::Enum { values }, Value::String(text)) => {
            let known = values.iter().any(|known| known.value == *text);
            (!known).then(|| format!("has no value {text:?}"))
        }
        (PropertyType::MultiEnum { values }, Value::Array(chosen)) => chosen.iter().find_map(|one| {
            let known = values
                .iter()
                .any(|known| Some(known.value.as_str()) == one.as_str());
            (!known).then(|| format!("has no value {one}"))
        }),
        (PropertyType::Date {}, Value::String(text)) => {
            let form = format_description!("[year]-[month]-[day]");
            Date::parse(text, form)
                .is_err()
                .then(|| "must be a day such as 2024-07-10".to_owned())
        }
        (PropertyType::DateTime {}, Value::String(text)) => canonical_date_time(text)
            .is_none()
            .then(|| "must be a time such as 2024-07-10T09:15:00Z".to_owned()),
        (PropertyType::Uuid {} | PropertyType::Reference { .. }, Value::String(text)) => {
            Uuid::try_parse(text)
                .is_err()
                .then(|| "must be a UUID".to_owned())
        }
        (kind, _) => Some(format!("must be {}", wanted(kind))),
    }
}

/// A decimal as a scaled whole number, if it is one with at most so many digits after the point.
pub(super) fn decimal(text: &str, scale: u32) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
        return None;
    }
    let scale = usize::try_from(scale).ok()?;
    if fraction.len() > scale {
        return None;
    }
    let number: i128 = format!("{whole}{fraction:0<scale$}").parse().ok()?;
    Some(sign * number)
}

fn decimal_between(text: &str, scale: u32, min: Option<&str>, max: Option<&str>) -> Option<String> {
    let Some(number) = decimal(text, scale) else {
        return Some(format!(
            "must be a number with at most {scale} digits after the point"
        ));
    };
    if let Some(min) = min.filter(|min| decimal(min, scale).is_some_and(|min| number < min)) {
        return Some(format!("must be at least {min}"));
    }
    let max = max.filter(|max| decimal(max, scale).is_some_and(|max| number > max))?;
    Some(format!("must be at most {max}"))
}

fn length(text: &str, min: Option<u32>, max: Option<u32>) -> Option<String> {
    let count = text.chars().count();
    if let Some(max) = max.filter(|max| usize::try_from(*max).is_ok_and(|max| count > max)) {
        return Some(format!("must have at most {max} characters"));
    }
    let min = min.filter(|min| usize::try_from(*min).is_ok_and(|min| count < min))?;
    Some(format!("must have at least {min} characters"))
}

fn mismatch(text: &str, pattern: &str) -> Option<String> {
    // A pattern that does not compile is the pattern's own problem.
    let pattern = pattern::compile(pattern).ok()?;
    (!pattern.is_match(text)).then(|| "must match the pattern".to_owned())
}

/// What an e-mail address looks like, as the database has it.
static EMAIL: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"^[^@\s<>()"]+@[^@\s.<>()"]+([.][^@\s.<>()"]+)+$"#).ok());

/// What an address of the web looks like, as the database has it.
static URL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^(https?://[^\s/?#@"<>\\]+([/?#][^\s"<>\\]*)?|mailto:[^@\s"<>]+@[^@\s"<>]+)$"#).ok()
});

fn malformed(text: &str, format: StringFormat) -> Option<String> {
    let (form, sentence) = match format {
        StringFormat::Email => (&EMAIL, "must be an e-mail address"),
        StringFormat::Url => (&URL, "must be a web address"),
    };
    let fits = form.as_ref().is_some_and(|form| form.is_match(text));
    (!fits).then(|| sentence.to_owned())
}

fn integer(number: i64, min: Option<i64>, max: Option<i64>) -> Option<String> {
    let min = min.unwrap_or(-MAX_INTEGER).max(-MAX_INTEGER);
    let max = max.unwrap_or(MAX_INTEGER).min(MAX_INTEGER);
    if number < min {
        return Some(format!("must be at least {min}"));
    }
    (number > max).then(|| format!("must be at most {max}"))
}

fn wanted(kind: &PropertyType) -> &'static str {
    match kind {
        PropertyType::String { .. } | PropertyType::Text { .. } => "a text",
        PropertyType::Integer { .. } => "a whole number",
        PropertyType::Decimal { .. } => "a decimal number, as a text",
        PropertyType::Boolean {} => "true or false",
        PropertyType::Enum { .. } => "one of its values",
        PropertyType::MultiEnum { .. } => "a list of its values",
        PropertyType::Date {} => "a day such as 2024-07-10",
        PropertyType::DateTime {} => "a time such as 2024-07-10T09:15:00Z",
        PropertyType::Uuid {} | PropertyType::Reference { .. } => "a UUID",
        PropertyType::Json {} => "JSON",
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members
            .iter()
            .any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
