//! The end of executions: what ends together is written together.
//!
//! Executions that end while the previous statement is on its way go out as the
//! next: no timer, and no wait when there is nothing else.

use crate::db::Db;
use crate::engine::journal::Entry;
use crate::engine::statements::Ended;
use crate::engine::statements::Statements;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::sync::oneshot;
use uuid::Uuid;

/// The most that are written in one statement.
const BATCH: usize = 200;

/// One execution that ends.
pub struct Finished {
    /// Its id.
    pub id: Uuid,
    /// Its fence.
    pub fence: i64,
    /// Its final state.
    pub status: &'static str,
    /// What it answered.
    pub output: Option<String>,
    /// What went wrong.
    pub error: Option<String>,
    /// How long it worked.
    pub worked_ms: i64,
    /// How many nodes it ran.
    pub nodes: i32,
    /// What its last nodes did.
    pub entries: Vec<Entry>,
}

type Waiting = (Finished, oneshot::Sender<Result<bool>>);

/// Where executions of one application end.
#[derive(Clone)]
pub struct Finisher(mpsc::Sender<Waiting>);

impl Finisher {
    /// Starts it; it ends when nobody holds it.
    pub fn start(db: Db, statements: Arc<Statements>) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Waiting>(BATCH * 4);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            while receiver.recv_many(&mut batch, BATCH).await > 0 {
                write(&db, &statements, std::mem::take(&mut batch)).await;
            }
        });
        Self(sender)
    }

    /// Ends an execution; false when it is somebody else's by now.
    pub async fn finish(&self, finished: Finished) -> Result<bool> {
        let gone = || Error::new(Code::Unavailable, "the server is stopping");
        let (told, done) = oneshot::channel();
        self.0.send((finished, told)).await.map_err(|_| gone())?;
        done.await.map_err(|_| gone())?
    }
}

async fn write(db: &Db, statements: &Statements, batch: Vec<Waiting>) {
    let (finished, told): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let gone = match end(db, statements, &finished).await {
        // One of them may hold what the database does not take: the others must not suffer.
        Err(error) if error.code != Code::Unavailable && finished.len() > 1 => {
            for (finished, told) in finished.into_iter().zip(told) {
                let gone = end(db, statements, std::slice::from_ref(&finished)).await;
                let _ = told.send(gone.map(|gone| gone.contains(&finished.id)));
            }
            return;
        }
        gone => gone,
    };
    for (finished, told) in finished.into_iter().zip(told) {
        let answer = match &gone {
            Ok(gone) => Ok(gone.contains(&finished.id)),
            Err(error) => Err(Error::new(error.code, error.message.clone())),
        };
        let _ = told.send(answer);
    }
}

async fn end(db: &Db, statements: &Statements, finished: &[Finished]) -> Result<HashSet<Uuid>> {
    let mut ended = Ended::default();
    for finished in finished {
        ended.ids.push(finished.id);
        ended.fences.push(finished.fence);
        ended.states.push(finished.status);
        ended.outputs.push(finished.output.clone());
        ended.errors.push(finished.error.clone());
        ended.worked.push(finished.worked_ms);
        ended.nodes.push(finished.nodes);
        ended.entries.extend(finished.entries.iter().cloned());
    }
    let gone = match statements.finish(db, &ended).await {
        // A lock is waited for on a connection of the pool.
        Err(error) if crate::db::is_locked_out(&error) => statements.finish(&db.patient(), &ended).await,
        gone => gone,
    };
    let gone = gone.inspect_err(|error| {
        tracing::warn!(%error, cause = ?error.cause, "executions could not be ended; their lease will run out");
    });
    Ok(gone?.into_iter().collect())
}
