//! Asking for an xflow to run, now or when its turn comes.

use crate::engine::Call;
use crate::engine::End;
use crate::error::Code;
use crate::error::Error;
use crate::error::FieldError;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

const LIVE: &str = include_str!("../../sql/queries/xflow/live.sql");

/// How long a caller waits unless it says otherwise, in milliseconds.
const WAIT_MS: u64 = 60_000;
/// The most that a caller may wait.
const MOST_WAIT_MS: u64 = 600_000;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "executeXFlow",
    "Runs an xflow and gives its answer, or starts it and gives the id of its execution.",
    Write,
    Application,
    ExecuteXFlow => Executed,
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
    /// Whether to wait for its answer: yes, unless said otherwise. Without waiting it runs in its turn.
    #[serde(default)]
    pub wait: Option<bool>,
    /// How long to wait, in milliseconds: a minute unless said otherwise. It goes on when that is over.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
}

/// An execution, and what it answered.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Executed {
    /// The execution's id.
    execution_id: Uuid,
    /// `succeeded`; `waiting` or `running` when it goes on later or is not over yet.
    status: &'static str,
    /// What it answered; null while it is not over.
    output: Value,
}

async fn execute_xflow(ask: Ask<'_>, params: ExecuteXFlow) -> Result<Reply> {
    let application = ask.application()?;
    let id = params.xflow_id;
    let Some(xflow) = application.model.xflow(&id) else {
        return Err(
            Error::new(Code::NotFound, format!("there is no xflow “{id}”")).with("xflowId", id.clone())
        );
    };
    if !xflow.enabled {
        let message = format!("“{}” is switched off in the model", xflow.title());
        return Err(Error::new(Code::Conflict, message).with("xflowId", id.clone()));
    }
    let timeout = params.timeout_ms.unwrap_or(WAIT_MS);
    if timeout == 0 || timeout > MOST_WAIT_MS {
        let message = format!("params.timeoutMs must be between 1 and {MOST_WAIT_MS}");
        return Err(Error::new(Code::BadRequest, message).with("path", "params.timeoutMs"));
    }
    let row = (ask.torque.db)
        .query_opt(LIVE, &[&application.id, &id, &application.model_version])
        .await?;
    let row = row.ok_or_else(|| Error::bug(format!("the xflow {id} was not deployed")))?;
    let call = Call {
        flow: row.try_get(0).map_err(Error::bug)?,
        input: Value::Object(params.input.unwrap_or_default()),
        caller: ask.caller.name.clone(),
        trigger_type: "manual".to_owned(),
        waits: params.wait.unwrap_or(true),
    };
    let started = ask.torque.engine.call(ask.torque, application, call).await?;
    let executed = |status, output| {
        Reply::of(&Executed {
            execution_id: started.id,
            status,
            output,
        })
    };
    let Some(end) = started.end else {
        return executed("waiting", Value::Null);
    };
    match tokio::time::timeout(Duration::from_millis(timeout), end).await {
        Err(_) => executed("running", Value::Null),
        Ok(Ok(End::Succeeded(output))) => executed("succeeded", output),
        Ok(Ok(End::Failed { status, error })) => Err(failed(&id, xflow.title(), started.id, status, &error)),
        Ok(Ok(End::Parked | End::Lost) | Err(_)) => executed("waiting", Value::Null),
    }
}

/// The refusal that an execution's failure is.
fn failed(id: &str, title: &str, execution: Uuid, status: &'static str, error: &Value) -> Error {
    let code = match error["code"].as_str().unwrap_or_default() {
        "invalid" | "input_schema" => Code::Invalid,
        "not_found" => Code::NotFound,
        "unavailable" => Code::Unavailable,
        _ => Code::Conflict,
    };
    let message = error["message"].as_str().unwrap_or("it failed");
    let fields: Vec<FieldError> = serde_json::from_value(error["fields"].clone()).unwrap_or_default();
    Error::new(code, format!("“{title}” did not succeed: {message}"))
        .with("xflowId", id)
        .with("executionId", execution.to_string())
        .with("status", status)
        .with("error", error.clone())
        .with_fields(fields)
}
