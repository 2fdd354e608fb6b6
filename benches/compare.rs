//! Torque against PostgreSQL alone: the same statement, connections and database, in turns.

use crate::bed::Cluster;
use crate::bed::Server;
use crate::load;
use crate::load::Load;
use crate::load::Outcome;
use crate::meter;
use crate::pgbench;
use crate::pgbench::Rate;
use std::time::Duration;

/// How often the two take turns; the middle ratio counts.
const ROUNDS: usize = 3;
/// Seconds of each turn.
const SECONDS: u64 = 6;

/// One comparison.
pub struct Comparison {
    /// What PostgreSQL did alone.
    pub alone: Rate,
    /// What came over HTTP.
    pub torque: Outcome,
    /// Torque's rate as a share of PostgreSQL's.
    pub ratio: f64,
    /// CPU time a request, of the server and of PostgreSQL.
    pub cpu: (Duration, Duration),
}

/// The two that take turns.
pub struct Turns<'a> {
    /// The database.
    pub cluster: &'a Cluster,
    /// The server on it.
    pub server: &'a Server,
    /// What `pgbench` sends.
    pub script: &'a str,
    /// Settings of its sessions.
    pub settings: &'a str,
    /// What is asked of the server; its connections go round these.
    pub requests: Vec<Vec<u8>>,
    /// Connections of each.
    pub connections: usize,
}

/// Lets both take turns and gives the round with the middle ratio.
pub fn measure(turns: &Turns<'_>) -> Comparison {
    let Turns {
        cluster,
        server,
        script,
        settings,
        connections,
        ..
    } = *turns;
    let url = cluster.url("torque");
    let mut rounds: Vec<Comparison> = (0..ROUNDS)
        .map(|_| {
            let alone = pgbench::run(&url, script, settings, connections, SECONDS);
            let before = (meter::cpu(&[server.pid()]), meter::cpu(&[cluster.pid()]));
            let torque = load::run(Load {
                address: server.address,
                connections,
                time: Duration::from_secs(SECONDS),
                requests: turns.requests.clone(),
            });
            let after = (meter::cpu(&[server.pid()]), meter::cpu(&[cluster.pid()]));
            let each = |spent: Duration| spent.div_f64(torque.replies.max(1) as f64);
            Comparison {
                ratio: torque.rate() / alone.per_second,
                cpu: (each(after.0 - before.0), each(after.1 - before.1)),
                alone,
                torque,
            }
        })
        .collect();
    rounds.sort_by(|one, other| one.ratio.total_cmp(&other.ratio));
    rounds.swap_remove(ROUNDS / 2)
}
