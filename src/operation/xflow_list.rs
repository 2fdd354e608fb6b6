//! The xflows of an application: which there are, and what is wrong with one.

use crate::db::RawJsonRef;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::check;
use crate::model::check::Problem;
use crate::model::xflow_document::XFlowDocument;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use crate::operation::script_check;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("listXFlows", "The xflows of the application.", Read, Application, ListXFlows => XFlows, list_xflows),
    operation!(
        "validateXFlow",
        "Names everything that is wrong with an xflow of the application, or with a document given for one.",
        Admin,
        Application,
        ValidateXFlow => Validated,
        validate_xflow
    ),
];

/// Nothing has to be said.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListXFlows {}

/// Which xflow to look at.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValidateXFlow {
    /// The xflow's id in the model.
    #[serde(default, rename = "xflowId")]
    pub xflow_id: Option<String>,
    /// A document to look at instead.
    #[serde(default)]
    pub document: Option<XFlowDocument>,
}

/// The xflows of an application.
#[derive(Debug, Serialize, JsonSchema)]
pub struct XFlows {
    /// By id.
    xflows: Vec<XFlow>,
}

/// An xflow, with what starts it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct XFlow {
    /// Its id in the model.
    #[serde(rename = "xflowId")]
    id: String,
    /// What people call it.
    name: String,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    /// Its own version.
    version: String,
    /// Whether it may be started.
    enabled: bool,
    /// Its priority.
    priority: i32,
    /// What starts it by itself: `type`, `entityType`, a webhook's `path`, whether it is `enabled`, and the `fault` that
    /// switched it off.
    triggers: Value,
    /// Executions that are not over.
    unfinished: i64,
    /// When one was over last.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_completed_at: Option<String>,
}

/// What is wrong with an xflow.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Validated {
    /// Whether nothing is.
    valid: bool,
    /// Each problem with its place in the document.
    problems: Vec<Problem>,
}

async fn list_xflows(ask: Ask<'_>, _: ListXFlows) -> Result<Reply> {
    let application = ask.application()?;
    let sql =
        include_str!("../../sql/queries/xflow/list.sql").replace("{data_schema}", &application.data_schema);
    let rows = ask
        .torque
        .db
        .query_slow(&sql, &[&application.id, &application.model_version])
        .await?;
    let mut xflows = Vec::with_capacity(rows.len());
    for row in rows {
        let triggers: Option<RawJsonRef<'_>> = row.try_get("triggers").map_err(Error::bug)?;
        let triggers = match triggers {
            Some(triggers) => serde_json::from_slice(triggers.0).map_err(Error::bug)?,
            None => Value::Array(Vec::new()),
        };
        xflows.push(XFlow {
            id: row.try_get("key").map_err(Error::bug)?,
            name: row.try_get("name").map_err(Error::bug)?,
            description: row.try_get("description").map_err(Error::bug)?,
            version: row.try_get("version").map_err(Error::bug)?,
            enabled: row.try_get("enabled").map_err(Error::bug)?,
            priority: row.try_get("priority").map_err(Error::bug)?,
            unfinished: row.try_get("unfinished").map_err(Error::bug)?,
            last_completed_at: row.try_get("last_completed_at").map_err(Error::bug)?,
            triggers,
        });
    }
    Reply::of(&XFlows { xflows })
}

async fn validate_xflow(ask: Ask<'_>, params: ValidateXFlow) -> Result<Reply> {
    let mut model: Model = ask.application()?.model.as_ref().clone();
    let id = match (&params.xflow_id, &params.document) {
        (Some(id), None) => id.clone(),
        (None, Some(document)) => document.id.clone(),
        _ => {
            return Err(Error::new(
                Code::BadRequest,
                "say which xflow: params.xflowId or params.document",
            ));
        }
    };
    let place = model.xflows.iter().position(|xflow| xflow.id == id);
    let place = match (place, params.document) {
        (Some(place), Some(document)) => {
            model.xflows[place] = document;
            place
        }
        (None, Some(document)) => {
            model.xflows.push(document);
            model.xflows.len() - 1
        }
        (Some(place), None) => place,
        (None, None) => {
            return Err(Error::new(Code::NotFound, format!("there is no xflow “{id}”")).with("xflowId", id));
        }
    };
    let prefix = format!("xflows[{place}]");
    let mut problems = check::check(&model);
    script_check::check(ask.torque.engine.scripts(), &model, &mut problems).await;
    let problems: Vec<Problem> = (problems.into_iter())
        .filter_map(|problem| {
            let path = problem
                .path
                .strip_prefix(&prefix)?
                .trim_start_matches('.')
                .to_owned();
            Some(Problem { path, ..problem })
        })
        .collect();
    Reply::of(&Validated {
        valid: problems.is_empty(),
        problems,
    })
}
