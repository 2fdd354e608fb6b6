//! The deploys of an application, those under way and those that ended.

use crate::db::Row;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::applications;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

const PAST: &str = include_str!("../../../sql/queries/deploy/past.sql");

/// Deployments in a reply unless the caller says otherwise.
const DEFAULT_LIMIT: u32 = 20;
/// The most deployments in a reply.
const MAX_LIMIT: u32 = 500;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("listDeployments", "The latest deploys of an application and how each ended, the newest first.", Admin,
        Server, ListDeployments => Deployments, list_deployments),
];

/// Whose deploys.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListDeployments {
    /// The application's slug or id.
    application_id: String,
    /// How many: 20 unless said otherwise, at most 500.
    #[serde(default)]
    limit: Option<u32>,
}

/// Some deploys.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Deployments {
    deployments: Vec<PastDeployment>,
}

/// A deploy, when it was and how it ended.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PastDeployment {
    /// Its id.
    deployment_id: Uuid,
    /// The application.
    application_id: Uuid,
    /// The version.
    version: i32,
    /// `planned`, `running`, `succeeded`, `failed` or `undone`.
    state: String,
    /// Why it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
    /// How many steps are done.
    done: i64,
    /// How many steps there are.
    steps: i64,
    /// What is done next or could not be done; null when everything is.
    next_step: Option<String>,
    /// When it was begun.
    created_at: String,
    /// When it ended; null while it is under way.
    finished_at: Option<String>,
}

impl PastDeployment {
    fn from_row(row: &Row) -> Self {
        let error: Option<String> = row.get("error");
        Self {
            deployment_id: row.get("id"),
            application_id: row.get("application_id"),
            version: row.get("version"),
            state: row.get("state"),
            error: error.and_then(|text| serde_json::from_str(&text).ok()),
            done: row.get("done"),
            steps: row.get("steps"),
            next_step: row.get("next_step"),
            created_at: row.get("created_at"),
            finished_at: row.get("finished_at"),
        }
    }
}

async fn list_deployments(ask: Ask<'_>, params: ListDeployments) -> Result<Reply> {
    let limit = match params.limit {
        None => DEFAULT_LIMIT,
        Some(limit @ 1..=MAX_LIMIT) => limit,
        Some(_) => {
            let message = format!("limit must be between 1 and {MAX_LIMIT}");
            return Err(Error::new(Code::BadRequest, message).with("path", "params.limit"));
        }
    };
    let application = applications::find(ask.torque, &params.application_id).await?;
    let rows = ask
        .torque
        .db
        .query(PAST, &[&application.id, &i64::from(limit)])
        .await?;
    Reply::of(&Deployments {
        deployments: rows.iter().map(PastDeployment::from_row).collect(),
    })
}
