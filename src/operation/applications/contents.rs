//! What an application holds: its entity types, with how many entities each has.

use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::applications;
use crate::operation::applications::Application;
use crate::operation::applications::Named;
use crate::operation::entity_sql::count;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("getApplication", "An application with its entity types and how many entities each has.", Admin, Server,
        Named => Contents, get_application),
];

/// An application and what is in it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Contents {
    #[serde(flatten)]
    application: Application,
    /// Its entity types; none before the first deploy.
    entity_types: Vec<Counted>,
    /// Entities of all types.
    entities: i64,
}

/// An entity type and how many entities it has.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counted {
    /// The name in calls.
    entity_type: String,
    /// What people call one of them.
    label: String,
    /// How many there are.
    entities: i64,
}

async fn get_application(ask: Ask<'_>, params: Named) -> Result<Reply> {
    let application = applications::find(ask.torque, &params.application_id).await?;
    let live = ask.torque.directory.find(&application.slug);
    let counts: HashMap<i32, i64> = match &live {
        Some(live) if !live.types.is_empty() => count::by_type(live)
            .rows(&ask.torque.db)
            .await?
            .iter()
            .map(|row| (row.get("entity_type_id"), row.get("entities")))
            .collect(),
        _ => HashMap::new(),
    };
    let types = live.iter().flat_map(|live| live.types.values());
    let entity_types: Vec<Counted> = types
        .map(|one| Counted {
            entity_type: one.name.clone(),
            label: one.label.clone(),
            entities: counts.get(&one.id).copied().unwrap_or_default(),
        })
        .collect();
    Reply::of(&Contents {
        application,
        entities: entity_types.iter().map(|one| one.entities).sum(),
        entity_types,
    })
}
