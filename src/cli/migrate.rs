//! `torque migrate`: what the database has of this release, and bringing or taking it.

use crate::cli::answer;
use crate::cli::answer::Answer;
use crate::cli::assemble::Place;
use crate::db::install;
use crate::db::install::State;
use crate::error::Result;
use clap::Args;
use serde_json::json;

/// Flags of `torque migrate`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Apply what is missing
    #[arg(long, conflicts_with_all = ["down", "status"])]
    up: bool,
    /// Undo the last migration
    #[arg(long, conflicts_with = "status")]
    down: bool,
    /// Show what has been applied (the default)
    #[arg(long)]
    status: bool,
    /// With --down: although that drops tables that hold rows
    #[arg(long, requires = "down")]
    force: bool,
}

/// Does it.
pub async fn run(arguments: &Arguments, place: &Place) -> Result<Answer> {
    if arguments.down {
        let undone = install::undo_last(&place.config, arguments.force).await?;
        let text = format!("Undone: {}.", undone.title());
        return Ok(Answer::new(text, json!({ "undone": undone.title() })));
    }
    if arguments.up {
        let before = install::status(&place.config).await?;
        install::install(&place.config).await?;
        let after = install::status(&place.config).await?;
        let applied: Vec<i32> = after
            .applied
            .iter()
            .copied()
            .filter(|version| !before.applied.contains(version))
            .collect();
        let text = match applied.as_slice() {
            [] => format!(
                "Nothing to migrate: the database is at version {}.",
                after.version()
            ),
            [_] => format!("Migrated to version {}.", after.version()),
            several => format!(
                "Applied {} migrations, to version {}.",
                several.len(),
                after.version()
            ),
        };
        return Ok(Answer::new(
            text,
            json!({ "applied": applied, "version": after.version() }),
        ));
    }
    Ok(status(&install::status(&place.config).await?))
}

fn status(state: &State) -> Answer {
    let known = install::known();
    let rows: Vec<[String; 3]> = known
        .iter()
        .map(|migration| {
            let applied = state.applied.contains(&migration.version);
            [
                migration.version.to_string(),
                migration.name.clone(),
                if applied { "applied" } else { "pending" }.to_owned(),
            ]
        })
        .collect();
    let pending = state.pending().len();
    let logic = if state.has_this_logic() {
        "up to date"
    } else {
        "to be applied"
    };
    let text = format!(
        "{}\n\nLogic: {logic}. Release: {} (this is {}).",
        answer::table(["VERSION", "NAME", "STATE"], &rows),
        state.release.as_deref().unwrap_or("none yet"),
        install::RELEASE
    );
    let json = json!({
        "version": state.version(),
        "migrations": known.iter().map(|migration| json!({
            "version": migration.version,
            "name": migration.name,
            "applied": state.applied.contains(&migration.version),
        })).collect::<Vec<_>>(),
        "pending": pending,
        "logicIsCurrent": state.has_this_logic(),
        "release": state.release,
    });
    Answer::new(text, json)
}
