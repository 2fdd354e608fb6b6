//! Running the migrations: refinery, one transaction a file.
//!
//! refinery takes no lock and skips misnamed files in silence; our lock is
//! around this, and a test holds the names.

use crate::db::install::files;
use crate::db::refusal;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use refinery::Runner;
use std::time::Duration;
use tokio_postgres::Client;

/// Where refinery notes what it has applied.
const TABLE: &str = "torque.migrations";

/// Runs what has not been run. Waits at most two seconds for a lock, and tries again.
pub async fn run(client: &mut Client) -> Result<()> {
    client
        .batch_execute("set lock_timeout = '2s'")
        .await
        .map_err(refusal::translate)?;
    let mut tries = 0;
    loop {
        let mut runner = runner()?;
        runner.set_migration_table_name(TABLE);
        match runner.run_async(client).await {
            Ok(report) => {
                for applied in report.applied_migrations() {
                    tracing::info!(version = applied.version(), name = applied.name(), "migrated");
                }
                break;
            }
            Err(error) if tries < 10 && is_locked_out(&error) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(200 * tries)).await;
            }
            Err(error) => return Err(explain(error)),
        }
    }
    client
        .batch_execute("reset lock_timeout")
        .await
        .map_err(refusal::translate)
}

fn runner() -> Result<Runner> {
    let mut migrations = Vec::new();
    for migration in files::migrations() {
        let migration =
            refinery::Migration::unapplied(&migration.title(), &migration.sql).map_err(Error::bug)?;
        migrations.push(migration);
    }
    Ok(Runner::new(&migrations))
}

fn database_error(error: &refinery::Error) -> Option<&tokio_postgres::error::DbError> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(found) = inner.downcast_ref::<tokio_postgres::Error>() {
            return found.as_db_error();
        }
        cause = inner.source();
    }
    None
}

fn is_locked_out(error: &refinery::Error) -> bool {
    database_error(error).is_some_and(|refusal| matches!(refusal.code().code(), "55P03" | "40P01" | "40001"))
}

fn explain(error: refinery::Error) -> Error {
    let detail = database_error(&error).map_or_else(|| error.to_string(), ToString::to_string);
    Error::new(
        Code::Conflict,
        format!("the database could not be migrated: {error}: {detail}"),
    )
    .because(error)
}
