//! One connection with its prepared statements, bounded in number.
//!
//! Four statements for each of 2,000 entity types cost 165 MB in a backend, so
//! the least recently used ones are closed.

use crate::db::Params;
use crate::db::pooler::Pooler;
use crate::db::url::DatabaseUrl;
use lru::LruCache;
use parking_lot::Mutex;
use std::num::NonZeroUsize;
use std::sync::Arc;
use tokio::task::JoinHandle;
use tokio_postgres::AsyncMessage;
use tokio_postgres::Client;
use tokio_postgres::NoTls;
use tokio_postgres::Row;
use tokio_postgres::Statement;
use tokio_postgres::error::SqlState;

/// A client, and the task that moves its bytes.
pub type Opened = (Client, JoinHandle<()>);

/// Opens a connection; the task ends when the connection does.
pub async fn open(url: &DatabaseUrl) -> Result<Opened, tokio_postgres::Error> {
    open_listening(url, |_| {}).await
}

/// The same, handing on what the database says unasked.
pub async fn open_listening(
    url: &DatabaseUrl,
    on_message: impl Fn(AsyncMessage) + Send + 'static,
) -> Result<Opened, tokio_postgres::Error> {
    match &url.tls {
        None => {
            let (client, connection) = url.config.connect(NoTls).await?;
            Ok((client, drive(connection, on_message)))
        }
        Some(connector) => {
            let (client, connection) = url.config.connect(connector.clone()).await?;
            Ok((client, drive(connection, on_message)))
        }
    }
}

fn drive<S, T>(
    mut connection: tokio_postgres::Connection<S, T>,
    on_message: impl Fn(AsyncMessage) + Send + 'static,
) -> JoinHandle<()>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        loop {
            match std::future::poll_fn(|context| connection.poll_message(context)).await {
                Some(Ok(message)) => on_message(message),
                Some(Err(error)) => {
                    tracing::debug!(%error, "a database connection ended");
                    break;
                }
                None => break,
            }
        }
    })
}

/// A shared connection: any number of statements are under way on it at once.
pub struct Connection {
    client: Client,
    statements: Mutex<LruCache<Box<str>, Statement>>,
    pooler: Option<Arc<Pooler>>,
}

impl Connection {
    pub fn new(client: Client, url: &DatabaseUrl, statements: usize) -> Self {
        let capacity = NonZeroUsize::new(statements).unwrap_or(NonZeroUsize::MIN);
        Self {
            client,
            statements: Mutex::new(LruCache::new(capacity)),
            pooler: url.pooler.clone(),
        }
    }

    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub async fn query(&self, sql: &str, params: Params<'_>) -> Result<Vec<Row>, tokio_postgres::Error> {
        if let Some(pooler) = &self.pooler {
            return pooler.query(&self.client, sql, params).await;
        }
        let statement = self.prepared(sql).await?;
        match self.client.query(&statement, params).await {
            Err(error) if is_stale(&error) => {
                let statement = self.prepared_anew(sql).await?;
                self.client.query(&statement, params).await
            }
            result => result,
        }
    }

    pub async fn execute(&self, sql: &str, params: Params<'_>) -> Result<u64, tokio_postgres::Error> {
        if let Some(pooler) = &self.pooler {
            return pooler.execute(&self.client, sql, params).await;
        }
        let statement = self.prepared(sql).await?;
        match self.client.execute(&statement, params).await {
            Err(error) if is_stale(&error) => {
                let statement = self.prepared_anew(sql).await?;
                self.client.execute(&statement, params).await
            }
            result => result,
        }
    }

    async fn prepared(&self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.statements.lock().get(sql) {
            return Ok(statement.clone());
        }
        self.prepared_anew(sql).await
    }

    async fn prepared_anew(&self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        let statement = self.client.prepare(sql).await?;
        // What falls out of the cache is closed by the driver when its last user is done.
        let evicted = self.statements.lock().push(sql.into(), statement.clone());
        drop(evicted);
        Ok(statement)
    }
}

/// Whether a prepared statement no longer fits the database: its table was changed, or it is not there any
/// more. Both are said before anything is done, so trying again is safe.
fn is_stale(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(refusal) if *refusal.code() == SqlState::FEATURE_NOT_SUPPORTED => {
            refusal.message().starts_with("cached plan")
        }
        Some(refusal) => *refusal.code() == SqlState::INVALID_SQL_STATEMENT_NAME,
        None => false,
    }
}
