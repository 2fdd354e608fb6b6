//! What an application's loop and the rest of the server tell one another.

use crate::error::Error;
use crate::feed::tail::Tail;
use parking_lot::Mutex;
use std::sync::Weak;
use std::time::Duration;
use std::time::Instant;
use tokio::sync::Notify;

/// A loop that another server may step for looks at the feed this often.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How an application's loop stands.
pub struct Pulse {
    poked: Notify,
    state: Mutex<State>,
}

struct State {
    /// How far the outbox's ids had come when the loop fell asleep.
    asleep: Option<Option<i64>>,
    tail: Weak<Tail>,
    looked: Instant,
    failing: Option<(Instant, String)>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            poked: Notify::new(),
            state: Mutex::new(State {
                asleep: None,
                tail: Weak::new(),
                looked: Instant::now(),
                failing: None,
            }),
        }
    }
}

impl Pulse {
    /// There may be something to do.
    pub fn poke(&self) {
        self.poked.notify_one();
    }

    /// Waits for a poke.
    pub async fn poked(&self) {
        self.poked.notified().await;
    }

    /// Positions were given: whoever reads the feed here should know at once.
    pub fn sequenced(&self) {
        let tail = self.state.lock().tail.upgrade();
        if let Some(tail) = tail {
            tail.poke();
        }
    }

    /// Nothing was waiting; another server may have given positions, and its notification be lost.
    pub fn looked(&self) {
        let tail = {
            let mut state = self.state.lock();
            if state.looked.elapsed() < LOOK_EVERY {
                return;
            }
            state.looked = Instant::now();
            state.tail.upgrade()
        };
        if let Some(tail) = tail {
            tail.poke();
        }
    }

    /// Follows the feed here from now on.
    pub fn reads(&self, tail: Weak<Tail>) {
        self.state.lock().tail = tail;
    }

    /// The loop steps.
    pub fn awake(&self) {
        self.state.lock().asleep = None;
    }

    /// The loop sleeps until it is poked.
    pub fn asleep(&self, outbox: Option<i64>) {
        self.state.lock().asleep = Some(outbox);
    }

    /// How far the outbox's ids had come when the loop fell asleep; none while it is awake.
    pub fn sleeps_since(&self) -> Option<Option<i64>> {
        self.state.lock().asleep
    }

    /// A step succeeded.
    pub fn stepped(&self) {
        self.state.lock().failing = None;
    }

    /// A step failed.
    pub fn failed(&self, error: &Error) {
        let mut state = self.state.lock();
        state.asleep = None;
        let since = state.failing.take().map_or_else(Instant::now, |(since, _)| since);
        state.failing = Some((since, error.message.clone()));
    }

    /// For how long no step has succeeded, and why.
    pub fn failing(&self) -> Option<(Duration, String)> {
        let state = self.state.lock();
        state
            .failing
            .as_ref()
            .map(|(since, reason)| (since.elapsed(), reason.clone()))
    }
}
