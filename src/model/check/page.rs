//! Pages: their addresses and what those carry.

use crate::model::check::Check;
use crate::model::check::component::Scope;
use crate::model::check::component::own_ids;
use crate::model::check::name::Kind;
use crate::model::page::PageDefinition;
use crate::model::page::PathStep;
use crate::model::page::steps;
use std::collections::BTreeMap;

/// What an application answers below its address besides pages.
const TAKEN: [&str; 2] = ["jsonrpc", "ws"];
/// The most characters of an address.
const MAX_ADDRESS: usize = 200;

impl<'a> Check<'a> {
    pub(super) fn page(&mut self, path: &str, page: &'a PageDefinition) {
        self.name(&format!("{path}.id"), &page.id, Kind::Id);
        self.text(&format!("{path}.name"), &page.name, 200);
        self.text(&format!("{path}.title"), &page.title, 200);
        self.parameters(path, page);
        self.address(path, page);
        let mut ids = Vec::new();
        own_ids(&format!("{path}.components"), &page.components, &mut ids, 0);
        self.unique(ids.into_iter(), "a component on this page");
        let scope = Scope::of_page(self.model, page);
        self.bound_text(&format!("{path}.title"), &page.title, &scope);
        self.children(&format!("{path}.components"), &page.components, &scope, 0);
    }

    fn parameters(&mut self, path: &str, page: &'a PageDefinition) {
        let names = page.parameters.iter().enumerate();
        self.unique(
            names.map(|(index, parameter)| {
                (
                    format!("{path}.parameters[{index}].name"),
                    parameter.name.as_str(),
                )
            }),
            "a parameter",
        );
        for (index, parameter) in page.parameters.iter().enumerate() {
            let path = format!("{path}.parameters[{index}]");
            self.name(&format!("{path}.name"), &parameter.name, Kind::Id);
            if let Some(id) = &parameter.entity_type {
                self.known_entity(&format!("{path}.entity_type"), id);
            }
        }
        if page.parameters.is_empty() {
            return;
        }
        let without = "needs parameters, and nothing gives them to it there";
        if page.menu == Some(true) {
            self.say(
                format!("{path}.menu"),
                "parameters",
                format!("{} {without}", page.id),
            );
        }
        if self.model.first_page().is_some_and(|first| first.id == page.id) {
            let place = match self.model.start_page {
                Some(_) => "start_page".to_owned(),
                None => format!("{path}.parameters"),
            };
            self.say(
                place,
                "parameters",
                format!("{} {without}: another page opens first", page.id),
            );
        }
    }

    fn address(&mut self, path: &str, page: &'a PageDefinition) {
        let place = match page.path {
            Some(_) => format!("{path}.path"),
            None => format!("{path}.id"),
        };
        let address = page.address();
        if address.len() > MAX_ADDRESS {
            self.say(
                &place,
                "max_length",
                format!("must have at most {MAX_ADDRESS} characters"),
            );
        }
        let mut named = Vec::new();
        for (number, step) in steps(&address).enumerate() {
            match step {
                PathStep::Word(word) if number == 0 && TAKEN.contains(&word) => {
                    self.say(
                        &place,
                        "reserved",
                        format!("/{word} is an address that Torque uses itself"),
                    );
                }
                // An id's own shape is asked with its name.
                PathStep::Word(word) if page.path.is_some() && !is_word(word) => {
                    let message =
                        format!("{word:?} must be lower case letters, digits, - and _, or a {{parameter}}");
                    self.say(&place, "format", message);
                }
                PathStep::Word(_) => {}
                PathStep::Parameter(_) if number == 0 => {
                    self.say(
                        &place,
                        "format",
                        "an address begins with a word, not with a parameter",
                    );
                }
                PathStep::Parameter(name) => {
                    if named.contains(&name) {
                        self.say(&place, "duplicate", format!("{name} stands twice in the address"));
                    } else if !page.parameters.iter().any(|parameter| parameter.name == name) {
                        self.say(&place, "unknown", format!("the page has no parameter {name}"));
                    }
                    named.push(name);
                }
            }
        }
        for (index, parameter) in page.parameters.iter().enumerate() {
            if !named.contains(&parameter.name.as_str()) {
                let message = format!("the address {address} does not carry {}", parameter.name);
                self.say(format!("{path}.parameters[{index}]"), "path", message);
            }
        }
    }

    /// No two pages stand at one address.
    pub(super) fn addresses(&mut self) {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for (index, page) in self.model.pages.iter().enumerate() {
            let shape: Vec<String> = steps(&page.address())
                .map(|step| match step {
                    PathStep::Word(word) => word.to_owned(),
                    PathStep::Parameter(_) => "{}".to_owned(),
                })
                .collect();
            match seen.get(shape.join("/").as_str()) {
                // The same id is said as such.
                Some(other) if *other == page.id => {}
                Some(other) => {
                    let place = if page.path.is_some() { "path" } else { "id" };
                    let message = format!("{} has the address of {other}: {}", page.id, page.address());
                    self.say(format!("pages[{index}].{place}"), "duplicate", message);
                }
                None => {
                    seen.insert(shape.join("/"), &page.id);
                }
            }
        }
    }
}

fn is_word(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
}
