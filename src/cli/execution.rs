//! `torque xflow logs`, `watch`, `signal`, `cancel`, `retry`: executions from the command line.

use crate::cli::answer::Answer;
use crate::cli::answer::table;
use crate::cli::asking::application;
use crate::cli::asking::ask_of;
use crate::cli::asking::shown;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::directory::Application;
use clap::Subcommand;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks at an execution that is watched.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// The states that an execution does not leave.
const OVER: [&str; 5] = ["succeeded", "failed", "cancelled", "dead", "blocked"];

/// What to do with executions.
#[derive(Debug, Clone, Subcommand)]
pub enum ExecutionCommand {
    /// Show what an execution did, or list executions
    Logs {
        /// The execution's id; without it, the latest executions are listed
        execution_id: Option<String>,
        /// Only executions of this xflow
        #[arg(long, conflicts_with = "execution_id")]
        xflow_id: Option<String>,
        /// Only executions in this state
        #[arg(long, conflicts_with = "execution_id")]
        status: Option<String>,
        /// How many executions
        #[arg(long, default_value_t = 20)]
        limit: u32,
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
    /// Follow an execution until it is over; ends with 1 when it did not succeed
    Watch {
        /// The execution's id
        execution_id: String,
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
    /// Send an execution the signal that it waits for
    Signal {
        /// The execution's id
        execution_id: String,
        /// The signal's name
        signal: String,
        /// What comes with it, as JSON
        #[arg(long, value_name = "JSON")]
        data: Option<String>,
        /// The signal's own id, a UUID: the same one again changes nothing
        #[arg(long, value_name = "UUID")]
        signal_id: Option<String>,
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
    /// End an execution
    Cancel {
        /// The execution's id
        execution_id: String,
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
    /// Try a failed, cancelled or dead execution again
    Retry {
        /// The execution's id
        execution_id: String,
        /// From its start, not from where it failed
        #[arg(long)]
        from_start: bool,
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
}

/// Does it, over the database. `progress` takes lines that a person sees while it goes on.
pub async fn run(
    command: &ExecutionCommand,
    torque: &Torque,
    mut progress: impl FnMut(&str),
) -> Result<Answer> {
    match command {
        ExecutionCommand::Logs {
            execution_id: Some(id),
            app,
            ..
        } => {
            let reply = ask(torque, app, "getExecution", json!({ "executionId": id })).await?;
            Ok(Answer::new(execution(&reply), reply))
        }
        ExecutionCommand::Logs {
            xflow_id,
            status,
            limit,
            app,
            ..
        } => {
            let params = json!({ "xflowId": xflow_id, "status": status, "limit": limit });
            let reply = ask(torque, app, "listExecutions", params).await?;
            let found = &reply["executions"];
            Ok(Answer::new(executions(found), found.clone()))
        }
        ExecutionCommand::Watch { execution_id, app } => {
            let application = application(torque, app.as_deref())?;
            watch(torque, &application, execution_id, &mut progress).await
        }
        ExecutionCommand::Signal {
            execution_id,
            signal,
            data,
            signal_id,
            app,
        } => {
            let data: Value = match data {
                None => Value::Null,
                Some(text) => serde_json::from_str(text)
                    .map_err(|error| Error::new(Code::BadRequest, format!("--data is not JSON: {error}")))?,
            };
            let params =
                json!({ "executionId": execution_id, "signal": signal, "data": data, "signalId": signal_id });
            let reply = ask(torque, app, "signalExecution", params).await?;
            let text = match reply["isNew"].as_bool() {
                Some(false) => format!("{execution_id} was sent this signal before."),
                _ => format!("{execution_id} was sent “{signal}”."),
            };
            Ok(Answer::new(text, reply))
        }
        ExecutionCommand::Cancel { execution_id, app } => {
            let params = json!({ "executionId": execution_id });
            let reply = ask(torque, app, "cancelExecution", params).await?;
            let text = match reply["status"].as_str() {
                Some("running") => format!("{execution_id} is running and ends within two seconds."),
                _ => format!("{execution_id} is cancelled."),
            };
            Ok(Answer::new(text, reply))
        }
        ExecutionCommand::Retry {
            execution_id,
            from_start,
            app,
        } => {
            let params = json!({ "executionId": execution_id, "fromStart": from_start });
            let reply = ask(torque, app, "retryExecution", params).await?;
            let id = shown(&reply["executionId"]);
            let text = format!("{id} tries it again: torque xflow watch {id} follows it.");
            Ok(Answer::new(text, reply))
        }
    }
}

async fn ask(torque: &Torque, app: &Option<String>, operation: &str, params: Value) -> Result<Value> {
    let application = application(torque, app.as_deref())?;
    ask_of(torque, &application, operation, params).await
}

async fn watch(
    torque: &Torque,
    application: &Arc<Application>,
    id: &str,
    progress: &mut impl FnMut(&str),
) -> Result<Answer> {
    let mut told = 0;
    let mut state = String::new();
    loop {
        let params = json!({ "executionId": id, "skipNodes": told });
        let reply = ask_of(torque, application, "getExecution", params).await?;
        let nodes = reply["nodes"].as_array().map_or(&[][..], Vec::as_slice);
        for node in nodes {
            progress(&line(node));
        }
        told += nodes.len();
        if reply["nodeRuns"]
            .as_u64()
            .is_some_and(|runs| usize::try_from(runs).is_ok_and(|runs| runs > told))
        {
            continue;
        }
        let now = shown(&reply["status"]);
        if now != state {
            progress(&now);
            state = now;
        }
        if OVER.contains(&state.as_str()) {
            let reply = ask_of(torque, application, "getExecution", json!({ "executionId": id })).await?;
            let is_well = state == "succeeded";
            let text = match is_well {
                true => serde_json::to_string_pretty(&reply["output"]).map_err(Error::bug)?,
                false => format!("{id} is {state}: {}", shown(&reply["error"]["message"])),
            };
            return Ok(Answer::new(text, reply).with_exit(u8::from(!is_well)));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// A node with the way that leads to it.
fn place(node: &Value) -> String {
    match shown(&node["iteration"]).as_str() {
        "" => shown(&node["node"]),
        path => format!("{path}/{}", shown(&node["node"])),
    }
}

fn line(node: &Value) -> String {
    let place = place(node);
    let mut line = format!("  {place} {}", shown(&node["status"]));
    if let Some(waits_for) = node["output"]["waits_for"].as_str() {
        line = format!("  {place} waits for “{waits_for}”");
    }
    if !node["error"].is_null() {
        line = format!("{line}: {}", shown(&node["error"]["message"]));
    }
    line
}

fn executions(executions: &Value) -> String {
    let rows: Vec<[String; 5]> = (executions.as_array().into_iter().flatten())
        .map(|execution| {
            [
                shown(&execution["executionId"]),
                shown(&execution["xflowId"]),
                shown(&execution["status"]),
                shown(&execution["createdAt"]),
                shown(&execution["error"]["message"]),
            ]
        })
        .collect();
    table(["ID", "XFLOW", "STATE", "CREATED", "ERROR"], &rows)
}

fn execution(execution: &Value) -> String {
    let mut lines = vec![format!(
        "{} of {}: {}",
        shown(&execution["executionId"]),
        shown(&execution["xflowId"]),
        shown(&execution["status"])
    )];
    for signal in execution["waitsFor"].as_array().into_iter().flatten() {
        lines.push(format!("waits for “{}”", shown(signal)));
    }
    if !execution["error"].is_null() {
        lines.push(format!("error: {}", shown(&execution["error"]["message"])));
    }
    let rows: Vec<[String; 6]> = (execution["nodes"].as_array().into_iter().flatten())
        .map(|node| {
            let said = if node["error"].is_null() {
                &node["output"]
            } else {
                &node["error"]["message"]
            };
            [
                shown(&node["node"]),
                shown(&node["iteration"]),
                shown(&node["kind"]),
                shown(&node["status"]),
                shown(&node["milliseconds"]),
                shown(said).chars().take(100).collect(),
            ]
        })
        .collect();
    lines.push(table(["NODE", "WITHIN", "KIND", "STATE", "MS", "GAVE"], &rows));
    for node in execution["nodes"].as_array().into_iter().flatten() {
        for said in node["log"].as_array().into_iter().flatten() {
            lines.push(format!(
                "{} {}: {}",
                place(node),
                shown(&said["level"]),
                shown(&said["message"])
            ));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::execution;
    use serde_json::json;

    #[test]
    fn an_execution_is_told_with_what_it_waits_for_and_what_its_scripts_said() {
        let told = execution(&json!({
            "executionId": "e1", "xflowId": "approve", "status": "waiting", "waitsFor": ["approved"],
            "nodes": [{ "node": "clean", "iteration": "each.3", "kind": "JavaScript", "status": "succeeded",
                "log": [{ "level": "info", "message": "got 3" }] }],
        }));
        assert!(told.contains("waits for “approved”"), "{told}");
        assert!(told.contains("each.3/clean info: got 3"), "{told}");
    }
}
