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

/// Notifications of this server's own steps that have not come by then are lost.
const OWN_COMES_WITHIN: Duration = Duration::from_secs(1);

/// How an application's loop stands.
pub struct Pulse {
    poked: Notify,
    state: Mutex<State>,
}

struct State {
    /// How far the outbox's ids had come when the loop fell asleep.
    asleep: Option<Option<i64>>,
    /// The loop polls, so it need not be poked because somebody else gave positions.
    polls: bool,
    /// Notifications of own steps that are still to come, and since when.
    own: (u32, Instant),
    /// Another server has stepped.
    heard: bool,
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
                polls: true,
                own: (0, Instant::now()),
                heard: false,
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
        let tail = {
            let mut state = self.state.lock();
            state.own = (state.own.0 + 1, Instant::now());
            state.tail.upgrade()
        };
        if let Some(tail) = tail {
            tail.poke();
        }
    }

    /// A notification has come. Those of own steps say nothing new: taking each for news would double the
    /// statements of a busy application. One of another server taken for an own one costs a tenth of a second.
    pub fn announced(&self) {
        let tail = {
            let mut state = self.state.lock();
            if state.own.0 > 0 && state.own.1.elapsed() < OWN_COMES_WITHIN {
                state.own.0 -= 1;
                return;
            }
            state.own.0 = 0;
            state.heard = true;
            if !state.polls {
                self.poked.notify_one();
            }
            state.tail.upgrade()
        };
        if let Some(tail) = tail {
            tail.poke();
        }
    }

    /// Whether another server has stepped since this was last asked.
    pub fn has_heard(&self) -> bool {
        std::mem::take(&mut self.state.lock().heard)
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
        let mut state = self.state.lock();
        state.asleep = None;
        state.polls = true;
    }

    /// The bell is armed: a notification may be a writer's.
    pub fn arming(&self) {
        self.state.lock().polls = false;
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
        state.polls = true;
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
