//! The workers of a server: as many run as there are cores, and each serves one application.

use crate::script::Fault;
use crate::script::Kind;
use crate::script::ROOTS;
use crate::script::Script;
use crate::script::child::Child;
use crate::script::frame::Asked;
use crate::script::frame::Line;
use parking_lot::Mutex;
use serde_json::Map;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// How long the reading of a script may take.
const READING: Duration = Duration::from_secs(5);

/// What is asked of a script.
pub struct Ask<'a> {
    /// The application.
    pub owner: Uuid,
    /// The script.
    pub script: &'a Script,
    /// What it sees, by name; what is left out it does not see.
    pub roots: Map<String, Value>,
    /// How long it may take.
    pub time: Duration,
    /// What its random numbers grow from.
    pub seed: u64,
    /// What its clock says, when the clock stands still.
    pub now_ms: Option<i64>,
}

/// What became of a script.
pub struct Ran {
    /// What it gave.
    pub result: Result<Value, Fault>,
    /// What it said on its console.
    pub log: Vec<Line>,
    /// How long it ran.
    pub took: Duration,
}

/// The workers. Cheap to clone; none is started before it is needed.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    running: Semaphore,
    idle: Mutex<Vec<Child>>,
    most_idle: usize,
    is_over: std::sync::atomic::AtomicBool,
}

impl Default for Pool {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self(Arc::new(Inner {
            running: Semaphore::new(cores),
            idle: Mutex::default(),
            most_idle: cores * 2,
            is_over: std::sync::atomic::AtomicBool::new(false),
        }))
    }
}

impl Pool {
    /// Runs a script.
    pub async fn run(&self, ask: Ask<'_>) -> Ran {
        let roots = ROOTS.iter().filter_map(|root| {
            let value = ask.roots.get(*root)?;
            Some(((*root).to_owned(), value.clone()))
        });
        let asked = Asked {
            script: ask.script.digest.to_string(),
            code: Some(ask.script.code.to_string()),
            roots: Some(roots.collect()),
            seed: ask.seed,
            now_ms: ask.now_ms,
        };
        self.exchange(ask.owner, asked, ask.time).await
    }

    /// Reads a script without running it.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub async fn read(&self, script: &Script) -> Result<(), Fault> {
        let asked = Asked {
            script: script.digest.to_string(),
            code: Some(script.code.to_string()),
            roots: None,
            seed: 0,
            now_ms: None,
        };
        self.exchange(Uuid::nil(), asked, READING)
            .await
            .result
            .map(|_| ())
    }

    async fn exchange(&self, owner: Uuid, mut asked: Asked, time: Duration) -> Ran {
        let failed = |fault| Ran {
            result: Err(fault),
            log: Vec::new(),
            took: Duration::ZERO,
        };
        let Ok(_permit) = self.0.running.acquire().await else {
            return failed(Fault::new(Kind::Worker, "the server is stopping"));
        };
        let mut child = match self.child(owner).await {
            Ok(child) => child,
            Err(error) => {
                tracing::error!(%error, "no worker for scripts could be started");
                return failed(Fault::new(
                    Kind::Worker,
                    "no worker for scripts could be started; the log says why",
                ));
            }
        };
        if child.knows(&asked.script) {
            asked.code = None;
        }
        let began = Instant::now();
        let answered = child.ask(&asked, time).await;
        let took = began.elapsed();
        match answered {
            Ok(answered) => {
                self.keep(child);
                Ran {
                    result: answered.result,
                    log: answered.log,
                    took,
                }
            }
            Err(fault) => {
                // It must be gone before the next one runs.
                child.end().await;
                Ran {
                    took,
                    ..failed(fault)
                }
            }
        }
    }

    /// A worker that has served this application, or nobody yet.
    async fn child(&self, owner: Uuid) -> std::io::Result<Child> {
        let found = {
            let mut idle = self.0.idle.lock();
            let place = idle.iter().position(|child| child.owner == Some(owner));
            place.map(|place| idle.swap_remove(place))
        };
        match found {
            Some(child) => Ok(child),
            None => {
                let mut child = Child::start().await?;
                child.owner = Some(owner);
                Ok(child)
            }
        }
    }

    fn keep(&self, child: Child) {
        let mut idle = self.0.idle.lock();
        if !child.is_fresh() || self.0.is_over.load(std::sync::atomic::Ordering::Relaxed) {
            return;
        }
        if idle.len() >= self.0.most_idle {
            idle.remove(0);
        }
        idle.push(child);
    }

    /// Ends the workers.
    pub async fn stop(&self) {
        self.0.is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        self.0.running.close();
        let idle = std::mem::take(&mut *self.0.idle.lock());
        for child in idle {
            child.end().await;
        }
    }
}
