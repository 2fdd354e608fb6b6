//! The engine: claims executions, runs their nodes, and leaves nothing half done.
//!
//! An execution is a row that a server claims with a lease and a fence
//! (`claim.rs`); every later write carries the fence, so a server that was away
//! too long writes nothing. What nodes did stands in a journal, written in the
//! same transaction as their effects (`journal.rs`): whoever resumes the
//! execution goes on after the last of them. The database holds truth and its
//! clock counts; memory holds what is being worked on here. Any number of
//! servers run this, and none is special.

mod beat;
mod cache;
mod claim;
mod finish;
mod flow;
mod job;
mod journal;
mod run;
mod scope;
mod signal;
mod statements;
mod step;
mod webhook;

pub use job::End;
pub use webhook::Fired;
pub use webhook::Firing;
pub use webhook::KEPT;

use crate::config::Config;
use crate::db::Wake;
use crate::egress::Egress;
use crate::engine::cache::Cache;
use crate::engine::claim::Claiming;
use crate::engine::finish::Finisher;
use crate::engine::flow::Flows;
use crate::engine::job::Job;
use crate::engine::job::Running;
use crate::engine::statements::Statements;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::directory::Application;
use crate::script::Pool;
use parking_lot::Mutex;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// For how long a claim holds without a word from its server, in seconds.
const LEASE_SECONDS: i32 = 15;
/// How often the loops are compared with the applications there are.
const COMPARE_EVERY: Duration = Duration::from_millis(250);
/// How long executions may go on when the server stops; then others take them over.
const DRAIN: Duration = Duration::from_secs(5);

/// The engine of one server. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    /// Random at each start: a server that was killed is somebody else than the one that follows it.
    worker: Uuid,
    flows: Flows,
    cache: Cache,
    /// The most nodes that one attempt of an execution runs.
    max_node_runs: i32,
    egress: Egress,
    scripts: Pool,
    slots: Arc<Semaphore>,
    /// What is worked on here.
    running: Mutex<HashMap<Uuid, Arc<Running>>>,
    /// Who waits here for the answer of a Respond node.
    answers: Mutex<HashMap<Uuid, oneshot::Sender<Value>>>,
    loops: Mutex<HashMap<Uuid, Arc<Claiming>>>,
    statements: Mutex<HashMap<Uuid, Arc<Statements>>>,
    finishers: Mutex<HashMap<Uuid, Finisher>>,
    beating: OnceLock<()>,
    stop: CancellationToken,
}

/// What a caller starts.
pub struct Call {
    /// The row of the xflow.
    pub flow: Uuid,
    /// What it is given.
    pub input: Value,
    /// Who calls, for change rows.
    pub caller: String,
    /// How it came about: `manual`, `webhook`, …
    pub trigger_type: String,
    /// Whether the caller waits for its end.
    pub waits: bool,
}

/// An execution that was started.
pub struct Started {
    /// Its id.
    pub id: Uuid,
    /// Its end, or that it was parked; none when nobody waits.
    pub end: Option<oneshot::Receiver<End>>,
}

impl Engine {
    /// An engine that does nothing yet.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let worker = Uuid::new_v4();
        Self {
            inner: Arc::new(Inner {
                worker,
                cache: Cache::new(worker, config.xflow.cache_bytes),
                flows: Flows::default(),
                max_node_runs: i32::try_from(config.xflow.max_node_runs).unwrap_or(i32::MAX),
                egress: Egress::new(&config.egress),
                scripts: Pool::default(),
                slots: Arc::new(Semaphore::new(config.xflow.max_parallel_executions.max(1))),
                running: Mutex::default(),
                answers: Mutex::default(),
                loops: Mutex::default(),
                statements: Mutex::default(),
                finishers: Mutex::default(),
                beating: OnceLock::new(),
                stop: CancellationToken::new(),
            }),
        }
    }

    /// Starts the loops that take over what waits in the database; they run until [`Engine::stop`].
    pub fn start(&self, torque: &Torque) {
        self.beat(torque);
        let (engine, torque) = (self.clone(), torque.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = engine.listen(&torque) => {}
                () = engine.inner.stop.cancelled() => {}
            }
        });
    }

    /// Stops claiming, lets what runs come to its end for a moment, and gives the rest back.
    pub async fn stop(&self, torque: &Torque) {
        self.inner.stop.cancel();
        let until = tokio::time::Instant::now() + DRAIN;
        while !self.inner.running.lock().is_empty() && tokio::time::Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let mut left: Vec<Arc<Running>> = self.inner.running.lock().values().cloned().collect();
        for running in &left {
            running.lose();
        }
        self.inner.scripts.stop().await;
        left.sort_by_key(|running| running.application);
        left.dedup_by_key(|running| running.application);
        for running in left {
            if let Err(error) = running.statements.release(&torque.db, self.inner.worker).await {
                tracing::warn!(%error, "executions could not be given back; their lease will run out");
            }
        }
    }

    /// Starts an execution: here and now when the caller waits, else it waits its turn.
    ///
    /// # Errors
    /// When the database cannot take it.
    pub async fn call(&self, torque: &Torque, application: &Arc<Application>, call: Call) -> Result<Started> {
        let flow = self.inner.flows.find(&torque.db, call.flow).await?;
        let statements = self.statements(application);
        let id = Uuid::now_v7();
        let is_durable = flow.as_ref().as_ref().is_ok_and(|flow| flow.is_durable);
        let worker = call.waits.then_some(self.inner.worker);
        if call.waits {
            self.beat(torque);
        }
        let now_ms = statements
            .insert(
                &torque.db,
                id,
                &call,
                call.waits && !is_durable,
                worker,
                LEASE_SECONDS,
            )
            .await?;
        if !call.waits {
            self.poke(application.id);
            return Ok(Started { id, end: None });
        }
        let (told, end) = oneshot::channel();
        let job = Job::called(id, application, &statements, flow, call, (is_durable, now_ms));
        self.begin(torque, job, None, Some(told));
        Ok(Started { id, end: Some(end) })
    }

    /// There may be something to claim in this application.
    pub fn poke(&self, application: Uuid) {
        if let Some(claiming) = self.inner.loops.lock().get(&application) {
            claiming.poke();
        }
    }

    /// Where scripts are read and run.
    #[must_use]
    pub fn scripts(&self) -> &Pool {
        &self.inner.scripts
    }

    /// The statements of an application.
    #[must_use]
    pub(crate) fn statements(&self, application: &Application) -> Arc<Statements> {
        let mut known = self.inner.statements.lock();
        let statements = known
            .entry(application.id)
            .or_insert_with(|| Arc::new(Statements::of(application)));
        Arc::clone(statements)
    }

    /// Ends what runs here of an execution, if it does.
    pub(crate) fn end_here(&self, execution: Uuid) {
        if let Some(running) = self.inner.running.lock().get(&execution) {
            running.cancel();
        }
    }

    /// Works on an execution that is claimed.
    fn begin(
        &self,
        torque: &Torque,
        job: Job,
        slot: Option<OwnedSemaphorePermit>,
        told: Option<oneshot::Sender<End>>,
    ) {
        let running = Arc::new(Running::of(&job));
        self.inner.running.lock().insert(job.id, Arc::clone(&running));
        let (engine, torque) = (self.clone(), torque.clone());
        tokio::spawn(async move {
            let (id, application) = (job.id, Arc::clone(&job.application));
            // A panic of a node must not leave the execution among those whose lease is kept.
            let work = tokio::spawn(run::run(engine.clone(), torque.clone(), job, running));
            let end = work.await.unwrap_or_else(|error| {
                tracing::error!(%error, execution = %id, "an execution broke off; it is taken up again");
                End::Lost
            });
            engine.inner.running.lock().remove(&id);
            drop(slot);
            torque.feed.poke(application.id);
            if let Some(told) = told {
                // Whoever asked may have gone.
                let _ = told.send(end);
            }
        });
    }

    fn finisher(&self, torque: &Torque, job: &Job) -> Finisher {
        let mut finishers = self.inner.finishers.lock();
        finishers
            .entry(job.application.id)
            .or_insert_with(|| Finisher::start(torque.db.clone(), Arc::clone(&job.statements)))
            .clone()
    }

    fn beat(&self, torque: &Torque) {
        self.inner.beating.get_or_init(|| {
            let (engine, db) = (self.clone(), torque.db.clone());
            tokio::spawn(async move { beat::run(engine, db).await });
        });
    }

    /// Hands on what is announced, and keeps one loop an application.
    async fn listen(&self, torque: &Torque) {
        let mut wakeups = torque.db.wakeups();
        let mut compare = tokio::time::interval(COMPARE_EVERY);
        loop {
            tokio::select! {
                _ = compare.tick() => self.compare(torque),
                wake = wakeups.recv() => match wake {
                    Ok(Wake::Application(id)) => self.poke(id),
                    Ok(Wake::Directory) => self.compare(torque),
                    Ok(Wake::Kept { server, application, number }) => {
                        self.inner.cache.forget(server, application, number);
                    }
                    Ok(Wake::Reconnected) | Err(RecvError::Lagged(_)) => {
                        self.inner.cache.forget_all();
                        for claiming in self.inner.loops.lock().values() {
                            claiming.poke();
                        }
                    }
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }

    fn compare(&self, torque: &Torque) {
        let applications = torque.directory.applications();
        let mut loops = self.inner.loops.lock();
        loops.retain(|id, claiming| {
            let exists = applications.iter().any(|application| application.id == *id);
            if !exists {
                claiming.end();
                self.inner.finishers.lock().remove(id);
                self.inner.statements.lock().remove(id);
            }
            exists
        });
        for application in applications {
            loops
                .entry(application.id)
                .or_insert_with(|| Claiming::start(self, torque, &application));
        }
    }
}
