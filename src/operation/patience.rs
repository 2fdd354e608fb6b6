//! Operations that were locked out, performed again where they may wait.
//!
//! Somebody's open transaction holds a row or a table. A single statement waits
//! for that only briefly, because it shares its connection with everybody's
//! (`db/lane.rs`); then its operation comes here and is performed once more on
//! connections of the pool, which wait longer. How many may do so at once is
//! bounded for each application and for all together, so that one person's
//! forgotten transaction takes neither the pool nor another application's turn.

use crate::config::Config;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::Torque;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Of the pool's connections, the share that may wait for locks: one in two for all applications, one in eight for
/// each. The rest is for transactions that wait for nobody.
const SHARE_OF_ALL: usize = 2;
const SHARE_OF_EACH: usize = 8;

/// Who waits for locks. Cheap to clone.
#[derive(Clone)]
pub struct Patience {
    all: Arc<Semaphore>,
    each: Arc<Mutex<HashMap<Uuid, Arc<Semaphore>>>>,
    places_of_each: usize,
    turn_within: Duration,
}

impl Patience {
    /// Nobody waits yet.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let connections = config.database.max_connections;
        Self {
            all: Arc::new(Semaphore::new((connections / SHARE_OF_ALL).max(1))),
            each: Arc::default(),
            places_of_each: (connections / SHARE_OF_EACH).max(1),
            turn_within: Duration::from_millis(config.database.acquire_timeout_ms),
        }
    }

    /// Performs an operation with a database that waits for locks. What is about no application, models and keys,
    /// takes its turns as one more application.
    pub async fn perform(
        &self,
        ask: Ask<'_>,
        application: Option<Uuid>,
        operation: &Operation,
    ) -> Result<Reply> {
        let application = application.unwrap_or_default();
        let of_application = Arc::clone(
            self.each
                .lock()
                .entry(application)
                .or_insert_with(|| Arc::new(Semaphore::new(self.places_of_each))),
        );
        let turn = tokio::time::timeout(self.turn_within, async {
            let own = Arc::clone(&of_application).acquire_owned().await;
            (own, self.all.acquire().await)
        })
        .await;
        let result = match &turn {
            Ok((Ok(_), Ok(_))) => {
                let torque = Torque {
                    db: ask.torque.db.patient(),
                    ..ask.torque.clone()
                };
                (operation.perform)(Ask {
                    torque: &torque,
                    ..ask
                })
                .await
            }
            _ => Err(Error::new(
                Code::Unavailable,
                "the data is locked by somebody else, and others wait for it already; try again",
            )
            .with("retryAfter", self.turn_within.as_secs().max(1))),
        };
        drop(turn);
        self.forget(application, of_application);
        result
    }

    /// Keeps no place for an application whose last one has left.
    fn forget(&self, application: Uuid, of_application: Arc<Semaphore>) {
        let mut each = self.each.lock();
        drop(of_application);
        if each
            .get(&application)
            .is_some_and(|semaphore| Arc::strong_count(semaphore) == 1)
        {
            each.remove(&application);
        }
    }
}
