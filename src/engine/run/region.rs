//! The nodes of a plan, from the first to the last: what is ready runs, all of it at the same time.

use crate::engine::journal::Entry;
use crate::engine::journal::Record;
use crate::engine::run::Run;
use crate::engine::run::Stop;
use crate::engine::scope::Scope;
use crate::engine::step;
use crate::engine::step::Doing;
use crate::engine::step::Failure;
use crate::engine::step::Outcome;
use crate::xflow::evaluate::is_true;
use crate::xflow::plan::Plan;
use crate::xflow::plan::Progress;
use crate::xflow::step::Step;
use futures_util::StreamExt;
use futures_util::future::AbortHandle;
use futures_util::future::Abortable;
use futures_util::stream::FuturesUnordered;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::collections::VecDeque;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// The largest result of a node, in bytes of its JSON.
const MOST_BYTES: usize = 1_048_576;

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
    due: Option<i64>,
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
    pub(super) async fn region(&self, plan: &Plan, iteration: &str, input: &Value) -> Result<Value, Stop> {
        let title = self
            .job
            .flow
            .as_ref()
            .as_ref()
            .map_or("", |flow| flow.key.as_str());
        let mut region = Region {
            plan,
            iteration,
            input,
            execution: json!({ "id": self.job.id, "attempt": self.job.attempt, "xflow": title }),
            progress: Progress::of(plan),
            values: HashMap::new(),
            ready: VecDeque::new(),
            going: HashMap::new(),
            due: None,
        };
        region.ready.extend(region.progress.begin(plan));
        let mut effects = FuturesUnordered::new();
        loop {
            while let Some(node) = region.ready.pop_front() {
                let began = Instant::now();
                match self.begin(&mut region, node) {
                    Ok(Doing::Done(outcome)) => {
                        let is_written = region.recorded(self, node).is_some();
                        let ended = Ended {
                            outcome: Ok(outcome),
                            is_written,
                        };
                        self.settle(&mut region, node, began, ended)?;
                    }
                    Ok(Doing::Park(left, is_new)) => {
                        if is_new {
                            let until = json!({ "until": self.job.now_ms() + left });
                            self.note(&region, node, began, "started", None, until, None);
                        }
                        region.due = Some(region.due.map_or(left, |due| due.min(left)));
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
                        let effect = self.effect(doing, plan.nodes[node].timeout, template, began);
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
                    self.settle(&mut region, node, began, ended?)?;
                }
            }
        }
        match region.due {
            Some(due) => Err(Stop::Parked(due)),
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
        self.nodes.fetch_add(1, Ordering::Relaxed);
        let scope = Scope {
            input: region.input,
            nodes: &region.values,
            job: self.job,
            execution: &region.execution,
        };
        let before = || region.before(node);
        step::begin(
            &region.plan.nodes[node],
            &scope,
            region.iteration,
            before,
            recorded,
        )
    }

    /// A node has ended: writes it down and says what comes next.
    fn settle(&self, region: &mut Region<'_>, node: usize, began: Instant, ended: Ended) -> Result<(), Stop> {
        let plan = region.plan;
        let (id, step) = (&plan.nodes[node].id, &plan.nodes[node].step);
        let takes_failure = plan.nodes[node]
            .outgoing
            .iter()
            .any(|edge| plan.edges[*edge].port == "error");
        let outcome = ended.outcome.and_then(|outcome| match unfit(&outcome.value) {
            Some(failure) => Err(failure),
            None => Ok(outcome),
        });
        let (value, port) = match outcome {
            Ok(outcome) => {
                // What is the same at every attempt needs no row.
                let is_plain = matches!(
                    step,
                    Step::Start | Step::End(_) | Step::Parallel | Step::Join(_) | Step::Gather { .. }
                );
                if !ended.is_written && !is_plain {
                    let port = Some(outcome.port.clone());
                    self.note(
                        region,
                        node,
                        began,
                        "succeeded",
                        port,
                        outcome.value.clone(),
                        None,
                    );
                }
                (outcome.value, outcome.port)
            }
            Err(failure) if takes_failure => {
                let value = json!({ "error": failure.value() });
                let port = Some("error".to_owned());
                self.note(
                    region,
                    node,
                    began,
                    failure.status(),
                    port,
                    value.clone(),
                    Some(&failure),
                );
                (value, "error".to_owned())
            }
            Err(failure) => {
                self.note(
                    region,
                    node,
                    began,
                    failure.status(),
                    None,
                    Value::Null,
                    Some(&failure),
                );
                return Err(Stop::Failed(id.clone(), failure));
            }
        };
        let ports: &[&str] = if port == "error" {
            &["error"]
        } else {
            &["out", &port]
        };
        if let Step::Gather { parallel, .. } = step {
            region
                .values
                .insert(plan.nodes[*parallel].id.clone(), value.clone());
        }
        region.values.insert(id.clone(), value);
        let mut taken = HashMap::new();
        for edge in &plan.nodes[node].outgoing {
            let way = &plan.edges[*edge];
            let mut is_taken = way.leaves_by(ports);
            if let Some(condition) = way.condition.as_ref().filter(|_| is_taken) {
                let scope = Scope {
                    input: region.input,
                    nodes: &region.values,
                    job: self.job,
                    execution: &region.execution,
                };
                let met = condition.value(&scope).map_err(|fault| {
                    Stop::Failed(
                        id.clone(),
                        Failure::new("expression", format!("the condition of an edge: {fault}")),
                    )
                })?;
                is_taken = is_true(&met);
            }
            taken.insert(*edge, is_taken);
        }
        let settled = region
            .progress
            .finish(plan, node, |edge| taken.get(&edge).copied().unwrap_or_default());
        region.ready.extend(settled.ready);
        for loser in settled.cancelled {
            region.ready.retain(|ready| *ready != loser);
            if let Some(handle) = region.going.remove(&loser) {
                handle.abort();
                self.note(region, loser, began, "cancelled", None, Value::Null, None);
            }
        }
        Ok(())
    }

    fn entry(
        &self,
        region: &Region<'_>,
        node: usize,
        status: &'static str,
        port: Option<String>,
        output: Value,
        failure: Option<&Failure>,
    ) -> Entry {
        Entry {
            execution_id: self.job.id,
            node_id: region.plan.nodes[node].id.clone(),
            iteration: region.iteration.to_owned(),
            kind: region.plan.nodes[node].kind,
            status,
            port,
            attempt: self.job.attempt,
            output,
            message: failure.map(|failure| failure.message.clone()),
            error: failure.map(Failure::value),
            ms: 0,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a row of the journal, column by column")]
    fn note(
        &self,
        region: &Region<'_>,
        node: usize,
        began: Instant,
        status: &'static str,
        port: Option<String>,
        output: Value,
        failure: Option<&Failure>,
    ) {
        let mut entry = self.entry(region, node, status, port, output, failure);
        entry.ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.pending.lock().push(entry);
    }
}

/// Why a result cannot be kept.
pub(super) fn unfit(value: &Value) -> Option<Failure> {
    let text = value.to_string();
    if text.len() > MOST_BYTES {
        let message = format!("its result has more than {MOST_BYTES} bytes");
        return Some(Failure::new("too_large", message));
    }
    step::holds_null(value).then(|| Failure::new("text", "its result holds the character U+0000"))
}

impl Region<'_> {
    fn recorded<'r>(&self, run: &Run<'r>, node: usize) -> Option<&'r Record> {
        run.job.recorded.of(&self.plan.nodes[node].id, self.iteration)
    }

    /// What the nodes gave that lead to a node: one value, or several by node.
    fn before(&self, node: usize) -> Value {
        let node = &self.plan.nodes[node];
        if let Step::Gather { branches, .. } = &node.step {
            return branches.iter().map(|branch| self.last_of(branch)).collect();
        }
        let sources: Vec<usize> = (node.incoming.iter())
            .filter(|edge| self.progress.was_taken(**edge))
            .map(|edge| self.plan.edges[*edge].source)
            .collect();
        let is_join = matches!(node.step, Step::Join(_));
        match sources.as_slice() {
            [] => Value::Null,
            [only] if !is_join => self.value_of(*only),
            several => self.by_id(several),
        }
    }

    /// What the ends gave; without one, what came last.
    fn output(&self) -> Value {
        let places = 0..self.plan.nodes.len();
        let ran = places.filter(|place| self.progress.has_run(*place));
        let ends: Vec<usize> = ran
            .clone()
            .filter(|place| matches!(self.plan.nodes[*place].step, Step::End(_)))
            .collect();
        let last: Vec<usize> = match ends.is_empty() {
            false => ends,
            true => ran
                .filter(|place| {
                    let mut outgoing = self.plan.nodes[*place].outgoing.iter();
                    outgoing.all(|edge| !self.progress.was_taken(*edge))
                })
                .collect(),
        };
        match last.as_slice() {
            [] => Value::Null,
            [only] => self.value_of(*only),
            several => self.by_id(several),
        }
    }

    fn value_of(&self, node: usize) -> Value {
        self.values
            .get(&self.plan.nodes[node].id)
            .cloned()
            .unwrap_or_default()
    }

    fn last_of(&self, branch: &[usize]) -> Value {
        let last = branch.iter().rev().find(|node| self.progress.has_run(**node));
        last.map_or(Value::Null, |node| self.value_of(*node))
    }

    fn by_id(&self, nodes: &[usize]) -> Value {
        let mut values = Map::new();
        for node in nodes {
            values.insert(self.plan.nodes[*node].id.clone(), self.value_of(*node));
        }
        Value::Object(values)
    }
}
