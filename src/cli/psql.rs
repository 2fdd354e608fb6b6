//! `torque psql`: psql on Torque's database, whichever it is.

use crate::cli::answer::Answer;
use crate::cli::assemble::Place;
use crate::cli::settings::Settings;
use crate::db::install;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use std::process::Command;

/// Arguments of `torque psql`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Arguments for psql itself, after `--`: torque psql -- -c 'select 1'
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Runs psql and ends as it does.
pub async fn run(arguments: &Arguments, settings: Settings) -> Result<Answer> {
    let place = Place::open(&settings).await?;
    let ended = psql(arguments, &place).await;
    place.close().await;
    let exit = ended?;
    Ok(Answer::new("", json!({ "exit": exit })).with_exit(exit))
}

async fn psql(arguments: &Arguments, place: &Place) -> Result<u8> {
    install::install(&place.config).await?;
    let program = place
        .embedded
        .as_ref()
        .and_then(|embedded| embedded.client_program("psql"))
        .unwrap_or_else(|| PathBuf::from("psql"));
    let url = match place.config.database.direct_url.as_str() {
        "" => place.config.database.url.clone(),
        direct => direct.to_owned(),
    };
    let arguments = arguments.arguments.clone();
    let running =
        tokio::task::spawn_blocking(move || Command::new(program).arg(url).args(arguments).status());
    let status = running.await.map_err(Error::bug)?.map_err(|error| {
        Error::new(
            Code::Unavailable,
            format!("psql cannot be run ({error}): install PostgreSQL's client (Debian: `apt install postgresql-client`)"),
        )
    })?;
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1))
}
