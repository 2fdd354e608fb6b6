//! Forms: their fields against the entity type they create and edit.

use crate::model::check::Check;
use crate::model::check::binding::BOUND_TEXT;
use crate::model::check::name::Kind;
use crate::model::check::value;
use crate::model::entity::EntityDefinition;
use crate::model::filter;
use crate::model::filter::Filter;
use crate::model::filter::Literal;
use crate::model::filter::Test;
use crate::model::form::FormAction;
use crate::model::form::FormDefinition;
use crate::model::form::FormField;
use crate::model::form::FormFieldType;
use crate::model::property::SYSTEM_PROPERTIES;
use crate::model::property_type::PropertyType;
use serde_json::Value;

impl<'a> Check<'a> {
    pub(super) fn forms(&mut self) {
        let model = self.model;
        let ids = model.forms.iter().enumerate();
        self.unique(
            ids.map(|(index, form)| (format!("forms[{index}].id"), form.id.as_str())),
            "a form",
        );
        for (index, form) in model.forms.iter().enumerate() {
            self.form(&format!("forms[{index}]"), form);
        }
    }

    fn form(&mut self, path: &str, form: &'a FormDefinition) {
        self.name(&format!("{path}.id"), &form.id, Kind::Id);
        self.text(&format!("{path}.name"), &form.name, 200);
        let sections = form.sections.iter().enumerate();
        self.unique(
            sections.map(|(index, section)| (format!("{path}.sections[{index}].id"), section.id.as_str())),
            "a section",
        );
        for (index, section) in form.sections.iter().enumerate() {
            self.name(&format!("{path}.sections[{index}].id"), &section.id, Kind::Id);
            self.text(&format!("{path}.sections[{index}].title"), &section.title, 200);
        }
        let fields = form.fields.iter().enumerate();
        self.unique(
            fields.map(|(index, field)| (format!("{path}.fields[{index}].name"), field.name.as_str())),
            "a field",
        );
        if let FormAction::Custom { xflow_id } = &form.submit_action {
            self.known_xflow(&format!("{path}.submit_action.Custom.xflow_id"), xflow_id);
        }
        let Some(entity) = self.known_entity(&format!("{path}.entity_type"), &form.entity_type) else {
            return;
        };
        for (index, field) in form.fields.iter().enumerate() {
            self.field(&format!("{path}.fields[{index}]"), form, field, entity);
        }
        for (index, rule) in form.validation.iter().enumerate() {
            let path = format!("{path}.validation[{index}]");
            let property = rule.field.as_deref().and_then(|name| entity.property(name));
            match (&rule.field, property) {
                (_, Some(property)) => self.rule(&path, rule, &property.property_type),
                (Some(name), None) => {
                    let message = format!("{} has no property {name}", entity.id);
                    self.say(format!("{path}.field"), "unknown", message);
                }
                (None, None) => self.say(
                    format!("{path}.field"),
                    "required",
                    "a form's rule names its field",
                ),
            }
        }
    }

    fn field(
        &mut self,
        path: &str,
        form: &'a FormDefinition,
        field: &'a FormField,
        entity: &'a EntityDefinition,
    ) {
        self.text(&format!("{path}.label"), &field.label, 200);
        if let Some(section) = &field.section
            && !form.sections.iter().any(|known| known.id == *section)
        {
            self.say(
                format!("{path}.section"),
                "unknown",
                format!("{} has no section {section}", form.id),
            );
        }
        if let Some(filter) = &field.visible_if {
            self.filter(&format!("{path}.visible_if"), filter, entity);
        }
        let Some(property) = entity.property(&field.name) else {
            let is_system = SYSTEM_PROPERTIES.contains(&field.name.as_str());
            if is_system && !field.read_only {
                let message = format!(
                    "{} is Torque's own and cannot be entered; a field can show it read_only",
                    field.name
                );
                self.say(format!("{path}.name"), "read_only", message);
            } else if !is_system {
                let message = format!("{} has no property {}", entity.id, field.name);
                self.say(format!("{path}.name"), "unknown", message);
            }
            return;
        };
        let kind = &property.property_type;
        if !fits(field.field_type, kind) {
            let message = format!(
                "a {:?} cannot enter {}, which is {}",
                field.field_type,
                field.name,
                kind.name()
            );
            self.say(format!("{path}.field_type"), "type", message);
        }
        if let Some(default) = &field.default_value
            && let Some(fault) = value::fault(kind, default)
        {
            self.say(
                format!("{path}.defaultValue"),
                "default",
                format!("the default of {} {fault}", field.name),
            );
        }
        for (index, option) in field.options.iter().flatten().enumerate() {
            let place = format!("{path}.options[{index}]");
            self.text(&format!("{place}.label"), &option.label, 200);
            // An option is a text whatever the property; its value is read by the property's type.
            let value = match kind {
                PropertyType::Integer { .. } => option
                    .value
                    .parse::<i64>()
                    .map_or_else(|_| Value::from(option.value.as_str()), Value::from),
                PropertyType::MultiEnum { .. } => Value::from(vec![option.value.as_str()]),
                _ => Value::from(option.value.as_str()),
            };
            if let Some(fault) = value::fault(kind, &value) {
                self.say(
                    format!("{place}.value"),
                    "enum",
                    format!("{} {fault}", field.name),
                );
            }
        }
    }

    /// A filter over an entity type's properties, of a grid or of a field.
    pub(super) fn filter(&mut self, path: &str, json: &Value, entity: &'a EntityDefinition) {
        let model = self.model;
        let kind_of = |place: &filter::Path| kind_of(model, entity, place);
        match Filter::read(json, path, &kind_of) {
            Ok(filter) => self.chosen_values(path, &filter, entity),
            Err(error) => {
                let path = error
                    .data
                    .get("path")
                    .and_then(Value::as_str)
                    .unwrap_or(path)
                    .to_owned();
                self.say(path, "filter", error.message);
            }
        }
    }

    /// Values of an Enum in a filter are ones it has: another would find nothing, for ever.
    fn chosen_values(&mut self, path: &str, filter: &Filter, entity: &'a EntityDefinition) {
        for condition in filter.conditions() {
            let entity = match &condition.path.through {
                None => Some(entity),
                Some(name) => entity
                    .property(name)
                    .and_then(|property| property.property_type.target_entity())
                    .and_then(|target| self.model.entity(target)),
            };
            let property = entity.and_then(|entity| entity.property(&condition.path.property));
            let Some(PropertyType::Enum { values }) = property.map(|property| &property.property_type) else {
                continue;
            };
            let asked = match &condition.test {
                Test::Equal(value) | Test::NotEqual(value) => std::slice::from_ref(value),
                Test::In(several) => several.as_slice(),
                _ => &[],
            };
            for literal in asked {
                let Literal::Text(text) = literal else { continue };
                if text != BOUND_TEXT && !values.iter().any(|value| value.value == *text) {
                    let place = format!("{path}.{}", condition.path);
                    self.say(
                        place,
                        "filter",
                        format!("{} has no value {text:?}", condition.path),
                    );
                }
            }
        }
    }
}

/// The kind of values a filter's path leads to, or why it leads nowhere.
pub(super) fn kind_of(
    model: &crate::model::Model,
    entity: &EntityDefinition,
    path: &filter::Path,
) -> Result<filter::Kind, String> {
    let entity = match &path.through {
        None => entity,
        Some(name) => entity
            .property(name)
            .and_then(|property| property.property_type.target_entity())
            .and_then(|target| model.entity(target))
            .ok_or_else(|| format!("{} has no reference {name}", entity.id))?,
    };
    let kind = match entity.property(&path.property) {
        Some(property) => filter::Kind::of_type(property.property_type.name()),
        None => filter::Kind::of_system_property(&path.property),
    };
    kind.ok_or_else(|| format!("{} has no property {}", entity.id, path.property))
}

/// Whether an input can enter values of a type.
fn fits(input: FormFieldType, kind: &PropertyType) -> bool {
    match input {
        FormFieldType::TextInput => {
            !matches!(kind, PropertyType::Boolean {} | PropertyType::MultiEnum { .. })
        }
        FormFieldType::TextArea => matches!(
            kind,
            PropertyType::String { .. } | PropertyType::Text { .. } | PropertyType::Json {}
        ),
        FormFieldType::Select => !matches!(kind, PropertyType::Json {}),
        FormFieldType::Radio => matches!(
            kind,
            PropertyType::Enum { .. }
                | PropertyType::Boolean {}
                | PropertyType::String { .. }
                | PropertyType::Integer { .. }
        ),
        FormFieldType::Checkbox => matches!(kind, PropertyType::Boolean {} | PropertyType::MultiEnum { .. }),
        FormFieldType::DatePicker => matches!(kind, PropertyType::Date {} | PropertyType::DateTime {}),
        FormFieldType::NumberInput => {
            matches!(kind, PropertyType::Integer { .. } | PropertyType::Decimal { .. })
        }
    }
}
