//! Components: ids, places, references.

use crate::model::Model;
use crate::model::action::EventName;
use crate::model::check::Check;
use crate::model::check::name::Kind;
use crate::model::component::ComponentInstance;
use crate::model::component::ComponentPosition;
use crate::model::component::PageComponent;
use crate::model::component_props::FormMode;
use crate::model::component_props::FormProps;
use crate::model::entity::EntityDefinition;
use crate::model::form::FormDefinition;
use crate::model::page::COLUMNS;
use crate::model::page::PageDefinition;
use crate::model::page::PageParameter;
use crate::model::style::Style;
use crate::model::style::StyleValue;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The most rows of a page.
const MAX_ROWS: u32 = 1_000;
/// The most components within components.
const MAX_DEPTH: usize = 8;

/// Components by their ids.
type Found<'a> = BTreeMap<&'a str, &'a ComponentInstance>;

/// Where a component is looked at.
#[derive(Clone)]
pub(super) struct Scope<'a> {
    /// Every component of the page by id, those of named components included.
    pub(super) components: Rc<Found<'a>>,
    /// The page's parameters; none of a named component, which does not know its page.
    pub(super) parameters: Option<&'a [PageParameter]>,
    /// The entity type of the row or the form around.
    pub(super) row: Option<&'a EntityDefinition>,
    /// The form around.
    pub(super) form: Option<&'a FormDefinition>,
}

impl<'a> Scope<'a> {
    pub(super) fn of_page(model: &'a Model, page: &'a PageDefinition) -> Self {
        let mut components = BTreeMap::new();
        collect_page(model, page, &mut components);
        Self {
            components: Rc::new(components),
            parameters: Some(&page.parameters),
            row: None,
            form: None,
        }
    }

    /// The same place within a row of this type, or within a form.
    pub(super) fn within(&self, row: Option<&'a EntityDefinition>, form: Option<&'a FormDefinition>) -> Self {
        Self {
            row,
            form,
            ..self.clone()
        }
    }
}

impl<'a> Check<'a> {
    pub(super) fn pages(&mut self) {
        let model = self.model;
        let ids = model.components.iter().enumerate();
        self.unique(
            ids.map(|(index, component)| (format!("components[{index}].id"), component.id())),
            "a named component",
        );
        // A named component may speak of whatever stands on the page it is placed on.
        let mut components = BTreeMap::new();
        for component in &model.components {
            collect(model, component, &mut components, 0);
        }
        for page in &model.pages {
            collect_page(model, page, &mut components);
        }
        let scope = Scope {
            components: Rc::new(components),
            parameters: None,
            row: None,
            form: None,
        };
        for (index, component) in model.components.iter().enumerate() {
            self.component(&format!("components[{index}]"), component, &scope, 0);
            if holds_reference(component.children()) {
                let message = "a named component cannot hold others by reference";
                self.say(
                    format!("components[{index}].props.components"),
                    "reference",
                    message,
                );
            }
        }
        let ids = model.pages.iter().enumerate();
        self.unique(
            ids.map(|(index, page)| (format!("pages[{index}].id"), page.id.as_str())),
            "a page",
        );
        self.addresses();
        for (index, page) in model.pages.iter().enumerate() {
            self.page(&format!("pages[{index}]"), page);
        }
    }

    pub(super) fn children(
        &mut self,
        path: &str,
        components: &'a [PageComponent],
        scope: &Scope<'a>,
        depth: usize,
    ) {
        for (index, component) in components.iter().enumerate() {
            let path = format!("{path}[{index}]");
            match component {
                PageComponent::Instance(instance) => self.component(&path, instance, scope, depth),
                PageComponent::Reference(reference) => {
                    self.name(&format!("{path}.id"), &reference.id, Kind::Id);
                    self.position(&format!("{path}.position"), reference.position);
                    match (self.model.component(&reference.component), scope.parameters) {
                        (None, _) => {
                            let message = format!("there is no named component {}", reference.component);
                            self.say(format!("{path}.component"), "unknown", message);
                        }
                        (Some(named), Some(parameters)) => {
                            self.placed(&format!("{path}.component"), named, parameters);
                        }
                        (Some(_), None) => {}
                    }
                }
            }
        }
    }

    fn component(&mut self, path: &str, component: &'a ComponentInstance, scope: &Scope<'a>, depth: usize) {
        if depth > MAX_DEPTH {
            self.say(
                path,
                "depth",
                format!("components stand at most {MAX_DEPTH} levels deep"),
            );
            return;
        }
        self.name(&format!("{path}.id"), component.id(), Kind::Id);
        self.position(&format!("{path}.position"), component.position());
        self.style(&format!("{path}.style"), component.style());
        for (index, handler) in component.events().iter().enumerate() {
            let place = format!("{path}.events[{index}]");
            let possible = match handler.event {
                EventName::Click | EventName::Load => true,
                EventName::RowClick => matches!(component, ComponentInstance::DataGrid(_)),
                EventName::Change | EventName::Submit => matches!(component, ComponentInstance::Form(_)),
            };
            if !possible {
                let message = format!("{} has no {:?} event", component.id(), handler.event);
                self.say(format!("{place}.event"), "unknown", message);
            }
            self.action(
                &format!("{place}.action"),
                &handler.action,
                &self.around(component, scope),
            );
        }
        let props = format!("{path}.props");
        match component {
            ComponentInstance::Button(button) => {
                self.text(&format!("{props}.label"), &button.props.label, 200);
                if let Some(action) = &button.props.on_click {
                    self.action(&format!("{props}.onClick"), action, scope);
                }
            }
            ComponentInstance::DataGrid(grid) => self.grid(&props, &grid.props, scope),
            ComponentInstance::Form(form) => self.form_component(&props, &form.props, scope),
            ComponentInstance::Text(text) => {
                let place = format!("{props}.content");
                self.text(&place, &text.props.content, 10_000);
                self.bound_text(&place, &text.props.content, scope);
            }
            ComponentInstance::Container(container) => {
                self.children(
                    &format!("{props}.components"),
                    &container.props.components,
                    scope,
                    depth + 1,
                );
            }
            ComponentInstance::Modal(modal) => {
                self.text(&format!("{props}.title"), &modal.props.title, 200);
                self.children(
                    &format!("{props}.components"),
                    &modal.props.components,
                    scope,
                    depth + 1,
                );
            }
        }
    }

    /// What an action of a component's events has around it.
    fn around(&self, component: &ComponentInstance, scope: &Scope<'a>) -> Scope<'a> {
        match component {
            ComponentInstance::DataGrid(grid) => {
                scope.within(self.model.entity(&grid.props.entity_type), None)
            }
            ComponentInstance::Form(form) => {
                let form = self.model.form(&form.props.form_id);
                let entity = form.and_then(|form| self.model.entity(&form.entity_type));
                scope.within(entity, form)
            }
            _ => scope.clone(),
        }
    }

    fn form_component(&mut self, path: &str, props: &FormProps, scope: &Scope<'a>) {
        let Some(form) = self.model.form(&props.form_id) else {
            let message = format!("there is no form {}", props.form_id);
            return self.say(format!("{path}.formId"), "unknown", message);
        };
        if let (Some(text), Some(entity)) = (&props.entity_id, self.model.entity(&form.entity_type)) {
            self.bound_id(&format!("{path}.entityId"), text, entity, scope);
        }
        if props.mode == Some(FormMode::View) && props.entity_id.is_none() {
            let message = "a form that shows an entity needs its entityId";
            self.say(format!("{path}.entityId"), "required", message);
        }
    }

    fn position(&mut self, path: &str, position: ComponentPosition) {
        let ComponentPosition {
            row,
            col,
            width,
            height,
        } = position;
        if width == 0 || height == 0 {
            self.say(
                path,
                "min",
                "a component is at least one column wide and one row high",
            );
        }
        if col >= COLUMNS || col.saturating_add(width) > COLUMNS {
            let message = format!(
                "columns {col} to {} do not fit on {COLUMNS}",
                col.saturating_add(width)
            );
            self.say(path, "max", message);
        }
        if row.saturating_add(height) > MAX_ROWS {
            self.say(path, "max", format!("a page has at most {MAX_ROWS} rows"));
        }
    }

    fn style(&mut self, path: &str, style: &Style) {
        for (name, value) in style {
            let place = format!("{path}.{name}");
            let is_property = name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.len() <= 40
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !is_property {
                self.say(
                    &place,
                    "name",
                    format!("{name:?} is not a style property such as marginTop"),
                );
            }
            if let StyleValue::Text(text) = value {
                let lower = text.to_lowercase();
                let loads = [
                    "url(",
                    "image(",
                    "image-set(",
                    "expression(",
                    "javascript:",
                    "@import",
                ];
                if lower.len() > 200
                    || lower.contains(['<', '>', '{', '}', ';', '\\', '\0'])
                    || loads.iter().any(|word| lower.contains(word))
                {
                    self.say(
                        &place,
                        "format",
                        "a style's value is a length, a colour or a keyword",
                    );
                }
            }
        }
    }
}

/// The ids that a page gives itself, nested ones included.
pub(super) fn own_ids<'a>(
    path: &str,
    components: &'a [PageComponent],
    ids: &mut Vec<(String, &'a str)>,
    depth: usize,
) {
    if depth > MAX_DEPTH {
        return;
    }
    for (index, component) in components.iter().enumerate() {
        let path = format!("{path}[{index}]");
        ids.push((format!("{path}.id"), component.id()));
        if let PageComponent::Instance(instance) = component {
            own_ids(
                &format!("{path}.props.components"),
                instance.children(),
                ids,
                depth + 1,
            );
        }
    }
}

fn collect_page<'a>(model: &'a Model, page: &'a PageDefinition, found: &mut Found<'a>) {
    for component in &page.components {
        match component {
            PageComponent::Instance(instance) => collect(model, instance, found, 0),
            PageComponent::Reference(reference) => {
                if let Some(named) = model.component(&reference.component) {
                    found.insert(&reference.id, named);
                    collect(model, named, found, 0);
                }
            }
        }
    }
}

fn collect<'a>(model: &'a Model, component: &'a ComponentInstance, found: &mut Found<'a>, depth: usize) {
    found.insert(component.id(), component);
    if depth > MAX_DEPTH {
        return;
    }
    for child in component.children() {
        match child {
            PageComponent::Instance(instance) => collect(model, instance, found, depth + 1),
            PageComponent::Reference(reference) => {
                if let Some(named) = model.component(&reference.component) {
                    found.insert(&reference.id, named);
                    collect(model, named, found, depth + 1);
                }
            }
        }
    }
}

fn holds_reference(components: &[PageComponent]) -> bool {
    components.iter().any(|component| match component {
        PageComponent::Reference(_) => true,
        PageComponent::Instance(instance) => holds_reference(instance.children()),
    })
}
