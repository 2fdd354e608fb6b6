//! Asking for an xflow to run. The engine comes later; until then the answer says so.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "executeXFlow",
    "Runs an xflow. Until the workflow engine is there it answers unavailable.",
    Write,
    Application,
    ExecuteXFlow => Execution,
    execute_xflow
)];

/// Which xflow, and with what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExecuteXFlow {
    /// The xflow's id in the model.
    #[serde(rename = "xflowId")]
    pub xflow_id: String,
    /// What it is given.
    #[serde(default)]
    pub input: Option<Map<String, Value>>,
}

/// What an xflow answers.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "no xflow runs yet; this is the reply's schema")]
pub struct Execution {
    /// The output of the xflow.
    output: Value,
}

async fn execute_xflow(ask: Ask<'_>, params: ExecuteXFlow) -> Result<Reply> {
    let model = &ask.application()?.model;
    let id = params.xflow_id;
    let Some(xflow) = model.xflow(&id) else {
        return Err(
            Error::new(Code::NotFound, format!("there is no xflow “{id}”")).with("xflowId", id.clone())
        );
    };
    let name = xflow.title();
    Err(Error::new(
        Code::Unavailable,
        format!("“{name}” cannot run yet: this release of Torque keeps xflows but has no engine to run them"),
    )
    .with("xflowId", id.clone())
    .with("reason", "no_engine"))
}
