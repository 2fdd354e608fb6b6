//! Installation: bringing a database to this release's schema and logic.
//!
//! `sql/bootstrap.sql` makes the roles, `sql/migrations` what is stored,
//! `sql/logic` what happens; the last is applied as a whole whenever its digest
//! differs. Any number of servers may start at once: one session lock on
//! `direct_url`, the only one there is, lets one install and the others wait.
//! When nothing is to be done, nothing is locked.

use crate::config::Config;
use crate::db::Logins;
use crate::db::connection;
use crate::db::refusal;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use std::time::Duration;
use tokio_postgres::Client;

mod boot;
mod down;
mod files;
mod migrations;

pub use boot::RoleFault;
pub use boot::role_faults;
pub use down::undo_last;
pub use files::LOGIC;
pub use files::Migration;

const STATE: &str = include_str!("../../sql/queries/database/installed.sql");
const LOCK: &str = include_str!("../../sql/queries/database/lock_installation.sql");
const UNLOCK: &str = include_str!("../../sql/queries/database/unlock_installation.sql");
const SETTING: &str = include_str!("../../sql/queries/database/set_for_session.sql");
const BECOME: &str = include_str!("../../sql/queries/database/become.sql");
const RECORD_LOGIC: &str = include_str!("../../sql/queries/database/record_logic.sql");
const APPLICATIONS: &str = include_str!("../../sql/queries/database/applications.sql");
const APPLY_TO_APPLICATION: &str = include_str!("../../sql/queries/database/apply_application_logic.sql");
const MAKE_PARTITIONS: &str = include_str!("../../sql/queries/database/make_partitions.sql");
const MAKE_ROOM: &str = include_str!("../../sql/queries/database/make_room.sql");
const IS_INSTALLED: &str = include_str!("../../sql/queries/database/is_installed.sql");

/// This release.
pub const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// How a database stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The migrations that have been applied, in order.
    pub applied: Vec<i32>,
    /// The logic's digest, if any was applied.
    pub logic_digest: Option<String>,
    /// The release that applied it.
    pub release: Option<String>,
    /// Whether the owner has its rights on this database; a clone or a restored database comes without them.
    pub owner_may_create: bool,
}

impl State {
    fn empty() -> Self {
        Self {
            applied: Vec::new(),
            logic_digest: None,
            release: None,
            owner_may_create: false,
        }
    }

    /// The last migration applied; 0 when there is none.
    #[must_use]
    pub fn version(&self) -> i32 {
        self.applied.last().copied().unwrap_or(0)
    }

    /// Migrations of this release that have not been applied.
    #[must_use]
    pub fn pending(&self) -> Vec<Migration> {
        files::migrations()
            .into_iter()
            .filter(|migration| !self.applied.contains(&migration.version))
            .collect()
    }

    /// Whether the logic is this release's (or that of a newer one, which stays).
    #[must_use]
    pub fn has_this_logic(&self) -> bool {
        self.logic_digest.as_deref() == Some(files::logic_digest()) || self.is_of_newer_release()
    }

    fn is_of_newer_release(&self) -> bool {
        self.release
            .as_deref()
            .is_some_and(|release| numbers(release) > numbers(RELEASE))
    }

    fn refuse_newer_schema(&self) -> Result<()> {
        let known = files::newest();
        if self.version() > known {
            return Err(Error::new(
                Code::Conflict,
                format!(
                    "the database's schema is at version {}, and this Torque ({RELEASE}) knows versions up to {known}: \
                     start a newer Torque",
                    self.version()
                ),
            ));
        }
        Ok(())
    }

    fn is_current(&self) -> bool {
        self.pending().is_empty() && self.has_this_logic()
    }
}

/// Every migration of this release.
#[must_use]
pub fn known() -> Vec<Migration> {
    files::migrations()
}

/// Brings the database to this release, whoever else tries the same at the same time.
///
/// # Errors
/// When the database cannot be reached, the login may not install, the schema is newer than this release knows,
/// or a file fails.
pub async fn install(config: &Config) -> Result<Logins> {
    let logins = Logins::find(config).await?;
    let (mut client, _) = connection::open(&logins.direct)
        .await
        .map_err(refusal::translate)?;
    let state = state(&client).await?;
    state.refuse_newer_schema()?;
    if state.is_current()
        && (!logins.may_install || state.owner_may_create && server_can_sign_in(&logins).await)
    {
        return Ok(logins);
    }
    if !logins.may_install {
        return Err(Error::new(
            Code::Unavailable,
            format!(
                "the database is not at Torque {RELEASE}, and the login {} may not install it: set \
                 database.direct_url to a login that may create roles",
                logins.direct.user()
            ),
        ));
    }
    client.execute(LOCK, &[]).await.map_err(refusal::translate)?;
    let installed = install_locked(&mut client, &logins).await;
    // The lock would go with the connection as well; this way the next one need not wait for that.
    let unlocked = client.execute(UNLOCK, &[]).await.map_err(refusal::translate);
    installed?;
    unlocked?;
    Ok(logins)
}

/// How the database of the configuration stands, without changing it.
///
/// # Errors
/// When it cannot be reached.
pub async fn status(config: &Config) -> Result<State> {
    let logins = Logins::find(config).await?;
    let (client, _) = connection::open(&logins.direct)
        .await
        .map_err(refusal::translate)?;
    state(&client).await
}

async fn state(client: &Client) -> Result<State> {
    if !is_installed(client).await? {
        return Ok(State::empty());
    }
    let read = async {
        let row = client.query_one(STATE, &[]).await?;
        Ok::<_, tokio_postgres::Error>(State {
            applied: row.try_get("applied")?,
            logic_digest: row.try_get("logic_digest")?,
            release: row.try_get("release")?,
            owner_may_create: row.try_get("owner_may_create")?,
        })
    };
    read.await.map_err(refusal::translate)
}

async fn server_can_sign_in(logins: &Logins) -> bool {
    connection::open(&logins.server).await.is_ok()
}

async fn install_locked(client: &mut Client, logins: &Logins) -> Result<()> {
    bootstrap(client, logins).await?;
    client
        .execute(BECOME, &[&logins.owner_role()])
        .await
        .map_err(refusal::translate)?;
    // Read again: whoever held the lock before may have done everything.
    let before = state(client).await?;
    before.refuse_newer_schema()?;
    if !before.pending().is_empty() {
        migrations::run(client).await?;
    }
    if !before.has_this_logic() {
        apply_logic(client).await?;
        apply_to_applications(client).await?;
        tracing::info!(release = RELEASE, "the database's logic is up to date");
    }
    // Before the first server's daily round: nothing can be written without them.
    client
        .execute(MAKE_PARTITIONS, &[])
        .await
        .map_err(refusal::translate)?;
    client
        .execute(BECOME, &[&"none"])
        .await
        .map_err(refusal::translate)?;
    Ok(())
}

/// Refuses a database that holds nothing of Torque's.
pub(super) async fn refuse_empty(client: &Client, logins: &Logins) -> Result<()> {
    if is_installed(client).await? {
        return Ok(());
    }
    let message = format!(
        "{} holds no Torque yet: `torque migrate --up` makes one",
        logins.direct.place()
    );
    Err(Error::new(Code::NotFound, message))
}

async fn is_installed(client: &Client) -> Result<bool> {
    client
        .query_one(IS_INSTALLED, &[])
        .await
        .and_then(|row| row.try_get(0))
        .map_err(refusal::translate)
}

/// Makes the roles for what a backup brings, where there is nothing yet.
pub(super) async fn make_room(client: &Client, logins: &Logins) -> Result<()> {
    if is_installed(client).await? {
        let message = format!(
            "{} holds Torque's tables already: a backup is restored into a database without them",
            logins.direct.place()
        );
        return Err(Error::new(Code::Conflict, message));
    }
    bootstrap(client, logins).await?;
    client.batch_execute(MAKE_ROOM).await.map_err(refusal::translate)
}

/// Makes the roles. Several databases of a cluster share the catalog of roles, so a meeting is tried again.
async fn bootstrap(client: &Client, logins: &Logins) -> Result<()> {
    let password = logins.server_password.as_deref().unwrap_or_default();
    for (name, value) in [
        ("torque.role_prefix", logins.prefix.as_str()),
        ("torque.server_password", password),
    ] {
        client
            .execute(SETTING, &[&name, &value])
            .await
            .map_err(refusal::translate)?;
    }
    let mut tries = 0;
    loop {
        match client.batch_execute(&files::bootstrap()?).await {
            Ok(()) => return Ok(()),
            Err(error) if tries < 20 && is_meeting(&error) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(50 * tries)).await;
            }
            Err(error) => return Err(in_file("bootstrap.sql", error)),
        }
    }
}

/// Two sessions changed the same role at once.
fn is_meeting(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|refusal| {
        matches!(refusal.code().code(), "23505" | "42710")
            || refusal.message().contains("tuple concurrently updated")
    })
}

/// All of `sql/logic` in one transaction.
async fn apply_logic(client: &mut Client) -> Result<()> {
    let mut tries = 0;
    loop {
        match try_logic(client).await {
            Err(error) if tries < 10 && refusal::is_transient(&error) => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(100 * tries)).await;
            }
            result => return result,
        }
    }
}

async fn try_logic(client: &mut Client) -> Result<()> {
    let transaction = client.transaction().await.map_err(refusal::translate)?;
    transaction
        .batch_execute("set local lock_timeout = '2s'; set local check_function_bodies = off")
        .await
        .map_err(refusal::translate)?;
    for file in files::logic() {
        transaction
            .batch_execute(&file.sql)
            .await
            .map_err(|error| in_file(&file.name, error))?;
    }
    transaction
        .execute(RECORD_LOGIC, &[&files::logic_digest(), &RELEASE])
        .await
        .map_err(refusal::translate)?;
    transaction.commit().await.map_err(refusal::translate)
}

/// The functions that stand in each application's own schema.
async fn apply_to_applications(client: &Client) -> Result<()> {
    let applications = client
        .query(APPLICATIONS, &[])
        .await
        .map_err(refusal::translate)?;
    for row in applications {
        let id: uuid::Uuid = row.try_get(0).map_err(refusal::translate)?;
        let mut tries = 0;
        while let Err(error) = client.query(APPLY_TO_APPLICATION, &[&id]).await {
            let error = refusal::translate(error);
            tries += 1;
            if tries > 10 || !refusal::is_transient(&error) {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(100 * tries)).await;
        }
    }
    Ok(())
}

/// An error of one of our files: a bug, and it says where.
fn in_file(name: &str, error: tokio_postgres::Error) -> Error {
    let refused = refusal::translate(error);
    if refusal::is_transient(&refused) {
        return refused;
    }
    let detail = refused
        .cause
        .as_ref()
        .and_then(|cause| cause.downcast_ref::<tokio_postgres::Error>())
        .and_then(tokio_postgres::Error::as_db_error)
        .map(ToString::to_string)
        .unwrap_or_default();
    let message = format!("sql/{name} could not be applied: {detail}");
    Error { message, ..refused }
}

/// 1.20.3 as numbers that compare.
fn numbers(release: &str) -> Vec<u64> {
    release
        .split(['.', '-', '+'])
        .map_while(|part| part.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::State;
    use super::files;
    use super::numbers;

    #[test]
    fn the_logic_of_a_newer_release_stays() {
        assert!(numbers("0.10.0") > numbers("0.9.3"));
        let mut state = State::empty();
        assert!(!state.has_this_logic());
        state.logic_digest = Some("another".to_owned());
        state.release = Some("999.0.0".to_owned());
        assert!(state.has_this_logic());
        state.release = Some("0.0.1".to_owned());
        assert!(!state.has_this_logic());
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut state = State::empty();
        assert!(state.refuse_newer_schema().is_ok());
        state.applied = vec![files::newest() + 1];
        let refusal = state.refuse_newer_schema().unwrap_err();
        assert!(refusal.message.contains("newer Torque"), "{}", refusal.message);
    }
}
