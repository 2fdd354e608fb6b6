//! Copies of the whole database: what a backup is taken of, and whether it is one.

use crate::config::Config;
use crate::db::Logins;
use crate::db::connection;
use crate::db::install;
use crate::db::refusal;
use crate::db::url::DatabaseUrl;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use std::collections::BTreeMap;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;
use uuid::Uuid;

const TABLES: &str = include_str!("../../sql/queries/database/copied_tables.sql");
const DIGEST: &str = include_str!("../../sql/queries/database/digest_of_table.sql");
const BEGIN_SNAPSHOT: &str = include_str!("../../sql/queries/database/begin_snapshot.sql");
const EXPORT: &str = include_str!("../../sql/queries/database/export_snapshot.sql");
const MAKE_SCRATCH: &str = include_str!("../../sql/queries/database/make_scratch.sql");
const DROP_SCRATCH: &str = include_str!("../../sql/queries/database/drop_scratch.sql");

/// What each table holds, by its name.
pub type Digests = BTreeMap<String, String>;

/// A moment of the database that stays to be looked at while it goes on.
pub struct Snapshot {
    client: Client,
    /// The name by which `pg_dump` sees the same.
    pub name: String,
}

impl Snapshot {
    /// Takes one, over the way that is straight to the database.
    ///
    /// # Errors
    /// When the database cannot be reached, or holds nothing of Torque's.
    pub async fn take(config: &Config) -> Result<Self> {
        let logins = Logins::find(config).await?;
        let (client, _) = connection::open(&logins.direct)
            .await
            .map_err(refusal::translate)?;
        client
            .batch_execute(BEGIN_SNAPSHOT)
            .await
            .map_err(refusal::translate)?;
        install::refuse_empty(&client, &logins).await?;
        let row = client.query_one(EXPORT, &[]).await.map_err(refusal::translate)?;
        Ok(Self {
            client,
            name: row.get(0),
        })
    }

    /// What each table holds at that moment.
    ///
    /// # Errors
    /// What the database refuses.
    pub async fn digests(&self) -> Result<Digests> {
        digests(&self.client).await
    }
}

async fn digests(client: &Client) -> Result<Digests> {
    let mut found = Digests::new();
    for row in client.query(TABLES, &[]).await.map_err(refusal::translate)? {
        let table: String = row.get(0);
        let digest = client
            .query_one(&DIGEST.replace("{leaf}", &table), &[])
            .await
            .map_err(refusal::translate)?;
        found.insert(table, digest.get(0));
    }
    Ok(found)
}

/// A database of its own on the same server, to prove a backup in; [`Scratch::remove`] takes it away.
pub struct Scratch {
    admin: Client,
    name: String,
    url: DatabaseUrl,
}

impl Scratch {
    /// Makes it.
    ///
    /// # Errors
    /// When the login may not make databases.
    pub async fn make(config: &Config) -> Result<Self> {
        let logins = Logins::find(config).await?;
        let (admin, _) = connection::open(&logins.direct)
            .await
            .map_err(refusal::translate)?;
        let name = format!("torque_proof_{}", Uuid::now_v7().simple());
        let made = MAKE_SCRATCH.replace("{name}", &name);
        admin
            .batch_execute(&made)
            .await
            .map_err(|error| no_scratch(logins.direct.user(), error))?;
        let url = logins.direct.with_database(&name);
        Ok(Self { admin, name, url })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What each of its tables holds.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn digests(&self) -> Result<Digests> {
        let (client, _) = connection::open(&self.url).await.map_err(refusal::translate)?;
        digests(&client).await
    }

    /// Takes it away.
    ///
    /// # Errors
    /// When the database refuses that.
    pub async fn remove(self) -> Result<()> {
        let gone = DROP_SCRATCH.replace("{name}", &self.name);
        self.admin.batch_execute(&gone).await.map_err(refusal::translate)
    }
}

fn no_scratch(login: &str, error: tokio_postgres::Error) -> Error {
    if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
        let message =
            format!("a backup is proved in a database of its own, and the login {login} cannot make one");
        return Error::new(Code::Unavailable, message).because(error);
    }
    refusal::translate(error)
}

/// Makes the roles that a backup's tables belong to, in a database that holds nothing of Torque's.
///
/// # Errors
/// When it holds something, or the login may not make roles.
pub async fn make_room(config: &Config, prefix: &str) -> Result<()> {
    let mut logins = Logins::find(config).await?;
    prefix.clone_into(&mut logins.prefix);
    let (client, _) = connection::open(&logins.direct)
        .await
        .map_err(refusal::translate)?;
    install::make_room(&client, &logins).await
}
