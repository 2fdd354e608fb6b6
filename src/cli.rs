//! The command line: the roof over everything.
//!
//! Each command is a file of `cli/`. A command that asks something of Torque
//! opens the database as the server does, joining an embedded one that already
//! runs, and performs the same operations. What it says is an [`answer::Answer`]:
//! text for people, or JSON with `--json`.
//!
//! Exit codes: 0 done; 2 the command line cannot be read; everything else as
//! the table in `surface/problem.rs` has it for each error's code.

use crate::cli::answer::Answer;
use crate::cli::settings::Log;
use crate::cli::settings::Settings;
use crate::db::embedded;
use crate::error::Error;
use crate::error::Result;
use crate::script;
use crate::surface::problem;
use clap::Args;
use clap::CommandFactory;
use clap::Parser;
use clap::Subcommand;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

pub mod answer;
mod app;
mod asking;
pub mod assemble;
mod backup;
mod completion;
mod config;
mod data;
mod doctor;
mod execution;
pub mod first_start;
mod generate;
mod init;
mod migrate;
mod model;
mod programs;
mod psql;
mod secret;
mod server;
mod settings;
mod token;
mod whole_file;
mod xflow;

/// Torque turns PostgreSQL into an application server.
#[derive(Debug, Parser)]
#[command(
    name = "torque",
    version,
    about,
    propagate_version = true,
    disable_help_subcommand = true
)]
#[command(
    after_help = "Exit codes: 0 done, 2 the command line cannot be read, others by the kind of error (docs/configuration.md)."
)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Default, Args)]
pub struct Global {
    /// The configuration file
    #[arg(
        long,
        short,
        global = true,
        default_value = "torque.toml",
        env = "TORQUE_CONFIG"
    )]
    pub config: PathBuf,
    /// The PostgreSQL database (postgres://…); without one, the embedded database is used
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// `embedded` or `postgres`
    #[arg(long, global = true, value_name = "KIND")]
    pub database: Option<String>,
    /// error, warn, info, debug, trace, or a filter by module
    #[arg(long, global = true, value_name = "LEVEL")]
    pub log_level: Option<String>,
    /// Any setting of the configuration file: --set server.bind=127.0.0.1:9000
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub settings: Vec<String>,
    /// Print JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Accepted for compatibility; Torque is always optimised
    #[arg(long, global = true, hide = true)]
    pub optimize: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server
    Server(server::Arguments),
    /// Make a project: a folder with torque.toml and a model
    Init(init::Arguments),
    /// Show, apply or undo the migrations of the database
    Migrate(migrate::Arguments),
    /// Say what is wrong with the database, its roles, partitions, feeds and settings, and how to mend it
    Doctor,
    /// Check or show the settings
    Config {
        #[command(subcommand)]
        command: config::ConfigCommand,
    },
    /// Make, check and publish models
    Model {
        #[command(subcommand)]
        command: model::ModelCommand,
    },
    /// Make, deploy, start and stop applications
    App {
        #[command(subcommand)]
        command: app::AppCommand,
    },
    /// Make, list and end API keys and sign-in links
    Token {
        #[command(subcommand)]
        command: token::TokenCommand,
    },
    /// List, run and check xflows, and show what they did
    #[command(name = "xflow")]
    XFlow {
        #[command(subcommand)]
        command: xflow::XFlowCommand,
    },
    /// Set, list and forget secrets that xflows show to peers
    Secret {
        #[command(subcommand)]
        command: secret::SecretCommand,
    },
    /// Bring entities in from a file, and write them to one
    Data {
        #[command(subcommand)]
        command: data::DataCommand,
    },
    /// Write the whole database to one file, while it goes on
    Backup(backup::BackupArguments),
    /// Bring a backup into a database that holds nothing of Torque's
    Restore(backup::RestoreArguments),
    /// Open psql on the database
    Psql(psql::Arguments),
    /// Write the files that are generated from the model's types
    #[command(hide = true)]
    Generate(generate::Arguments),
    /// Print the completion script of a shell
    Completion(completion::Arguments),
}

/// Reads the command line, does what it says, and tells how it went.
#[must_use]
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    // Before anything else: the launcher must stay small and quiet.
    if arguments
        .get(1)
        .is_some_and(|first| first == embedded::LAUNCHER_COMMAND)
    {
        let fault = embedded::launch(arguments.into_iter().skip(2));
        eprintln!("torque {}: {fault}", embedded::LAUNCHER_COMMAND);
        return ExitCode::FAILURE;
    }
    if arguments
        .get(1)
        .is_some_and(|first| first == script::WORKER_COMMAND)
    {
        return script::work();
    }
    let cli = Cli::parse_from(arguments);
    let json = cli.global.json;
    match perform(cli) {
        Ok(answer) => {
            answer.print(json);
            ExitCode::from(answer.exit)
        }
        Err(error) => {
            let exit = problem::problem(error.code).exit;
            answer::print_error(&error, json);
            ExitCode::from(exit)
        }
    }
}

fn perform(cli: Cli) -> Result<Answer> {
    if cli.global.optimize {
        eprintln!("warning: --optimize has no effect: Torque is always optimised");
    }
    match cli.command {
        Command::Completion(arguments) => Ok(completion::run(&arguments, &mut Cli::command())),
        Command::Init(arguments) => init::run(&arguments, &cli.global),
        Command::Config { command } => config::run(&command, &cli.global),
        Command::Server(arguments) => {
            let settings = Settings::load(&cli.global, arguments.flags(), Log::OfServer)?;
            settings
                .runtime()?
                .block_on(server::run(settings, cli.global.json))
        }
        Command::Generate(arguments) => generate::run(&arguments),
        command => {
            if let Command::Model { command } = &command
                && let Some(answer) = command.offline()
            {
                return answer;
            }
            let settings = Settings::load(&cli.global, Vec::new(), Log::OfCommand)?;
            settings.runtime()?.block_on(over_database(command, settings))
        }
    }
}

async fn over_database(command: Command, settings: Settings) -> Result<Answer> {
    match command {
        Command::Migrate(arguments) => {
            assemble::at_place(&settings, async |place| migrate::run(&arguments, place).await).await
        }
        Command::Doctor => doctor::run(settings).await,
        Command::Backup(arguments) => {
            assemble::at_place(&settings, async |place| backup::backup(&arguments, place).await).await
        }
        Command::Restore(arguments) => {
            assemble::at_place(&settings, async |place| backup::restore(&arguments, place).await).await
        }
        Command::Psql(arguments) => {
            assemble::at_place(&settings, async |place| psql::run(&arguments, place).await).await
        }
        Command::Model { command } => {
            assemble::with_torque(&settings, async |torque, _| model::run(&command, torque).await).await
        }
        Command::App { command } => {
            assemble::with_torque(&settings, async |torque, place| {
                app::run(&command, torque, place).await
            })
            .await
        }
        Command::XFlow { command } => {
            assemble::with_torque(&settings, async |torque, _| {
                let done = xflow::run(&command, torque, |line| eprintln!("{line}")).await;
                torque.engine.stop(torque).await;
                done
            })
            .await
        }
        Command::Secret { command } => {
            assemble::with_torque(&settings, async |torque, _| secret::run(&command, torque).await).await
        }
        Command::Data { command } => {
            assemble::with_torque(&settings, async |torque, _| data::run(&command, torque).await).await
        }
        Command::Token { command } => {
            assemble::with_torque(&settings, async |torque, place| {
                token::run(&command, torque, place).await
            })
            .await
        }
        _ => Err(Error::bug("the command needs no database")),
    }
}
