//! Models: drafts that change, versions that do not.
//!
//! A draft is complete (`model::normalise`) from its first save and may be
//! wrong until it is published; publishing names every problem at once.

mod draft;
mod publish;

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::check::Problem;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

pub(super) use draft::Summary;
pub(super) use draft::find;
pub(super) use publish::published;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("listModels", "Every model with its latest version.", Admin, Server, ListModels => Models, list_models),
    operation!("getModel", "A model's draft, or one of its versions.", Admin, Server, GetModel => ModelReply, get_model),
    operation!("createModel", "Makes a model, empty or from a template.", Admin, Server,
        CreateModel => ModelReply, create_model),
    operation!("importModel", "Makes a model of a document, or replaces a model's draft with it.", Admin, Server,
        ImportModel => ModelReply, import_model),
    operation!("updateModel", "Saves a draft, if nobody else changed it since it was read.", Admin, Server,
        UpdateModel => ModelReply, update_model),
    operation!("deleteModel", "Deletes a model; its applications too when asked to.", Admin, Server,
        DeleteModel => Deleted, delete_model),
    operation!("validateModel", "Everything that is wrong with a draft or a document.", Admin, Server,
        ValidateModel => Validation, validate_model),
    operation!("publishModel", "Checks a draft and freezes it as the next version.", Admin, Server,
        PublishModel => Published, publish_model),
];

/// No parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListModels {}

/// Every model.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Models {
    models: Vec<Summary>,
}

/// Which model, and which version of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetModel {
    /// The model's id or name.
    model_id: String,
    /// A published version; without it, the draft.
    version: Option<i32>,
}

/// A model with its document.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelReply {
    #[serde(flatten)]
    summary: Summary,
    /// The document: the draft, or the version that was asked for.
    document: Model,
    /// The published versions, the newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    versions: Option<Vec<Version>>,
}

/// A published version.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    version: i32,
    created_by: Option<String>,
    created_at: String,
}

/// What the new model is called and starts with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateModel {
    /// Its name, unlike any other model's.
    name: String,
    /// What it is for.
    description: Option<String>,
    /// A shipped model to start from: `todo_list`.
    template: Option<String>,
}

/// A document, and what becomes of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportModel {
    /// The document.
    document: Value,
    /// The model's name; without it, the document's.
    name: Option<String>,
    /// The model (id or name) whose draft the document replaces; without it, a new model is made.
    model_id: Option<String>,
}

/// A changed draft.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateModel {
    /// The model's id or name.
    model_id: String,
    /// The whole document.
    document: Value,
    /// The revision the change was made from.
    revision: i64,
}

/// Which model, and how far.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteModel {
    /// The model's id or name.
    model_id: String,
    /// Delete its applications with everything in them too.
    #[serde(default)]
    cascade: bool,
    /// Remove it for good, its versions too; without this it is only hidden.
    #[serde(default)]
    purge: bool,
}

/// What is gone.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deleted {
    id: Uuid,
    name: String,
    deleted: bool,
    purged: bool,
    /// The applications that went with it.
    applications: Vec<String>,
}

/// A model's draft, or a document on its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValidateModel {
    /// The model's id or name.
    model_id: Option<String>,
    /// A document that is no model yet.
    document: Option<Value>,
}

/// Whether a document could be published.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Validation {
    valid: bool,
    problems: Vec<Problem>,
}

/// Which model, and at which revision.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishModel {
    /// The model's id or name.
    model_id: String,
    /// Publish only if the draft is still at this revision.
    revision: Option<i64>,
}

/// The version that was published.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Published {
    /// The model.
    pub model_id: Uuid,
    /// The version.
    pub version: i32,
    /// The draft's revision afterwards; it now carries the storage keys.
    pub revision: i64,
    /// Whether the draft already was this version.
    pub unchanged: bool,
}

async fn list_models(ask: Ask<'_>, _: ListModels) -> Result<Reply> {
    Reply::of(&Models {
        models: draft::list(&ask.torque.db).await?,
    })
}

async fn get_model(ask: Ask<'_>, params: GetModel) -> Result<Reply> {
    let db = &ask.torque.db;
    let (summary, draft) = draft::find(db, &params.model_id).await?;
    let document = match params.version {
        None => draft,
        Some(version) => published(db, summary.id, version).await?,
    };
    let versions = Some(draft::versions(db, summary.id).await?);
    Reply::of(&ModelReply {
        summary,
        document,
        versions,
    })
}

async fn create_model(ask: Ask<'_>, params: CreateModel) -> Result<Reply> {
    let mut document = match &params.template {
        Some(template) => crate::model::template::model(template)?,
        None => Model::new(&params.name),
    };
    document.name = params.name;
    if params.description.is_some() {
        document.description = params.description;
    }
    let (summary, document) = draft::create(&ask.torque.db, document).await?;
    Reply::of(&ModelReply {
        summary,
        document,
        versions: None,
    })
}

async fn import_model(ask: Ask<'_>, params: ImportModel) -> Result<Reply> {
    let db = &ask.torque.db;
    let mut document = crate::model::canonical::read_value(params.document)?;
    if let Some(name) = params.name {
        document.name = name;
    }
    let (summary, document) = match params.model_id {
        None => draft::create(db, document).await?,
        Some(id) => {
            let (summary, _) = draft::find(db, &id).await?;
            draft::update(db, &id, document, summary.revision).await?
        }
    };
    Reply::of(&ModelReply {
        summary,
        document,
        versions: None,
    })
}

async fn update_model(ask: Ask<'_>, params: UpdateModel) -> Result<Reply> {
    let document = crate::model::canonical::read_value(params.document)?;
    let (summary, document) =
        draft::update(&ask.torque.db, &params.model_id, document, params.revision).await?;
    Reply::of(&ModelReply {
        summary,
        document,
        versions: None,
    })
}

async fn delete_model(ask: Ask<'_>, params: DeleteModel) -> Result<Reply> {
    Reply::of(&draft::delete(&ask.torque.db, &params.model_id, params.cascade, params.purge).await?)
}

async fn validate_model(ask: Ask<'_>, params: ValidateModel) -> Result<Reply> {
    let db = &ask.torque.db;
    let document = match (params.model_id, params.document) {
        (Some(id), None) => draft::find(db, &id).await?.1,
        (None, Some(document)) => {
            let mut document = crate::model::canonical::read_value(document)?;
            crate::model::normalise::normalise(&mut document, None);
            document
        }
        _ => return Err(Error::new(Code::BadRequest, "say which: modelId or document")),
    };
    let problems = publish::problems(db, ask.torque.engine.scripts(), &document).await?;
    Reply::of(&Validation {
        valid: problems.is_empty(),
        problems,
    })
}

async fn publish_model(ask: Ask<'_>, params: PublishModel) -> Result<Reply> {
    let published = publish::publish(
        &ask.torque.db,
        ask.torque.engine.scripts(),
        &params.model_id,
        params.revision,
        &ask.caller.name,
    )
    .await?;
    Reply::of(&published)
}
