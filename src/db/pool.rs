//! The pool: transactions and long queries, each on a connection of its own.
//!
//! Whoever waits longer than the acquire timeout is told to come back later,
//! so that a burst turns into refusals and not into a heap of waiting requests.

use crate::config::Database;
use crate::db::Db;
use crate::db::Params;
use crate::db::at_most_one;
use crate::db::connection;
use crate::db::exactly_one;
use crate::db::lane::Failure;
use crate::db::pooler::Pooler;
use crate::db::refusal;
use crate::db::seconds;
use crate::db::url::DatabaseUrl;
use crate::error::Error;
use crate::error::Result;
use crate::telemetry;
use deadpool_postgres::Connect;
use deadpool_postgres::Manager;
use deadpool_postgres::ManagerConfig;
use deadpool_postgres::Object;
use deadpool_postgres::PoolError;
use deadpool_postgres::RecyclingMethod;
use deadpool_postgres::Runtime;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;
use tokio::task::JoinHandle;
use tokio_postgres::Client;
use tokio_postgres::Row;
use tokio_util::sync::CancellationToken;

/// How long a transaction waits for a lock that somebody holds. A single statement has what the server's role
/// says, 20 ms: others' single statements end within it, and a person does not notice it.
const LOCK_TIMEOUT: &str = "2s";

/// How the pool stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolStatus {
    /// Connections there may be.
    pub max: usize,
    /// Connections there are.
    pub open: usize,
    /// Connections nobody uses.
    pub idle: usize,
    /// Requests that wait for one.
    pub waiting: usize,
}

/// Connections for transactions.
pub struct Pool {
    pool: deadpool_postgres::Pool,
    statements: usize,
    pooler: Option<Arc<Pooler>>,
}

struct Opener {
    url: DatabaseUrl,
}

type Connecting<'a> = Pin<
    Box<
        dyn Future<Output = std::result::Result<(Client, JoinHandle<()>), tokio_postgres::Error>> + Send + 'a,
    >,
>;

impl Connect for Opener {
    fn connect(&self, _config: &tokio_postgres::Config) -> Connecting<'_> {
        Box::pin(connection::open(&self.url))
    }
}

impl Pool {
    /// Makes the pool; its first `min_connections` are opened in the background.
    pub fn new(url: &DatabaseUrl, database: &Database, stop: &CancellationToken) -> Result<Self> {
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let manager = Manager::from_connect(url.config.clone(), Opener { url: url.clone() }, recycling);
        let pool = deadpool_postgres::Pool::builder(manager)
            .max_size(database.max_connections)
            .wait_timeout(Some(Duration::from_millis(database.acquire_timeout_ms)))
            .create_timeout(Some(seconds(database.connection_timeout)))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(Error::bug)?;
        let keeping = keep(
            pool.clone(),
            database.min_connections,
            seconds(database.idle_timeout),
            seconds(database.max_connection_age.max(1)),
        );
        let stop = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = keeping => {}
                () = stop.cancelled() => {}
            }
        });
        Ok(Self {
            pool,
            statements: database.statement_cache_size,
            pooler: url.pooler.clone(),
        })
    }

    pub fn status(&self) -> PoolStatus {
        let status = self.pool.status();
        PoolStatus {
            max: status.max_size,
            open: status.size,
            idle: status.available,
            waiting: status.waiting,
        }
    }

    pub async fn query(&self, sql: &str, params: Params<'_>) -> std::result::Result<Vec<Row>, Failure> {
        let connection = self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => Failure::Statement(error),
            _ => Failure::NoConnection,
        })?;
        let rows = match &self.pooler {
            Some(pooler) => pooler.query(&connection, sql, params).await,
            // Not kept prepared: what takes long is seldom asked twice in the same shape.
            None => connection.query(sql, params).await,
        };
        rows.map_err(Failure::of_brief)
    }

    pub async fn begin(&self, db: Db) -> Result<Transaction> {
        let connection = self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => refusal::translate(error),
            _ => refusal::unavailable("every connection to the database is in use"),
        })?;
        if connection.statement_cache.size() >= self.statements {
            connection.statement_cache.clear();
        }
        let begin = match db.is_patient() {
            true => format!("begin; set local lock_timeout = '{LOCK_TIMEOUT}'"),
            false => "begin".to_owned(),
        };
        connection
            .batch_execute(&begin)
            .await
            .map_err(refusal::translate)?;
        Ok(Transaction {
            connection: Some(connection),
            pooler: self.pooler.clone(),
            db,
        })
    }
}

/// Keeps the least number open, closes what is old or long unused, and shows how the pool stands.
async fn keep(pool: deadpool_postgres::Pool, min: usize, idle: Duration, age: Duration) {
    loop {
        let mut kept = Vec::with_capacity(min);
        while kept.len() < min && pool.status().size < min {
            match pool.get().await {
                Ok(connection) => kept.push(connection),
                Err(_) => break,
            }
        }
        drop(kept);
        for _ in 0..30 {
            let status = pool.status();
            telemetry::gauge_of("torque_pool_connections", "state", "open", status.size as f64);
            telemetry::gauge_of(
                "torque_pool_connections",
                "state",
                "idle",
                status.available as f64,
            );
            telemetry::gauge_of(
                "torque_pool_connections",
                "state",
                "waiting",
                status.waiting as f64,
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let mut open = pool.status().size;
        pool.retain(|_, used| {
            let keeps = used.age() < age && (open <= min || used.last_used() < idle);
            open -= usize::from(!keeps);
            keeps
        });
    }
}

/// A transaction. Dropped without [`Transaction::commit`], it is undone.
pub struct Transaction {
    /// None once it has ended.
    connection: Option<Object>,
    pooler: Option<Arc<Pooler>>,
    db: Db,
}

impl Transaction {
    /// The rows of one statement.
    ///
    /// # Errors
    /// What the database refuses, translated.
    pub async fn query(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>> {
        let connection = self.connection()?;
        let started = Instant::now();
        let rows = async {
            if let Some(pooler) = &self.pooler {
                return pooler.query(connection, sql, params).await;
            }
            let statement = connection.prepare_cached(sql).await?;
            connection.query(&statement, params).await
        }
        .await;
        telemetry::spent_in_database(started.elapsed());
        match rows {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.refused(error).await),
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
        let connection = self.connection()?;
        let started = Instant::now();
        let count = async {
            if let Some(pooler) = &self.pooler {
                return pooler.execute(connection, sql, params).await;
            }
            let statement = connection.prepare_cached(sql).await?;
            connection.execute(&statement, params).await
        }
        .await;
        telemetry::spent_in_database(started.elapsed());
        match count {
            Ok(count) => Ok(count),
            Err(error) => Err(self.refused(error).await),
        }
    }

    /// Makes it last.
    ///
    /// # Errors
    /// When the database cannot say that it did; a deferred constraint may still refuse.
    pub async fn commit(mut self) -> Result<()> {
        let Some(connection) = self.connection.take() else {
            return Err(Error::bug("the transaction has ended"));
        };
        match connection.batch_execute("commit").await {
            Ok(()) => Ok(()),
            Err(error) => {
                // Whether it is over there is unknown: not for anybody else.
                drop(Object::take(connection));
                Err(self.db.explain(error).await)
            }
        }
    }

    /// Undoes it.
    ///
    /// # Errors
    /// When the connection was lost, which undoes it too.
    pub async fn rollback(mut self) -> Result<()> {
        match self.connection.take() {
            Some(connection) => undo(connection).await.map_err(refusal::translate),
            None => Ok(()),
        }
    }

    async fn refused(&self, error: tokio_postgres::Error) -> Error {
        let failure = match self.db.is_patient() {
            true => Failure::Statement(error),
            false => Failure::of_brief(error),
        };
        self.db.explain(failure).await
    }

    fn connection(&self) -> Result<&Object> {
        self.connection
            .as_ref()
            .ok_or_else(|| Error::bug("the transaction has ended"))
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(undo(connection));
            }
            Err(_) => drop(Object::take(connection)),
        }
    }
}

/// Rolls back and gives the connection back; one that does not answer is closed.
async fn undo(connection: Object) -> std::result::Result<(), tokio_postgres::Error> {
    let undone = tokio::time::timeout(Duration::from_secs(2), connection.batch_execute("rollback")).await;
    match undone {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            drop(Object::take(connection));
            Err(error)
        }
        Err(_) => {
            drop(Object::take(connection));
            Ok(())
        }
    }
}
