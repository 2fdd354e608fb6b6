//! `torque init`: a project folder with `torque.toml` and a model. Needs no database.

use crate::cli::Global;
use crate::cli::answer::Answer;
use crate::cli::first_start::MODEL_FILE;
use crate::config;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::template;
use clap::Args;
use serde_json::Value;
use serde_json::json;
use std::io::ErrorKind;
use std::path::Path;
use std::path::PathBuf;

/// The settings a project starts with: all of them, each at its default.
const SETTINGS: &str = include_str!("../../torque.toml");

/// Flags of `torque init`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The project's folder
    #[arg(required_unless_present = "list")]
    path: Option<PathBuf>,
    /// The model to start from
    #[arg(long, value_name = "NAME", default_value = "todo_list")]
    template: String,
    /// List the templates and make nothing
    #[arg(long)]
    list: bool,
    /// The application's name
    #[arg(long)]
    name: Option<String>,
}

/// Makes the project.
pub fn run(arguments: &Arguments, global: &Global) -> Result<Answer> {
    let kind = global.database.as_deref().unwrap_or("embedded");
    let settings = settings(kind, global.database_url.as_deref())?;
    let Some(folder) = arguments.path.as_ref().filter(|_| !arguments.list) else {
        return list();
    };
    for name in ["torque.toml", MODEL_FILE] {
        if folder.join(name).exists() {
            return Err(Error::new(
                Code::Conflict,
                format!("{} is there already", folder.join(name).display()),
            ));
        }
    }
    let mut model = template::document(&arguments.template)?;
    if let Some(name) = &arguments.name {
        model["name"] = json!(name);
    }
    let model = serde_json::to_string_pretty(&model).map_err(Error::bug)? + "\n";
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let files = [
        ("torque.toml", settings),
        (MODEL_FILE, model),
        (".gitignore", ".torque/\n".to_owned()),
    ];
    let mut written = Vec::new();
    for (name, text) in files {
        let path = folder.join(name);
        if path.exists() {
            continue;
        }
        std::fs::write(&path, text).map_err(|error| unwritable(&path, &error))?;
        written.push(path.display().to_string());
    }
    let text = format!(
        "Made {}.\nStart it: cd {} && torque server",
        written.join(", "),
        folder.display()
    );
    Ok(Answer::new(text, json!({ "folder": folder, "files": written })))
}

/// The templates there are.
fn list() -> Result<Answer> {
    let mut lines = Vec::new();
    let mut listed = Vec::new();
    for name in template::names() {
        let model = template::model(name)?;
        let description = model.description.unwrap_or_default();
        lines.push(format!("{name:<18} {}: {description}", model.name));
        listed.push(json!({ "template": name, "name": model.name, "description": description }));
    }
    Ok(Answer::new(lines.join("\n"), Value::Array(listed)))
}

fn settings(kind: &str, url: Option<&str>) -> Result<String> {
    match (kind, url) {
        ("sqlite", _) => Err(Error::new(Code::BadRequest, config::NO_SQLITE)),
        ("embedded", None) => Ok(SETTINGS.to_owned()),
        ("postgres" | "embedded", url) => {
            let url = url.unwrap_or("postgres://user:password@localhost/database");
            let quoted = toml::Value::String(url.to_owned()).to_string();
            Ok(SETTINGS
                .replacen("kind = \"\"", "kind = \"postgres\"", 1)
                .replacen("\nurl = \"\"", &format!("\nurl = {quoted}"), 1))
        }
        (other, _) => Err(Error::new(
            Code::BadRequest,
            format!("--database is `embedded` or `postgres`, not `{other}`"),
        )),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    let reason = match error.kind() {
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    Error::new(
        Code::BadRequest,
        format!("{} cannot be written: {reason}", path.display()),
    )
}
