//! The embedded database: a private PostgreSQL cluster in the project's folder.
//!
//! ```text
//! .torque/            the data folder
//!   postgres/         the cluster, with data checksums
//!   run/              its socket; only its own user enters, so there it trusts
//!   secret            the administrator's password, for loopback connections
//!   secrets.key       what secrets of applications are encrypted with, unless a setting says it
//!   server.lock       held by the server, and says where it answers
//!   postgres.log
//! ```
//!
//! PostgreSQL refuses to run as root: started by root, it runs as `postgres`
//! (or `nobody`). It is stopped with the process that started it, also when
//! that one is killed. A cluster that already runs is joined and left running.

use crate::config::Config;
use crate::db::connection;
use crate::db::refusal;
use crate::db::url::DatabaseUrl;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

mod binaries;
mod cluster;
mod folder;
mod identity;
mod launcher;
mod postmaster;
mod start;

pub use binaries::Binaries;
pub use folder::Folder;
pub use folder::ServerLock;
pub use launcher::LAUNCHER_COMMAND;
pub use launcher::launch;

use cluster::Cluster;

const DATABASE_EXISTS: &str = include_str!("../../sql/queries/database/database_exists.sql");
const CREATE_DATABASE: &str = include_str!("../../sql/queries/database/create_database.sql");

/// The database that Torque makes in its cluster.
const DATABASE: &str = "torque";

/// The cluster's administrator.
const ADMINISTRATOR: &str = "postgres";

/// How to start the embedded database.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data folder.
    pub data_dir: PathBuf,
    /// The project's folder, in which npm may have put PostgreSQL's programs.
    pub project: PathBuf,
    /// The folder with PostgreSQL's programs, where it was named.
    pub postgres_bin: Option<PathBuf>,
    /// The port on loopback; 0: any that is free.
    pub port: u16,
    /// Whether it waits for its disk.
    pub fsync: bool,
    /// The `torque` program, which launches `postgres` so that it ends with its parent.
    pub launcher: PathBuf,
    /// Connections that the cluster accepts.
    pub max_connections: usize,
}

impl Settings {
    /// What the configuration says; relative paths start from `folder`.
    ///
    /// # Errors
    /// When the running program's own path is unknown.
    pub fn from_config(config: &Config, folder: &Path) -> Result<Self> {
        let database = &config.database;
        let launcher = std::env::current_exe().map_err(Error::bug)?;
        Ok(Self {
            data_dir: folder.join(&database.data_dir),
            project: folder.to_owned(),
            postgres_bin: Some(&database.postgres_bin)
                .filter(|path| !path.is_empty())
                .map(|path| folder.join(path)),
            port: database.embedded_port,
            fsync: database.embedded_fsync,
            launcher,
            max_connections: database.max_connections + 50,
        })
    }
}

/// A running embedded database. Stopped with [`Embedded::stop`] or when dropped, if it was started here.
pub struct Embedded {
    cluster: Cluster,
    password: String,
    is_new: bool,
}

impl Embedded {
    /// Joins the cluster of the data folder, or starts it, or makes it first.
    ///
    /// # Errors
    /// When PostgreSQL's programs are not found or of another version than the data, or it does not start.
    pub async fn start(settings: Settings) -> Result<Self> {
        let opening = tokio::task::spawn_blocking(move || {
            let folder = Folder::open(&settings)?;
            let password = folder.secret()?;
            let is_new = !folder.has_cluster();
            let cluster = Cluster::open(settings, folder, &password)?;
            Ok::<_, Error>((cluster, password, is_new))
        });
        let (cluster, password, is_new) = opening.await.map_err(Error::bug)??;
        let mut embedded = Self {
            cluster,
            password,
            is_new,
        };
        embedded.make_usable().await?;
        Ok(embedded)
    }

    /// The administrator's URL, over the socket.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    /// The administrator's URL of another database of the cluster.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        format!(
            "postgresql://{ADMINISTRATOR}:{}@{}:{}/{database}",
            self.password,
            percent_encoded(&self.cluster.socket_folder().display().to_string()),
            self.cluster.port()
        )
    }

    /// What to type to reach the database with `psql`.
    #[must_use]
    pub fn psql_command(&self) -> String {
        format!(
            "psql -h {} -p {} -U {ADMINISTRATOR} {DATABASE}",
            self.cluster.socket_folder().display(),
            self.cluster.port()
        )
    }

    /// One of PostgreSQL's programs for clients beside the cluster's own, if it is there: `psql`, `pg_dump`.
    #[must_use]
    pub fn client_program(&self, name: &str) -> Option<PathBuf> {
        self.cluster.binaries().client(name)
    }

    /// Whether the cluster was made just now.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether somebody else started the cluster.
    #[must_use]
    pub fn is_guest(&self) -> bool {
        !self.cluster.is_ours()
    }

    /// The postmaster's process id.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.cluster.process_id()
    }

    /// Stops the cluster, if it was started here; connections to it end.
    pub async fn stop(self) {
        // Waiting for the postmaster would hold up everything else on this thread.
        let stopping = tokio::task::spawn_blocking(move || drop(self.cluster));
        if let Err(error) = stopping.await {
            tracing::warn!(%error, "the embedded database could not be stopped");
        }
    }

    /// Makes sure that functions run and that Torque's database exists.
    async fn make_usable(&mut self) -> Result<()> {
        let timeout = Duration::from_secs(10);
        let maintenance = DatabaseUrl::parse(&self.url_of("postgres"), timeout)?;
        let (client, _) = connection::open(&maintenance).await.map_err(refusal::translate)?;
        // After an upgrade of the package under a running cluster its language no longer loads.
        if let Err(error) = client.batch_execute("do $$ begin end $$").await {
            if !refusal::needs_restart(&error) {
                return Err(refusal::translate(error));
            }
            tracing::warn!("PostgreSQL was upgraded under the running database: restarting it");
            drop(client);
            self.cluster.restart()?;
            return Box::pin(self.make_usable()).await;
        }
        let missing = client
            .query_opt(DATABASE_EXISTS, &[&DATABASE])
            .await
            .map_err(refusal::translate)?
            .is_none();
        if missing && let Err(error) = client.batch_execute(CREATE_DATABASE).await {
            let translated = refusal::translate(error);
            // Another command made it at the same moment.
            if !matches!(refusal::sqlstate(&translated), Some("42P04" | "23505")) {
                return Err(translated);
            }
        }
        Ok(())
    }
}

/// For the host part of a URL.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

fn failed(message: impl Into<String>) -> Error {
    Error::new(Code::Unavailable, message)
}
