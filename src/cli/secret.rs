//! `torque secret`: secrets of an application, for its xflows.
//!
//! A value never stands among the arguments, where other users of the machine
//! and the shell's history would see it.

use crate::cli::answer::Answer;
use crate::cli::answer::table;
use crate::cli::asking::application;
use crate::cli::asking::ask_of;
use crate::cli::asking::shown;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use clap::Subcommand;
use rustix::termios;
use serde_json::json;
use std::io::IsTerminal;
use std::io::Read;
use std::io::Write;

/// What to do with secrets.
#[derive(Debug, Clone, Subcommand)]
pub enum SecretCommand {
    /// Keep a secret; its value is asked for, or read from standard input
    Set {
        /// What xflows call it: {{ secrets.NAME }}
        name: String,
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
    /// List the secrets of an application, without their values
    List {
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
    /// Forget a secret
    Delete {
        /// Its name
        name: String,
        /// The application's slug or id; needed where there are several
        #[arg(long)]
        app: Option<String>,
    },
}

/// Does it, over the database.
pub async fn run(command: &SecretCommand, torque: &Torque) -> Result<Answer> {
    match command {
        SecretCommand::Set { name, app } => {
            let application = application(torque, app.as_deref())?;
            let value = value(name)?;
            let params = json!({ "name": name, "value": value });
            let reply = ask_of(torque, &application, "setSecret", params).await?;
            let text = format!(
                "{name} is set: xflows of {} read {{{{ secrets.{name} }}}}.",
                application.slug
            );
            Ok(Answer::new(text, reply))
        }
        SecretCommand::List { app } => {
            let application = application(torque, app.as_deref())?;
            let reply = ask_of(torque, &application, "listSecrets", json!({})).await?;
            let rows: Vec<[String; 4]> = (reply["secrets"].as_array().into_iter().flatten())
                .map(|secret| {
                    let note = match secret["readable"] == true {
                        true => "",
                        false => "encrypted with another secrets.key than this one",
                    };
                    [
                        shown(&secret["name"]),
                        shown(&secret["updatedAt"]),
                        shown(&secret["updatedBy"]),
                        note.to_owned(),
                    ]
                })
                .collect();
            let text = match rows.is_empty() {
                true => format!(
                    "{} has no secret yet. `torque secret set` makes one.",
                    application.slug
                ),
                false => table(["NAME", "SET", "BY", ""], &rows),
            };
            Ok(Answer::new(text, reply["secrets"].clone()))
        }
        SecretCommand::Delete { name, app } => {
            let application = application(torque, app.as_deref())?;
            let reply = ask_of(torque, &application, "deleteSecret", json!({ "name": name })).await?;
            if reply["deleted"] != true {
                let message = format!("there is no secret {name} in {}", application.slug);
                return Err(Error::new(Code::NotFound, message));
            }
            Ok(Answer::new(format!("{name} is forgotten."), reply))
        }
    }
}

/// The value: what is typed unseen, or all of standard input without its last end of line.
fn value(name: &str) -> Result<String> {
    let refused =
        |error: std::io::Error| Error::new(Code::BadRequest, format!("the value cannot be read: {error}"));
    let input = std::io::stdin();
    let mut value = String::new();
    if input.is_terminal() {
        let mut standard_error = std::io::stderr().lock();
        // A prompt that cannot be shown is answered all the same.
        let _ = write!(standard_error, "Value of {name}: ");
        let _ = standard_error.flush();
        let before = termios::tcgetattr(&input).map_err(|error| refused(error.into()))?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(termios::LocalModes::ECHO);
        let set = |modes: &termios::Termios| {
            termios::tcsetattr(&input, termios::OptionalActions::Now, modes)
                .map_err(|error| refused(error.into()))
        };
        set(&quiet)?;
        let read = input.read_line(&mut value);
        set(&before)?;
        let _ = writeln!(standard_error);
        read.map_err(refused)?;
    } else {
        input.lock().read_to_string(&mut value).map_err(refused)?;
    }
    let line = value.strip_suffix('\n').unwrap_or(&value);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}
