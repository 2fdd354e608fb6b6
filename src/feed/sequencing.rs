//! The loop of one application: give positions, match, count, and fall quiet.
//!
//! While something happens it steps when poked (after own writes, by a
//! notification) and every ten milliseconds. After two seconds of quiet it arms
//! the bell, which makes writers notify, and keeps polling until every
//! transaction that may have seen the bell unarmed has ended; then it sleeps
//! until it is poked. `quiet.rs` looks after the sleeping ones, so a lost
//! notification costs half a second and no data. Any number of servers run this
//! loop for the same application: the database lets one step at a time.

use crate::config::Feed;
use crate::error::Result;
use crate::feed::jittered;
use crate::feed::live_settings::LiveSettings;
use crate::feed::pulse::Pulse;
use crate::feed::statements::Statements;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Between the beginnings of two steps, however often it is poked: each takes what has gathered.
const STEP_GAP: Duration = Duration::from_millis(4);
/// How long nothing must happen before the bell is armed.
const QUIET_AFTER: Duration = Duration::from_secs(2);
/// Between two looks at the mark, once old transactions keep it waiting.
const SLOW_POLL: Duration = Duration::from_millis(200);
const FOLD_EVERY: Duration = Duration::from_secs(1);
const PRUNE_EVERY: Duration = Duration::from_secs(30);
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// Where the loop is between work and sleep.
enum Pace {
    /// Stepping.
    Active,
    /// The bell is armed; transactions from before are still under way.
    Arming { mark: String, since: Instant },
    /// Asleep until poked.
    Quiet,
}

/// The loop of one application.
pub struct Sequencing {
    statements: Statements,
    pulse: Arc<Pulse>,
    /// Between two steps while active.
    poll: Duration,
    /// The most rows of one step, among others.
    settings: Arc<LiveSettings>,
    pace: Pace,
    busy: Instant,
    unfolded: bool,
    unmatched: bool,
    folded: Instant,
    pruned: Instant,
}

impl Sequencing {
    /// A loop that has not stepped yet. It begins by falling quiet, so that a server with
    /// thousands of applications does not begin by polling all of them.
    pub fn new(
        statements: Statements,
        pulse: Arc<Pulse>,
        config: &Feed,
        settings: Arc<LiveSettings>,
    ) -> Self {
        let now = Instant::now();
        Self {
            statements,
            pulse,
            poll: Duration::from_millis(config.poll_active_ms),
            settings,
            pace: Pace::Active,
            busy: now.checked_sub(QUIET_AFTER).unwrap_or(now),
            unfolded: true,
            unmatched: true,
            folded: now,
            pruned: now,
        }
    }

    /// Runs until the task is dropped.
    pub async fn run(mut self) {
        let mut pause = Duration::from_millis(50);
        loop {
            let began = Instant::now();
            match self.step().await {
                Ok(more) => {
                    pause = Duration::from_millis(50);
                    self.pulse.stepped();
                    if more {
                        continue;
                    }
                }
                Err(error) => {
                    tracing::warn!(
                        application = %self.statements.application(), %error, cause = ?error.cause,
                        "the sequencer could not step; trying again"
                    );
                    self.pulse.failed(&error);
                    // Whatever the bell was told, tell it again.
                    self.pace = Pace::Active;
                    self.busy = Instant::now();
                    tokio::time::sleep(jittered(pause)).await;
                    pause = (pause * 2).min(MAX_PAUSE);
                    continue;
                }
            }
            self.wait().await;
            tokio::time::sleep_until(began + STEP_GAP).await;
        }
    }

    async fn wait(&mut self) {
        let at_most = match &self.pace {
            Pace::Quiet => {
                self.pulse.poked().await;
                return;
            }
            Pace::Active => self.poll,
            Pace::Arming { since, .. } if since.elapsed() < QUIET_AFTER => self.poll,
            Pace::Arming { .. } => SLOW_POLL,
        };
        let _ = tokio::time::timeout(at_most, self.pulse.poked()).await;
        // Another server steps for it: that is activity too, and the bell stays unarmed.
        if self.pulse.has_heard() {
            self.busy = Instant::now();
        }
    }

    /// One step; true when there is more to take at once.
    async fn step(&mut self) -> Result<bool> {
        // Positions first: whoever waits for this change does not wait for the bell as well.
        let taken = self.statements.sequence(self.settings.batch_rows()).await?;
        if taken > 0 {
            self.busy = Instant::now();
            self.unfolded = true;
            self.unmatched = true;
            self.pulse.sequenced();
        }
        if matches!(self.pace, Pace::Quiet) || (taken > 0 && matches!(self.pace, Pace::Arming { .. })) {
            self.wake_up().await?;
        }
        if taken == 0 {
            self.pulse.looked();
        }
        let mut matched = 0;
        if self.unmatched {
            matched = self.statements.match_triggers(self.settings.batch_rows()).await?;
            self.unmatched = matched > 0;
        }
        let now = Instant::now();
        if self.unfolded && now - self.folded >= FOLD_EVERY {
            self.fold().await?;
        }
        if now - self.pruned >= PRUNE_EVERY {
            self.pruned = now;
            self.statements.prune().await?;
        }
        if taken == 0 && !self.unmatched {
            self.fall_quiet().await?;
        }
        let full = i64::from(self.settings.batch_rows());
        Ok(taken >= full || matched >= full)
    }

    async fn fold(&mut self) -> Result<()> {
        self.statements.fold().await?;
        self.folded = Instant::now();
        self.unfolded = false;
        Ok(())
    }

    async fn wake_up(&mut self) -> Result<()> {
        self.pulse.awake();
        self.statements.ring(false).await?;
        self.pace = Pace::Active;
        self.busy = Instant::now();
        Ok(())
    }

    async fn fall_quiet(&mut self) -> Result<()> {
        match &self.pace {
            Pace::Quiet => {}
            Pace::Active if self.busy.elapsed() < QUIET_AFTER => {}
            Pace::Active => {
                if self.unfolded {
                    self.fold().await?;
                }
                self.pulse.arming();
                self.statements.ring(true).await?;
                self.pace = Pace::Arming {
                    mark: self.statements.mark().await?,
                    since: Instant::now(),
                };
            }
            Pace::Arming { mark, .. } => {
                let (passed, outbox) = self.statements.passed(mark).await?;
                if passed {
                    // What was committed before the mark is visible now; what came after it rings.
                    if self.statements.sequence(self.settings.batch_rows()).await? > 0 {
                        self.unfolded = true;
                        self.unmatched = true;
                        self.pulse.sequenced();
                        return self.wake_up().await;
                    }
                    self.statements.prune().await?;
                    self.pruned = Instant::now();
                    self.pace = Pace::Quiet;
                    self.pulse.asleep(outbox);
                }
            }
        }
        Ok(())
    }
}
