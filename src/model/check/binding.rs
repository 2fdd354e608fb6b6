//! Bindings: whether `{{ … }}` stands where something can be filled in, and leads to it.

use crate::model::binding::Binding;
use crate::model::binding::Root;
use crate::model::binding::bindings;
use crate::model::binding::is_bound;
use crate::model::check::Check;
use crate::model::check::component::Scope;
use crate::model::check::form::kind_of;
use crate::model::component::ComponentInstance;
use crate::model::entity::EntityDefinition;
use crate::model::filter::Kind;
use crate::model::filter::Path;
use crate::model::page::PageDefinition;
use crate::model::page::PageParameter;
use crate::model::property::SYSTEM_PROPERTIES;
use serde_json::Map;
use serde_json::Value;
use uuid::Uuid;

/// Stands for a bound text while a filter is read.
pub(super) const BOUND_TEXT: &str = "{{}}";

impl<'a> Check<'a> {
    /// A text in which bindings may stand.
    pub(super) fn bound_text(&mut self, path: &str, text: &str, scope: &Scope<'a>) {
        match bindings(text) {
            Err(sentence) => self.say(path, "binding", sentence),
            Ok(found) => {
                for binding in found {
                    if let Some(sentence) = self.unbound(&binding, scope) {
                        self.say(path, "binding", sentence);
                    }
                }
            }
        }
    }

    /// Any JSON in whose texts bindings may stand.
    pub(super) fn bound_values(&mut self, path: &str, values: &Map<String, Value>, scope: &Scope<'a>) {
        for (name, value) in values {
            self.bound_value(&format!("{path}.{name}"), value, scope);
        }
    }

    fn bound_value(&mut self, path: &str, value: &Value, scope: &Scope<'a>) {
        match value {
            Value::String(text) => self.bound_text(path, text, scope),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.bound_value(&format!("{path}[{index}]"), item, scope);
                }
            }
            Value::Object(members) => self.bound_values(path, members, scope),
            _ => {}
        }
    }

    /// The id of an entity of a type: one binding, nothing around it.
    pub(super) fn bound_id(
        &mut self,
        path: &str,
        text: &str,
        entity: &'a EntityDefinition,
        scope: &Scope<'a>,
    ) {
        let only = match bindings(text) {
            Err(sentence) => return self.say(path, "binding", sentence),
            Ok(found) => match found.as_slice() {
                [only] if text.trim().starts_with("{{") && text.trim().ends_with("}}") => only.clone(),
                _ => {
                    let message = "must be one binding to the id of an entity, as {{ params.id }}";
                    return self.say(path, "binding", message);
                }
            },
        };
        if let Some(sentence) = self.unbound(&only, scope) {
            return self.say(path, "binding", sentence);
        }
        if let Some(of) = self.leads_to(&only, scope)
            && of != entity.id
        {
            self.say(
                path,
                "type",
                format!("{only} is the id of a {of}, not of a {}", entity.id),
            );
        }
    }

    /// A filter of a page with samples for what is bound, so that everything else of it can be read.
    pub(super) fn bound_filter(
        &mut self,
        path: &str,
        filter: &Value,
        entity: &'a EntityDefinition,
        scope: &Scope<'a>,
    ) -> Value {
        let Value::Object(members) = filter else {
            return filter.clone();
        };
        let mut read = Map::new();
        for (name, value) in members {
            let place = format!("{path}.{name}");
            let sample = match (name.as_str(), value) {
                ("and" | "or", Value::Array(parts)) => {
                    let parts = parts.iter().enumerate();
                    parts
                        .map(|(index, part)| {
                            self.bound_filter(&format!("{place}[{index}]"), part, entity, scope)
                        })
                        .collect()
                }
                ("not", part) => self.bound_filter(&place, part, entity, scope),
                (name, Value::Object(tests)) => {
                    let tests = tests.iter().map(|(test, value)| {
                        let place = format!("{place}.{test}");
                        (test.clone(), self.sample(&place, name, value, entity, scope))
                    });
                    Value::Object(tests.collect())
                }
                (name, value) => self.sample(&place, name, value, entity, scope),
            };
            read.insert(name.clone(), sample);
        }
        Value::Object(read)
    }

    fn sample(
        &mut self,
        path: &str,
        property: &str,
        value: &Value,
        entity: &'a EntityDefinition,
        scope: &Scope<'a>,
    ) -> Value {
        match value {
            Value::String(text) if is_bound(text) => {
                let step = match property.split_once('.') {
                    Some((through, property)) => Path {
                        through: Some(through.to_owned()),
                        property: property.to_owned(),
                    },
                    None => Path {
                        through: None,
                        property: property.to_owned(),
                    },
                };
                match kind_of(self.model, entity, &step) {
                    Ok(Kind::Uuid) => {
                        match self.referred(entity, property) {
                            Some(target) => self.bound_id(path, text, target, scope),
                            None => self.bound_text(path, text, scope),
                        }
                        Value::from(Uuid::nil().to_string())
                    }
                    Ok(Kind::Text | Kind::Enum) => {
                        self.bound_text(path, text, scope);
                        Value::from(BOUND_TEXT)
                    }
                    Ok(kind) => {
                        let message = format!("{property} is {kind}, and what is bound is a text or an id");
                        self.say(path, "binding", message);
                        Value::Null
                    }
                    // Said when the filter is read.
                    Err(_) => value.clone(),
                }
            }
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| self.sample(&format!("{path}[{index}]"), property, item, entity, scope))
                .collect(),
            value => value.clone(),
        }
    }

    /// The entity type whose id a property holds: its own `id`, or a Reference.
    fn referred(&self, entity: &'a EntityDefinition, property: &str) -> Option<&'a EntityDefinition> {
        if property == "id" {
            return Some(entity);
        }
        let target = entity.property(property)?.property_type.target_entity()?;
        self.model.entity(target)
    }

    /// Why a binding leads nowhere here.
    fn unbound(&self, binding: &Binding<'_>, scope: &Scope<'a>) -> Option<String> {
        let has = |entity: &EntityDefinition, name: &str| {
            let known = entity.property(name).is_some() || SYSTEM_PROPERTIES.contains(&name);
            (!known).then(|| format!("{binding}: {} has no property {name}", entity.id))
        };
        match binding.root {
            Root::Params => {
                // Of a named component this is asked where it is placed.
                let parameters = scope.parameters?;
                let parameter = match parameter(parameters, binding.name) {
                    Ok(parameter) => parameter,
                    Err(sentence) => return Some(sentence),
                };
                let property = binding.property?;
                match parameter.entity_type.as_deref().map(|id| self.model.entity(id)) {
                    None => Some(format!("{binding}: {} is a text, not an entity", parameter.name)),
                    Some(entity) => entity.and_then(|entity| has(entity, property)),
                }
            }
            Root::Row => match scope.row {
                None => Some(format!("{binding}: there is no row or form here")),
                Some(entity) => has(entity, binding.name),
            },
            Root::Form => match scope.form {
                None => Some(format!("{binding}: there is no form here")),
                Some(form) => (!form.fields.iter().any(|field| field.name == binding.name))
                    .then(|| format!("{binding}: {} has no field {}", form.id, binding.name)),
            },
        }
    }

    /// The entity type whose id a binding gives, where that is known.
    fn leads_to(&self, binding: &Binding<'_>, scope: &Scope<'a>) -> Option<String> {
        let of_property = |entity: &EntityDefinition, name: &str| match name {
            "id" => Some(entity.id.clone()),
            name => Some(
                (entity.property(name)?.property_type.target_entity())
                    .unwrap_or("value that is no reference")
                    .to_owned(),
            ),
        };
        match binding.root {
            Root::Params => {
                let parameter = parameter(scope.parameters?, binding.name).ok()?;
                let Some(id) = &parameter.entity_type else {
                    return Some("text".to_owned());
                };
                match binding.property {
                    None => Some(id.clone()),
                    Some(property) => of_property(self.model.entity(id)?, property),
                }
            }
            Root::Row => of_property(scope.row?, binding.name),
            Root::Form => of_property(self.model.entity(&scope.form?.entity_type)?, binding.name),
        }
    }

    /// The parameters that a component of the model asks of the page it is placed on or opened from.
    pub(super) fn placed(
        &mut self,
        path: &str,
        component: &'a ComponentInstance,
        parameters: &'a [PageParameter],
    ) {
        let Ok(json) = serde_json::to_value(component) else {
            return;
        };
        let mut texts = Vec::new();
        bound_texts(&json, &mut texts);
        for text in texts {
            for binding in bindings(text).unwrap_or_default() {
                if binding.root == Root::Params
                    && let Err(sentence) = parameter(parameters, binding.name)
                {
                    let message = format!("{} asks for {binding}: {sentence}", component.id());
                    self.say(path, "binding", message);
                }
            }
        }
    }

    /// The parameters that an action gives to the page it goes to: all of them, and no others.
    pub(super) fn arguments(
        &mut self,
        path: &str,
        page: &'a PageDefinition,
        given: &Map<String, Value>,
        scope: &Scope<'a>,
    ) {
        for parameter in &page.parameters {
            if !given.contains_key(&parameter.name) {
                let message = format!("{} needs the parameter {}", page.id, parameter.name);
                self.say(path, "required", message);
            }
        }
        for (name, value) in given {
            let place = format!("{path}.{name}");
            let Ok(parameter) = parameter(&page.parameters, name) else {
                let message = format!("{} has no parameter {name}", page.id);
                self.say(place, "unknown", message);
                continue;
            };
            let entity = parameter
                .entity_type
                .as_deref()
                .and_then(|id| self.model.entity(id));
            match (value, entity) {
                (Value::String(text), Some(entity)) if is_bound(text) => {
                    self.bound_id(&place, text, entity, scope);
                }
                (Value::String(text), Some(_)) if Uuid::parse_str(text).is_err() => {
                    self.say(place, "type", format!("{name} is the id of an entity"));
                }
                (Value::String(text), _) => self.bound_text(&place, text, scope),
                _ => self.say(place, "type", format!("{name} must be a text")),
            }
        }
    }
}

fn parameter<'a>(parameters: &'a [PageParameter], name: &str) -> Result<&'a PageParameter, String> {
    parameters
        .iter()
        .find(|parameter| parameter.name == name)
        .ok_or_else(|| format!("the page has no parameter {name}"))
}

fn bound_texts<'a>(json: &'a Value, found: &mut Vec<&'a str>) {
    match json {
        Value::String(text) if is_bound(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| bound_texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| bound_texts(member, found)),
        _ => {}
    }
}
