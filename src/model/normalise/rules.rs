//! One place for each rule of a property: its type, `required` and `messages`.
//!
//! The specification lets a property carry a list of rules beside its type.
//! What the type can say itself is moved there, with the rule's message; what
//! is left is what an xflow decides, and what contradicts the type.

use crate::model::filter::canonical_date_time;
use crate::model::pattern;
use crate::model::property::DefaultValue;
use crate::model::property::PropertyDefinition;
use crate::model::property_type::PropertyType;
use crate::model::property_type::StringFormat;
use crate::model::validation_rule::ValidationRule;
use crate::model::validation_rule::ValidationType;
use serde_json::Value;

/// Settles the rules, patterns and defaults of some properties.
pub(super) fn settle(properties: &mut [PropertyDefinition]) {
    for property in properties {
        for rule in std::mem::take(&mut property.validation) {
            match moved(property, &rule) {
                Some(code) => {
                    property.messages.entry(code.to_owned()).or_insert(rule.message);
                }
                None => property.validation.push(rule),
            }
        }
        write_out_pattern(property);
        write_default(property);
    }
}

/// Moves a rule into the property's type; the code whose message the rule words, if it fitted.
fn moved(property: &mut PropertyDefinition, rule: &ValidationRule) -> Option<&'static str> {
    let parameter = |key: &str| {
        rule.parameters
            .as_ref()
            .and_then(|parameters| parameters.get(key))
    };
    let length = || {
        parameter("length")
            .and_then(Value::as_u64)
            .and_then(|length| u32::try_from(length).ok())
    };
    match (&rule.rule_type, &mut property.property_type) {
        (ValidationType::Required, _) => {
            property.required = true;
            Some("required")
        }
        (
            ValidationType::MinLength,
            PropertyType::String { min_length, .. } | PropertyType::Text { min_length, .. },
        ) => {
            let length = length()?;
            *min_length = Some(min_length.map_or(length, |known| known.max(length)));
            Some("min_length")
        }
        (
            ValidationType::MaxLength,
            PropertyType::String { max_length, .. } | PropertyType::Text { max_length, .. },
        ) => {
            let length = length()?;
            *max_length = Some(max_length.map_or(length, |known| known.min(length)));
            Some("max_length")
        }
        (ValidationType::Pattern, PropertyType::String { pattern, .. }) => {
            let wanted = parameter("pattern")?.as_str()?;
            if pattern.as_deref().is_some_and(|known| known != wanted) {
                return None;
            }
            *pattern = Some(wanted.to_owned());
            Some("pattern")
        }
        (ValidationType::Email, PropertyType::String { format, .. })
            if *format != Some(StringFormat::Url) =>
        {
            *format = Some(StringFormat::Email);
            Some("email")
        }
        _ => None,
    }
}

/// Writes a pattern in the form that every engine reads alike; what has none is left for the check.
fn write_out_pattern(property: &mut PropertyDefinition) {
    if let PropertyType::String {
        pattern: Some(pattern),
        ..
    } = &mut property.property_type
        && let Ok(common) = pattern::common(pattern)
    {
        *pattern = common;
    }
}

/// Writes a default in its stored form; what has none is left for the check.
fn write_default(property: &mut PropertyDefinition) {
    let Some(DefaultValue::Constant(value)) = &mut property.default_value else {
        return;
    };
    let written = match (&property.property_type, &*value) {
        (PropertyType::DateTime {}, Value::String(text)) => canonical_date_time(text),
        (PropertyType::Uuid {} | PropertyType::Reference { .. }, Value::String(text)) => {
            Some(text.to_lowercase())
        }
        (PropertyType::Decimal { scale, .. }, Value::String(text)) => decimal(text, *scale),
        (PropertyType::Decimal { scale, .. }, Value::Number(number)) => decimal(&number.to_string(), *scale),
        _ => None,
    };
    if let Some(written) = written {
        *value = Value::String(written);
    }
}

/// A decimal with exactly so many digits after the point: `1.5` at scale 2 is `1.50`.
fn decimal(text: &str, scale: u32) -> Option<String> {
    let scale = usize::try_from(scale).ok()?;
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || fraction.len() > scale {
        return None;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    let point = if scale == 0 { "" } else { "." };
    let written = format!("{whole}{point}{fraction:0<scale$}");
    let is_zero = written.bytes().all(|byte| byte == b'0' || byte == b'.');
    Some(format!("{}{written}", if is_zero { "" } else { sign }))
}
