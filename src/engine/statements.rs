//! What the engine asks of the database, for one application.

use crate::db::Db;
use crate::db::Row;
use crate::db::Transaction;
use crate::engine::Call;
use crate::engine::job::Job;
use crate::engine::journal;
use crate::engine::journal::Entry;
use crate::engine::journal::Recorded;
use crate::engine::step::Start;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::directory::Application;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// The engine's statements with one application's data schema named in them.
pub struct Statements {
    claim: String,
    next_due: String,
    insert: String,
    journal: String,
    park: String,
    finish: String,
    beat: String,
    sweep: String,
    release: String,
    journal_of: String,
    start: String,
    signals_of: String,
}

/// How a worker's execution stands.
pub struct Standing {
    /// The execution.
    pub id: Uuid,
    /// Whether it is still the worker's.
    pub is_held: bool,
    /// Whether somebody wants its end.
    pub shall_end: bool,
}

/// Executions that end together, a column a list.
#[derive(Default)]
pub struct Ended {
    /// Their ids.
    pub ids: Vec<Uuid>,
    /// Their fences.
    pub fences: Vec<i64>,
    /// Their final states.
    pub states: Vec<&'static str>,
    /// What they answered.
    pub outputs: Vec<Option<String>>,
    /// What went wrong.
    pub errors: Vec<Option<String>>,
    /// How long they worked.
    pub worked: Vec<i64>,
    /// How many nodes they ran.
    pub nodes: Vec<i32>,
    /// What their last nodes did.
    pub entries: Vec<Entry>,
}

/// Until when and why an execution is parked.
pub struct Parked {
    /// In how many milliseconds it is due.
    pub due_ms: i64,
    /// Attempts from now on.
    pub attempts: i32,
    /// How long it has worked.
    pub worked_ms: i64,
    /// Why it is tried again.
    pub error: Option<String>,
    /// How many signals it has seen.
    pub signals: i32,
}

impl Statements {
    /// The statements of an application.
    pub fn of(application: &Application) -> Self {
        let named = |text: &str| text.replace("{data_schema}", &application.data_schema);
        Self {
            claim: named(include_str!("../../sql/queries/execution/claim.sql")),
            next_due: named(include_str!("../../sql/queries/execution/next_due.sql")),
            insert: named(include_str!("../../sql/queries/execution/insert.sql")),
            journal: named(include_str!("../../sql/queries/execution/journal.sql")),
            park: named(include_str!("../../sql/queries/execution/park.sql")),
            finish: named(include_str!("../../sql/queries/execution/finish.sql")),
            beat: named(include_str!("../../sql/queries/execution/beat.sql")),
            sweep: named(include_str!("../../sql/queries/execution/sweep.sql")),
            release: named(include_str!("../../sql/queries/execution/release.sql")),
            journal_of: named(include_str!("../../sql/queries/execution/journal_of.sql")),
            signals_of: named(include_str!("../../sql/queries/execution/signals_of.sql")),
            start: named(include_str!("../../sql/queries/execution/start.sql")),
        }
    }

    /// Claims executions that are due.
    pub async fn claim(&self, db: &Db, worker: Uuid, count: i64, lease: i32) -> Result<Vec<Row>> {
        db.query_background(&self.claim, &[&worker, &count, &lease]).await
    }

    /// In how many milliseconds the next execution is due.
    pub async fn next_due(&self, db: &Db) -> Result<Option<i64>> {
        let rows = db.query_background(&self.next_due, &[]).await?;
        rows.first()
            .map_or(Ok(None), |row| row.try_get(0).map_err(Error::bug))
    }

    /// Writes a new execution, claimed by a worker or waiting; answers the database's clock in milliseconds.
    pub async fn insert(
        &self,
        db: &Db,
        id: Uuid,
        call: &Call,
        is_direct: bool,
        worker: Option<Uuid>,
        lease: i32,
    ) -> Result<i64> {
        let input = call.input.to_string();
        let row = db
            .write_opt(
                &self.insert,
                &[
                    &id,
                    &call.flow,
                    &input,
                    &call.caller,
                    &is_direct,
                    &worker,
                    &lease,
                    &None::<String>,
                    &call.trigger_type,
                ],
            )
            .await?;
        let row = row.ok_or_else(|| Error::bug(format!("the xflow {} is missing", call.flow)))?;
        row.try_get(0).map_err(Error::bug)
    }

    /// Starts an xflow that stands beside `own`, caused by an execution; gives the new execution's id.
    pub async fn start(
        &self,
        transaction: &Transaction,
        job: &Job,
        own: Uuid,
        start: &Start,
    ) -> Result<Value> {
        let id = Uuid::now_v7();
        let (input, depth) = (start.input.to_string(), job.depth + 1);
        let told = json!({ "execution": job.id, "node": start.node }).to_string();
        let (caller, root) = (&job.caller, &job.root);
        let row = transaction
            .query_opt(
                &self.start,
                &[&id, &start.xflow, &input, caller, root, &depth, &told, &own],
            )
            .await?;
        match row {
            Some(_) => Ok(json!({ "execution_id": id })),
            None => {
                let message = format!("there is no xflow “{}” that is switched on", start.xflow);
                Err(Error::new(Code::NotFound, message).with("xflowId", start.xflow.clone()))
            }
        }
    }

    /// Writes down what nodes did, in their effect's transaction; false when the execution is somebody else's. It is
    /// locked until the transaction ends.
    pub async fn journal_in(
        &self,
        transaction: &Transaction,
        id: Uuid,
        fence: i64,
        entries: &[Entry],
    ) -> Result<bool> {
        let entries = journal::text(entries)?;
        let row = transaction
            .query_opt(&self.journal, &[&id, &fence, &entries])
            .await?;
        Ok(row.is_some())
    }

    /// Writes down what nodes did whose effect is outside; false when the execution is somebody else's.
    pub async fn journal(&self, db: &Db, id: Uuid, fence: i64, entries: &[Entry]) -> Result<bool> {
        let entries = journal::text(entries)?;
        let row = db.write_opt(&self.journal, &[&id, &fence, &entries]).await?;
        Ok(row.is_some())
    }

    /// Gives an execution back until later; false when it is somebody else's.
    pub async fn park(
        &self,
        db: &Db,
        id: Uuid,
        fence: i64,
        entries: &[Entry],
        parked: &Parked,
    ) -> Result<bool> {
        let entries = journal::text(entries)?;
        let row = db
            .write_opt(
                &self.park,
                &[
                    &id,
                    &fence,
                    &entries,
                    &parked.due_ms,
                    &parked.attempts,
                    &parked.worked_ms,
                    &parked.error,
                    &parked.signals,
                ],
            )
            .await?;
        Ok(row.is_some())
    }

    /// Ends executions; answers those that were still this worker's.
    pub async fn finish(&self, db: &Db, ended: &Ended) -> Result<Vec<Uuid>> {
        let entries = journal::text(&ended.entries)?;
        let rows = db
            .write(
                &self.finish,
                &[
                    &ended.ids,
                    &ended.fences,
                    &ended.states,
                    &ended.outputs,
                    &ended.errors,
                    &ended.worked,
                    &ended.nodes,
                    &entries,
                ],
            )
            .await?;
        rows.iter()
            .map(|row| row.try_get(0).map_err(Error::bug))
            .collect()
    }

    /// Keeps leases; how each execution stands. One that is not answered has ended.
    pub async fn beat(&self, db: &Db, worker: Uuid, ids: &[Uuid], lease: i32) -> Result<Vec<Standing>> {
        let rows = db.query_background(&self.beat, &[&worker, &ids, &lease]).await?;
        rows.iter()
            .map(|row| {
                Ok(Standing {
                    id: row.try_get(0).map_err(Error::bug)?,
                    is_held: row.try_get(1).map_err(Error::bug)?,
                    shall_end: row.try_get(2).map_err(Error::bug)?,
                })
            })
            .collect()
    }

    /// Takes executions whose lease has run out; how many wait again, and how many are over.
    pub async fn sweep(&self, db: &Db, attempts: i32) -> Result<(i64, i64)> {
        let rows = db.query_background(&self.sweep, &[&attempts]).await?;
        let row = rows.first().ok_or_else(|| Error::bug("no row"))?;
        Ok((
            row.try_get(0).map_err(Error::bug)?,
            row.try_get(1).map_err(Error::bug)?,
        ))
    }

    /// Gives back everything of a worker.
    pub async fn release(&self, db: &Db, worker: Uuid) -> Result<u64> {
        db.execute(&self.release, &[&worker]).await
    }

    /// What these executions were sent, in the order of its arrival.
    pub async fn signals_of(&self, db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Row>>> {
        let mut sent: HashMap<Uuid, Vec<Row>> = HashMap::new();
        if ids.is_empty() {
            return Ok(sent);
        }
        for row in db.query_background(&self.signals_of, &[&ids]).await? {
            let id = row.try_get(0).map_err(Error::bug)?;
            sent.entry(id).or_default().push(row);
        }
        Ok(sent)
    }

    /// What nodes of these executions have done before.
    pub async fn journal_of(&self, db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, Recorded>> {
        let mut recorded: HashMap<Uuid, Recorded> = HashMap::new();
        if ids.is_empty() {
            return Ok(recorded);
        }
        for row in db.query_background(&self.journal_of, &[&ids]).await? {
            let id = row.try_get(0).map_err(Error::bug)?;
            recorded.entry(id).or_default().add(&row)?;
        }
        Ok(recorded)
    }
}
