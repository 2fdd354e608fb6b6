//! Applications: made of a model, started, stopped, deleted.

pub mod contents;
mod sample;

use crate::config::Server;
use crate::db::Row;
use crate::error::Code;
use crate::error::Error;
use crate::error::FieldError;
use crate::error::Result;
use crate::model::check;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::Torque;
use crate::operation::deploy;
use crate::operation::models;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use uuid::Uuid;

pub(super) use sample::load;

const LIST: &str = include_str!("../../sql/queries/application/list.sql");
const FIND: &str = include_str!("../../sql/queries/application/find.sql");
const OF_MODEL: &str = include_str!("../../sql/queries/application/of_model.sql");
const IS_FREE: &str = include_str!("../../sql/queries/application/is_free.sql");
const CREATE: &str = include_str!("../../sql/queries/application/create.sql");
const SET_STATUS: &str = include_str!("../../sql/queries/application/set_status.sql");
const DROP: &str = include_str!("../../sql/queries/application/drop.sql");

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("listApplications", "Every application with its model and the version that is live.", Admin, Server,
        ListApplications => Applications, list_applications),
    operation!("createApplication", "Makes an application of a model, or returns the one there is.", Admin, Server,
        CreateApplication => Created, create_application),
    operation!("startApplication", "Lets a stopped application answer again.", Admin, Server,
        Named => Application, start_application),
    operation!("stopApplication", "Makes an application answer 503 on every surface.", Admin, Server,
        Named => Application, stop_application),
    operation!("deleteApplication", "Deletes an application with everything it owns.", Admin, Server,
        Named => DeletedApplication, delete_application),
    operation!("loadSampleData", "Adds the sample data of the live version; what is there already stays.", Admin, Server,
        Named => Loaded, load_sample_data),
];

/// No parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListApplications {}

/// Every application.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Applications {
    applications: Vec<Application>,
}

/// An application.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Its id.
    pub id: Uuid,
    /// Its name in addresses and in SQL.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// `running` or `stopped`.
    pub status: String,
    /// Its model.
    pub model_id: Uuid,
    /// Its model's name.
    pub model_name: String,
    /// The version that is live; null before the first deploy.
    pub model_version: Option<i32>,
    /// The latest version its model has published; 0 before the first.
    pub latest_version: i32,
    /// Where its pages are: a path on this server, or an address where applications have an origin of their own.
    pub path: String,
    /// When it was made.
    pub created_at: String,
}

/// Which application.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Named {
    /// Its slug or id.
    application_id: String,
}

/// What the application is called, and of what it is made.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateApplication {
    /// The model's id or name.
    model_id: String,
    /// Its name in addresses and in SQL; made from the name where it is left out.
    slug: Option<String>,
    /// Its name for people; without it, the model's.
    name: Option<String>,
    /// Settings of the application.
    #[serde(default)]
    config: Map<String, Value>,
}

/// The application, and whether it is new.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Created {
    #[serde(flatten)]
    application: Application,
    /// Whether it was made by this call.
    created: bool,
}

/// What is gone.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedApplication {
    id: Uuid,
    slug: String,
    deleted: bool,
}

/// How much was added.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Loaded {
    /// New entities by entity type.
    loaded: Map<String, Value>,
}

impl Application {
    fn from_row(server: &Server, row: &Row) -> Self {
        let slug: String = row.get("slug");
        Self {
            id: row.get("id"),
            path: server.application_link(&slug),
            slug,
            name: row.get("name"),
            status: row.get("status"),
            model_id: row.get("model_id"),
            model_name: row.get("model_name"),
            model_version: row.get("model_version"),
            latest_version: row.get("latest_version"),
            created_at: row.get("created_at"),
        }
    }
}

/// An application by slug or id.
pub async fn find(torque: &Torque, slug_or_id: &str) -> Result<Application> {
    find_if_any(torque, slug_or_id).await?.ok_or_else(|| {
        Error::new(Code::NotFound, format!("there is no application {slug_or_id}"))
            .with("applicationId", slug_or_id)
    })
}

async fn find_if_any(torque: &Torque, slug_or_id: &str) -> Result<Option<Application>> {
    let row = torque.db.query_opt(FIND, &[&slug_or_id]).await?;
    Ok(row.map(|row| Application::from_row(&torque.config.server, &row)))
}

async fn list_applications(ask: Ask<'_>, _: ListApplications) -> Result<Reply> {
    let rows = ask.torque.db.query(LIST, &[]).await?;
    let server = &ask.torque.config.server;
    Reply::of(&Applications {
        applications: rows
            .iter()
            .map(|row| Application::from_row(server, row))
            .collect(),
    })
}

async fn create_application(ask: Ask<'_>, params: CreateApplication) -> Result<Reply> {
    let db = &ask.torque.db;
    let (model, _) = models::find(db, &params.model_id).await?;
    let name = params.name.clone().unwrap_or_else(|| model.name.clone());
    if name.trim().is_empty() || name.chars().count() > 200 || name.contains('\0') {
        return Err(invalid("name", "length", "a name has 1 to 200 characters"));
    }
    let slug = match &params.slug {
        Some(slug) => {
            check::slug(slug).map_err(|reason| invalid("slug", "slug", &reason))?;
            slug.clone()
        }
        None => {
            // Running a model that runs already shows the application there is.
            if params.name.is_none()
                && let Some(row) = db.query_opt(OF_MODEL, &[&model.id]).await?
            {
                let application = find(ask.torque, row.get("slug")).await?;
                return Reply::of(&Created {
                    application,
                    created: false,
                });
            }
            free_slug(ask.torque, &check::slug_from(&name), model.id).await?
        }
    };
    if let Some(application) = find_if_any(ask.torque, &slug).await? {
        if application.model_id == model.id {
            return Reply::of(&Created {
                application,
                created: false,
            });
        }
        let message = format!(
            "the application {slug} runs another model, {}",
            application.model_name
        );
        return Err(Error::new(Code::Conflict, message).with("slug", slug));
    }
    let owner = db.owner().await?;
    let config = Value::Object(params.config).to_string();
    deploy::patiently(&owner, CREATE, &[&slug, &name, &model.id, &config]).await?;
    ask.torque.directory.refresh(db).await?;
    Reply::of(&Created {
        application: find(ask.torque, &slug).await?,
        created: true,
    })
}

/// The slug itself, or with a number; one that an application of the same model has is as good as free.
async fn free_slug(torque: &Torque, wanted: &str, model: Uuid) -> Result<String> {
    for number in 1_u32..1_000 {
        let slug = if number == 1 {
            wanted.to_owned()
        } else {
            format!("{wanted}_{number}")
        };
        if let Some(application) = find_if_any(torque, &slug).await? {
            if application.model_id == model {
                return Ok(slug);
            }
            continue;
        }
        if torque.db.query_one(IS_FREE, &[&slug]).await?.get("is_free") {
            return Ok(slug);
        }
    }
    Err(Error::new(
        Code::Conflict,
        format!("every slug like {wanted} is taken; choose one"),
    ))
}

async fn start_application(ask: Ask<'_>, params: Named) -> Result<Reply> {
    set_status(ask, &params.application_id, "running").await
}

async fn stop_application(ask: Ask<'_>, params: Named) -> Result<Reply> {
    set_status(ask, &params.application_id, "stopped").await
}

async fn set_status(ask: Ask<'_>, slug_or_id: &str, status: &str) -> Result<Reply> {
    let db = &ask.torque.db;
    let application = find(ask.torque, slug_or_id).await?;
    db.execute(SET_STATUS, &[&application.id, &status]).await?;
    ask.torque.directory.refresh(db).await?;
    Reply::of(&find(ask.torque, slug_or_id).await?)
}

async fn delete_application(ask: Ask<'_>, params: Named) -> Result<Reply> {
    let db = &ask.torque.db;
    let application = find(ask.torque, &params.application_id).await?;
    // Stopped first, so that nobody writes into what is being taken away.
    db.execute(SET_STATUS, &[&application.id, &"stopped"]).await?;
    let owner = db.owner().await?;
    deploy::patiently(&owner, DROP, &[&application.id]).await?;
    ask.torque.directory.refresh(db).await?;
    Reply::of(&DeletedApplication {
        id: application.id,
        slug: application.slug,
        deleted: true,
    })
}

async fn load_sample_data(ask: Ask<'_>, params: Named) -> Result<Reply> {
    let application = find(ask.torque, &params.application_id).await?;
    let loaded = sample::load(&ask.torque.db, ask.caller, &application).await?;
    Reply::of(&Loaded { loaded })
}

fn invalid(field: &str, code: &str, message: &str) -> Error {
    let field = FieldError {
        field: field.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        facts: Map::new(),
    };
    Error::new(Code::Invalid, message).with_fields(vec![field])
}
