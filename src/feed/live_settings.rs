//! The settings that may change while the server runs: rows of `torque.system_config`.
//!
//! What the database itself needs it reads where it needs it; here is what a
//! server has to be told of. It looks every few seconds, so nothing hangs on a
//! notification; a value that cannot be used is told in the log once and passed
//! over.

use crate::db::Db;
use crate::error::Result;
use crate::telemetry;
use parking_lot::Mutex;
use std::sync::atomic::AtomicI32;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What the settings say now.
pub struct LiveSettings {
    started_with: i32,
    batch_rows: AtomicI32,
    /// Values that cannot be used and were told of.
    told: Mutex<Vec<String>>,
}

impl LiveSettings {
    /// As the server was started.
    pub fn new(batch_rows: i64) -> Self {
        let rows = i32::try_from(batch_rows).unwrap_or(i32::MAX).max(1);
        Self {
            started_with: rows,
            batch_rows: AtomicI32::new(rows),
            told: Mutex::default(),
        }
    }

    /// The most rows of one step of a sequencer: `feed.batch_rows`.
    pub fn batch_rows(&self) -> i32 {
        self.batch_rows.load(Ordering::Relaxed)
    }

    /// Looks until the task is dropped.
    pub async fn run(&self, db: &Db) {
        loop {
            if let Err(error) = self.read(db).await {
                tracing::debug!(%error, "the settings could not be read");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Reads the settings anew.
    async fn read(&self, db: &Db) -> Result<()> {
        let sql = include_str!("../../sql/queries/feed/settings.sql");
        let rows = db.query_background(sql, &[]).await?;
        let Some(row) = rows.first() else { return Ok(()) };
        let mut unusable = Vec::new();
        let rows: Option<String> = row.get("batch_rows");
        let rows = match rows.as_deref().map(str::parse::<i32>) {
            None => self.started_with,
            Some(Ok(rows @ 1..)) => rows,
            Some(_) => {
                unusable.push("feed.batch_rows is a whole number from 1 on, or null".to_owned());
                self.started_with
            }
        };
        self.batch_rows.store(rows, Ordering::Relaxed);
        let level: Option<String> = row.get("logging_level");
        if let Err(reason) = telemetry::set_level(level.as_deref()) {
            unusable.push(format!("logging.level cannot be used: {reason}"));
        }
        let mut told = self.told.lock();
        for fault in unusable.iter().filter(|fault| !told.contains(fault)) {
            tracing::warn!("torque.system_config: {fault}");
        }
        *told = unusable;
        Ok(())
    }
}
