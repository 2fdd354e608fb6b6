//! Nodes that run a script: what it is given, and what a fault of it means for the execution.

use crate::engine::job::Job;
use crate::engine::scope::Scope;
use crate::engine::step::Failure;
use crate::script::Ask;
use crate::script::Fault;
use crate::script::Kind;
use crate::script::Line;
use crate::script::Pool;
use crate::script::Script;
use serde_json::Map;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;
use std::time::Duration;

/// From here on a script is slow.
const SLOW: Duration = Duration::from_millis(100);

/// A script with what it is given.
pub struct Call {
    script: Script,
    roots: Map<String, Value>,
    time: Duration,
    seed: u64,
}

/// Gives a script what it may read, and nothing more.
pub fn filled(script: &Script, time: Duration, scope: &Scope<'_>, node: &str, iteration: &str) -> Call {
    let mut roots = Map::new();
    for (root, value) in [
        ("input", scope.input),
        ("trigger", &scope.job.trigger),
        ("execution", scope.execution),
    ] {
        if script.sees(root) {
            roots.insert(root.to_owned(), value.clone());
        }
    }
    if script.sees("nodes") {
        let mut nodes: Vec<_> = scope
            .nodes
            .iter()
            .filter(|(id, _)| script.sees_node(id))
            .collect();
        nodes.sort_unstable_by_key(|(id, _)| *id);
        let nodes = nodes.into_iter().map(|(id, value)| (id.clone(), value.clone()));
        roots.insert("nodes".to_owned(), Value::Object(nodes.collect()));
    }
    // The same at every attempt.
    let digest = Sha256::digest(format!("{}.{node}.{iteration}", scope.job.id));
    let seed = digest
        .iter()
        .take(8)
        .fold(0, |seed, byte| (seed << 8) | u64::from(*byte));
    Call {
        script: script.clone(),
        roots,
        time,
        seed,
    }
}

/// Runs it; what it said on its console comes back whatever became of it.
pub async fn run(pool: &Pool, job: &Job, node: &str, call: Call) -> (Result<Value, Failure>, Vec<Line>) {
    let ran = pool
        .run(Ask {
            owner: job.application.id,
            script: &call.script,
            roots: call.roots,
            time: call.time,
            seed: call.seed,
            now_ms: None,
        })
        .await;
    if ran.took > SLOW {
        let took = u64::try_from(ran.took.as_millis()).unwrap_or(u64::MAX);
        tracing::debug!(execution = %job.id, application = %job.application.slug, node, took, "a script is slow");
    }
    (ran.result.map_err(|fault| failed(&fault)), ran.log)
}

fn failed(fault: &Fault) -> Failure {
    let mut failure = Failure::new(fault.kind.code(), fault.sentence());
    failure.may_pass = matches!(fault.kind, Kind::Timeout | Kind::Worker);
    for (name, number) in [("line", fault.line), ("column", fault.column)] {
        if let Some(number) = number {
            failure.data.insert(name.to_owned(), Value::from(number));
        }
    }
    failure
}
