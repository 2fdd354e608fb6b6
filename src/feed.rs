//! The change feed: from committed writes to everyone who wants to know.
//!
//! Writers leave rows in their application's outbox. The loops here give them
//! positions (`sequencing.rs`), look after sleeping applications (`quiet.rs`)
//! and after the tables (`upkeep.rs`); a tail reads each followed application
//! once (`tail.rs`) and hands every change to its subscriptions, which put
//! frames into the bounded queues of their sockets (`queue.rs`). Nothing on the
//! way of a write knows how many listen. Every loop outlives lost connections
//! and a restarted database; none of them is special among several servers.

mod change;
mod cursor;
mod interest;
mod live_settings;
mod pulse;
mod queue;
mod quiet;
mod sequencing;
mod standing;
mod statements;
mod subscription;
mod tail;
mod upkeep;

pub use cursor::Cursor;
pub use interest::Interest;
pub use queue::Next;
pub use queue::Queue;
pub use standing::Standing;
pub use subscription::Subscription;
pub use tail::Tail;
pub use upkeep::Alarm;

use crate::config::Config;
use crate::db::Db;
use crate::db::Wake;
use crate::error::Result;
use crate::feed::live_settings::LiveSettings;
use crate::feed::pulse::Pulse;
use crate::feed::sequencing::Sequencing;
use crate::feed::standing::Standings;
use crate::feed::statements::Statements;
use crate::feed::upkeep::Upkeep;
use crate::operation::directory::Application;
use crate::operation::directory::Directory;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often the loops are compared with the applications there are.
const COMPARE_EVERY: Duration = Duration::from_millis(250);
/// A loop that has failed for so long is worth an alarm.
const WORRY_AFTER: Duration = Duration::from_secs(5);

/// The feeds of all applications on this server. Cheap to clone.
#[derive(Clone)]
pub struct Feed {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    directory: Directory,
    config: crate::config::Feed,
    loops: Mutex<HashMap<Uuid, Running>>,
    tails: Mutex<HashMap<Uuid, Arc<Tail>>>,
    upkeep: Upkeep,
    standings: Standings,
    settings: Arc<LiveSettings>,
    stop: CancellationToken,
}

struct Running {
    pulse: Arc<Pulse>,
    outbox_ids: String,
    slug: String,
    statements: Statements,
    task: AbortHandle,
}

impl Feed {
    /// The feeds of the directory's applications; nothing runs before [`Feed::start`].
    #[must_use]
    pub fn new(db: &Db, directory: &Directory, config: &Config) -> Self {
        Self {
            inner: Arc::new(Inner {
                db: db.clone(),
                directory: directory.clone(),
                config: config.feed.clone(),
                loops: Mutex::default(),
                tails: Mutex::default(),
                upkeep: Upkeep::default(),
                standings: Standings::default(),
                settings: Arc::new(LiveSettings::new(config.feed.batch_rows)),
                stop: CancellationToken::new(),
            }),
        }
    }

    /// Starts the loops; they run until [`Feed::stop`].
    pub fn start(&self) {
        let feed = self.clone();
        let watched = self.clone();
        let quiet = quiet::run(
            self.inner.db.clone(),
            Duration::from_millis(self.inner.config.poll_idle_ms),
            move || watched.watched(),
        );
        let upkeep = self.clone();
        let standing = self.clone();
        let settings = self.clone();
        let stop = self.inner.stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = feed.listen() => {}
                () = quiet => {}
                () = upkeep.inner.upkeep.run(&upkeep.inner.db) => {}
                () = standing.watch() => {}
                () = settings.inner.settings.run(&settings.inner.db) => {}
                () = stop.cancelled() => {}
            }
            for (_, running) in feed.inner.loops.lock().drain() {
                running.task.abort();
            }
        });
    }

    /// Stops the loops. Other servers go on; nothing is lost by stopping between two steps.
    pub fn stop(&self) {
        self.inner.stop.cancel();
    }

    /// Something was committed in this application just now.
    pub fn poke(&self, application: Uuid) {
        if let Some(running) = self.inner.loops.lock().get(&application) {
            running.pulse.poke();
        }
    }

    /// The reader of an application's feed; it follows the feed for as long as somebody holds it.
    #[must_use]
    pub fn tail(&self, application: &Application) -> Arc<Tail> {
        let mut tails = self.inner.tails.lock();
        if let Some(tail) = tails.get(&application.id) {
            return Arc::clone(tail);
        }
        let tail = Arc::new(Tail::new(self.statements(application)));
        tails.insert(application.id, Arc::clone(&tail));
        drop(tails);
        self.connect();
        let (feed, id, followed) = (self.clone(), application.id, Arc::clone(&tail));
        tokio::spawn(async move {
            tokio::select! {
                () = feed.follow(id, followed) => {}
                () = feed.inner.stop.cancelled() => {}
            }
        });
        tail
    }

    async fn follow(&self, id: Uuid, tail: Arc<Tail>) {
        // The map holds one, this task another.
        let is_wanted = || Arc::strong_count(&tail) > 2;
        loop {
            tail.follow(is_wanted).await;
            let mut tails = self.inner.tails.lock();
            if !is_wanted() {
                tails.remove(&id);
                return;
            }
        }
    }

    /// What somebody should look at: loops that do not get on, upkeep that fails.
    #[must_use]
    pub fn alarms(&self) -> Vec<Alarm> {
        let mut alarms = self.inner.upkeep.alarms();
        for (id, running) in self.inner.loops.lock().iter() {
            if let Some((since, reason)) = running.pulse.failing().filter(|(since, _)| *since >= WORRY_AFTER)
            {
                alarms.push(Alarm {
                    what: format!("the change feed of application {id} stands still"),
                    since,
                    reason,
                });
            }
        }
        alarms
    }

    /// How the feeds stand: all that waits, and the longest lag.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.inner.standings.worst()
    }

    /// Writes this server's numbers into `performance_metrics`, as it does each minute.
    ///
    /// # Errors
    /// When the database cannot take them.
    pub async fn record_numbers(&self) -> Result<()> {
        upkeep::record(&self.inner.db).await
    }

    async fn watch(&self) {
        let looked = || {
            let loops = self.inner.loops.lock();
            let each = loops.values();
            each.map(|running| {
                let (statements, pulse) = (running.statements.clone(), Arc::clone(&running.pulse));
                (running.slug.clone(), statements, pulse)
            })
            .collect()
        };
        self.inner.standings.run(looked).await;
    }

    fn statements(&self, application: &Application) -> Statements {
        Statements::of(&self.inner.db, &self.inner.directory, application)
    }

    fn watched(&self) -> Vec<quiet::Watched> {
        let loops = self.inner.loops.lock();
        loops
            .iter()
            .map(|(id, running)| (*id, running.outbox_ids.clone(), Arc::clone(&running.pulse)))
            .collect()
    }

    /// Hands on what is announced, and keeps one loop an application.
    async fn listen(&self) {
        let mut wakeups = self.inner.db.wakeups();
        let mut compare = tokio::time::interval(COMPARE_EVERY);
        loop {
            tokio::select! {
                _ = compare.tick() => self.compare(),
                wake = wakeups.recv() => match wake {
                    Ok(Wake::Application(id)) => self.announced(id),
                    Ok(Wake::Directory) => self.compare(),
                    Ok(Wake::Kept { .. }) => {}
                    Ok(Wake::Reconnected) | Err(RecvError::Lagged(_)) => self.missed_something(),
                    Err(RecvError::Closed) => return,
                },
            }
        }
    }

    fn announced(&self, application: Uuid) {
        if let Some(running) = self.inner.loops.lock().get(&application) {
            running.pulse.announced();
        }
    }

    fn missed_something(&self) {
        for running in self.inner.loops.lock().values() {
            running.pulse.poke();
        }
        for tail in self.inner.tails.lock().values() {
            tail.doubt();
        }
    }

    fn compare(&self) {
        let applications = self.inner.directory.applications();
        let mut loops = self.inner.loops.lock();
        loops.retain(|id, running| {
            let exists = applications.iter().any(|application| application.id == *id);
            if !exists {
                running.task.abort();
            }
            exists
        });
        let before = loops.len();
        for application in applications {
            loops
                .entry(application.id)
                .or_insert_with(|| self.begin(&application));
        }
        let has_grown = loops.len() > before;
        drop(loops);
        if has_grown {
            self.connect();
        }
    }

    /// Lets each loop know the tail of its application. The two locks are never held together.
    fn connect(&self) {
        let tails: Vec<_> = {
            let tails = self.inner.tails.lock();
            tails
                .iter()
                .map(|(id, tail)| (*id, Arc::downgrade(tail)))
                .collect()
        };
        let loops = self.inner.loops.lock();
        for (id, tail) in tails {
            if let Some(running) = loops.get(&id) {
                running.pulse.reads(tail);
            }
        }
    }

    fn begin(&self, application: &Application) -> Running {
        let statements = self.statements(application);
        let pulse = Arc::new(Pulse::default());
        let outbox_ids = statements.outbox_ids().to_owned();
        let settings = Arc::clone(&self.inner.settings);
        let sequencing = Sequencing::new(
            statements.clone(),
            Arc::clone(&pulse),
            &self.inner.config,
            settings,
        );
        let task = tokio::spawn(sequencing.run()).abort_handle();
        Running {
            pulse,
            outbox_ids,
            slug: application.slug.clone(),
            statements,
            task,
        }
    }
}

/// A pause of this length at most and half of it at least, so that what failed together is not tried together.
fn jittered(pause: Duration) -> Duration {
    let share = f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX);
    pause.mul_f64(0.5 + share / 2.0)
}
