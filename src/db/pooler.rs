//! A pooler between Torque and its database: recognised, and used as any of them allows.
//!
//! In transaction mode each transaction may meet another session, where a named
//! statement is missing or is somebody else's. So statements travel unnamed, and
//! the types of their values are said with them: those are asked once for each
//! text, over a connection straight to the database.

use crate::db::Params;
use crate::db::connection;
use crate::db::url::DatabaseUrl;
use lru::LruCache;
use parking_lot::Mutex;
use std::num::NonZeroUsize;
use std::sync::Arc;
use tokio_postgres::Client;
use tokio_postgres::Row;
use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::ToSql;
use tokio_postgres::types::Type;

const IS_STRAIGHT: &str = include_str!("../../sql/queries/database/is_straight.sql");

/// What a session is begun with: PostgreSQL keeps it, a pooler refuses or forgets it.
const MARK: &str = "-c torque.straight=yes";

/// Texts whose types are kept; more than a server's connections keep prepared.
const KNOWN: NonZeroUsize = match NonZeroUsize::new(4_096) {
    Some(texts) => texts,
    None => NonZeroUsize::MIN,
};

/// A value with its type.
type Typed<'a> = (&'a (dyn ToSql + Sync), Type);

/// A connection that is straight to the database; none where a pooler is between.
pub async fn straight(url: &DatabaseUrl) -> Result<Option<Client>, tokio_postgres::Error> {
    let mut marked = url.clone();
    let options = match url.config.get_options() {
        Some(options) => format!("{options} {MARK}"),
        None => MARK.to_owned(),
    };
    marked.config.options(options);
    match connection::open(&marked).await {
        Ok((client, _)) => {
            let answer = client.simple_query(IS_STRAIGHT).await?;
            let is_straight = answer
                .iter()
                .any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("t")));
            Ok(is_straight.then_some(client))
        }
        // The mark was refused, unless it is the login that is.
        Err(error) if error.as_db_error().is_some() => connection::open(url).await.map(|_| None),
        Err(error) => Err(error),
    }
}

/// How statements travel through a pooler.
pub struct Pooler {
    straight: DatabaseUrl,
    client: tokio::sync::Mutex<Option<Arc<Client>>>,
    known: Mutex<LruCache<Box<str>, Arc<[Type]>>>,
}

impl Pooler {
    /// `straight` leads to the same database, with the same login, past the pooler.
    pub fn new(straight: DatabaseUrl) -> Self {
        Self {
            straight,
            client: tokio::sync::Mutex::new(None),
            known: Mutex::new(LruCache::new(KNOWN)),
        }
    }

    pub async fn query(
        &self,
        client: &Client,
        sql: &str,
        params: Params<'_>,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let types = self.types(sql).await?;
        let result = client.query_typed(sql, &typed(params, &types)).await;
        self.forget_what_failed(sql, &result);
        result
    }

    pub async fn execute(
        &self,
        client: &Client,
        sql: &str,
        params: Params<'_>,
    ) -> Result<u64, tokio_postgres::Error> {
        let types = self.types(sql).await?;
        let result = client.execute_typed(sql, &typed(params, &types)).await;
        self.forget_what_failed(sql, &result);
        result
    }

    /// The types of a statement's values.
    async fn types(&self, sql: &str) -> Result<Arc<[Type]>, tokio_postgres::Error> {
        if let Some(types) = self.known.lock().get(sql) {
            return Ok(Arc::clone(types));
        }
        let client = self.client().await?;
        let types: Arc<[Type]> = client.prepare(sql).await?.params().into();
        self.known.lock().push(sql.into(), Arc::clone(&types));
        Ok(types)
    }

    /// The connection that is asked for types, opened anew when it has ended.
    async fn client(&self) -> Result<Arc<Client>, tokio_postgres::Error> {
        let mut kept = self.client.lock().await;
        if let Some(client) = kept.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let (client, _) = connection::open(&self.straight).await?;
        let client = Arc::new(client);
        // A statement that waits for a lock is asked about by a patient handle too: as long as that waits.
        client.batch_execute("set lock_timeout = '2s'").await?;
        *kept = Some(Arc::clone(&client));
        Ok(client)
    }

    /// What no longer fits its tables is asked about again: the class of errors that a change of types makes.
    fn forget_what_failed<T>(&self, sql: &str, result: &Result<T, tokio_postgres::Error>) {
        let Err(error) = result else { return };
        if error.code().is_some_and(|state| state.code().starts_with("42")) {
            self.known.lock().pop(sql);
        }
    }
}

fn typed<'a>(params: Params<'a>, types: &[Type]) -> Vec<Typed<'a>> {
    params.iter().copied().zip(types.iter().cloned()).collect()
}
