//! Actions: whether what they name is there, and the values they write are right.

use crate::model::action::Action;
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
            Action::NavigateTo { page_id } => {
                if self.model.page(page_id).is_none() {
                    self.say(
                        format!("{path}.page_id"),
                        "unknown",
                        format!("there is no page {page_id}"),
                    );
                }
            }
            Action::ExecuteXFlow { xflow_id, .. } => self.known_xflow(&format!("{path}.xflow_id"), xflow_id),
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
                    self.values(&format!("{path}.data"), data, entity);
                }
            }
            Action::UpdateEntity {
                entity_type, data, ..
            } => {
                if let Some(entity) = self.known_entity(&format!("{path}.entity_type"), entity_type) {
                    self.values(&format!("{path}.data"), data, entity);
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
            Action::Custom { action, .. } => self.text(&format!("{path}.action"), action, 100),
        }
    }

    fn modal(&mut self, path: &str, modal_id: &str, data: &'a Map<String, Value>, scope: &Scope<'a>) {
        let on_page = scope
            .components
            .get(modal_id)
            .copied()
            .or_else(|| self.model.component(modal_id));
        match (on_page, self.model.form(modal_id)) {
            (Some(ComponentInstance::Modal(_)), _) => {}
            (_, Some(form)) => {
                if let Some(entity) = self.model.entity(&form.entity_type) {
                    self.values(&format!("{path}.data"), data, entity);
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
    pub(super) fn values(&mut self, path: &str, data: &'a Map<String, Value>, entity: &'a EntityDefinition) {
        for (name, value) in data {
            let place = format!("{path}.{name}");
            match entity.property(name) {
                // `{{ … }}` is filled in when the action runs, so there is nothing to check yet.
                Some(_) if value.as_str().is_some_and(|text| text.contains("{{")) => {}
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
