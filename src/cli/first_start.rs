//! The first start on an empty database: an application to look at.
//!
//! The project's own model if it has one (`torque init` writes it), else the
//! TODO List template, is imported, published and deployed with its sample data.
//! Once there has been any model, nothing is done. Of servers that start at the
//! same time one does it, under the installation's lock.

use crate::cli::asking;
use crate::cli::asking::ask;
use crate::error::Result;
use crate::model::template;
use crate::operation::Torque;
use serde_json::json;
use std::path::Path;

/// The file that `torque init` puts the model into.
pub const MODEL_FILE: &str = "model.json";

const ANY_MODEL: &str = include_str!("../../sql/queries/database/any_model.sql");
const LOCK: &str = include_str!("../../sql/queries/database/lock_installation.sql");
const UNLOCK: &str = include_str!("../../sql/queries/database/unlock_installation.sql");

/// Makes the first application, if there has never been a model.
pub async fn make_application(torque: &Torque, project: &Path) -> Result<()> {
    // A model alone does not say that its application runs: another server may be about to deploy it.
    let known = torque.directory.applications();
    if known
        .iter()
        .any(|application| application.model_version.is_some())
    {
        return Ok(());
    }
    let owner = match torque.db.owner().await {
        Ok(owner) => owner,
        Err(error) => {
            tracing::info!(%error, "the database has no application yet, and this login may make none");
            return Ok(());
        }
    };
    // Goes with the connection when this fails or is killed.
    owner.query(LOCK, &[]).await?;
    if !has_model(torque).await? {
        make(torque, project).await?;
    }
    owner.query(UNLOCK, &[]).await?;
    torque.directory.refresh(&torque.db).await
}

async fn has_model(torque: &Torque) -> Result<bool> {
    let row = torque.db.query_one(ANY_MODEL, &[]).await?;
    Ok(row.get(0))
}

async fn make(torque: &Torque, project: &Path) -> Result<()> {
    let file = project.join(MODEL_FILE);
    let (document, slug) = match file.exists() {
        true => (asking::read_json(&file)?, None),
        false => (template::document("todo_list")?, Some("todo_list")),
    };
    let name = document["name"].as_str().unwrap_or("Application").to_owned();
    let model = ask(torque, "importModel", json!({ "document": document })).await?;
    let model_id = &model["id"];
    ask(torque, "publishModel", json!({ "modelId": model_id })).await?;
    let mut application = json!({ "name": name, "modelId": model_id });
    if let Some(slug) = slug {
        application["slug"] = json!(slug);
    }
    let made = ask(torque, "createApplication", application).await?;
    ask(
        torque,
        "deployApplication",
        json!({ "applicationId": made["id"], "sampleData": true }),
    )
    .await?;
    tracing::info!(application = %name, "the first application is deployed");
    Ok(())
}
