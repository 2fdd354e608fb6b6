//! Pages and their components: ids, places, references.

use crate::model::action::EventName;
use crate::model::check::Check;
use crate::model::check::name::Kind;
use crate::model::component::ComponentInstance;
use crate::model::component::ComponentPosition;
use crate::model::component::PageComponent;
use crate::model::page::COLUMNS;
use crate::model::page::PageDefinition;
use crate::model::style::Style;
use crate::model::style::StyleValue;
use std::collections::BTreeMap;

/// The most rows of a page.
const MAX_ROWS: u32 = 1_000;
/// The most components within components.
const MAX_DEPTH: usize = 8;

/// Where a component is looked at.
pub(super) struct Scope<'a> {
    /// Every component of the page by id, those of named components included.
    pub(super) components: BTreeMap<&'a str, &'a ComponentInstance>,
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
        let mut scope = Scope {
            components: BTreeMap::new(),
        };
        for component in &model.components {
            collect(model, component, &mut scope, 0);
        }
        for page in &model.pages {
            collect_page(model, page, &mut scope);
        }
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
        for (index, page) in model.pages.iter().enumerate() {
            self.page(&format!("pages[{index}]"), page);
        }
    }

    fn page(&mut self, path: &str, page: &'a PageDefinition) {
        self.name(&format!("{path}.id"), &page.id, Kind::Id);
        self.text(&format!("{path}.name"), &page.name, 200);
        self.text(&format!("{path}.title"), &page.title, 200);
        let mut ids = Vec::new();
        own_ids(&format!("{path}.components"), &page.components, &mut ids, 0);
        self.unique(ids.into_iter(), "a component on this page");
        let mut scope = Scope {
            components: BTreeMap::new(),
        };
        collect_page(self.model, page, &mut scope);
        self.children(&format!("{path}.components"), &page.components, &scope, 0);
    }

    fn children(&mut self, path: &str, components: &'a [PageComponent], scope: &Scope<'a>, depth: usize) {
        for (index, component) in components.iter().enumerate() {
            let path = format!("{path}[{index}]");
            match component {
                PageComponent::Instance(instance) => self.component(&path, instance, scope, depth),
                PageComponent::Reference(reference) => {
                    self.name(&format!("{path}.id"), &reference.id, Kind::Id);
                    self.position(&format!("{path}.position"), reference.position);
                    if self.model.component(&reference.component).is_none() {
                        let message = format!("there is no named component {}", reference.component);
                        self.say(format!("{path}.component"), "unknown", message);
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
            self.action(&format!("{place}.action"), &handler.action, scope);
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
            ComponentInstance::Form(form) => {
                if self.model.form(&form.props.form_id).is_none() {
                    let message = format!("there is no form {}", form.props.form_id);
                    self.say(format!("{props}.formId"), "unknown", message);
                }
            }
            ComponentInstance::Text(text) => {
                self.text(&format!("{props}.content"), &text.props.content, 10_000)
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
fn own_ids<'a>(path: &str, components: &'a [PageComponent], ids: &mut Vec<(String, &'a str)>, depth: usize) {
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

fn collect_page<'a>(model: &'a crate::model::Model, page: &'a PageDefinition, scope: &mut Scope<'a>) {
    for component in &page.components {
        match component {
            PageComponent::Instance(instance) => collect(model, instance, scope, 0),
            PageComponent::Reference(reference) => {
                if let Some(named) = model.component(&reference.component) {
                    scope.components.insert(&reference.id, named);
                    collect(model, named, scope, 0);
                }
            }
        }
    }
}

fn collect<'a>(
    model: &'a crate::model::Model,
    component: &'a ComponentInstance,
    scope: &mut Scope<'a>,
    depth: usize,
) {
    scope.components.insert(component.id(), component);
    if depth > MAX_DEPTH {
        return;
    }
    for child in component.children() {
        match child {
            PageComponent::Instance(instance) => collect(model, instance, scope, depth + 1),
            PageComponent::Reference(reference) => {
                if let Some(named) = model.component(&reference.component) {
                    scope.components.insert(&reference.id, named);
                    collect(model, named, scope, depth + 1);
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
