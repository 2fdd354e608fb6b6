//! Looks after the applications whose loops sleep: one statement for all of them.
//!
//! A thousand quiet applications cost two statements a second. What is found
//! here was missed by the bell: a notification lost with its connection, or a
//! bell that another server disarmed before it died.

use crate::db::Db;
use crate::error::Result;
use crate::feed::pulse::Pulse;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// One application: its id, the name of its outbox's sequence, its loop.
pub type Watched = (Uuid, String, Arc<Pulse>);

/// Looks until the task is dropped; `watched` lists the applications there are now.
pub async fn run(db: Db, every: Duration, watched: impl Fn() -> Vec<Watched>) {
    let mut is_failing = false;
    loop {
        tokio::time::sleep(every).await;
        match look(&db, watched()).await {
            Ok(()) => is_failing = false,
            Err(error) if !is_failing => {
                is_failing = true;
                tracing::warn!(%error, "the quiet applications could not be looked at; trying again");
            }
            Err(_) => {}
        }
    }
}

async fn look(db: &Db, watched: Vec<Watched>) -> Result<()> {
    let asleep: Vec<(Watched, Option<i64>)> = watched
        .into_iter()
        .filter_map(|watched| watched.2.sleeps_since().map(|known| (watched, known)))
        .collect();
    if asleep.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = asleep.iter().map(|((id, ..), _)| *id).collect();
    let sequences: Vec<&str> = asleep
        .iter()
        .map(|((_, sequence, _), _)| sequence.as_str())
        .collect();
    let known: Vec<Option<i64>> = asleep.iter().map(|(_, known)| *known).collect();
    let sql = include_str!("../../sql/queries/feed/quiet.sql");
    let moved = db.query_background(sql, &[&ids, &sequences, &known]).await?;
    for row in moved {
        let id: Uuid = row.get("application_id");
        if let Some(((_, _, pulse), _)) = asleep.iter().find(|((asleep, ..), _)| *asleep == id) {
            pulse.poke();
        }
    }
    Ok(())
}
