//! `torque completion`: the script that completes commands in a shell.

use crate::cli::answer::Answer;
use clap::Args;
use clap_complete::Shell;
use serde_json::json;

/// Arguments of `torque completion`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments, command: &mut clap::Command) -> Answer {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, command, "torque", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let json = json!({ "shell": arguments.shell.to_string(), "script": script });
    Answer::new(script, json)
}
