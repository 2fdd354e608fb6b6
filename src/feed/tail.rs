//! The one reader of an application's changes on this server, and its subscribers.
//!
//! Begins with the first subscriber and ends some seconds after the last. Each
//! batch is read once and delivered to all; the recent past is kept for those
//! who come back after a moment. Positions are dense: a hole, a head behind the
//! position or another epoch means that this is not the feed it was, and every
//! subscriber is told to resync. Nothing here waits for a client.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::feed::change::Change;
use crate::feed::change::Kind;
use crate::feed::change::Row;
use crate::feed::cursor::Cursor;
use crate::feed::interest::Decisions;
use crate::feed::statements::Statements;
use crate::feed::subscription::Subscription;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// The most changes read at once.
pub const PAGE: i64 = 500;
/// The recent past that is kept: changes, and bytes.
const KEPT: usize = 1_024;
const KEPT_BYTES: usize = 4 << 20;
/// How long a feed without subscribers is followed on.
const LINGER: Duration = Duration::from_secs(5);
/// How long a subscriber waits for the database to say where the feed is.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the feed waits for the database to decide a filter.
const DECIDE_WITHIN: Duration = Duration::from_secs(1);
/// How long a tail may be behind another server's.
const REACH: Duration = Duration::from_secs(1);

const RESTORED: &str = "the database was restored, the feed begins anew";
const HOLE: &str = "a position is missing from the feed";
const EXPIRED: &str = "the changes since then are no longer kept";

/// The reader of one application's changes.
pub struct Tail {
    statements: Statements,
    state: Mutex<State>,
    poked: Notify,
    known: Notify,
}

#[derive(Default)]
struct State {
    /// Where it is; none until the database has said so.
    at: Option<Cursor>,
    /// The connection was lost: ask for the epoch before reading on.
    doubtful: bool,
    recent: VecDeque<Arc<Change>>,
    recent_bytes: usize,
    subscriptions: Vec<Arc<Subscription>>,
}

/// Where a subscription that wants to join stands.
enum Standing {
    Joined,
    Behind(i64),
}

impl Tail {
    /// A tail that does not know yet where it is.
    pub fn new(statements: Statements) -> Self {
        Self {
            statements,
            state: Mutex::default(),
            poked: Notify::new(),
            known: Notify::new(),
        }
    }

    /// There may be new changes.
    pub fn poke(&self) {
        self.poked.notify_one();
    }

    /// The database may be another one than before.
    pub fn doubt(&self) {
        self.state.lock().doubtful = true;
        self.poked.notify_one();
    }

    /// Where it is; waits for the database to say so the first time.
    pub async fn cursor(&self) -> Result<Cursor> {
        let asked = async {
            loop {
                let known = self.known.notified();
                if let Some(at) = self.state.lock().at {
                    return at;
                }
                known.await;
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.map_err(|_| {
            Error::new(
                Code::Unavailable,
                "the change feed cannot be read at the moment; try again",
            )
        })
    }

    /// Brings a subscription up to where the feed is and delivers to it from then on.
    pub async fn join(&self, subscription: Arc<Subscription>) {
        self.reach(subscription.cursor()).await;
        loop {
            let from = match self.standing(&subscription) {
                Standing::Joined => return,
                Standing::Behind(from) => from,
            };
            let caught_up = match self.page_for(from).await {
                Ok(rows) if rows.first().is_some_and(|row| row.pos == from + 1) => {
                    let to = rows.last().map_or(from, |row| row.pos);
                    let changes = self.statements.changes(rows).await;
                    let decisions = self.decisions(&[Arc::clone(&subscription)], &changes).await;
                    subscription.deliver_patiently(&changes, to, &decisions).await
                }
                Ok(_) => {
                    self.join_anew(&subscription, EXPIRED);
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, cause = ?error.cause, "a subscriber could not be brought up to date yet");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                    true
                }
            };
            if subscription.has_ended() {
                return;
            }
            if !caught_up {
                self.join_anew(&subscription, "this client reads more slowly than the feed grows");
                return;
            }
        }
    }

    /// What the database says about changes where filters look through references, once for each filter. Where it
    /// does not say in time, those subscriptions begin anew: nobody else waits for them.
    async fn decisions(&self, subscriptions: &[Arc<Subscription>], changes: &[Arc<Change>]) -> Decisions {
        let mut decisions = Decisions::default();
        for subscription in subscriptions {
            let interest = subscription.interest();
            let Some(filter) = interest.far_filter().filter(|filter| !decisions.has(filter)) else {
                continue;
            };
            let asked = self.statements.decide(&interest, changes);
            let sights = match tokio::time::timeout(DECIDE_WITHIN, asked).await {
                Ok(Ok(sights)) => sights,
                Ok(Err(error)) => {
                    tracing::warn!(%error, cause = ?error.cause, "a filter could not be decided");
                    HashMap::new()
                }
                Err(_) => {
                    tracing::warn!(filter, "a filter takes too long to be decided for each change");
                    HashMap::new()
                }
            };
            decisions.insert(filter, sights);
        }
        decisions
    }

    /// What a client missed; nothing when it comes too late.
    async fn page_for(&self, from: i64) -> Result<Vec<Row>> {
        if self.statements.is_expired(from).await? {
            return Ok(Vec::new());
        }
        self.statements.page(from, PAGE).await
    }

    /// Waits a moment for this tail to come where the client has been told of by another server.
    async fn reach(&self, cursor: Cursor) {
        let reached = async {
            loop {
                let at = self.state.lock().at;
                if at.is_none_or(|at| at.epoch != cursor.epoch || at.pos >= cursor.pos) {
                    return;
                }
                self.poke();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // A position that nobody reaches was never given: `standing` says so.
        let _ = tokio::time::timeout(REACH, reached).await;
    }

    fn standing(&self, subscription: &Arc<Subscription>) -> Standing {
        let mut state = self.state.lock();
        let cursor = subscription.cursor();
        let Some(at) = state.at else {
            return Standing::Behind(cursor.pos);
        };
        if cursor.epoch != at.epoch || cursor.pos > at.pos {
            subscription.resync(at, RESTORED);
        } else if cursor.pos < at.pos {
            let first = state.recent.front().map(|change| change.pos());
            let is_far = subscription.interest().far_filter().is_some();
            if is_far || first.is_none_or(|first| first > cursor.pos + 1) {
                return Standing::Behind(cursor.pos);
            }
            let recent = state.recent.make_contiguous();
            let missing = recent.partition_point(|change| change.pos() <= cursor.pos);
            subscription.deliver(&recent[missing..], at.pos, &Decisions::default());
        }
        state.subscriptions.push(Arc::clone(subscription));
        Standing::Joined
    }

    fn join_anew(&self, subscription: &Arc<Subscription>, reason: &str) {
        let mut state = self.state.lock();
        if let Some(at) = state.at {
            subscription.resync(at, reason);
            state.subscriptions.push(Arc::clone(subscription));
        }
    }

    /// Reads and delivers until nobody listens any more.
    ///
    /// `is_wanted` tells whether anybody holds this tail.
    pub async fn follow(&self, is_wanted: impl Fn() -> bool) {
        let mut unwanted = Duration::ZERO;
        let mut pause = Duration::from_millis(50);
        while unwanted < LINGER {
            match self.catch_up().await {
                Ok(()) => pause = Duration::from_millis(50),
                Err(error) => {
                    tracing::warn!(%error, cause = ?error.cause, "the change feed could not be read; trying again");
                    self.state.lock().doubtful = true;
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(1));
                    continue;
                }
            }
            let second = Duration::from_secs(1);
            if tokio::time::timeout(second, self.poked.notified()).await.is_err() {
                self.keep_fresh();
                unwanted = if is_wanted() {
                    Duration::ZERO
                } else {
                    unwanted + second
                };
            }
        }
    }

    async fn catch_up(&self) -> Result<()> {
        self.be_sure().await?;
        loop {
            let Some(at) = self.state.lock().at else {
                return Ok(());
            };
            let rows = self.statements.page(at.pos, PAGE).await?;
            let is_last = rows.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            if rows
                .iter()
                .zip(at.pos + 1..)
                .any(|(row, expected)| row.pos != expected)
            {
                tracing::error!(after = at.pos, "a position is missing from the change feed");
                return self.begin_anew(HOLE).await;
            }
            self.deliver_rows(rows).await;
            if is_last {
                return Ok(());
            }
        }
    }

    /// What comes after a model's change is read and shown under that model.
    async fn deliver_rows(&self, mut rows: Vec<Row>) {
        while !rows.is_empty() {
            let model = rows.iter().position(|row| row.kind == "model");
            let after = rows.split_off(model.map_or(rows.len(), |model| model + 1));
            if let Some(model) = model.and_then(|model| rows.get(model)) {
                self.statements.model_is_known(model).await;
            }
            let changes = self.statements.changes(rows).await;
            let subscriptions = self.state.lock().subscriptions.clone();
            let decisions = self.decisions(&subscriptions, &changes).await;
            self.deliver(changes, &decisions);
            rows = after;
        }
    }

    /// Asks where the feed is, at the beginning and after every doubt.
    async fn be_sure(&self) -> Result<()> {
        let at = {
            let mut state = self.state.lock();
            let is_sure = state.at.is_some() && !state.doubtful;
            state.doubtful = false;
            if is_sure {
                return Ok(());
            }
            state.at
        };
        let head = self.statements.head().await?;
        match at {
            Some(at) if at.epoch == head.epoch && at.pos <= head.pos => {}
            Some(_) => self.resync(head, RESTORED),
            None => {
                self.state.lock().at = Some(head);
                self.known.notify_waiters();
            }
        }
        Ok(())
    }

    async fn begin_anew(&self, reason: &str) -> Result<()> {
        let head = self.statements.head().await?;
        self.resync(head, reason);
        Ok(())
    }

    fn resync(&self, head: Cursor, reason: &str) {
        let mut state = self.state.lock();
        state.at = Some(head);
        state.recent.clear();
        state.recent_bytes = 0;
        for subscription in &state.subscriptions {
            subscription.resync(head, reason);
        }
    }

    fn deliver(&self, changes: Vec<Arc<Change>>, decisions: &Decisions) {
        let Some(to) = changes.last().map(|change| change.pos()) else {
            return;
        };
        let mut state = self.state.lock();
        state
            .subscriptions
            .retain(|subscription| !subscription.has_ended());
        for subscription in &state.subscriptions {
            subscription.deliver(&changes, to, decisions);
        }
        if changes.iter().any(|change| change.kind() == Kind::Model) {
            self.read_filters_anew(&mut state, to);
        }
        if let Some(at) = &mut state.at {
            at.pos = to;
        }
        for change in changes {
            state.recent_bytes += change.weight();
            state.recent.push_back(change);
        }
        while state.recent.len() > KEPT || state.recent_bytes > KEPT_BYTES {
            let Some(oldest) = state.recent.pop_front() else {
                break;
            };
            state.recent_bytes -= oldest.weight();
        }
    }

    /// Another model is live: filters speak of its properties from now on.
    fn read_filters_anew(&self, state: &mut State, to: i64) {
        let epoch = state.at.map(|at| at.epoch).unwrap_or_default();
        for subscription in &state.subscriptions {
            if !subscription.reread(|interest| self.statements.reread(interest)) {
                let reason = "the filter does not fit the new model; subscribe again";
                subscription.resync(Cursor { epoch, pos: to }, reason);
                subscription.end();
            }
        }
    }

    fn keep_fresh(&self) {
        let mut state = self.state.lock();
        state
            .subscriptions
            .retain(|subscription| !subscription.has_ended());
        if let Some(at) = state.at {
            for subscription in &state.subscriptions {
                subscription.keep_fresh(at.pos);
            }
        }
    }
}
