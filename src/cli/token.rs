//! `torque token`: API keys and sign-in links.
//!
//! A secret is printed once, alone on the last line of standard output, so
//! that a script can take it from there.

use crate::cli::answer::Answer;
use crate::cli::asking::ask;
use crate::cli::assemble::Place;
use crate::error::Result;
use crate::operation::Torque;
use clap::Subcommand;
use clap::ValueEnum;
use serde_json::Value;
use serde_json::json;

/// What to do with keys and links.
#[derive(Debug, Clone, Subcommand)]
pub enum TokenCommand {
    /// Make an API key, or a link that signs a person in
    Create {
        /// What it is for, or who it is for; shown in lists and in the record of changes
        #[arg(long)]
        name: Option<String>,
        /// The one application it counts for, by slug or id; left out: the whole server
        #[arg(long)]
        application: Option<String>,
        /// What it allows
        #[arg(long, value_enum, default_value_t = Allow::Write)]
        permission: Allow,
        /// How long it lasts: 90d, 12h, 30m, a date, a time with its zone, or never
        #[arg(long)]
        expires: Option<String>,
        /// Make a one-time sign-in link instead of a key
        #[arg(long)]
        link: bool,
    },
    /// List the API keys that were made, without the keys themselves
    List {
        /// Only those of this application, by slug or id
        #[arg(long)]
        application: Option<String>,
    },
    /// End an API key and the sign-ins made with it
    Revoke {
        /// The key's id or its prefix, as `torque token list` shows them
        id: String,
    },
}

/// What a key or a link allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Allow {
    /// See pages, forms and entities
    Read,
    /// Change entities as well
    Write,
    /// Change models, applications and keys as well
    Admin,
}

impl Allow {
    fn name(self) -> &'static str {
        match self {
            Allow::Read => "read",
            Allow::Write => "write",
            Allow::Admin => "admin",
        }
    }
}

/// Does it, over the database.
pub async fn run(command: &TokenCommand, torque: &Torque, place: &Place) -> Result<Answer> {
    match command {
        TokenCommand::Create {
            name,
            application,
            permission,
            expires,
            link,
        } => {
            let mut asked = json!({ "permission": permission.name() });
            for (key, value) in [("name", name), ("application", application), ("expires", expires)] {
                if let Some(value) = value {
                    asked[key] = json!(value);
                }
            }
            if *link {
                create_link(torque, place, asked).await
            } else {
                create_key(torque, asked).await
            }
        }
        TokenCommand::List { application } => {
            let reply = ask(torque, "listApiKeys", json!({ "application": application })).await?;
            Ok(Answer::new(table(&reply), reply["keys"].clone()))
        }
        TokenCommand::Revoke { id } => {
            let reply = ask(torque, "revokeApiKey", json!({ "id": id })).await?;
            let text = format!(
                "The key {} ({}) counts no more.",
                shown(&reply["prefix"]),
                shown(&reply["name"])
            );
            Ok(Answer::new(text, reply))
        }
    }
}

async fn create_key(torque: &Torque, mut asked: Value) -> Result<Answer> {
    if asked.get("name").is_none() {
        asked["name"] = json!("command line");
    }
    let reply = ask(torque, "createApiKey", asked).await?;
    let text = format!(
        "API key “{}”: {} {}, {}.\nThis is the only time it is shown:\n{}",
        shown(&reply["name"]),
        shown(&reply["permission"]),
        place(&reply["application"]),
        ends(&reply["expiresAt"]),
        shown(&reply["key"]),
    );
    Ok(Answer::new(text, reply))
}

async fn create_link(torque: &Torque, server: &Place, asked: Value) -> Result<Answer> {
    let mut reply = ask(torque, "createSignInLink", asked).await?;
    let mut address = server.address();
    if reply["application"].is_string() {
        address = torque.config.server.applications_origin(&address);
    }
    let url = format!("{address}{}", shown(&reply["path"]));
    reply["url"] = json!(url);
    let text = format!(
        "A link that signs one person in, once: {} {}, {}.\n{url}",
        shown(&reply["permission"]),
        place(&reply["application"]),
        ends(&reply["expiresAt"]),
    );
    Ok(Answer::new(text, reply))
}

fn table(reply: &Value) -> String {
    const HEADINGS: [&str; 7] = [
        "PREFIX",
        "NAME",
        "PERMISSION",
        "APPLICATION",
        "STATE",
        "EXPIRES",
        "LAST USED",
    ];
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    for key in reply["keys"].as_array().into_iter().flatten() {
        rows.push([
            shown(&key["prefix"]),
            shown(&key["name"]),
            shown(&key["permission"]),
            key["application"].as_str().unwrap_or("(all)").to_owned(),
            shown(&key["state"]),
            day(&key["expiresAt"]),
            day(&key["lastUsedAt"]),
        ]);
    }
    if rows.len() == 1 {
        return "No API key was made yet. `torque token create` makes one.".to_owned();
    }
    let widths: Vec<usize> = (0..HEADINGS.len())
        .map(|column| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect();
    lines.join("\n")
}

fn shown(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn day(value: &Value) -> String {
    value
        .as_str()
        .and_then(|time| time.get(..10))
        .unwrap_or("never")
        .to_owned()
}

fn place(application: &Value) -> String {
    match application.as_str() {
        Some(slug) => format!("in the application {slug}"),
        None => "on the whole server".to_owned(),
    }
}

fn ends(expires_at: &Value) -> String {
    match expires_at.as_str() {
        Some(time) => format!("until {time}"),
        None => "for ever".to_owned(),
    }
}
