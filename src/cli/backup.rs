//! `torque backup` and `torque restore`: the whole database as one file, and back.
//!
//! PostgreSQL's own `pg_dump` and `pg_restore` do it; here they get the right
//! login, moment and roles, and what they made is compared with what was there.

use crate::cli::answer::Answer;
use crate::cli::assemble::Place;
use crate::cli::settings::Settings;
use crate::config::Config;
use crate::db::copy;
use crate::db::copy::Digests;
use crate::db::copy::Scratch;
use crate::db::copy::Snapshot;
use crate::db::install;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use clap::Args;
use serde_json::json;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;

/// Arguments of `torque backup`.
#[derive(Debug, Args)]
pub struct BackupArguments {
    /// The file to write; it has its name only once it is whole
    file: PathBuf,
    /// Restore it into a database of its own, and compare every table with what was there
    #[arg(long)]
    prove: bool,
}

/// Arguments of `torque restore`.
#[derive(Debug, Args)]
pub struct RestoreArguments {
    /// A file of `torque backup`
    file: PathBuf,
}

/// Writes everything to a file while the database goes on.
pub async fn backup(arguments: &BackupArguments, settings: Settings) -> Result<Answer> {
    let place = Place::open(&settings).await?;
    let done = back_up(arguments, &place).await;
    place.close().await;
    done
}

async fn back_up(arguments: &BackupArguments, place: &Place) -> Result<Answer> {
    install::install(&place.config).await?;
    let file = &arguments.file;
    let beside = file.with_extension("part");
    let snapshot = Snapshot::take(&place.config).await?;
    let way = Way::to(&place.config, None)?;
    let output = way
        .run(
            place,
            "pg_dump",
            &[
                "--format=custom",
                "--snapshot",
                &snapshot.name,
                "--file",
                &text(&beside)?,
            ],
        )
        .await;
    if let Err(error) = output {
        let _ = std::fs::remove_file(&beside);
        return Err(error);
    }
    let tables = match arguments.prove {
        true => Some(prove(place, &beside, snapshot.digests().await?).await?),
        false => None,
    };
    std::fs::rename(&beside, file).map_err(|error| unwritable(file, &error))?;
    let bytes = std::fs::metadata(file).map_or(0, |found| found.len());
    let proved = match tables {
        Some(tables) => format!(" It was restored beside, and its {tables} tables hold what they held here."),
        None => " `torque backup --prove` also restores and compares it.".to_owned(),
    };
    Ok(Answer::new(
        format!("The backup is {} ({} kB).{proved}", file.display(), bytes / 1024),
        json!({ "file": file.display().to_string(), "bytes": bytes, "provedTables": tables }),
    ))
}

/// Restores a backup into a database of its own; how many tables are as they were.
async fn prove(place: &Place, file: &Path, expected: Digests) -> Result<usize> {
    let scratch = Scratch::make(&place.config).await?;
    let proved = compare(place, file, &scratch, expected).await;
    scratch.remove().await?;
    proved
}

async fn compare(place: &Place, file: &Path, scratch: &Scratch, expected: Digests) -> Result<usize> {
    let way = Way::to(&place.config, Some(scratch.name()))?;
    restore_by(place, &way, file).await?;
    let found = scratch.digests().await?;
    let differing: Vec<&str> = expected
        .iter()
        .filter(|(table, held)| found.get(*table) != Some(held))
        .map(|(table, _)| table.as_str())
        .collect();
    if differing.is_empty() {
        return Ok(expected.len());
    }
    let message = format!(
        "the backup does not hold what the database held: {} differ",
        differing.join(", ")
    );
    Err(Error::new(Code::Unavailable, message))
}

/// Brings a backup into a database that holds nothing of Torque's.
pub async fn restore(arguments: &RestoreArguments, settings: Settings) -> Result<Answer> {
    let place = Place::open(&settings).await?;
    let done = bring_back(arguments, &place).await;
    place.close().await;
    done
}

async fn bring_back(arguments: &RestoreArguments, place: &Place) -> Result<Answer> {
    let file = &arguments.file;
    let way = Way::to(&place.config, None)?;
    let listed = way.run(place, "pg_restore", &["--list", &text(file)?]).await?;
    let prefix = prefix_of(&String::from_utf8_lossy(&listed.stdout)).ok_or_else(|| {
        Error::new(
            Code::BadRequest,
            format!(
                "{} is no backup of Torque's: it has no schema torque",
                file.display()
            ),
        )
    })?;
    copy::make_room(&place.config, &prefix).await?;
    restore_by(place, &way, file).await?;
    install::install(&place.config).await?;
    Ok(Answer::new(
        format!(
            "{} is restored. Whoever was connected is told to load again.",
            file.display()
        ),
        json!({ "restored": file.display().to_string() }),
    ))
}

async fn restore_by(place: &Place, way: &Way, file: &Path) -> Result<()> {
    let arguments = ["--exit-on-error", "--single-transaction", &text(file)?];
    way.run(place, "pg_restore", &arguments).await.map(|_| ())
}

/// The prefix of the roles, by the owner of the schema `torque` in a backup's list of contents.
fn prefix_of(list: &str) -> Option<String> {
    list.lines()
        .find_map(|line| {
            line.split_once(" SCHEMA - torque ")?
                .1
                .trim()
                .strip_suffix("_owner")
        })
        .map(str::to_owned)
}

/// The way to a database for PostgreSQL's programs; the password stands in the environment, where nobody else reads it.
struct Way {
    url: String,
    password: Option<String>,
}

impl Way {
    /// Straight to the database of the settings, or to another one on the same server.
    fn to(config: &Config, database: Option<&str>) -> Result<Self> {
        let given = match config.database.direct_url.as_str() {
            "" => &config.database.url,
            direct => direct,
        };
        let mut url = url::Url::parse(given).map_err(|error| {
            Error::new(
                Code::BadRequest,
                format!("the database's URL cannot be read: {error}"),
            )
        })?;
        let password = url.password().map(|password| {
            percent_encoding::percent_decode_str(password)
                .decode_utf8_lossy()
                .into_owned()
        });
        let _ = url.set_password(None);
        if let Some(database) = database {
            url.set_path(database);
        }
        Ok(Self {
            url: url.into(),
            password,
        })
    }

    /// Runs one of the programs; its complaints are the error.
    async fn run(&self, place: &Place, program: &str, arguments: &[&str]) -> Result<Output> {
        let path = place
            .embedded
            .as_ref()
            .and_then(|embedded| embedded.client_program(program))
            .unwrap_or_else(|| PathBuf::from(program));
        let mut command = Command::new(path);
        command.args(arguments);
        // Only listing what a file holds needs no database.
        if !arguments.contains(&"--list") {
            command.args(["--no-password", "--dbname", &self.url]);
        }
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
        let running = tokio::task::spawn_blocking(move || command.output());
        let output = running.await.map_err(Error::bug)?.map_err(|error| {
            let hint = "install PostgreSQL's client programs (Debian: `apt install postgresql-client`)";
            Error::new(
                Code::Unavailable,
                format!("{program} cannot be run ({error}): {hint}"),
            )
        })?;
        if output.status.success() {
            return Ok(output);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Error::new(
            Code::Unavailable,
            format!("{program} did not succeed: {}", said.trim()),
        ))
    }
}

fn text(file: &Path) -> Result<String> {
    file.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Error::new(Code::BadRequest, "the file's name is no UTF-8"))
}

fn unwritable(file: &Path, error: &std::io::Error) -> Error {
    Error::new(
        Code::BadRequest,
        format!("{} cannot be written: {error}", file.display()),
    )
}

#[cfg(test)]
mod tests {
    use super::prefix_of;

    #[test]
    fn the_roles_prefix_is_the_owners_of_the_schema() {
        let list = "; Archive\n6; 2615 16400 SCHEMA - todo_list_data my_torque_owner\n5; 2615 16386 SCHEMA - torque my_torque_owner\n";
        assert_eq!(prefix_of(list).as_deref(), Some("my_torque"));
        assert_eq!(prefix_of("5; 2615 2200 SCHEMA - public postgres\n"), None);
    }
}
