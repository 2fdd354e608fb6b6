//! The end of a node: written down, and what comes next.

use super::Ended;
use super::Region;
use crate::engine::journal::Entry;
use crate::engine::journal::Record;
use crate::engine::run::Run;
use crate::engine::run::Stop;
use crate::engine::step::Failure;
use crate::engine::step::Outcome;
use crate::engine::step::unfit;
use crate::xflow::evaluate::is_true;
use crate::xflow::step::Step;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::time::Instant;

impl Run<'_> {
    /// A node has ended: writes it down and says what comes next.
    pub(super) fn settle(
        &self,
        region: &mut Region<'_>,
        node: usize,
        began: Instant,
        ended: Ended,
    ) -> Result<(), Stop> {
        let plan = region.plan;
        let (id, step) = (&plan.nodes[node].id, &plan.nodes[node].step);
        let leaves =
            |port: &str| (plan.nodes[node].outgoing.iter()).any(|edge| plan.edges[*edge].port == port);
        let takes_failure = leaves("error");
        let outcome = (ended.outcome)
            .and_then(|outcome| match step {
                Step::Sub {
                    output: Some(made), ..
                } if !ended.is_written => {
                    let mut scope = region.scope(self.job);
                    scope.output = Some(&outcome.value);
                    let value = made.fill(&scope);
                    value
                        .map(Outcome::out)
                        .map_err(|fault| Failure::new("expression", fault))
                }
                Step::Wait { .. } if outcome.port == "timeout" && !leaves("timeout") => {
                    Err(Failure::new("timeout", "what it waited for did not come in time"))
                }
                _ => Ok(outcome),
            })
            .and_then(|outcome| match unfit(&outcome.value, "its result") {
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
        let ports: &[&str] = match port.as_str() {
            "error" => &["error"],
            "timeout" if matches!(step, Step::Wait { .. }) => &["timeout"],
            port => &["out", port],
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
                let scope = region.scope(self.job);
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
            let going = region.going.remove(&loser);
            if let Some(handle) = &going {
                handle.abort();
            }
            let waited = region.parked.remove(&loser).is_some()
                || matches!(region.recorded(self, loser), Some(Record::Begun(_)));
            if going.is_some() || waited {
                self.note(region, loser, began, "cancelled", None, Value::Null, None);
            }
        }
        Ok(())
    }

    pub(super) fn entry(
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
            ended: Instant::now(),
            log: self.said.taken(&region.plan.nodes[node].id, region.iteration),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a row of the journal, column by column")]
    pub(super) fn note(
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
        entry.end(began);
        self.pending.lock().push(entry);
    }
}
