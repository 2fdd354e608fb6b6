//! The models that Torque ships, for whoever chooses one to start from.

use crate::error::Result;
use crate::model::template;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("listTemplates", "The shipped models that createModel can start from, with what is in them.", Admin,
        Server, ListTemplates => Templates, list_templates),
];

/// No parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListTemplates {}

/// The shipped models.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Templates {
    templates: Vec<Template>,
}

/// A shipped model and what is in it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Template {
    /// What `createModel` calls it.
    template: &'static str,
    /// Its name for people.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// Its entity types, as people call one of each.
    entity_types: Vec<String>,
    /// How many pages it has.
    pages: usize,
    /// How many entities its sample data has.
    sample_entities: usize,
}

async fn list_templates(_: Ask<'_>, _: ListTemplates) -> Result<Reply> {
    let templates = template::names()
        .map(|name| {
            let model = template::model(name)?;
            Ok(Template {
                template: name,
                entity_types: model.entities.iter().map(|entity| entity.name.clone()).collect(),
                pages: model.pages.len(),
                sample_entities: model.sample_data.values().map(Vec::len).sum(),
                name: model.name,
                description: model.description,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Reply::of(&Templates { templates })
}
