//! Driving a deploy: one step after the other, each in its own short transaction.
//!
//! Whoever drives holds an advisory lock on the connection it drives over, so
//! a killed driver frees its deploy with its connection. No statement waits
//! longer than 50 ms for a lock: what queues behind a waiting `alter table`
//! would stall the application (without the limit, 1.5 s were seen).

use crate::db::Db;
use crate::db::OwnerConnection;
use crate::db::Params;
use crate::db::is_transient;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use serde_json::json;
use std::time::Duration;
use std::time::Instant;
use uuid::Uuid;

const PATIENCE: &str = include_str!("../../../sql/queries/deploy/patience.sql");
const LOCK: &str = include_str!("../../../sql/queries/deploy/lock.sql");
const UNFINISHED_OF: &str = include_str!("../../../sql/queries/deploy/unfinished_of.sql");
const PLAN: &str = include_str!("../../../sql/queries/deploy/plan.sql");
const RUNNING: &str = include_str!("../../../sql/queries/deploy/running.sql");
const NEXT_STEP: &str = include_str!("../../../sql/queries/deploy/next_step.sql");
const STEP_DONE: &str = include_str!("../../../sql/queries/deploy/step_done.sql");
const STEP_FAILED: &str = include_str!("../../../sql/queries/deploy/step_failed.sql");
const FAILED: &str = include_str!("../../../sql/queries/deploy/failed.sql");
const UNDO: &str = include_str!("../../../sql/queries/deploy/undo.sql");
const INVALID_INDEXES: &str = include_str!("../../../sql/queries/deploy/invalid_indexes.sql");
const FIND: &str = include_str!("../../../sql/queries/deploy/find.sql");

/// How long a step is tried again while others hold what it needs.
const PATIENT_FOR: Duration = Duration::from_secs(120);
/// The first pause between two tries; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(20);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(640);

/// A step that is done.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Its number, from 1.
    pub step: i32,
    /// How many there are.
    pub steps: i64,
    /// `prepare`, `guard`, `scan` or `flip`.
    pub phase: String,
    /// What it did.
    pub title: String,
}

/// How a deploy begins.
pub(super) enum Begun {
    /// The version is live and nothing is under way.
    AlreadyLive,
    /// Somebody else drove the same deploy to its end meanwhile.
    Ended(Uuid),
    /// It is this process's to drive.
    Ours(Drive),
}

/// A deploy that this process drives.
pub(super) struct Drive {
    owner: OwnerConnection,
    application: Uuid,
    deployment: Uuid,
}

struct Step {
    ordinal: i32,
    phase: String,
    title: String,
    statement: String,
    in_transaction: bool,
    steps: i64,
}

/// Plans a deploy, or joins the one of the same version that is under way.
pub(super) async fn begin(
    db: &Db,
    application: Uuid,
    version: i32,
    live: Option<i32>,
    report: &mut (dyn FnMut(&Progress) + Send),
) -> Result<Begun> {
    let owner = db.owner().await?;
    owner.query(PATIENCE, &[]).await?;
    while !is_ours(&owner, application).await? {
        if let Some(id) = wait_for_driver(db, application, version, report).await? {
            return Ok(Begun::Ended(id));
        }
    }
    if let Some(row) = owner.query_opt(UNFINISHED_OF, &[&application]).await? {
        let left: Uuid = row.get("id");
        if row.get::<_, i32>("version") == version {
            return Ok(Begun::Ours(Drive {
                owner,
                application,
                deployment: left,
            }));
        }
        // Begun and left by a driver that is gone, and now something else is wanted.
        patiently(&owner, UNDO, &[&left]).await?;
    } else if live == Some(version) {
        return Ok(Begun::AlreadyLive);
    }
    let rows = patiently(&owner, PLAN, &[&application, &version]).await?;
    let planned = rows
        .first()
        .ok_or_else(|| Error::bug("planning a deploy answered nothing"))?;
    Ok(Begun::Ours(Drive {
        deployment: planned.get("id"),
        owner,
        application,
    }))
}

/// Takes up a deploy that was left; none when somebody drives it.
pub(super) async fn take_up(db: &Db, application: Uuid, deployment: Uuid) -> Result<Option<Drive>> {
    let owner = db.owner().await?;
    owner.query(PATIENCE, &[]).await?;
    if !is_ours(&owner, application).await? {
        return Ok(None);
    }
    // It may have been finished between being seen and being locked.
    match owner.query_opt(UNFINISHED_OF, &[&application]).await? {
        Some(row) if row.get::<_, Uuid>("id") == deployment => Ok(Some(Drive {
            owner,
            application,
            deployment,
        })),
        _ => Ok(None),
    }
}

/// Runs one statement in its own transaction, again and again while others hold what it needs.
pub(in crate::operation) async fn patiently(
    owner: &OwnerConnection,
    sql: &str,
    params: Params<'_>,
) -> Result<Vec<crate::db::Row>> {
    let mut patience = Patience::new();
    owner.query(PATIENCE, &[]).await?;
    loop {
        match owner.query(sql, params).await {
            Err(error) if is_transient(&error) && patience.is_left() => patience.pause().await,
            ended => return ended,
        }
    }
}

async fn is_ours(owner: &OwnerConnection, application: Uuid) -> Result<bool> {
    Ok(owner
        .query_one(LOCK, &[&application.to_string()])
        .await?
        .get("is_ours"))
}

/// Watches a deploy that somebody else drives; its id when it has ended.
async fn wait_for_driver(
    db: &Db,
    application: Uuid,
    version: i32,
    report: &mut (dyn FnMut(&Progress) + Send),
) -> Result<Option<Uuid>> {
    let Some(row) = db.query_opt(UNFINISHED_OF, &[&application]).await? else {
        tokio::time::sleep(PAUSE).await;
        return Ok(None);
    };
    let (id, other): (Uuid, i32) = (row.get("id"), row.get("version"));
    if other != version {
        let message = format!("version {other} is being deployed just now; try again when it is done");
        return Err(Error::new(Code::Conflict, message)
            .with("deploymentId", id.to_string())
            .with("version", other));
    }
    report(&Progress {
        step: 0,
        steps: 0,
        phase: "wait".to_owned(),
        title: "somebody else deploys it".to_owned(),
    });
    tokio::time::sleep(LONGEST_PAUSE).await;
    let row = db.query_one(FIND, &[&id]).await?;
    let is_open = matches!(row.get::<_, &str>("state"), "planned" | "running");
    Ok((!is_open).then_some(id))
}

impl Drive {
    pub(super) fn deployment(&self) -> Uuid {
        self.deployment
    }

    /// Runs every step that is not done; on a refusal takes everything back.
    pub(super) async fn finish(self, report: &mut (dyn FnMut(&Progress) + Send)) -> Result<()> {
        self.owner.execute(RUNNING, &[&self.deployment]).await?;
        self.drop_invalid_indexes().await?;
        while let Some(step) = self.next_step().await? {
            if let Err(error) = self.run(&step).await {
                return Err(self.take_back(&step, error).await);
            }
            report(&Progress {
                step: step.ordinal,
                steps: step.steps,
                phase: step.phase,
                title: step.title,
            });
        }
        Ok(())
    }

    async fn next_step(&self) -> Result<Option<Step>> {
        let row = self.owner.query_opt(NEXT_STEP, &[&self.deployment]).await?;
        Ok(row.map(|row| Step {
            ordinal: row.get("ordinal"),
            phase: row.get("phase"),
            title: row.get("title"),
            statement: row.get("statement"),
            in_transaction: row.get("in_transaction"),
            steps: row.get("steps"),
        }))
    }

    async fn run(&self, step: &Step) -> Result<()> {
        let mut patience = Patience::new();
        loop {
            let ended = if step.in_transaction {
                self.run_inside(step).await
            } else {
                self.run_outside(step).await
            };
            match ended {
                Err(error) if is_transient(&error) && patience.is_left() => patience.pause().await,
                ended => return ended,
            }
        }
    }

    /// The step and the note that it is done, in one transaction.
    async fn run_inside(&self, step: &Step) -> Result<()> {
        self.owner.batch("begin").await?;
        let ended = async {
            self.owner.batch(&step.statement).await?;
            self.owner
                .execute(STEP_DONE, &[&self.deployment, &step.ordinal])
                .await?;
            self.owner.batch("commit").await
        }
        .await;
        if ended.is_err() {
            // Of what failed already, only the connection could fail again; the next statement will say so.
            let _ = self.owner.batch("rollback").await;
        }
        ended
    }

    /// What Postgres runs only outside a transaction. Killed before the note, it runs again: each step may.
    async fn run_outside(&self, step: &Step) -> Result<()> {
        if let Err(error) = self.owner.batch(&step.statement).await {
            self.drop_invalid_indexes().await?;
            return Err(error);
        }
        self.owner
            .execute(STEP_DONE, &[&self.deployment, &step.ordinal])
            .await?;
        Ok(())
    }

    /// Indexes whose build was killed or failed are only ever a burden.
    async fn drop_invalid_indexes(&self) -> Result<()> {
        for row in self.owner.query(INVALID_INDEXES, &[&self.application]).await? {
            let statement: String = row.get("statement");
            let mut patience = Patience::new();
            loop {
                match self.owner.batch(&statement).await {
                    Err(error) if is_transient(&error) && patience.is_left() => patience.pause().await,
                    Err(error) => return Err(error),
                    Ok(()) => break,
                }
            }
        }
        Ok(())
    }

    /// Goes back to what is live and says why; a database that is away leaves the deploy to be taken up again.
    async fn take_back(&self, step: &Step, error: Error) -> Error {
        if error.code == Code::Unavailable && !is_transient(&error) {
            return error;
        }
        let why = json!({
            "code": error.code.name(),
            "message": error.message,
            "step": step.title,
            "fields": error.fields,
            "data": error.data,
        })
        .to_string();
        let noted = async {
            self.owner
                .execute(STEP_FAILED, &[&self.deployment, &step.ordinal, &why])
                .await?;
            self.owner.execute(FAILED, &[&self.deployment, &why]).await?;
            patiently(&self.owner, UNDO, &[&self.deployment]).await
        };
        if let Err(second) = noted.await {
            tracing::error!(deployment = %self.deployment, error = %second, "a deploy could not be taken back yet");
        }
        let mut told = error
            .with("step", step.title.as_str())
            .with("deploymentId", self.deployment.to_string());
        told.message = format!("the deploy was taken back at “{}”: {}", step.title, told.message);
        told
    }
}

/// How long something is tried again, and with what pauses.
struct Patience {
    until: Instant,
    pause: Duration,
}

impl Patience {
    fn new() -> Self {
        Self {
            until: Instant::now() + PATIENT_FOR,
            pause: PAUSE,
        }
    }

    fn is_left(&self) -> bool {
        Instant::now() < self.until
    }

    async fn pause(&mut self) {
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}
