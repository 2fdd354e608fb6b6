//! The command line, as a person runs it over a database.

use crate::support::cluster::TORQUE;
use serde_json::Value;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

/// Runs `torque` with nothing to read.
pub async fn torque(url: &str, arguments: &[&str]) -> Output {
    torque_reading(url, arguments, None).await
}

/// Runs `torque` with a file as standard input.
pub async fn torque_reading(url: &str, arguments: &[&str], input: Option<&Path>) -> Output {
    let mut command = Command::new(TORQUE);
    command
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .env("TORQUE_DATABASE_URL", url)
        .stdin(input.map_or_else(Stdio::null, |file| File::open(file).unwrap().into()));
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

/// What `--json` printed.
pub fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Everything that was printed.
pub fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
