//! Models that Torque ships, to start from.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::canonical;
use serde_json::Value;

/// A shipped model.
struct Template {
    name: &'static str,
    document: &'static str,
    /// Its sample data where that is too much to be written by hand (`scripts/templates/sample-data.mjs`).
    sample: Option<&'static str>,
}

const TEMPLATES: &[Template] = &[
    Template {
        name: "todo_list",
        document: include_str!("templates/todo_list.json"),
        sample: None,
    },
    Template {
        name: "customers_orders",
        document: include_str!("templates/customers_orders.json"),
        sample: Some(include_str!("templates/customers_orders.sample.json")),
    },
    Template {
        name: "issue_tracker",
        document: include_str!("templates/issue_tracker.json"),
        sample: Some(include_str!("templates/issue_tracker.sample.json")),
    },
    Template {
        name: "inventory",
        document: include_str!("templates/inventory.json"),
        sample: Some(include_str!("templates/inventory.sample.json")),
    },
];

/// The names of the shipped models.
pub fn names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().map(|template| template.name)
}

/// A shipped model's document with its sample data, as a person would write it.
///
/// # Errors
/// When there is no template of that name; the message lists those there are.
pub fn document(name: &str) -> Result<Value> {
    let Some(template) = TEMPLATES.iter().find(|known| known.name == name) else {
        let known = names().collect::<Vec<_>>().join(", ");
        return Err(Error::new(
            Code::NotFound,
            format!("there is no template {name}; there are: {known}"),
        ));
    };
    let mut document: Value = serde_json::from_str(template.document).map_err(Error::bug)?;
    if let Some(sample) = template.sample {
        document["sample_data"] = serde_json::from_str(sample).map_err(Error::bug)?;
    }
    Ok(document)
}

/// A shipped model.
///
/// # Errors
/// When there is no template of that name.
pub fn model(name: &str) -> Result<Model> {
    canonical::read_value(document(name)?)
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

    #[test]
    fn every_template_has_no_problem_and_enough_to_look_at() {
        for name in names() {
            let mut model = model(name).unwrap();
            crate::model::normalise::normalise(&mut model, None);
            let problems = crate::model::check::check(&model);
            assert!(problems.is_empty(), "{name}: {problems:?}");
            let rows: usize = model.sample_data.values().map(Vec::len).sum();
            assert!(name == "todo_list" || rows >= 500, "{name}: {rows}");
        }
    }

    #[test]
    fn the_templates_together_show_every_kind_of_property() {
        let used: std::collections::BTreeSet<String> = names()
            .flat_map(|name| model(name).unwrap().entities)
            .flat_map(|entity| entity.properties)
            .map(|property| serde_json::to_value(property.property_type).unwrap()["type"].to_string())
            .collect();
        assert_eq!(used.len(), 12, "{used:?}");
    }
}
