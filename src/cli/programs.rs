//! PostgreSQL's own programs (`psql`, `pg_dump`, `pg_restore`), on Torque's database.

use crate::cli::assemble::Place;
use crate::config::Config;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use std::path::PathBuf;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Output;

/// The way to a database for the programs; the password stands in the environment, where nobody else reads it.
pub struct Way {
    url: String,
    password: Option<String>,
}

impl Way {
    /// Straight to the database of the settings, or to another one on the same server.
    ///
    /// # Errors
    /// When the database's URL cannot be read.
    pub fn to(config: &Config, database: Option<&str>) -> Result<Self> {
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

    /// Runs a program that a person sits at; how it ended.
    ///
    /// # Errors
    /// When there is no such program.
    pub async fn hand_over(
        &self,
        place: &Place,
        program: &'static str,
        arguments: &[String],
    ) -> Result<ExitStatus> {
        let mut command = program_of(place, program);
        self.lead(&mut command);
        command.args(arguments);
        let running = tokio::task::spawn_blocking(move || command.status());
        running
            .await
            .map_err(Error::bug)?
            .map_err(|error| missing(program, &error))
    }

    /// Runs a program to its end; its complaints are the error.
    ///
    /// # Errors
    /// When there is no such program, or it does not succeed.
    pub async fn run(&self, place: &Place, program: &'static str, arguments: &[&str]) -> Result<Output> {
        let mut command = program_of(place, program);
        command.arg("--no-password");
        self.lead(&mut command);
        command.args(arguments);
        finished(program, command).await
    }

    fn lead(&self, command: &mut Command) {
        command.args(["--dbname", &self.url]);
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
    }
}

/// Runs a program that needs no database to its end; its complaints are the error.
///
/// # Errors
/// When there is no such program, or it does not succeed.
pub async fn run_alone(place: &Place, program: &'static str, arguments: &[&str]) -> Result<Output> {
    let mut command = program_of(place, program);
    command.args(arguments);
    finished(program, command).await
}

/// The embedded database's own program, or the one of the system.
fn program_of(place: &Place, program: &str) -> Command {
    let own = place.embedded.as_ref();
    Command::new(
        own.and_then(|embedded| embedded.client_program(program))
            .unwrap_or_else(|| PathBuf::from(program)),
    )
}

async fn finished(program: &str, mut command: Command) -> Result<Output> {
    let running = tokio::task::spawn_blocking(move || command.output());
    let output = running
        .await
        .map_err(Error::bug)?
        .map_err(|error| missing(program, &error))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::new(
        Code::Unavailable,
        format!("{program} did not succeed: {}", said.trim()),
    ))
}

fn missing(program: &str, error: &std::io::Error) -> Error {
    let hint = "install PostgreSQL's client programs (Debian: `apt install postgresql-client`)";
    Error::new(
        Code::Unavailable,
        format!("{program} cannot be run ({error}): {hint}"),
    )
}

#[cfg(test)]
mod tests {
    use super::Way;
    use crate::config::Config;

    #[test]
    fn a_password_stands_in_no_programs_arguments() {
        let mut config = Config::default();
        config.database.url = "postgres://ada:s%40fe@localhost:5432/torque".to_owned();
        let way = Way::to(&config, Some("other")).unwrap();
        assert_eq!(way.url, "postgres://ada@localhost:5432/other");
        assert_eq!(way.password.as_deref(), Some("s@fe"));
    }
}
