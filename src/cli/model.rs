//! `torque model`: drafts and versions from the command line.

use crate::cli::answer::Answer;
use crate::cli::answer::table;
use crate::cli::asking;
use crate::cli::asking::ask;
use crate::cli::asking::shown;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::canonical;
use crate::model::check;
use crate::model::normalise;
use crate::model::schema;
use crate::operation::Torque;
use crate::operation::script_check;
use crate::script::Pool;
use crate::surface::problem;
use clap::Subcommand;
use serde_json::Value;
use serde_json::json;
use std::path::Path;
use std::path::PathBuf;

/// What to do with models.
#[derive(Debug, Clone, Subcommand)]
pub enum ModelCommand {
    /// List all models
    List,
    /// Create a new model, empty or from a template
    Create {
        /// Its name
        name: String,
        /// What it is for
        #[arg(long)]
        description: Option<String>,
        /// A shipped model to start from, such as `todo_list`
        #[arg(long)]
        template: Option<String>,
    },
    /// Write a model's document to a file
    #[command(disable_version_flag = true)]
    Export {
        /// The model's id or name
        #[arg(long)]
        model_id: String,
        /// The file; left out or -, standard output
        #[arg(long)]
        output: Option<PathBuf>,
        /// A published version; without it, the draft
        #[arg(long)]
        version: Option<i32>,
    },
    /// Make a model of a file, or replace a model's draft with it
    Import {
        /// The file; - is standard input
        #[arg(long)]
        input: PathBuf,
        /// The model's name; without it, the document's
        #[arg(long)]
        name: Option<String>,
        /// The model (id or name) whose draft the file replaces
        #[arg(long)]
        model_id: Option<String>,
    },
    /// Delete a model; refused while applications run it
    Delete {
        /// The model's id or name
        model_id: String,
        /// Delete its applications with everything in them too
        #[arg(long)]
        cascade: bool,
        /// Remove it for good, its versions too
        #[arg(long)]
        purge: bool,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Say everything that is wrong with a draft or a file
    Validate {
        /// The model's id or name
        #[arg(required_unless_present = "input", conflicts_with = "input")]
        model_id: Option<String>,
        /// A file instead of a model; needs no database
        #[arg(long)]
        input: Option<PathBuf>,
    },
    /// Check a draft and freeze it as the next version
    Publish {
        /// The model's id or name
        model_id: String,
        /// Only if the draft is still at this revision
        #[arg(long)]
        revision: Option<i64>,
    },
    /// Print the JSON Schema of model documents
    Schema {
        /// The file; left out or -, standard output
        #[arg(long)]
        output: Option<PathBuf>,
    },
}

impl ModelCommand {
    /// What a command says that needs no database; none for the others.
    #[must_use]
    pub fn offline(&self) -> Option<Result<Answer>> {
        match self {
            ModelCommand::Schema { output } => Some(print_schema(output.as_deref())),
            ModelCommand::Validate {
                input: Some(file), ..
            } => Some(validate_file(file)),
            _ => None,
        }
    }
}

/// Does it, over the database.
pub async fn run(command: &ModelCommand, torque: &Torque) -> Result<Answer> {
    match command {
        ModelCommand::List => {
            let reply = ask(torque, "listModels", json!({})).await?;
            Ok(Answer::new(list(&reply["models"]), reply["models"].clone()))
        }
        ModelCommand::Create {
            name,
            description,
            template,
        } => {
            let asked = json!({ "name": name, "description": description, "template": template });
            let reply = ask(torque, "createModel", asked).await?;
            Ok(saved("Created", reply))
        }
        ModelCommand::Export {
            model_id,
            output,
            version,
        } => {
            let reply = ask(
                torque,
                "getModel",
                json!({ "modelId": model_id, "version": version }),
            )
            .await?;
            let document = canonical::read_value(reply["document"].clone())?;
            let text = canonical::write(&document)?;
            let json = reply["document"].clone();
            written(output.as_deref(), &text, json, &shown(&reply["name"]))
        }
        ModelCommand::Import {
            input,
            name,
            model_id,
        } => {
            let document = asking::read_json(input)?;
            let asked = json!({ "document": document, "name": name, "modelId": model_id });
            let reply = ask(torque, "importModel", asked).await?;
            Ok(saved("Imported", reply))
        }
        ModelCommand::Delete {
            model_id,
            cascade,
            purge,
            yes,
        } => delete(torque, model_id, *cascade, *purge, *yes).await,
        ModelCommand::Validate { model_id, .. } => {
            let reply = ask(torque, "validateModel", json!({ "modelId": model_id })).await?;
            Ok(validation(&shown(&json!(model_id)), reply))
        }
        ModelCommand::Publish { model_id, revision } => {
            let asked = json!({ "modelId": model_id, "revision": revision });
            let reply = ask(torque, "publishModel", asked).await?;
            let text = if reply["unchanged"] == json!(true) {
                format!("{model_id} is version {} already.", reply["version"])
            } else {
                format!("Published {model_id} as version {}.", reply["version"])
            };
            Ok(Answer::new(text, reply))
        }
        ModelCommand::Schema { output } => print_schema(output.as_deref()),
    }
}

async fn delete(torque: &Torque, model_id: &str, cascade: bool, purge: bool, yes: bool) -> Result<Answer> {
    // Asked without cascade first: the refusal says what would go, and how much of it there is.
    let asked = json!({ "modelId": model_id, "cascade": false, "purge": purge });
    if purge {
        asking::confirm(
            yes,
            &format!("Remove the model {model_id} and its versions for good?"),
        )?;
    }
    let reply = match ask(torque, "deleteModel", asked).await {
        Err(error) if cascade && error.data.contains_key("applications") => {
            let gone = error
                .data
                .get("applications")
                .and_then(Value::as_array)
                .map_or_else(Vec::new, |all| {
                    all.iter()
                        .map(|one| format!("{} ({} entities)", shown(&one["slug"]), one["entities"]))
                        .collect()
                });
            asking::confirm(
                yes,
                &format!("Delete the model {model_id} and with it {}?", gone.join(", ")),
            )?;
            ask(
                torque,
                "deleteModel",
                json!({ "modelId": model_id, "cascade": true, "purge": purge }),
            )
            .await?
        }
        ended => ended?,
    };
    let what = if purge {
        "is removed for good"
    } else {
        "is deleted; --purge removes it for good"
    };
    Ok(Answer::new(
        format!("The model {} {what}.", shown(&reply["name"])),
        reply,
    ))
}

fn print_schema(output: Option<&Path>) -> Result<Answer> {
    written(
        output,
        &schema::text()?,
        schema::json_schema()?,
        "the JSON Schema",
    )
}

fn written(output: Option<&Path>, text: &str, json: Value, what: &str) -> Result<Answer> {
    match output.filter(|file| *file != Path::new("-")) {
        None => Ok(Answer::new(text, json)),
        Some(file) => {
            std::fs::write(file, text).map_err(|error| {
                Error::new(
                    Code::BadRequest,
                    format!("{} cannot be written: {error}", file.display()),
                )
            })?;
            let said = format!("Wrote {what} to {}.", file.display());
            Ok(Answer::new(said, json!({ "output": file.display().to_string() })))
        }
    }
}

fn validate_file(file: &Path) -> Result<Answer> {
    let mut document = canonical::read_value(asking::read_json(file)?)?;
    normalise::normalise(&mut document, None);
    let mut problems = check::check(&document);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Error::bug)?.block_on(async {
        let scripts = Pool::default();
        script_check::check(&scripts, &document, &mut problems).await;
        scripts.stop().await;
    });
    let reply = json!({ "valid": problems.is_empty(), "problems": problems });
    Ok(validation(&file.display().to_string(), reply))
}

fn validation(what: &str, reply: Value) -> Answer {
    let problems = reply["problems"].as_array().cloned().unwrap_or_default();
    if problems.is_empty() {
        return Answer::new(format!("{what} is valid."), reply);
    }
    let lines: Vec<String> = problems
        .iter()
        .map(|problem| format!("  {}: {}", shown(&problem["path"]), shown(&problem["message"])))
        .collect();
    let count = match lines.len() {
        1 => "a problem".to_owned(),
        count => format!("{count} problems"),
    };
    Answer::new(format!("{what} has {count}:\n{}", lines.join("\n")), reply)
        .with_exit(problem::problem(Code::Invalid).exit)
}

fn saved(did: &str, mut reply: Value) -> Answer {
    let text = format!(
        "{did} the model {} ({}).",
        shown(&reply["name"]),
        shown(&reply["id"])
    );
    if let Some(members) = reply.as_object_mut() {
        members.remove("document");
    }
    Answer::new(text, reply)
}

fn list(models: &Value) -> String {
    let rows: Vec<[String; 5]> = models
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|model| {
            [
                shown(&model["id"]),
                shown(&model["name"]),
                match model["version"].as_i64() {
                    Some(0) | None => "draft".to_owned(),
                    Some(version) => version.to_string(),
                },
                model["applications"].to_string(),
                shown(&model["updatedAt"]),
            ]
        })
        .collect();
    if rows.is_empty() {
        return "There is no model yet. torque model create NAME --template todo_list makes one.".to_owned();
    }
    table(["ID", "NAME", "VERSION", "APPLICATIONS", "CHANGED"], &rows)
}
