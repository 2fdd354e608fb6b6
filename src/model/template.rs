//! Models that Torque ships, to start from.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::canonical;

/// A shipped model's name and document.
const TEMPLATES: &[(&str, &str)] = &[("todo_list", include_str!("templates/todo_list.json"))];

/// The names of the shipped models.
pub fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|(name, _)| *name)
}

/// A shipped model's document, as a person would write it.
pub fn document(name: &str) -> Result<&'static str> {
    match TEMPLATES.iter().find(|(known, _)| *known == name) {
        Some((_, document)) => Ok(document),
        None => {
            let known = names().collect::<Vec<_>>().join(", ");
            Err(Error::new(
                Code::NotFound,
                format!("there is no template {name}; there is: {known}"),
            ))
        }
    }
}

/// A shipped model.
pub fn model(name: &str) -> Result<Model> {
    canonical::read(document(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_reads_and_writes_back_the_same() {
        for name in names() {
            let model = model(name).unwrap();
            let written = canonical::write(&model).unwrap();
            let again = canonical::write(&canonical::read(&written).unwrap()).unwrap();
            assert_eq!(written, again, "{name}");
        }
    }
}
