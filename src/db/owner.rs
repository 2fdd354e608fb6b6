//! Acting as the owner of Torque's tables: installation and deploys.
//!
//! A connection of its own over `direct_url`, closed when dropped: it sets a
//! role for its session, so nobody else may ever use it.

use crate::db::Db;
use crate::db::Logins;
use crate::db::Params;
use crate::db::at_most_one;
use crate::db::connection;
use crate::db::exactly_one;
use crate::db::refusal;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use tokio_postgres::Client;
use tokio_postgres::Row;

const BECOME: &str = include_str!("../../sql/queries/database/become.sql");

/// A connection that acts as the owner.
pub struct OwnerConnection {
    client: Client,
    db: Option<Db>,
}

impl OwnerConnection {
    pub(super) async fn open(logins: &Logins, db: Option<Db>) -> Result<Self> {
        let (client, _) = connection::open(&logins.direct)
            .await
            .map_err(refusal::translate)?;
        let owner = logins.owner_role();
        client.query(BECOME, &[&owner]).await.map_err(|error| {
            Error::new(
                Code::Unavailable,
                format!(
                    "the login {} may not act as {owner}: set database.direct_url to a login that may",
                    logins.direct.user()
                ),
            )
            .because(error)
        })?;
        Ok(Self { client, db })
    }

    /// The rows of one statement.
    ///
    /// # Errors
    /// What the database refuses, translated.
    pub async fn query(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        match self.client.query(sql, params).await {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.explain(error).await),
        }
    }

    /// The one row of a statement, or none.
    ///
    /// # Errors
    /// What the database refuses, translated; more than one row is a bug.
    pub async fn query_opt(&self, sql: &str, params: Params<'_>) -> Result<Option<Row>> {
        at_most_one(self.query(sql, params).await?)
    }

    /// The one row of a statement.
    ///
    /// # Errors
    /// What the database refuses, translated; another number of rows is a bug.
    pub async fn query_one(&self, sql: &str, params: Params<'_>) -> Result<Row> {
        exactly_one(self.query(sql, params).await?)
    }

    /// How many rows a statement changed.
    ///
    /// # Errors
    /// What the database refuses, translated.
    pub async fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64> {
        match self.client.execute(sql, params).await {
            Ok(count) => Ok(count),
            Err(error) => Err(self.explain(error).await),
        }
    }

    /// Runs a text of any number of statements, without parameters.
    ///
    /// # Errors
    /// What the database refuses, translated.
    pub async fn batch(&self, sql: &str) -> Result<()> {
        match self.client.batch_execute(sql).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.explain(error).await),
        }
    }

    async fn explain(&self, error: tokio_postgres::Error) -> Error {
        match &self.db {
            Some(db) => db.explain(error).await,
            None => refusal::translate(error),
        }
    }
}
