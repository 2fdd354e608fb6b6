//! The loop of one application: claims what is due and looks after lost leases.
//!
//! It steps when it is poked (matching has made executions, a caller left one),
//! when the next parked execution is due, and every few seconds for what nobody
//! announced. The slots are the server's: the semaphore hands them out in the
//! order of asking, so a busy application cannot keep a quiet one waiting.

use crate::engine::Engine;
use crate::engine::LEASE_SECONDS;
use crate::engine::job::Job;
use crate::engine::signal::Signals;
use crate::engine::statements::Statements;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::directory::Application;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use uuid::Uuid;

/// The most that are claimed in one statement.
const BATCH: usize = 100;
/// How often an execution may be begun before it is given up.
pub const MAX_ATTEMPTS: i32 = 5;
/// Between two claims that found nothing.
const GAP: Duration = Duration::from_millis(5);
/// Between two looks at leases that have run out.
const SWEEP_EVERY: Duration = Duration::from_secs(3);
/// The same for an application without xflows.
const SWEEP_IDLE: Duration = Duration::from_secs(30);

/// The loop of one application.
pub struct Claiming {
    poked: Arc<Notify>,
    task: AbortHandle,
}

impl Claiming {
    /// Starts the loop.
    pub fn start(engine: &Engine, torque: &Torque, application: &Application) -> Arc<Self> {
        let poked = Arc::new(Notify::new());
        let work = Loop {
            engine: engine.clone(),
            torque: torque.clone(),
            application: application.id,
            statements: engine.statements(application),
            poked: Arc::clone(&poked),
        };
        let stop = engine.inner.stop.clone();
        let task = tokio::spawn(async move {
            tokio::select! {
                () = work.run() => {}
                () = stop.cancelled() => {}
            }
        });
        Arc::new(Self {
            poked,
            task: task.abort_handle(),
        })
    }

    /// There may be something to do.
    pub fn poke(&self) {
        self.poked.notify_one();
    }

    /// The application is gone.
    pub fn end(&self) {
        self.task.abort();
    }
}

struct Loop {
    engine: Engine,
    torque: Torque,
    application: Uuid,
    statements: Arc<Statements>,
    poked: Arc<Notify>,
}

impl Loop {
    async fn run(self) {
        let mut pause = Duration::from_millis(50);
        let mut swept: Option<Instant> = None;
        loop {
            match self.step(&mut swept).await {
                Ok(wait) => {
                    pause = Duration::from_millis(50);
                    let _ = tokio::time::timeout(wait, self.poked.notified()).await;
                    // What comes in a burst is claimed together.
                    tokio::time::sleep(GAP).await;
                }
                Err(error) => {
                    tracing::warn!(
                        application = %self.application, %error, cause = ?error.cause,
                        "executions could not be claimed; trying again"
                    );
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(2));
                }
            }
        }
    }

    /// Claims everything that is due; answers how long nothing has to be looked at.
    async fn step(&self, swept: &mut Option<Instant>) -> Result<Duration> {
        let Some(application) = self.torque.directory.by_id(self.application) else {
            return Ok(SWEEP_IDLE);
        };
        let every = if application.model.xflows.is_empty() {
            SWEEP_IDLE
        } else {
            SWEEP_EVERY
        };
        let is_first = swept.is_none();
        if swept.is_none_or(|swept| swept.elapsed() >= every) {
            *swept = Some(Instant::now());
            let (again, over) = self.statements.sweep(&self.torque.db, MAX_ATTEMPTS).await?;
            if again + over > 0 {
                tracing::info!(application = %application.slug, again, over, "executions of a server that ended were taken over");
            }
        }
        if application.is_running() && (is_first || !application.model.xflows.is_empty()) {
            while self.claim(&application).await? {}
        }
        let next = match application.model.xflows.is_empty() {
            true => None,
            false => self.statements.next_due(&self.torque.db).await?,
        };
        let next = next.and_then(|milliseconds| u64::try_from(milliseconds.max(1)).ok());
        Ok(next.map_or(every, |next| Duration::from_millis(next).min(every)))
    }

    /// Claims as many as there are slots; whether there may be more.
    async fn claim(&self, application: &Arc<Application>) -> Result<bool> {
        let slots = &self.engine.inner.slots;
        let first = Arc::clone(slots).acquire_owned().await.map_err(Error::bug)?;
        let mut free = vec![first];
        while free.len() < BATCH {
            match Arc::clone(slots).try_acquire_owned() {
                Ok(slot) => free.push(slot),
                Err(_) => break,
            }
        }
        let wanted = free.len();
        let count = i64::try_from(wanted).map_err(Error::bug)?;
        let worker = self.engine.inner.worker;
        let rows = self
            .statements
            .claim(&self.torque.db, worker, count, LEASE_SECONDS)
            .await?;
        let resumed: Vec<Uuid> = (rows.iter())
            .filter(|row| row.get::<_, bool>("has_journal"))
            .map(|row| row.get("id"))
            .collect();
        let mut recorded = self.statements.journal_of(&self.torque.db, &resumed).await?;
        let signalled: Vec<Uuid> = (rows.iter())
            .filter(|row| row.get::<_, i32>("signal_count") > 0)
            .map(|row| row.get("id"))
            .collect();
        let mut sent = self.statements.signals_of(&self.torque.db, &signalled).await?;
        for row in &rows {
            let id: Uuid = row.get("id");
            let flow = self
                .engine
                .inner
                .flows
                .find(&self.torque.db, row.get("xflow_id"))
                .await?;
            let recorded = recorded.remove(&id).unwrap_or_default();
            let signals = Signals::of(
                row.get("signal_count"),
                &sent.remove(&id).unwrap_or_default(),
                &recorded,
            )?;
            let job = Job::claimed(row, application, &self.statements, flow, (recorded, signals))?;
            let slot: Option<OwnedSemaphorePermit> = free.pop();
            self.engine.begin(&self.torque, job, slot, None);
        }
        Ok(rows.len() == wanted)
    }
}
