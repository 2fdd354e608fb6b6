//! The nodes of a plan, from the first to the last: what is ready runs, all of it at the same time.

mod settle;
mod values;

use crate::engine::flow::Flow;
use crate::engine::journal::Record;
use crate::engine::run::Run;
use crate::engine::run::Stop;
use crate::engine::step;
use crate::engine::step::Doing;
use crate::engine::step::Failure;
use crate::engine::step::Outcome;
use crate::xflow::plan::Plan;
use crate::xflow::plan::Progress;
use futures_util::StreamExt;
use futures_util::future::AbortHandle;
use futures_util::future::Abortable;
use futures_util::stream::FuturesUnordered;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Where the nodes of a plan stand.
struct Region<'p> {
    plan: &'p Plan,
    iteration: &'p str,
    input: &'p Value,
    execution: Value,
    progress: Progress,
    values: HashMap<String, Value>,
    ready: VecDeque<usize>,
    going: HashMap<usize, AbortHandle>,
    /// What waits, and for how many milliseconds.
    parked: HashMap<usize, i64>,
}

/// What became of a node.
pub(super) struct Ended {
    /// Its outcome, or why there is none.
    pub outcome: Result<Outcome, Failure>,
    /// Whether the journal has it already.
    pub is_written: bool,
}

impl Run<'_> {
    /// Runs a plan; gives what its ends give.
    pub(super) async fn region(&self, flow: &Flow, iteration: &str, input: &Value) -> Result<Value, Stop> {
        let plan = &flow.plan;
        let mut region = Region {
            plan,
            iteration,
            input,
            execution: json!({ "id": self.job.id, "attempt": self.job.attempt, "xflow": flow.key }),
            progress: Progress::of(plan),
            values: HashMap::new(),
            ready: VecDeque::new(),
            going: HashMap::new(),
            parked: HashMap::new(),
        };
        region.ready.extend(region.progress.begin(plan));
        let mut effects = FuturesUnordered::new();
        loop {
            while let Some(node) = region.ready.pop_front() {
                let began = Instant::now();
                match self.begin(&mut region, node) {
                    Ok(Doing::Done(outcome)) => {
                        let is_written = matches!(region.recorded(self, node), Some(Record::Done(..)));
                        let ended = Ended {
                            outcome: Ok(outcome),
                            is_written,
                        };
                        self.settle(&mut region, node, began, ended)?;
                    }
                    Ok(Doing::Park(left, begins)) => {
                        if let Some(signal) = begins {
                            let mut until = json!({ "until": self.job.now_ms() + left });
                            if let Some(signal) = signal {
                                until["waits_for"] = Value::from(signal);
                            }
                            self.note(&region, node, began, "started", None, until, None);
                        }
                        region.parked.insert(node, left);
                    }
                    Ok(doing) => {
                        let (handle, registration) = AbortHandle::new_pair();
                        region.going.insert(node, handle);
                        let template = self.entry(
                            &region,
                            node,
                            "succeeded",
                            Some("out".to_owned()),
                            Value::Null,
                            None,
                        );
                        let effect = self.effect(flow, doing, plan.nodes[node].timeout, template, began);
                        effects
                            .push(async move { (node, began, Abortable::new(effect, registration).await) });
                    }
                    Err(failure) => {
                        let ended = Ended {
                            outcome: Err(failure),
                            is_written: false,
                        };
                        self.settle(&mut region, node, began, ended)?;
                    }
                }
            }
            match effects.next().await {
                None => break,
                // Not needed any more.
                Some((_, _, Err(_))) => {}
                Some((node, began, Ok(ended))) => {
                    region.going.remove(&node);
                    match ended {
                        // What is run within it waits: the others go on.
                        Err(Stop::Parked(left)) => {
                            region.parked.insert(node, left);
                        }
                        ended => self.settle(&mut region, node, began, ended?)?,
                    }
                }
            }
        }
        match region.parked.values().min() {
            Some(due) => Err(Stop::Parked(*due)),
            None => Ok(region.output()),
        }
    }

    fn begin(&self, region: &mut Region<'_>, node: usize) -> Result<Doing, Failure> {
        let recorded = region.recorded(self, node);
        if let Some(Record::Done(port, value)) = recorded {
            return Ok(Doing::Done(Outcome {
                value: value.clone(),
                port: port.clone(),
            }));
        }
        let most = self.engine.inner.max_node_runs;
        if self.nodes.fetch_add(1, Ordering::Relaxed) >= most {
            let message =
                format!("the execution has run {most} nodes, which is the most (xflow.max_node_runs)");
            return Err(Failure::new("too_many_nodes", message));
        }
        let scope = region.scope(self.job);
        let before = || region.before(node);
        step::begin(
            &region.plan.nodes[node],
            &scope,
            region.iteration,
            before,
            recorded,
        )
    }
}
