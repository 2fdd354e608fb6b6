//! Actions: whether what they name is there, and the values they write are right.

use crate::model::action::Action;
use crate::model::binding::is_bound;
use crate::model::check::Check;
use crate::model::check::component::Scope;
use crate::model::check::value;
use crate::model::component::ComponentInstance;
use crate::model::entity::EntityDefinition;
use crate::model::property::SYSTEM_PROPERTIES;
use serde_json::Map;
use serde_json::Value;

impl<'a> Check<'a> {
    pub(super) fn action(&mut self, path: &str, action: &'a Action, scope: &Scope<'a>) {
        match action {
            Action::OpenModal { modal_id, data } => self.modal(path, modal_id, data, scope),
            Action::CloseModal {} => {}
            Action::NavigateTo { page_id, params } => match self.model.page(page_id) {
                Some(page) => self.arguments(&format!("{path}.params"), page, params, scope),
                None => self.say(
                    format!("{path}.page_id"),
                    "unknown",
                    format!("there is no page {page_id}"),
                ),
            },
            Action::ExecuteXFlow { xflow_id, input, .. } => {
                self.known_xflow(&format!("{path}.xflow_id"), xflow_id);
                self.bound_values(&format!("{path}.input"), input, scope);
            }
            Action::RefreshComponent { component_id } => {
                if !scope.components.contains_key(component_id.as_str()) {
                    let message = format!("there is no component {component_id} here");
                    self.say(format!("{path}.component_id"), "unknown", message);
                }
            }
            Action::CreateEntity {
                entity_type, data, ..
            } => {
                if let Some(entity) = self.known_entity(&format!("{path}.entity_type"), entity_type) {
                    self.values(&format!("{path}.data"), data, entity, scope);
                }
            }
            Action::UpdateEntity {
                entity_type, data, ..
            } => {
                if let Some(entity) = self.known_entity(&format!("{path}.entity_type"), entity_type) {
                    self.values(&format!("{path}.data"), data, entity, scope);
                    if data.is_empty() {
                        self.say(
                            format!("{path}.data"),
                            "required",
                            "an update sets at least one value",
                        );
                    }
                }
            }
            Action::DeleteEntity { entity_type, .. } => {
                self.known_entity(&format!("{path}.entity_type"), entity_type);
            }
            Action::Custom { action, params } => {
                self.text(&format!("{path}.action"), action, 100);
                self.bound_values(&format!("{path}.params"), params, scope);
            }
        }
    }

    fn modal(&mut self, path: &str, modal_id: &str, data: &'a Map<String, Value>, scope: &Scope<'a>) {
        let on_page = scope
            .components
            .get(modal_id)
            .copied()
            .or_else(|| self.model.component(modal_id));
        match (on_page, self.model.form(modal_id)) {
            (Some(modal @ ComponentInstance::Modal(_)), _) => {
                // One of the model: what stands on the page was looked at there.
                if let Some(parameters) = scope.parameters
                    && !scope.components.contains_key(modal_id)
                {
                    self.placed(&format!("{path}.modal_id"), modal, parameters);
                }
            }
            (_, Some(form)) => {
                if let Some(entity) = self.model.entity(&form.entity_type) {
                    self.values(&format!("{path}.data"), data, entity, scope);
                }
            }
            (Some(_), None) => {
                let message = format!("{modal_id} is not a Modal");
                self.say(format!("{path}.modal_id"), "type", message);
            }
            (None, None) => {
                let message = format!("there is no Modal and no form {modal_id}");
                self.say(format!("{path}.modal_id"), "unknown", message);
            }
        }
    }

    /// Values that are written: known properties, right types; null empties one.
    fn values(
        &mut self,
        path: &str,
        data: &'a Map<String, Value>,
        entity: &'a EntityDefinition,
        scope: &Scope<'a>,
    ) {
        for (name, value) in data {
            let place = format!("{path}.{name}");
            match entity.property(name) {
                // What is bound is filled in when the action runs: its value cannot be checked yet.
                Some(_) if value.as_str().is_some_and(is_bound) => {
                    self.bound_text(&place, value.as_str().unwrap_or_default(), scope);
                }
                Some(property) => {
                    let fault = (!value.is_null())
                        .then(|| value::fault(&property.property_type, value))
                        .flatten();
                    if let Some(fault) = fault {
                        self.say(place, "value", format!("{name} {fault}"));
                    }
                }
                None if SYSTEM_PROPERTIES.contains(&name.as_str()) => {
                    self.say(
                        place,
                        "read_only",
                        format!("{name} is Torque's own and cannot be set"),
                    );
                }
                None => self.say(place, "unknown", format!("{} has no property {name}", entity.id)),
            }
        }
    }
}
