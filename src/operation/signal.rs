//! Signals to executions: what a Wait node waits for.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

const SIGNAL: &str = include_str!("../../sql/queries/execution/signal.sql");

/// The longest name of a signal, in characters.
const LONGEST_NAME: usize = 200;
/// How many signals an execution may be sent.
const MOST_SIGNALS: i32 = 1_000;

/// The operation of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "signalExecution",
    "Sends an execution the signal that a Wait node of it waits for, or will wait for.",
    Write,
    Application,
    SignalExecution => Signalled,
    signal_execution
)];

/// What is sent to which execution.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignalExecution {
    /// The execution.
    pub execution_id: Uuid,
    /// The signal's name, as its Wait node has it.
    pub signal: String,
    /// What the node gives as `data`.
    #[serde(default)]
    pub data: Value,
    /// The signal's own id: the same one again changes nothing.
    #[serde(default)]
    pub signal_id: Option<Uuid>,
}

/// A signal that the execution has.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Signalled {
    /// The execution.
    execution_id: Uuid,
    /// The signal's id.
    signal_id: Uuid,
    /// Whether it is new: false when the execution had this one already.
    is_new: bool,
}

async fn signal_execution(ask: Ask<'_>, params: SignalExecution) -> Result<Reply> {
    let SignalExecution {
        execution_id,
        signal,
        data,
        signal_id,
    } = params;
    let signal_id = signal_id.unwrap_or_else(Uuid::now_v7);
    if signal.is_empty() || signal.chars().count() > LONGEST_NAME || signal.contains('\0') {
        let message = format!("params.signal must have 1 to {LONGEST_NAME} characters");
        return Err(Error::new(Code::BadRequest, message).with("path", "params.signal"));
    }
    let application = ask.application()?;
    let sql = SIGNAL.replace("{data_schema}", &application.data_schema);
    let (data, by) = (data.to_string(), &ask.caller.name);
    let row = (ask.torque.db)
        .write_opt(
            &sql,
            &[&execution_id, &signal_id, &signal, &data, by, &MOST_SIGNALS],
        )
        .await?;
    let refused =
        |code, message: String| Err(Error::new(code, message).with("executionId", execution_id.to_string()));
    let Some(row) = row else {
        let message = "there is no such execution that is not over";
        return refused(Code::NotFound, message.to_owned());
    };
    let status: &str = row.try_get("status").map_err(Error::bug)?;
    let is_new: bool = row.try_get("is_new").map_err(Error::bug)?;
    let is_known: bool = row.try_get("is_known").map_err(Error::bug)?;
    if !is_new && !is_known {
        return match status {
            "blocked" => refused(
                Code::Conflict,
                "the execution is blocked and will not go on".to_owned(),
            ),
            _ => refused(
                Code::TooLarge,
                format!("the execution was sent {MOST_SIGNALS} signals already"),
            ),
        };
    }
    ask.torque.engine.poke(application.id);
    Reply::of(&Signalled {
        execution_id,
        signal_id,
        is_new,
    })
}
