//! What the nodes of a plan gave, put together for those that follow.

use super::Region;
use crate::engine::job::Job;
use crate::engine::journal::Record;
use crate::engine::run::Run;
use crate::engine::scope::Scope;
use crate::xflow::step::Step;
use serde_json::Map;
use serde_json::Value;

impl Region<'_> {
    pub(super) fn recorded<'r>(&self, run: &Run<'r>, node: usize) -> Option<&'r Record> {
        run.job.recorded.of(&self.plan.nodes[node].id, self.iteration)
    }

    /// What expressions of its nodes see.
    pub(super) fn scope<'s>(&'s self, job: &'s Job) -> Scope<'s> {
        Scope {
            input: self.input,
            nodes: &self.values,
            job,
            execution: &self.execution,
            output: None,
        }
    }

    /// What the nodes gave that lead to a node: one value, or several by node.
    pub(super) fn before(&self, node: usize) -> Value {
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
    pub(super) fn output(&self) -> Value {
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
