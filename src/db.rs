//! The database: how Torque reaches it, and what it says back.
//!
//! Single statements travel over a few shared, pipelined connections
//! ([`Db::query`] and its siblings); transactions and long queries take one of
//! the pool ([`Db::transaction`], [`Db::query_slow`]); what only the owner may
//! do opens a connection of its own ([`Db::owner`]). One more connection
//! listens ([`Db::wakeups`]). None of them keeps state in its session: limits
//! of time are settings of the role.
//!
//! A single statement waits for a lock only briefly. What finds itself locked
//! out ([`is_locked_out`]) is asked again of a patient handle
//! ([`Db::patient`]), whose statements each have a connection of the pool.

use crate::config::Config;
use crate::error::Error;
use crate::error::Result;
use crate::telemetry;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

mod backoff;
mod connection;
pub mod copy;
pub mod embedded;
pub mod install;
mod lane;
mod listener;
mod login;
mod owner;
mod pool;
mod pooler;
mod raw_json;
mod refusal;
mod tls;
mod unique;
mod url;

pub use listener::Wake;
pub use login::Logins;
pub use owner::OwnerConnection;
pub use pool::PoolStatus;
pub use pool::Transaction;
pub use postgres_types::FromSql;
pub use postgres_types::IsNull;
pub use postgres_types::Json;
pub use postgres_types::ToSql;
pub use postgres_types::Type;
pub use raw_json::RawJson;
pub use raw_json::RawJsonRef;
pub use refusal::is_locked_out;
pub use refusal::is_transient;
pub use refusal::refused_values;
pub use refusal::sqlstate;
pub use tokio_postgres::Row;
pub use url::DatabaseUrl;

/// The values of a statement's `$1`, `$2`, …
pub type Params<'a> = &'a [&'a (dyn ToSql + Sync)];

/// The database of one running Torque. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
    is_patient: bool,
}

struct Inner {
    logins: Logins,
    reads: Arc<lane::Lanes>,
    writes: Arc<lane::Lanes>,
    loops: Arc<lane::Lanes>,
    pool: pool::Pool,
    wakeups: broadcast::Sender<Wake>,
    stop: CancellationToken,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Db {
    /// Connects to an installed database.
    ///
    /// # Errors
    /// When the database cannot be reached, does not accept the login, or is not one of Torque's.
    pub async fn connect(config: &Config) -> Result<Self> {
        let logins = Logins::find(config).await?.through_pooler().await?;
        let stop = CancellationToken::new();
        let open = |traffic| lane::Lanes::open(&logins.server, &config.database, traffic, &stop);
        let reads = open(lane::Traffic::Reads).await?;
        let writes = open(lane::Traffic::Writes).await?;
        let loops = open(lane::Traffic::Loops).await?;
        let pool = pool::Pool::new(&logins.server, &config.database, &stop)?;
        let (wakeups, _) = broadcast::channel(4_096);
        listener::start(&logins, wakeups.clone(), stop.clone());
        Ok(Self {
            inner: Arc::new(Inner {
                logins,
                reads,
                writes,
                loops,
                pool,
                wakeups,
                stop,
            }),
            is_patient: false,
        })
    }

    /// The same database, waiting for locks as long as a transaction does, on connections of the pool.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            is_patient: true,
        }
    }

    /// Whether it waits for locks.
    #[must_use]
    pub fn is_patient(&self) -> bool {
        self.is_patient
    }

    /// The rows of one statement that reads, over a shared connection. `sql` is prepared there once.
    ///
    /// # Errors
    /// What the database refuses, translated.
    pub async fn query(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        self.single(&self.inner.reads, sql, params).await
    }

    /// The one row of a statement that reads, or none.
    ///
    /// # Errors
    /// What the database refuses, translated; more than one row is a bug.
    pub async fn query_opt(&self, sql: &str, params: Params<'_>) -> Result<Option<Row>> {
        at_most_one(self.query(sql, params).await?)
    }

    /// The one row of a statement that reads.
    ///
    /// # Errors
    /// What the database refuses, translated; another number of rows is a bug.
    pub async fn query_one(&self, sql: &str, params: Params<'_>) -> Result<Row> {
        exactly_one(self.query(sql, params).await?)
    }

    /// The rows of one statement that writes, over a shared connection: it is a transaction of its own.
    ///
    /// # Errors
    /// What the database refuses, translated.
    pub async fn write(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        self.single(&self.inner.writes, sql, params).await
    }

    /// The one row of a statement that writes, or none.
    ///
    /// # Errors
    /// What the database refuses, translated; more than one row is a bug.
    pub async fn write_opt(&self, sql: &str, params: Params<'_>) -> Result<Option<Row>> {
        at_most_one(self.write(sql, params).await?)
    }

    /// The one row of a statement that writes.
    ///
    /// # Errors
    /// What the database refuses, translated; another number of rows is a bug.
    pub async fn write_one(&self, sql: &str, params: Params<'_>) -> Result<Row> {
        exactly_one(self.write(sql, params).await?)
    }

    /// How many rows a statement changed.
    ///
    /// # Errors
    /// What the database refuses, translated.
    pub async fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64> {
        if self.is_patient {
            let transaction = self.transaction().await?;
            let count = transaction.execute(sql, params).await?;
            transaction.commit().await?;
            return Ok(count);
        }
        let started = Instant::now();
        let count = self.inner.writes.execute(sql, params).await;
        telemetry::spent_in_database(started.elapsed());
        match count {
            Ok(count) => Ok(count),
            Err(error) => Err(self.explain(error).await),
        }
    }

    /// The rows of a statement that may take long: on a connection of the pool, so that nothing waits behind it.
    ///
    /// # Errors
    /// What the database refuses, translated; `unavailable` when no connection is free in time.
    pub async fn query_slow(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        if self.is_patient {
            return self.query_patiently(sql, params).await;
        }
        let started = Instant::now();
        let rows = self.inner.pool.query(sql, params).await;
        telemetry::spent_in_database(started.elapsed());
        match rows {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.explain(error).await),
        }
    }

    async fn single(&self, lanes: &lane::Lanes, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        if self.is_patient {
            return self.query_patiently(sql, params).await;
        }
        let started = Instant::now();
        let rows = lanes.query(sql, params).await;
        telemetry::spent_in_database(started.elapsed());
        match rows {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.explain(error).await),
        }
    }

    async fn query_patiently(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        let transaction = self.transaction().await?;
        let rows = transaction.query(sql, params).await?;
        transaction.commit().await?;
        Ok(rows)
    }

    /// The rows of a statement that the server's own loops make: requests never wait behind it, nor it behind them.
    ///
    /// # Errors
    /// What the database refuses, translated.
    pub async fn query_background(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        match self.inner.loops.query(sql, params).await {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.explain(error).await),
        }
    }

    /// Begins a transaction on a connection of the pool. Dropped without [`Transaction::commit`], it is undone.
    /// It waits for locks.
    ///
    /// # Errors
    /// `unavailable` when no connection is free in time.
    pub async fn transaction(&self) -> Result<Transaction> {
        self.inner.pool.begin(self.patient()).await
    }

    /// The same, waiting for locks only as long as a single statement does, unless this handle is patient: for a
    /// transaction that stands for one write.
    ///
    /// # Errors
    /// `unavailable` when no connection is free in time.
    pub async fn brief_transaction(&self) -> Result<Transaction> {
        self.inner.pool.begin(self.clone()).await
    }

    /// A connection over `direct_url` that acts as the owner of Torque's tables.
    ///
    /// # Errors
    /// When the login of `direct_url` may not do that.
    pub async fn owner(&self) -> Result<OwnerConnection> {
        OwnerConnection::open(&self.inner.logins, Some(self.clone())).await
    }

    /// What other transactions announce, from now on.
    #[must_use]
    pub fn wakeups(&self) -> broadcast::Receiver<Wake> {
        self.inner.wakeups.subscribe()
    }

    /// Announces something to this server's own loops, without asking the database.
    pub fn wake(&self, wake: Wake) {
        // Nobody listening is no fault.
        let _ = self.inner.wakeups.send(wake);
    }

    /// How the pool of transactions stands.
    #[must_use]
    pub fn pool_status(&self) -> PoolStatus {
        self.inner.pool.status()
    }

    /// How many shared connections are open, of how many.
    #[must_use]
    pub fn shared_connections(&self) -> (usize, usize) {
        self.inner.reads.open_of_all()
    }

    /// The logins this server uses.
    #[must_use]
    pub fn logins(&self) -> &Logins {
        &self.inner.logins
    }

    /// Translates an error, asking the database which property a violated index serves.
    async fn explain(&self, failure: impl Into<lane::Failure>) -> Error {
        unique::explain(&self.inner.reads, failure).await
    }
}

fn at_most_one(mut rows: Vec<Row>) -> Result<Option<Row>> {
    if rows.len() > 1 {
        return Err(Error::bug(format!(
            "a statement answered {} rows, not one",
            rows.len()
        )));
    }
    Ok(rows.pop())
}

fn exactly_one(rows: Vec<Row>) -> Result<Row> {
    at_most_one(rows)?.ok_or_else(|| Error::bug("a statement answered no row, not one"))
}

/// Seconds of the configuration as a duration.
fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}
