//! From flags, environment and file to the settings a command works with.

use crate::cli::Global;
use crate::config;
use crate::config::Config;
use crate::config::Loaded;
use crate::config::Overrides;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::telemetry;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Whose log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// A server's: as the settings say.
    OfServer,
    /// A command's: quiet, unless the settings say otherwise.
    OfCommand,
}

/// The settings of a command.
pub struct Settings {
    /// The settings.
    pub config: Config,
    /// The folder that relative paths start from.
    pub folder: PathBuf,
}

impl Settings {
    /// Loads the settings, says the warnings, and starts the log; a command's log is text and says what went wrong.
    pub fn load(global: &Global, flags: Vec<(String, String)>, log: Log) -> Result<Self> {
        let mut loaded = load(global, flags)?;
        if log == Log::OfCommand {
            for (name, value, setting) in [
                ("logging.level", "warn", &mut loaded.config.logging.level),
                ("logging.format", "text", &mut loaded.config.logging.format),
            ] {
                if !loaded.origins.contains_key(name) {
                    value.clone_into(setting);
                }
            }
        }
        for warning in &loaded.warnings {
            eprintln!("warning: {warning}");
        }
        telemetry::start_log(&loaded.config.logging);
        Ok(Self {
            config: absolute(loaded.config, &loaded.folder),
            folder: loaded.folder,
        })
    }

    /// Threads for the work, as many as the settings say.
    pub fn runtime(&self) -> Result<Runtime> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        if self.config.server.workers > 0 {
            builder.worker_threads(self.config.server.workers);
        }
        let slow = if self.config.logging.performance_logs {
            Duration::from_millis(self.config.logging.slow_request_ms)
        } else {
            Duration::ZERO
        };
        telemetry::set_slow_request(slow);
        builder.enable_all().build().map_err(Error::bug)
    }
}

/// Loads the settings without doing anything about them.
pub fn load(global: &Global, mut flags: Vec<(String, String)>) -> Result<Loaded> {
    let shorthands = [
        ("database.url", &global.database_url),
        ("database.kind", &global.database),
        ("logging.level", &global.log_level),
    ];
    for (name, value) in shorthands {
        if let Some(value) = value {
            flags.push((name.to_owned(), value.clone()));
        }
    }
    for setting in &global.settings {
        let Some((name, value)) = setting.split_once('=') else {
            return Err(Error::new(
                Code::BadRequest,
                format!("--set wants KEY=VALUE, not `{setting}`"),
            ));
        };
        flags.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let environment = std::env::vars()
        .filter(|(name, _)| name.starts_with("TORQUE_"))
        .collect();
    config::load(&Overrides {
        file: global.config.clone(),
        file_must_exist: global.config != Path::new("torque.toml"),
        environment,
        flags,
    })
}

/// Paths of the file start from its folder.
fn absolute(mut config: Config, folder: &Path) -> Config {
    for path in [&mut config.server.tls_certificate, &mut config.server.tls_key] {
        if !path.is_empty() {
            *path = folder.join(&*path).display().to_string();
        }
    }
    config
}
