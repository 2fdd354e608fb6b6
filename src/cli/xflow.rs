//! `torque xflow`: workflows from the command line.

use crate::cli::answer::Answer;
use crate::cli::answer::table;
use crate::cli::asking::application;
use crate::cli::asking::ask_of;
use crate::cli::asking::read_json;
use crate::cli::asking::shown;
use crate::cli::execution;
use crate::cli::execution::ExecutionCommand;
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
    #[command(flatten)]
    Execution(ExecutionCommand),
}

/// Does it, over the database. `progress` takes lines that a person sees while it goes on.
pub async fn run(command: &XFlowCommand, torque: &Torque, progress: impl FnMut(&str)) -> Result<Answer> {
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
        XFlowCommand::Execution(command) => execution::run(command, torque, progress).await,
    }
}

fn listed(xflows: &Value) -> String {
    let rows: Vec<[String; 4]> = (xflows.as_array().into_iter().flatten())
        .map(|xflow| {
            let triggers: Vec<String> = (xflow["triggers"].as_array().into_iter().flatten())
                .map(|trigger| match trigger["path"].as_str() {
                    Some(path) => format!("{} /{path}", shown(&trigger["type"])),
                    None => format!("{} {}", shown(&trigger["type"]), shown(&trigger["entityType"])),
                })
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
