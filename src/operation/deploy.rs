//! Deploying: a published version becomes live, step by step.
//!
//! The database plans (`torque.plan_deploy`) and each step is one statement
//! that may run twice, so a deploy that is killed is taken up again where it
//! was: by whoever deploys next, or by a server that finds it. A step that
//! cannot succeed takes everything back; one that only waits for a lock is
//! tried again. Going back is deploying an older version.

mod drive;
pub mod past;

use crate::db::Db;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::Torque;
use crate::operation::applications;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

pub use drive::Progress;
pub(super) use drive::patiently;

const FIND: &str = include_str!("../../sql/queries/deploy/find.sql");
const UNFINISHED: &str = include_str!("../../sql/queries/deploy/unfinished.sql");

/// How often a server looks for deploys that nobody drives.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("deployApplication", "Makes a published version live in an application.", Admin, Server,
        DeployApplication => Deployment, deploy_application),
    operation!("getDeployment", "How far a deploy is, and how it ended.", Admin, Server,
        GetDeployment => Deployment, get_deployment),
];

/// Which application, and which version.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeployApplication {
    /// The application's slug or id.
    application_id: String,
    /// A published version, an older one too; without it, the latest.
    version: Option<i32>,
    /// Add the version's sample data afterwards.
    #[serde(default)]
    sample_data: bool,
    /// Answer when it is done; else at once, and `getDeployment` tells the rest.
    #[serde(default = "yes")]
    wait: bool,
}

/// Which deploy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetDeployment {
    /// The deployment's id.
    deployment_id: Uuid,
}

/// A deploy and how far it is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Its id; null when the version was live already.
    pub deployment_id: Option<Uuid>,
    /// The application.
    pub application_id: Uuid,
    /// The version.
    pub version: i32,
    /// `planned`, `running`, `succeeded`, `failed` or `undone`.
    pub state: String,
    /// Why it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
    /// How many steps are done.
    pub done: i64,
    /// How many steps there are.
    pub steps: i64,
    /// New entities of sample data, by type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_data: Option<Map<String, Value>>,
}

/// Deploys, telling each step as it is done.
pub async fn deploy(
    torque: &Torque,
    slug_or_id: &str,
    version: Option<i32>,
    report: &mut (dyn FnMut(&Progress) + Send),
) -> Result<Deployment> {
    let db = &torque.db;
    let application = applications::find(torque, slug_or_id).await?;
    let version = wanted(&application, version)?;
    let begun = drive::begin(db, application.id, version, application.model_version, report).await?;
    let deployment = match begun {
        drive::Begun::AlreadyLive => already_live(application.id, version),
        drive::Begun::Ended(id) => found(db, id).await?,
        drive::Begun::Ours(drive) => {
            let id = drive.deployment();
            drive.finish(report).await?;
            found(db, id).await?
        }
    };
    torque.directory.refresh(db).await?;
    Ok(deployment)
}

/// Takes up deploys that were begun and left, now and for as long as it is awaited.
pub async fn keep_resuming(torque: &Torque) {
    loop {
        if let Err(error) = resume(torque).await {
            tracing::warn!(%error, "deploys that were left could not be taken up");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Takes up every deploy that was begun and that nobody drives.
pub async fn resume(torque: &Torque) -> Result<()> {
    let db = &torque.db;
    for row in db.query(UNFINISHED, &[]).await? {
        let (id, application): (Uuid, Uuid) = (row.get("id"), row.get("application_id"));
        let Some(drive) = drive::take_up(db, application, id).await? else {
            continue;
        };
        tracing::info!(deployment = %id, "taking up a deploy that was left");
        if let Err(error) = drive.finish(&mut |_| {}).await {
            tracing::warn!(deployment = %id, %error, "the deploy did not succeed");
        }
        torque.directory.refresh(db).await?;
    }
    Ok(())
}

async fn deploy_application(ask: Ask<'_>, params: DeployApplication) -> Result<Reply> {
    let db = &ask.torque.db;
    let application = applications::find(ask.torque, &params.application_id).await?;
    let version = wanted(&application, params.version)?;
    let begun = drive::begin(
        db,
        application.id,
        version,
        application.model_version,
        &mut |_| {},
    )
    .await?;
    let mut deployment = match begun {
        drive::Begun::AlreadyLive => already_live(application.id, version),
        drive::Begun::Ended(id) => found(db, id).await?,
        drive::Begun::Ours(drive) => {
            let id = drive.deployment();
            // Goes on when the caller goes away.
            let torque = ask.torque.clone();
            let driving = tokio::spawn(async move {
                let ended = drive.finish(&mut |_| {}).await;
                torque.directory.refresh(&torque.db).await?;
                ended
            });
            if !params.wait {
                return Reply::of(&found(db, id).await?);
            }
            driving.await.map_err(Error::bug)??;
            found(db, id).await?
        }
    };
    ask.torque.directory.refresh(db).await?;
    if params.sample_data {
        let application = applications::find(ask.torque, &params.application_id).await?;
        deployment.sample_data = Some(applications::load(db, ask.caller, &application).await?);
    }
    Reply::of(&deployment)
}

async fn get_deployment(ask: Ask<'_>, params: GetDeployment) -> Result<Reply> {
    Reply::of(&found(&ask.torque.db, params.deployment_id).await?)
}

fn wanted(application: &applications::Application, version: Option<i32>) -> Result<i32> {
    match version.unwrap_or(application.latest_version) {
        0 => {
            let message = format!(
                "the model {} has no published version yet; publish it first",
                application.model_name
            );
            Err(Error::new(Code::Conflict, message).with("modelId", application.model_id.to_string()))
        }
        version if version < 1 || version > application.latest_version => {
            let message = format!(
                "the model {} has no version {version}; the latest is {}",
                application.model_name, application.latest_version
            );
            Err(Error::new(Code::NotFound, message).with("version", version))
        }
        version => Ok(version),
    }
}

fn already_live(application_id: Uuid, version: i32) -> Deployment {
    Deployment {
        deployment_id: None,
        application_id,
        version,
        state: "succeeded".to_owned(),
        error: None,
        done: 0,
        steps: 0,
        sample_data: None,
    }
}

async fn found(db: &Db, id: Uuid) -> Result<Deployment> {
    let row = db.query_opt(FIND, &[&id]).await?.ok_or_else(|| {
        Error::new(Code::NotFound, format!("there is no deployment {id}"))
            .with("deploymentId", id.to_string())
    })?;
    let error: Option<String> = row.get("error");
    Ok(Deployment {
        deployment_id: row.get("id"),
        application_id: row.get("application_id"),
        version: row.get("version"),
        state: row.get("state"),
        error: error.and_then(|text| serde_json::from_str(&text).ok()),
        done: row.get("done"),
        steps: row.get("steps"),
        sample_data: None,
    })
}

fn yes() -> bool {
    true
}
