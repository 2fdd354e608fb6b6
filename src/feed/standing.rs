//! How the feeds stand, as numbers: positions, what waits, for how long.
//!
//! Asked of applications that are being written to, and of each once: a sleeping
//! one has nothing waiting.

use crate::feed::pulse::Pulse;
use crate::feed::statements::Statements;
use crate::telemetry;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
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
    /// Seconds for which the oldest of them has waited; 0 when nothing waits.
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
    pub async fn run(&self, looked: impl Fn() -> Vec<Looked>) {
        loop {
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
