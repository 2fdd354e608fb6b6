//! `torque backup` and `torque restore`: the whole database as one file, and back.
//!
//! PostgreSQL's own `pg_dump` and `pg_restore` do it; here they get the right
//! login, moment and roles, and what they made is compared with what was there.

use crate::cli::answer::Answer;
use crate::cli::assemble::Place;
use crate::cli::programs;
use crate::cli::programs::Way;
use crate::cli::whole_file::Readers;
use crate::cli::whole_file::WholeFile;
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
pub async fn backup(arguments: &BackupArguments, place: &Place) -> Result<Answer> {
    // Nothing is installed or migrated first: a backup changes nothing.
    let snapshot = Snapshot::take(&place.config).await?;
    let beside = WholeFile::begin(&arguments.file, Readers::Owner)?;
    let written = text(beside.path())?;
    let dump = [
        "--format=custom",
        "--snapshot",
        &snapshot.name,
        "--file",
        &written,
    ];
    Way::to(&place.config, None)?.run(place, "pg_dump", &dump).await?;
    let tables = match arguments.prove {
        true => Some(prove(place, beside.path(), snapshot.digests().await?).await?),
        false => None,
    };
    let bytes = beside.keep()?;
    let file = arguments.file.display().to_string();
    let proved = match tables {
        Some(tables) => format!(" It was restored beside, and its {tables} tables hold what they held here."),
        None => " `torque backup --prove` also restores and compares it.".to_owned(),
    };
    Ok(Answer::new(
        format!("The backup is {file} ({} kB).{proved}", bytes / 1024),
        json!({ "file": file, "bytes": bytes, "provedTables": tables }),
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
pub async fn restore(arguments: &RestoreArguments, place: &Place) -> Result<Answer> {
    let file = &arguments.file;
    let way = Way::to(&place.config, None)?;
    let listed = programs::run_alone(place, "pg_restore", &["--list", &text(file)?]).await?;
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

fn text(file: &Path) -> Result<String> {
    file.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Error::new(Code::BadRequest, "the file's name is no UTF-8"))
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
