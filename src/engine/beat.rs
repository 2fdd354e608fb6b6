//! The heartbeat: keeps the leases of what runs here, and hears what shall end.

use crate::db::Db;
use crate::engine::Engine;
use crate::engine::LEASE_SECONDS;
use crate::engine::job::Running;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Between two beats: a cancelled execution ends within two.
const EVERY: Duration = Duration::from_secs(1);

/// Beats for as long as the process lives: what is drained needs its lease too.
pub async fn run(engine: Engine, db: Db) {
    let mut known: Vec<Uuid> = Vec::new();
    loop {
        tokio::time::sleep(EVERY).await;
        let running: HashMap<Uuid, Arc<Running>> = engine.inner.running.lock().clone();
        // What ends within a beat costs no statement: only what was there at the last one is kept.
        let old: Vec<Uuid> = known
            .iter()
            .filter(|id| running.contains_key(*id))
            .copied()
            .collect();
        known = running.keys().copied().collect();
        let mut by_application: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for id in old {
            if let Some(running) = running.get(&id) {
                by_application.entry(running.application).or_default().push(id);
            }
        }
        for ids in by_application.into_values() {
            let Some(first) = ids.first().and_then(|id| running.get(id)) else {
                continue;
            };
            match first
                .statements
                .beat(&db, engine.inner.worker, &ids, LEASE_SECONDS)
                .await
            {
                Ok(standings) => {
                    for standing in standings {
                        match running.get(&standing.id) {
                            Some(running) if !standing.is_held => running.lose(),
                            Some(running) if standing.shall_end => running.cancel(),
                            _ => {}
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, "the leases of executions could not be kept"),
            }
        }
    }
}
