//! Forms: the model's definition, completed from the entity type it edits.
//!
//! Options, defaults and rules are not written twice in a model: where a form
//! says nothing they are the property's own.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::entity::EntityDefinition;
use crate::model::form::FormAction;
use crate::model::form::FormDefinition;
use crate::model::form::FormField;
use crate::model::form::FormFieldType;
use crate::model::form::FormLayout;
use crate::model::form::FormOption;
use crate::model::form::FormSection;
use crate::model::property::DefaultValue;
use crate::model::property::PropertyDefinition;
use crate::model::property_type::PropertyType;
use crate::model::property_type::StringFormat;
use crate::model::validation_rule::ValidationRule;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "getFormDefinition",
    "Gives a form with the options, defaults and rules of the entity type it edits.",
    Read,
    Application,
    GetFormDefinition => Form,
    get_form_definition
)];

/// Which form.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetFormDefinition {
    /// The form's id.
    pub form_id: String,
}

/// A form, ready to be drawn.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Form {
    /// Its id.
    pub id: String,
    /// Its title.
    pub name: String,
    /// The entity type it creates and edits.
    pub entity_type: String,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// Headings that group the fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<FormSection>,
    /// The form's own rules.
    pub validation: Vec<ValidationRule>,
    /// What its main button does.
    pub submit_action: FormAction,
    /// How its fields are set out.
    pub layout: FormLayout,
}

/// A field, ready to be drawn.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Field {
    /// The property it enters.
    pub name: String,
    /// The input that is shown.
    pub field_type: FormFieldType,
    /// The text at the input.
    pub label: String,
    /// Whether there must be a value.
    pub required: bool,
    /// The grey text in an empty input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// A sentence under the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The section it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// A filter over the form's values: the field shows only while it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_if: Option<Value>,
    /// Whether the value is shown but cannot be changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
    /// The values offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<FormOption>>,
    /// What a new entity's field starts with.
    #[serde(rename = "defaultValue", skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Value>,
    /// The rules of what is typed in; what is chosen from options needs none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<Rules>,
    /// The property's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property_type: Option<&'static str>,
    /// Whether several options can be chosen.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// Where the options of a reference come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<ReferenceTo>,
}

/// The rules of a field.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// There must be a value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// The most characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
    /// The fewest characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// A regular expression that the whole value matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// `email` or `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<StringFormat>,
    /// The least value: a number, or a string for a Decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<Value>,
    /// The greatest value: a number, or a string for a Decimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Value>,
    /// How many digits stand after the point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
}

/// Where the options of a reference come from.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferenceTo {
    /// The entity type that is referred to.
    pub entity_type: String,
    /// The property that stands for one of its entities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_property: Option<String>,
}

async fn get_form_definition(ask: Ask<'_>, params: GetFormDefinition) -> Result<Reply> {
    let model = &ask.application()?.model;
    let form = model.form(&params.form_id).ok_or_else(|| {
        Error::new(Code::NotFound, format!("there is no form “{}”", params.form_id))
            .with("formId", params.form_id.clone())
    })?;
    Reply::of(&completed(model, form))
}

fn completed(model: &Model, form: &FormDefinition) -> Form {
    let entity = model.entity(&form.entity_type);
    let fields = form
        .fields
        .iter()
        .map(|field| complete(model, entity, field))
        .collect();
    Form {
        id: form.id.clone(),
        name: form.name.clone(),
        entity_type: form.entity_type.clone(),
        fields,
        sections: form.sections.clone(),
        validation: form.validation.clone(),
        submit_action: form.submit_action.clone(),
        layout: form.layout.clone(),
    }
}

fn complete(model: &Model, entity: Option<&EntityDefinition>, field: &FormField) -> Field {
    let property = entity.and_then(|entity| entity.property(&field.name));
    let kind = property.map(|property| &property.property_type);
    let required = field.required || property.is_some_and(|property| property.required);
    let ui = property.map(|property| &property.ui);
    Field {
        name: field.name.clone(),
        field_type: field.field_type,
        label: field.label.clone(),
        required,
        placeholder: (field.placeholder.clone()).or_else(|| ui.and_then(|ui| ui.placeholder.clone())),
        help: (field.help.clone()).or_else(|| ui.and_then(|ui| ui.help.clone())),
        section: field.section.clone(),
        visible_if: field.visible_if.clone(),
        read_only: field.read_only,
        options: field.options.clone().or_else(|| kind.and_then(options)),
        default_value: (field.default_value.clone()).or_else(|| property.and_then(constant_default)),
        validation: kind.and_then(|kind| rules(kind, required)),
        property_type: kind.map(PropertyType::name),
        multiple: matches!(kind, Some(PropertyType::MultiEnum { .. })),
        reference: kind
            .and_then(PropertyType::target_entity)
            .map(|target| ReferenceTo {
                entity_type: target.to_owned(),
                display_property: model
                    .entity(target)
                    .and_then(|entity| entity.display().map(|property| property.name.clone())),
            }),
    }
}

fn options(kind: &PropertyType) -> Option<Vec<FormOption>> {
    let values = kind.enum_values()?;
    Some(
        values
            .iter()
            .map(|value| FormOption {
                value: value.value.clone(),
                label: value.label(),
            })
            .collect(),
    )
}

/// The default that a form can show: a constant. What a function gives is known when the entity is written.
pub fn constant_default(property: &PropertyDefinition) -> Option<Value> {
    match &property.default_value {
        Some(DefaultValue::Constant(value)) => Some(value.clone()),
        _ => None,
    }
}

/// The rules of what is typed in.
fn rules(kind: &PropertyType, required: bool) -> Option<Rules> {
    let mut rules = Rules {
        required,
        ..Rules::default()
    };
    match kind {
        PropertyType::String {
            max_length,
            min_length,
            pattern,
            format,
        } => {
            rules.max_length = *max_length;
            rules.min_length = *min_length;
            rules.pattern.clone_from(pattern);
            rules.format = *format;
        }
        PropertyType::Text {
            max_length,
            min_length,
        } => {
            rules.max_length = *max_length;
            rules.min_length = *min_length;
        }
        PropertyType::Integer { min, max } => {
            rules.min = min.map(Value::from);
            rules.max = max.map(Value::from);
        }
        PropertyType::Decimal { scale, min, max } => {
            rules.scale = Some(*scale);
            rules.min = min.clone().map(Value::from);
            rules.max = max.clone().map(Value::from);
        }
        PropertyType::Date {} | PropertyType::DateTime {} | PropertyType::Uuid {} | PropertyType::Json {} => {
        }
        PropertyType::Boolean {}
        | PropertyType::Enum { .. }
        | PropertyType::MultiEnum { .. }
        | PropertyType::Reference { .. } => return None,
    }
    Some(rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_form_takes_options_defaults_and_rules_from_its_entity_type() {
        let document = json!({
            "name": "m",
            "entities": [{ "id": "order", "name": "Order", "properties": [
                { "name": "total", "property_type": { "type": "Decimal", "scale": 2, "min": "0.00" }, "required": true },
                { "name": "tags", "property_type": { "type": "MultiEnum", "values": ["a", "b"] } },
                { "name": "customer", "property_type": { "type": "Reference", "target_entity": "customer" } },
                { "name": "at", "property_type": { "type": "DateTime" }, "default_value": { "function": "now" } }
            ] }, { "id": "customer", "name": "Customer", "properties": [
                { "name": "name", "property_type": { "type": "String" } }
            ] }],
            "forms": [{ "id": "f", "name": "F", "entity_type": "order", "fields": [
                { "name": "total", "field_type": "NumberInput", "label": "Total" },
                { "name": "tags", "field_type": "Select", "label": "Tags" },
                { "name": "customer", "field_type": "Select", "label": "Customer" },
                { "name": "at", "field_type": "DatePicker", "label": "At", "read_only": true }
            ] }]
        });
        let model: Model = serde_json::from_value(document).unwrap();
        let form = serde_json::to_value(completed(&model, model.form("f").unwrap())).unwrap();
        assert_eq!(
            form["fields"],
            json!([
                { "name": "total", "field_type": "NumberInput", "label": "Total", "required": true,
                  "validation": { "required": true, "min": "0.00", "scale": 2 }, "property_type": "Decimal" },
                { "name": "tags", "field_type": "Select", "label": "Tags", "required": false,
                  "options": [{ "value": "a", "label": "A" }, { "value": "b", "label": "B" }],
                  "property_type": "MultiEnum", "multiple": true },
                { "name": "customer", "field_type": "Select", "label": "Customer", "required": false,
                  "property_type": "Reference",
                  "reference": { "entityType": "customer", "displayProperty": "name" } },
                { "name": "at", "field_type": "DatePicker", "label": "At", "required": false, "read_only": true,
                  "validation": {}, "property_type": "DateTime" }
            ])
        );
    }
}
