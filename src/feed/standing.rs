//! How the feeds stand, as numbers: positions, what waits, for how long.
//!
//! Asked of applications that are being written to, and of each once: a sleeping
//! one has nothing waiting. The same loop reads the settings that may change
//! while the server runs.

use crate::db::Db;
use crate::error::Result;
use crate::feed::pulse::Pulse;
use crate::feed::statements::Statements;
use crate::telemetry;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicI32;
use std::sync::atomic::Ordering;
use std::time::Duration;
use uuid::Uuid;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How one application's feed stands.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Standing {
    /// The last position given.
    pub head: i64,
    /// Changes that have no position yet.
    pub waiting: i64,
    /// Seconds since the last step while something waits.
    pub lag: f64,
}

/// One application: its slug, its statements, its loop.
pub type Looked = (String, Statements, Arc<Pulse>);

/// How the feeds of this server's applications stand.
#[derive(Default)]
pub struct Standings(Mutex<HashMap<Uuid, Standing>>);

impl Standings {
    /// What waits in all applications together, and for how long in the slowest.
    pub fn worst(&self) -> Standing {
        let standings = self.0.lock();
        standings
            .values()
            .fold(Standing::default(), |worst, each| Standing {
                head: worst.head.max(each.head),
                waiting: worst.waiting + each.waiting,
                lag: worst.lag.max(each.lag),
            })
    }

    /// Looks until the task is dropped.
    pub async fn run(&self, db: &Db, batch: &Batch, looked: impl Fn() -> Vec<Looked>) {
        loop {
            if let Err(error) = batch.read(db).await {
                tracing::debug!(%error, "the feed's settings could not be read");
            }
            for (slug, statements, pulse) in looked() {
                let id = statements.application();
                let is_new = !self.0.lock().contains_key(&id);
                let was_waiting = self.0.lock().get(&id).is_some_and(|known| known.waiting > 0);
                if pulse.sleeps_since().is_some() && !is_new && !was_waiting {
                    continue;
                }
                if let Ok(standing) = statements.standing().await {
                    telemetry::gauge_of("torque_feed_position", "application", &slug, standing.head as f64);
                    telemetry::gauge_of(
                        "torque_outbox_rows",
                        "application",
                        &slug,
                        standing.waiting as f64,
                    );
                    telemetry::gauge_of("torque_feed_lag_seconds", "application", &slug, standing.lag);
                    self.0.lock().insert(id, standing);
                }
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// The most rows of one step: `feed.batch_rows` of `torque.system_config`, or as the server was started.
pub struct Batch {
    started_with: i32,
    rows: AtomicI32,
}

impl Batch {
    /// What the server was started with.
    pub fn new(rows: i64) -> Self {
        let rows = i32::try_from(rows).unwrap_or(i32::MAX).max(1);
        Self {
            started_with: rows,
            rows: AtomicI32::new(rows),
        }
    }

    /// The most rows of one step now.
    pub fn rows(&self) -> i32 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Reads the setting anew.
    pub async fn read(&self, db: &Db) -> Result<()> {
        let rows = db
            .query_background(include_str!("../../sql/queries/feed/settings.sql"), &[])
            .await?;
        let set = rows
            .first()
            .and_then(|row| row.get::<_, Option<i32>>("batch_rows"));
        self.rows
            .store(set.unwrap_or(self.started_with).max(1), Ordering::Relaxed);
        Ok(())
    }
}
