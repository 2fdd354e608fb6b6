//! `torque xflow`: workflows from the command line.

use crate::cli::answer::Answer;
use crate::cli::answer::table;
use crate::cli::asking::application;
use crate::cli::asking::ask_of;
use crate::cli::asking::read_json;
use crate::cli::asking::shown;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use clap::Subcommand;
use serde_json::Value;
use serde_json::json;
use std::path::PathBuf;

/// What to do with xflows.
#[derive(Debug, Clone, Subcommand)]
pub enum XFlowCommand {
    /// List the xflows of an application
    List {
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
    /// Run an xflow and print its answer
    Execute {
        /// The xflow's id
        xflow_id: String,
        /// What it is given, as JSON
        #[arg(long, value_name = "JSON", conflicts_with = "input_file")]
        input: Option<String>,
        /// A JSON file with what it is given; - is standard input
        #[arg(long, value_name = "FILE")]
        input_file: Option<PathBuf>,
        /// Milliseconds to wait for the answer
        #[arg(long, value_name = "MS")]
        timeout: Option<u64>,
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
    /// Name everything that is wrong with an xflow
    Validate {
        /// The xflow's id
        xflow_id: String,
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
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
}

/// Does it, over the database.
pub async fn run(command: &XFlowCommand, torque: &Torque) -> Result<Answer> {
    match command {
        XFlowCommand::List { app } => {
            let application = application(torque, app.as_deref())?;
            let reply = ask_of(torque, &application, "listXFlows", json!({})).await?;
            Ok(Answer::new(listed(&reply["xflows"]), reply["xflows"].clone()))
        }
        XFlowCommand::Execute {
            xflow_id,
            input,
            input_file,
            timeout,
            app,
        } => {
            let application = application(torque, app.as_deref())?;
            let input = match (input, input_file) {
                (Some(text), _) => serde_json::from_str(text)
                    .map_err(|error| Error::new(Code::BadRequest, format!("--input is not JSON: {error}")))?,
                (None, Some(file)) => read_json(file)?,
                (None, None) => json!({}),
            };
            let params = json!({ "xflowId": xflow_id, "input": input, "timeoutMs": timeout });
            let reply = ask_of(torque, &application, "executeXFlow", params).await?;
            let text = match reply["status"].as_str() {
                Some("succeeded") => serde_json::to_string_pretty(&reply["output"]).map_err(Error::bug)?,
                _ => format!(
                    "{} is {}: torque xflow logs {0} shows how it goes on.",
                    shown(&reply["executionId"]),
                    shown(&reply["status"])
                ),
            };
            Ok(Answer::new(text, reply))
        }
        XFlowCommand::Validate { xflow_id, app } => {
            let application = application(torque, app.as_deref())?;
            let reply = ask_of(
                torque,
                &application,
                "validateXFlow",
                json!({ "xflowId": xflow_id }),
            )
            .await?;
            if reply["valid"] == true {
                return Ok(Answer::new(format!("{xflow_id} has no problem."), reply));
            }
            let problems = reply["problems"].as_array().into_iter().flatten();
            let lines: Vec<String> = problems
                .map(|problem| format!("{}: {}", shown(&problem["path"]), shown(&problem["message"])))
                .collect();
            Ok(Answer::new(lines.join("\n"), reply).with_exit(1))
        }
        XFlowCommand::Logs {
            execution_id: Some(id),
            app,
            ..
        } => {
            let application = application(torque, app.as_deref())?;
            let reply = ask_of(torque, &application, "getExecution", json!({ "executionId": id })).await?;
            Ok(Answer::new(execution(&reply), reply))
        }
        XFlowCommand::Logs {
            xflow_id,
            status,
            limit,
            app,
            ..
        } => {
            let application = application(torque, app.as_deref())?;
            let params = json!({ "xflowId": xflow_id, "status": status, "limit": limit });
            let reply = ask_of(torque, &application, "listExecutions", params).await?;
            Ok(Answer::new(
                executions(&reply["executions"]),
                reply["executions"].clone(),
            ))
        }
    }
}

fn listed(xflows: &Value) -> String {
    let rows: Vec<[String; 4]> = (xflows.as_array().into_iter().flatten())
        .map(|xflow| {
            let triggers: Vec<String> = (xflow["triggers"].as_array().into_iter().flatten())
                .map(|trigger| format!("{} {}", shown(&trigger["type"]), shown(&trigger["entityType"])))
                .collect();
            [
                shown(&xflow["xflowId"]),
                shown(&xflow["name"]),
                triggers.join(", "),
                shown(&xflow["unfinished"]),
            ]
        })
        .collect();
    table(["ID", "NAME", "STARTED BY", "UNFINISHED"], &rows)
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
    if !execution["error"].is_null() {
        lines.push(format!("error: {}", shown(&execution["error"]["message"])));
    }
    let rows: Vec<[String; 5]> = (execution["nodes"].as_array().into_iter().flatten())
        .map(|node| {
            let said = if node["error"].is_null() {
                &node["output"]
            } else {
                &node["error"]["message"]
            };
            [
                shown(&node["node"]),
                shown(&node["kind"]),
                shown(&node["status"]),
                shown(&node["milliseconds"]),
                shown(said).chars().take(100).collect(),
            ]
        })
        .collect();
    lines.push(table(["NODE", "KIND", "STATE", "MS", "GAVE"], &rows));
    lines.join("\n")
}
