//! The first start of an embedded database: an application to look at.
//!
//! The project's own model if it has one (`torque init` writes it), else the
//! TODO List template, is imported, published and deployed with its sample data.
//! Once there has been any model, nothing is done.

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

/// Makes the first application, if there has never been a model.
pub async fn make_application(torque: &Torque, project: &Path) -> Result<()> {
    let row = torque.db.query_one(ANY_MODEL, &[]).await?;
    if row.get::<_, bool>(0) {
        return Ok(());
    }
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
    torque.directory.refresh(&torque.db).await?;
    tracing::info!(application = %name, "the first application is deployed");
    Ok(())
}
