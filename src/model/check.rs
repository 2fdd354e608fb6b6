//! What is wrong with a model document: every problem at once, with its place.
//!
//! A draft may be as unfinished as it likes; publishing needs an empty list.
//! What only the database knows (time zones, how its own patterns compile) is
//! asked at publish.

mod action;
mod binding;
mod component;
mod entity;
mod form;
mod grid;
mod name;
mod page;
mod property;
mod sample;
mod value;
mod webhook;
mod xflow;
mod xflow_node;
mod xflow_trigger;

pub use name::slug;
pub use name::slug_from;

use crate::error::Code;
use crate::error::Error;
use crate::error::FieldError;
use crate::model::Model;
use crate::model::SCHEMA;
use serde::Deserialize;
use serde::Serialize;
use std::collections::BTreeSet;

/// The most entity types, pages, forms or named components of a model.
const MAX_THINGS: usize = 2_000;

/// Something that is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Problem {
    /// The place in the document: `entities[0].properties[2].name`.
    pub path: String,
    /// The kind of problem: `unknown`, `duplicate`, `name`, …
    pub code: String,
    /// A sentence about it.
    pub message: String,
}

/// Everything that is wrong with a model.
#[must_use]
pub fn check(model: &Model) -> Vec<Problem> {
    let mut check = Check {
        model,
        problems: Vec::new(),
    };
    check.document();
    check.entities();
    check.relationships();
    check.forms();
    check.pages();
    check.xflows();
    check.sample_data();
    check.problems
}

/// The refusal of a document with problems.
#[must_use]
pub fn refusal(problems: &[Problem]) -> Error {
    let count = problems.len();
    let message = match problems {
        [only] => format!("the model has a problem: {}: {}", only.path, only.message),
        [first, ..] => format!(
            "the model has {count} problems; the first: {}: {}",
            first.path, first.message
        ),
        [] => "the model has problems".to_owned(),
    };
    let fields = problems
        .iter()
        .map(|problem| FieldError {
            field: problem.path.clone(),
            code: problem.code.clone(),
            message: problem.message.clone(),
            facts: serde_json::Map::new(),
        })
        .collect();
    Error::new(Code::Invalid, message).with_fields(fields)
}

/// A check under way.
struct Check<'a> {
    model: &'a Model,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn say(&mut self, path: impl Into<String>, code: &str, message: impl Into<String>) {
        self.problems.push(Problem {
            path: path.into(),
            code: code.to_owned(),
            message: message.into(),
        });
    }

    /// Says which of some ids stand more than once.
    fn unique(&mut self, ids: impl Iterator<Item = (String, &'a str)>, what: &str) {
        let mut seen = BTreeSet::new();
        for (path, id) in ids {
            if !seen.insert(id.to_lowercase()) {
                self.say(path, "duplicate", format!("there is already {what} called {id}"));
            }
        }
    }

    fn document(&mut self) {
        let model = self.model;
        if model.schema.starts_with("urn:torque:model:") && model.schema != SCHEMA {
            let message = format!(
                "{} is not known to this release, which writes {SCHEMA}",
                model.schema
            );
            self.say("$schema", "unknown", message);
        }
        self.text("name", &model.name, 200);
        let is_zone = |zone: &str| {
            zone.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte))
        };
        if model.time_zone.is_empty() || model.time_zone.len() > 64 || !is_zone(&model.time_zone) {
            self.say(
                "time_zone",
                "format",
                format!("{:?} is not the name of a time zone", model.time_zone),
            );
        }
        if let Some(page) = model
            .start_page
            .as_deref()
            .filter(|page| model.page(page).is_none())
        {
            self.say("start_page", "unknown", format!("there is no page {page}"));
        }
        for (path, count) in [
            ("entities", model.entities.len()),
            ("relationships", model.relationships.len()),
            ("forms", model.forms.len()),
            ("pages", model.pages.len()),
            ("components", model.components.len()),
        ] {
            if count > MAX_THINGS {
                self.say(
                    path,
                    "size",
                    format!("there are {count}, and at most {MAX_THINGS} are possible"),
                );
            }
        }
        for (index, role) in model.roles.iter().enumerate() {
            self.name(&format!("roles[{index}].id"), &role.id, name::Kind::Id);
        }
        let ids = model.roles.iter().enumerate();
        self.unique(
            ids.map(|(index, role)| (format!("roles[{index}].id"), role.id.as_str())),
            "a role",
        );
    }

    /// A text that people read: there, not too long, storable.
    fn text(&mut self, path: &str, text: &str, most: usize) {
        if text.trim().is_empty() {
            self.say(path, "required", "must not be empty");
        } else if text.chars().count() > most {
            self.say(path, "max_length", format!("must have at most {most} characters"));
        }
        if text.contains('\0') {
            self.say(path, "text", "must not contain the character U+0000");
        }
    }

    fn known_xflow(&mut self, path: &str, id: &str) {
        if self.model.xflow(id).is_none() {
            self.say(path, "unknown", format!("there is no xflow {id}"));
        }
    }
}
