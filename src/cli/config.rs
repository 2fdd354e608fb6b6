//! `torque config`: whether the settings are right, and what they are.

use crate::cli::Global;
use crate::cli::answer;
use crate::cli::answer::Answer;
use crate::cli::settings;
use crate::config::Config;
use crate::config::KEYS;
use crate::config::Loaded;
use crate::config::Origin;
use crate::config::Standing;
use crate::error::Error;
use crate::error::Result;
use clap::Subcommand;
use serde_json::Value;
use serde_json::json;
use std::fmt::Write;

/// What to do with the settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Say what is wrong with the settings
    Check,
    /// Show every setting, and where it comes from; secrets are masked
    Show,
    /// Print the reference table of docs/configuration.md
    #[command(hide = true)]
    Reference,
}

/// Does it; needs no database.
pub fn run(command: &ConfigCommand, global: &Global) -> Result<Answer> {
    match command {
        ConfigCommand::Reference => Ok(Answer::new(reference()?, Value::Null)),
        ConfigCommand::Check => Ok(checked(&settings::load(global, Vec::new())?)),
        ConfigCommand::Show => show(&settings::load(global, Vec::new())?),
    }
}

fn checked(loaded: &Loaded) -> Answer {
    let mut text = String::new();
    for warning in &loaded.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    let waiting: Vec<&str> = KEYS
        .iter()
        .filter(|key| matches!(key.standing, Standing::Later(_)) && loaded.origins.contains_key(key.name))
        .map(|key| key.name)
        .collect();
    if !waiting.is_empty() {
        let _ = writeln!(text, "without effect in this release: {}", waiting.join(", "));
    }
    text.push_str("The settings are right.");
    Answer::new(
        text,
        json!({ "ok": true, "warnings": loaded.warnings, "withoutEffect": waiting }),
    )
}

fn show(loaded: &Loaded) -> Result<Answer> {
    let values = values(&loaded.config)?;
    let mut rows = Vec::new();
    let mut settings = serde_json::Map::new();
    for key in KEYS
        .iter()
        .filter(|key| !matches!(key.standing, Standing::Removed(_)))
    {
        let value = masked(key.name, value_of(&values, key.name));
        let origin = loaded.origins.get(key.name).copied().unwrap_or(Origin::Default);
        let later = match key.standing {
            Standing::Later(part) => format!("for {part}, not in this release"),
            _ => String::new(),
        };
        rows.push([
            key.name.to_owned(),
            value.to_string(),
            origin.name().to_owned(),
            later,
        ]);
        settings.insert(
            key.name.to_owned(),
            json!({ "value": value, "origin": origin.name(), "effect": key.effect }),
        );
    }
    let text = answer::table(["SETTING", "VALUE", "FROM", ""], &rows);
    Ok(Answer::new(text, Value::Object(settings)))
}

fn values(config: &Config) -> Result<Value> {
    serde_json::to_value(config).map_err(Error::bug)
}

fn value_of(values: &Value, name: &str) -> Value {
    name.split('.')
        .try_fold(values, |value, part| value.get(part))
        .cloned()
        .unwrap_or(Value::Null)
}

/// Passwords in URLs and the key of the secrets are nobody's business.
fn masked(name: &str, value: Value) -> Value {
    match &value {
        Value::String(url) if name.ends_with("url") => Value::String(without_password(url)),
        Value::String(key) if name == "secrets.key" && !key.is_empty() => Value::from("***"),
        _ => value,
    }
}

fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (authority, tail) = match rest.find(['/', '?']) {
        Some(end) => rest.split_at(end),
        None => (rest, ""),
    };
    let authority = match authority.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{user}:***@{host}"),
            None => authority.to_owned(),
        },
        None => authority.to_owned(),
    };
    let tail = match tail.split_once("password=") {
        Some((before, secret)) => {
            let after = secret.split_once('&').map_or("", |(_, after)| after);
            let separator = if after.is_empty() { "" } else { "&" };
            format!("{before}password=***{separator}{after}")
        }
        None => tail.to_owned(),
    };
    format!("{scheme}://{authority}{tail}")
}

/// The table of `docs/configuration.md`: a row for each key.
fn reference() -> Result<String> {
    let defaults = values(&Config::default())?;
    let mut text = String::from("| setting | default | environment | what it does |\n|---|---|---|---|\n");
    for key in KEYS {
        let (default, effect) = match key.standing {
            Standing::Removed(instead) => (
                "–".to_owned(),
                format!("*Removed: {instead}. Accepted with a warning.*"),
            ),
            Standing::Now => (value_of(&defaults, key.name).to_string(), key.effect.to_owned()),
            Standing::Later(part) => (
                value_of(&defaults, key.name).to_string(),
                format!(
                    "{} *Read and kept for {part}, without effect in this release.*",
                    key.effect
                ),
            ),
        };
        let default = if default == "–" {
            default
        } else {
            format!("`{default}`")
        };
        let _ = writeln!(
            text,
            "| `{}` | {default} | `{}` | {effect} |",
            key.name,
            key.variable()
        );
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_masked_wherever_it_stands_in_a_url() {
        for (url, shown) in [
            ("postgres://ada:secret@host/db", "postgres://ada:***@host/db"),
            (
                "postgres://ada:s@cret@host/db?x=1",
                "postgres://ada:***@host/db?x=1",
            ),
            ("postgres://ada@host/db", "postgres://ada@host/db"),
            (
                "postgres://host/db?password=secret&x=1",
                "postgres://host/db?password=***&x=1",
            ),
            ("", ""),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
