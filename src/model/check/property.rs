//! Properties: their types' own rules, and whether the parts agree with each other.

use crate::model::check::Check;
use crate::model::check::name::Kind;
use crate::model::check::value;
use crate::model::pattern;
use crate::model::property::DefaultFunction;
use crate::model::property::DefaultValue;
use crate::model::property::PropertyDefinition;
use crate::model::property_type::EnumValue;
use crate::model::property_type::PropertyType;
use crate::model::relationship::OnDelete;
use crate::model::validation_rule::ValidationRule;
use crate::model::validation_rule::ValidationType;
use std::collections::BTreeSet;

/// The most digits after a Decimal's point.
const MAX_SCALE: u32 = 20;
/// The most characters a text may be declared to have.
const MAX_LENGTH: u32 = 1_000_000;
/// The most values of an Enum.
const MAX_VALUES: usize = 1_000;
/// The most characters of a text that is unique: an index holds them.
const MAX_UNIQUE: u32 = 500;

/// The rules whose messages a property can word itself.
const CODES: [&str; 17] = [
    "required",
    "type",
    "max_length",
    "min_length",
    "min",
    "max",
    "pattern",
    "email",
    "url",
    "enum",
    "reference",
    "unique",
    "date",
    "datetime",
    "uuid",
    "precision",
    "number",
];

impl<'a> Check<'a> {
    pub(super) fn property(&mut self, path: &str, property: &'a PropertyDefinition) {
        self.name(&format!("{path}.name"), &property.name, Kind::Property);
        for (key, id) in [("id", &property.id), ("key", &property.key)] {
            if let Some(id) = id {
                self.name(&format!("{path}.{key}"), id, Kind::Property);
            }
        }
        self.property_type(&format!("{path}.property_type"), property);
        self.default(&format!("{path}.default_value"), property);
        self.indexes(path, property);
        for (code, message) in &property.messages {
            let place = format!("{path}.messages.{code}");
            if !CODES.contains(&code.as_str()) {
                self.say(
                    &place,
                    "unknown",
                    format!("{code} is not the code of a rule; one of {}", CODES.join(", ")),
                );
            }
            self.text(&place, message, 500);
        }
        // Normalising moves what the type can say into the type; what is left is an xflow's or does not fit.
        for (index, rule) in property.validation.iter().enumerate() {
            let path = format!("{path}.validation[{index}]");
            let before = self.problems.len();
            self.rule(&path, rule, &property.property_type);
            if self.problems.len() == before {
                let message = format!("{:?} contradicts what the type says already", rule.rule_type);
                self.say(path, "conflict", message);
            }
        }
    }

    fn property_type(&mut self, path: &str, property: &'a PropertyDefinition) {
        match &property.property_type {
            PropertyType::String {
                max_length,
                min_length,
                pattern,
                ..
            } => {
                self.lengths(path, *min_length, *max_length);
                if let Some(pattern) = pattern {
                    self.pattern(&format!("{path}.pattern"), pattern);
                }
            }
            PropertyType::Text {
                max_length,
                min_length,
            } => self.lengths(path, *min_length, *max_length),
            PropertyType::Integer { min, max } => {
                for (key, bound) in [("min", min), ("max", max)] {
                    if bound.is_some_and(|bound| bound.unsigned_abs() > value::MAX_INTEGER.unsigned_abs()) {
                        let message = "is beyond 2^53 - 1; a Decimal with scale 0 has no such limit";
                        self.say(format!("{path}.{key}"), "max", message);
                    }
                }
                if let (Some(min), Some(max)) = (min, max)
                    && min > max
                {
                    self.say(
                        format!("{path}.min"),
                        "min",
                        format!("the least value {min} is above the greatest {max}"),
                    );
                }
            }
            PropertyType::Decimal { scale, min, max } => {
                self.decimal(path, *scale, min.as_deref(), max.as_deref())
            }
            PropertyType::Enum { values } | PropertyType::MultiEnum { values } => {
                self.enum_values(path, values)
            }
            PropertyType::Reference {
                target_entity,
                on_delete,
                inverse_name,
                ..
            } => {
                self.known_entity(&format!("{path}.target_entity"), target_entity);
                if *on_delete == OnDelete::SetNull && property.required {
                    let message = format!("{} is required, so a delete cannot empty it", property.name);
                    self.say(format!("{path}.on_delete"), "required", message);
                }
                if let Some(name) = inverse_name {
                    self.name(&format!("{path}.inverse_name"), name, Kind::Property);
                }
            }
            PropertyType::Boolean {}
            | PropertyType::Date {}
            | PropertyType::DateTime {}
            | PropertyType::Uuid {}
            | PropertyType::Json {} => {}
        }
    }

    fn lengths(&mut self, path: &str, min: Option<u32>, max: Option<u32>) {
        if max == Some(0) || max.is_some_and(|max| max > MAX_LENGTH) {
            self.say(
                format!("{path}.max_length"),
                "max_length",
                format!("must be between 1 and {MAX_LENGTH}"),
            );
        }
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            let message = format!("the least length {min} is above the greatest {max}");
            self.say(format!("{path}.min_length"), "min_length", message);
        }
    }

    fn pattern(&mut self, path: &str, text: &str) {
        if let Err(reason) = pattern::compile(text) {
            self.say(path, "pattern", format!("the pattern {reason}"));
        }
    }

    fn decimal(&mut self, path: &str, scale: u32, min: Option<&str>, max: Option<&str>) {
        if scale > MAX_SCALE {
            self.say(
                format!("{path}.scale"),
                "max",
                format!("must be at most {MAX_SCALE}"),
            );
            return;
        }
        let mut read = |key: &str, bound: Option<&str>| {
            let bound = bound?;
            let number = value::decimal(bound, scale);
            if number.is_none() {
                let message = format!("{bound:?} is no number with at most {scale} digits after the point");
                self.say(format!("{path}.{key}"), "number", message);
            }
            number
        };
        let (least, greatest) = (read("min", min), read("max", max));
        if let (Some(least), Some(greatest)) = (least, greatest)
            && least > greatest
        {
            self.say(
                format!("{path}.min"),
                "min",
                "the least value is above the greatest",
            );
        }
    }

    fn enum_values(&mut self, path: &str, values: &'a [EnumValue]) {
        if values.is_empty() || values.len() > MAX_VALUES {
            self.say(
                format!("{path}.values"),
                "size",
                format!("there must be 1 to {MAX_VALUES} values"),
            );
        }
        let mut seen = BTreeSet::new();
        for (index, value) in values.iter().enumerate() {
            let place = format!("{path}.values[{index}]");
            self.text(&place, &value.value, 200);
            // Values are compared exactly, so `Open` and `open` are two.
            if !seen.insert(value.value.as_str()) {
                self.say(
                    &place,
                    "duplicate",
                    format!("there is already a value {:?}", value.value),
                );
            }
            if let Some(label) = &value.label {
                self.text(&format!("{place}.label"), label, 200);
            }
        }
    }

    fn default(&mut self, path: &str, property: &'a PropertyDefinition) {
        let kind = &property.property_type;
        match &property.default_value {
            None => {}
            Some(DefaultValue::Function(call)) => {
                let fits = match call.function {
                    DefaultFunction::Now => matches!(kind, PropertyType::Date {} | PropertyType::DateTime {}),
                    DefaultFunction::Caller => kind.is_text(),
                };
                if !fits {
                    let message = format!("{} cannot have the default {:?}()", kind.name(), call.function);
                    self.say(path, "type", message.to_lowercase());
                }
            }
            Some(DefaultValue::Constant(value)) => {
                if let Some(fault) = value::fault(kind, value) {
                    self.say(
                        path,
                        "default",
                        format!("the default of {} {fault}", property.name),
                    );
                }
                if property.unique {
                    let message = format!(
                        "{} is unique, so only one entity could have this default",
                        property.name
                    );
                    self.say(path, "unique", message);
                }
            }
        }
    }

    fn indexes(&mut self, path: &str, property: &'a PropertyDefinition) {
        let kind = &property.property_type;
        if property.searchable && !kind.is_text() {
            let message = format!(
                "only String and Text can be searched; {} is {}",
                property.name,
                kind.name()
            );
            self.say(format!("{path}.searchable"), "type", message);
        }
        if !property.unique {
            return;
        }
        match kind {
            PropertyType::Json {} | PropertyType::MultiEnum { .. } | PropertyType::Boolean {} => {
                self.say(
                    format!("{path}.unique"),
                    "type",
                    format!("a {} cannot be unique", kind.name()),
                );
            }
            PropertyType::String { max_length, .. } | PropertyType::Text { max_length, .. }
                if max_length.is_none_or(|max| max > MAX_UNIQUE) =>
            {
                let message = format!("a unique text needs a max_length of at most {MAX_UNIQUE}");
                self.say(format!("{path}.unique"), "max_length", message);
            }
            _ => {}
        }
    }

    /// A rule beside those of the type, of a property or of a form's field.
    pub(super) fn rule(&mut self, path: &str, rule: &'a ValidationRule, kind: &PropertyType) {
        self.text(&format!("{path}.message"), &rule.message, 500);
        let parameter = |key: &str| {
            rule.parameters
                .as_ref()
                .and_then(|parameters| parameters.get(key))
        };
        let place = format!("{path}.parameters");
        match &rule.rule_type {
            ValidationType::Custom { xflow_id } => {
                self.known_xflow(&format!("{path}.rule_type.Custom.xflow_id"), xflow_id);
                let message = "a Custom rule needs the xflow engine, which this release does not have yet";
                self.say(path, "xflow", message);
                return;
            }
            ValidationType::MinLength | ValidationType::MaxLength => {
                if parameter("length").and_then(serde_json::Value::as_u64).is_none() {
                    self.say(
                        place,
                        "required",
                        "a length rule needs {\"length\": a whole number}",
                    );
                }
            }
            ValidationType::Pattern => match parameter("pattern").and_then(serde_json::Value::as_str) {
                Some(pattern) => self.pattern(&format!("{place}.pattern"), pattern),
                None => self.say(place, "required", "a Pattern rule needs {\"pattern\": a text}"),
            },
            ValidationType::Required => return,
            ValidationType::Email => {}
        }
        if !kind.is_text() {
            let message = format!(
                "{:?} is a rule for texts; this is {}",
                rule.rule_type,
                kind.name()
            );
            self.say(format!("{path}.rule_type"), "type", message);
        }
    }
}
