//! Shared connections: single statements of all requests travel on a few of them.
//!
//! Two pipelined connections reach 0.83–0.91 of `pgbench -M prepared` on two
//! cores, a pool of single ones 0.47–0.50. What may take long does not belong
//! here: everything behind it would wait. Nor does waiting for a lock: by the
//! role's own setting a statement waits 20 ms, then it is refused
//! ([`Failure::LockedOut`]) and may be run again on a connection of its own.

use crate::config::Database;
use crate::db::Params;
use crate::db::backoff::Backoff;
use crate::db::backoff::spread;
use crate::db::connection;
use crate::db::connection::Connection;
use crate::db::refusal;
use crate::db::seconds;
use crate::db::url::DatabaseUrl;
use crate::error::Result;
use crate::telemetry;
use arc_swap::ArcSwapOption;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_postgres::Client;
use tokio_postgres::Row;
use tokio_postgres::error::SqlState;
use tokio_util::sync::CancellationToken;

/// The shared connections of a server.
pub struct Lanes {
    lanes: Vec<Lane>,
    opened: Notify,
    url: DatabaseUrl,
    acquire_timeout: Duration,
    statements: usize,
    age: Duration,
    gauge: &'static str,
}

/// Whose statements travel on them: what the server does by itself must not wait behind requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// Reads of requests.
    Reads,
    /// Writes of requests: a connection commits one statement at a time, and no read should wait for a commit.
    Writes,
    /// The change feed's loops.
    Loops,
}

impl Traffic {
    /// How many connections it travels on.
    fn lanes(self, database: &Database) -> usize {
        let set = match database.shared_connections {
            0 => std::thread::available_parallelism()
                .map_or(2, usize::from)
                .clamp(2, 8),
            count => count,
        };
        match self {
            // As many commits share one flush of the log as there are connections.
            Traffic::Writes => set * 2,
            Traffic::Reads | Traffic::Loops => set,
        }
    }

    fn gauge(self) -> &'static str {
        match self {
            Traffic::Reads => "torque_shared_connections",
            Traffic::Writes => "torque_write_connections",
            Traffic::Loops => "torque_loop_connections",
        }
    }
}

#[derive(Default)]
struct Lane {
    current: ArcSwapOption<Connection>,
    under_way: AtomicUsize,
}

/// A lane's connection while one statement uses it.
struct Ride<'a> {
    connection: Arc<Connection>,
    lane: &'a Lane,
}

impl Drop for Ride<'_> {
    fn drop(&mut self) {
        self.lane.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Why a statement found no lane.
pub enum Failure {
    /// None was open in time.
    NoConnection,
    /// Somebody holds a lock that it needs, longer than a shared connection waits.
    LockedOut(tokio_postgres::Error),
    /// The statement failed.
    Statement(tokio_postgres::Error),
}

impl Failure {
    /// The failure of a statement that waits for locks only briefly.
    pub fn of_brief(error: tokio_postgres::Error) -> Self {
        match error.code() {
            Some(&SqlState::LOCK_NOT_AVAILABLE) => Failure::LockedOut(error),
            _ => Failure::Statement(error),
        }
    }
}

impl Lanes {
    /// Opens the first one, so that a wrong URL is told at once, and keeps all of them open until `stop`.
    pub async fn open(
        url: &DatabaseUrl,
        database: &Database,
        traffic: Traffic,
        stop: &CancellationToken,
    ) -> Result<Arc<Self>> {
        let count = traffic.lanes(database);
        let (client, ended) = connection::open(url).await.map_err(refusal::translate)?;
        let lanes = Arc::new(Self {
            lanes: (0..count).map(|_| Lane::default()).collect(),
            opened: Notify::new(),
            url: url.clone(),
            acquire_timeout: Duration::from_millis(database.acquire_timeout_ms),
            statements: database.statement_cache_size,
            age: seconds(database.max_connection_age.max(1)),
            gauge: traffic.gauge(),
        });
        let mut first = Some((client, ended));
        for index in 0..count {
            let keeping = Arc::clone(&lanes).keep_open(index, first.take());
            let stop = stop.clone();
            tokio::spawn(async move {
                tokio::select! {
                    () = keeping => {}
                    () = stop.cancelled() => {}
                }
            });
        }
        Ok(lanes)
    }

    /// Keeps one lane's connection open: anew when it breaks, fresh when it is old.
    async fn keep_open(self: Arc<Self>, index: usize, mut first: Option<connection::Opened>) {
        let mut backoff = Backoff::default();
        loop {
            let opened = match first.take() {
                Some(opened) => Ok(opened),
                None => connection::open(&self.url).await,
            };
            match opened {
                Ok((client, mut ended)) => {
                    backoff.reset();
                    self.put(index, Some(client));
                    tokio::select! {
                        _ = &mut ended => {
                            self.put(index, None);
                            // The database restarts: not all at the same moment.
                            tokio::time::sleep(spread(Duration::from_millis(50))).await;
                        }
                        () = tokio::time::sleep(spread(self.age)) => {}
                    }
                }
                Err(error) => {
                    let pause = backoff.next();
                    tracing::warn!(
                        error = refusal::reason(&error),
                        pause_ms = pause.as_millis() as u64,
                        "the database cannot be reached"
                    );
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    fn put(&self, index: usize, client: Option<Client>) {
        let connection = client.map(|client| Arc::new(Connection::new(client, &self.url, self.statements)));
        if let Some(lane) = self.lanes.get(index) {
            lane.current.store(connection);
        }
        self.opened.notify_waiters();
        telemetry::gauge(self.gauge, self.open_of_all().0 as f64);
    }

    /// How many are open, of how many.
    pub fn open_of_all(&self) -> (usize, usize) {
        let open = self
            .lanes
            .iter()
            .filter(|lane| lane.current.load().as_ref().is_some_and(|open| !open.is_closed()))
            .count();
        (open, self.lanes.len())
    }

    pub async fn query(&self, sql: &str, params: Params<'_>) -> std::result::Result<Vec<Row>, Failure> {
        let ride = self.ride().await.ok_or(Failure::NoConnection)?;
        ride.connection
            .query(sql, params)
            .await
            .map_err(Failure::of_brief)
    }

    pub async fn execute(&self, sql: &str, params: Params<'_>) -> std::result::Result<u64, Failure> {
        let ride = self.ride().await.ok_or(Failure::NoConnection)?;
        ride.connection
            .execute(sql, params)
            .await
            .map_err(Failure::of_brief)
    }

    /// The open lane with the least under way; waits a moment when none is open.
    async fn ride(&self) -> Option<Ride<'_>> {
        if let Some(ride) = self.emptiest() {
            return Some(ride);
        }
        tokio::time::timeout(self.acquire_timeout, async {
            loop {
                let opened = self.opened.notified();
                if let Some(ride) = self.emptiest() {
                    return ride;
                }
                opened.await;
            }
        })
        .await
        .ok()
    }

    fn emptiest(&self) -> Option<Ride<'_>> {
        let mut best: Option<(usize, &Lane, Arc<Connection>)> = None;
        for lane in &self.lanes {
            let under_way = lane.under_way.load(Ordering::Relaxed);
            if best.as_ref().is_some_and(|(least, ..)| *least <= under_way) {
                continue;
            }
            if let Some(open) = lane.current.load_full().filter(|open| !open.is_closed()) {
                best = Some((under_way, lane, open));
            }
        }
        best.map(|(_, lane, connection)| {
            lane.under_way.fetch_add(1, Ordering::Relaxed);
            Ride { connection, lane }
        })
    }
}
