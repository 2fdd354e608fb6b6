//! `torque psql`: psql on Torque's database, whichever it is.

use crate::cli::answer::Answer;
use crate::cli::assemble::Place;
use crate::cli::programs::Way;
use crate::db::install;
use crate::error::Result;
use clap::Args;
use serde_json::json;

/// Arguments of `torque psql`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Arguments for psql itself, after `--`: torque psql -- -c 'select 1'
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Runs psql and ends as it does.
pub async fn run(arguments: &Arguments, place: &Place) -> Result<Answer> {
    install::install(&place.config).await?;
    let way = Way::to(&place.config, None)?;
    let status = way.hand_over(place, "psql", &arguments.arguments).await?;
    let exit = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(Answer::new("", json!({ "exit": exit })).with_exit(exit))
}
