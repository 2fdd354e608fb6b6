//! `torque app`: applications from the command line.

use crate::cli::answer::Answer;
use crate::cli::answer::table;
use crate::cli::asking;
use crate::cli::asking::ask;
use crate::cli::asking::shown;
use crate::cli::assemble::Place;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::deploy;
use crate::operation::deploy::Progress;
use clap::Subcommand;
use serde_json::Value;
use serde_json::json;
use std::io::IsTerminal;
use std::process::Command;
use std::process::Stdio;

/// What to do with applications.
#[derive(Debug, Clone, Subcommand)]
pub enum AppCommand {
    /// List all applications
    List,
    /// Make an application of a model and deploy the model's latest version
    Create {
        /// The model's id or name
        #[arg(long)]
        model_id: String,
        /// Its name in addresses and in SQL
        #[arg(long)]
        slug: Option<String>,
        /// Its name for people
        #[arg(long)]
        name: Option<String>,
        /// Add the model's sample data
        #[arg(long)]
        sample_data: bool,
        /// Do not deploy yet
        #[arg(long, conflicts_with = "sample_data")]
        no_deploy: bool,
    },
    /// Make a published version live; an older one too
    #[command(disable_version_flag = true)]
    Deploy {
        /// The application's slug or id
        application: String,
        /// The version; without it, the latest
        #[arg(long)]
        version: Option<i32>,
        /// Add the version's sample data
        #[arg(long)]
        sample_data: bool,
    },
    /// Open an application in the browser
    Open {
        /// The application's slug or id
        application: String,
        /// Only print the address
        #[arg(long)]
        print: bool,
    },
    /// Let a stopped application answer again
    Start {
        /// The application's slug or id
        application: String,
    },
    /// Make an application answer 503 on every surface
    Stop {
        /// The application's slug or id
        application: String,
    },
    /// Delete an application with everything it owns
    Delete {
        /// The application's slug or id
        application: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Does it, over the database.
pub async fn run(command: &AppCommand, torque: &Torque, place: &Place) -> Result<Answer> {
    match command {
        AppCommand::List => {
            let reply = ask(torque, "listApplications", json!({})).await?;
            Ok(Answer::new(
                list(&reply["applications"]),
                reply["applications"].clone(),
            ))
        }
        AppCommand::Create {
            model_id,
            slug,
            name,
            sample_data,
            no_deploy,
        } => {
            let asked = json!({ "modelId": model_id, "slug": slug, "name": name });
            create(torque, without_nulls(asked), *sample_data, *no_deploy).await
        }
        AppCommand::Deploy {
            application,
            version,
            sample_data,
        } => deploy(torque, application, *version, *sample_data).await,
        AppCommand::Open { application, print } => open(torque, place, application, *print).await,
        AppCommand::Start { application } => {
            let reply = ask(
                torque,
                "startApplication",
                json!({ "applicationId": application }),
            )
            .await?;
            Ok(Answer::new(format!("{} answers.", shown(&reply["slug"])), reply))
        }
        AppCommand::Stop { application } => {
            let reply = ask(torque, "stopApplication", json!({ "applicationId": application })).await?;
            Ok(Answer::new(
                format!("{} is stopped.", shown(&reply["slug"])),
                reply,
            ))
        }
        AppCommand::Delete { application, yes } => {
            found(torque, application).await?;
            asking::confirm(
                *yes,
                &format!("Delete the application {application} with everything in it?"),
            )?;
            let reply = ask(
                torque,
                "deleteApplication",
                json!({ "applicationId": application }),
            )
            .await?;
            Ok(Answer::new(
                format!("{} is deleted.", shown(&reply["slug"])),
                reply,
            ))
        }
    }
}

async fn create(torque: &Torque, asked: Value, sample_data: bool, no_deploy: bool) -> Result<Answer> {
    let mut reply = ask(torque, "createApplication", asked).await?;
    let slug = shown(&reply["slug"]);
    let mut text = if reply["created"] == json!(true) {
        format!("Made the application {slug}.")
    } else {
        format!("There is the application {slug} already.")
    };
    if reply["latestVersion"] == json!(0) {
        text.push_str(
            "\nIts model has no published version yet: torque model publish, then torque app deploy.",
        );
    } else if !no_deploy {
        let deployed = deploy(torque, &slug, None, sample_data).await?;
        text = format!("{text}\n{}", deployed.text);
        reply["deployment"] = deployed.json;
    }
    Ok(Answer::new(text, reply))
}

async fn deploy(
    torque: &Torque,
    application: &str,
    version: Option<i32>,
    sample_data: bool,
) -> Result<Answer> {
    let live = std::io::stderr().is_terminal();
    let mut tell = |step: &Progress| {
        if live {
            eprintln!(
                "  {:>3}/{} {:8} {}",
                step.step, step.steps, step.phase, step.title
            );
        }
    };
    let mut deployment = deploy::deploy(torque, application, version, &mut tell).await?;
    if sample_data {
        let reply = ask(torque, "loadSampleData", json!({ "applicationId": application })).await?;
        deployment.sample_data = reply["loaded"].as_object().cloned();
    }
    let text = if deployment.state == "succeeded" {
        format!("Version {} is live in {application}.", deployment.version)
    } else {
        format!(
            "The deploy of version {} is {}.",
            deployment.version, deployment.state
        )
    };
    Ok(Answer::new(text, json!(deployment)))
}

/// The application of this slug or id, as a list shows it.
async fn found(torque: &Torque, application: &str) -> Result<Value> {
    let reply = ask(torque, "listApplications", json!({})).await?;
    let known = reply["applications"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    known
        .iter()
        .find(|one| one["slug"] == json!(application) || one["id"] == json!(application))
        .cloned()
        .ok_or_else(|| Error::new(Code::NotFound, format!("there is no application {application}")))
}

async fn open(torque: &Torque, place: &Place, application: &str, print: bool) -> Result<Answer> {
    let found = found(torque, application).await?;
    let server = &torque.config.server;
    let address = server.application_at(&place.address(), &shown(&found["slug"]));
    if !print && std::io::stdout().is_terminal() {
        let opener = if cfg!(target_os = "macos") {
            "open"
        } else {
            "xdg-open"
        };
        // Where there is no browser the address is printed all the same.
        let _ = Command::new(opener)
            .arg(&address)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
    }
    Ok(Answer::new(address.clone(), json!({ "address": address })))
}

fn list(applications: &Value) -> String {
    let rows: Vec<[String; 5]> = applications
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|application| {
            let live = match application["modelVersion"].as_i64() {
                Some(version) => format!("{version} of {}", application["latestVersion"]),
                None => "not deployed".to_owned(),
            };
            [
                shown(&application["slug"]),
                shown(&application["name"]),
                shown(&application["modelName"]),
                live,
                shown(&application["status"]),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "There is no application yet. torque app create --model-id MODEL makes one.".to_owned();
    }
    table(["SLUG", "NAME", "MODEL", "VERSION", "STATUS"], &rows)
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    value
}
