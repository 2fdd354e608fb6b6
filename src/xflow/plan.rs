//! An xflow as it is run: nodes in their order, edges between them, and which node comes next.
//!
//! Every edge becomes taken or skipped. A node runs once, when all edges that
//! lead to it are settled and at least one is taken; skips go on, so a join
//! after a Condition cannot hang. A Join that waits for any runs at the first,
//! and what leads only there is cancelled.

mod progress;

pub use progress::Progress;
pub use progress::Settled;

use crate::model::xflow_document::XFlowDocument;
use crate::model::xflow_node::JoinMode;
use crate::model::xflow_node::NodeKind;
use crate::xflow::expression::Expression;
use crate::xflow::step::Step;
use crate::xflow::step::bare;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::time::Duration;

/// The port of edges that are settled with their node, whatever came of it.
const ANY: &str = "*";

/// An xflow, ready to be run.
#[derive(Debug)]
pub struct Plan {
    /// Its nodes, none before one that leads to it.
    pub nodes: Vec<Node>,
    /// Its edges.
    pub edges: Vec<Edge>,
}

/// A node of a plan.
#[derive(Debug)]
pub struct Node {
    /// Its id in the document.
    pub id: String,
    /// The kind's name.
    pub kind: &'static str,
    /// What it does.
    pub step: Step,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// The edges that lead to it.
    pub incoming: Vec<usize>,
    /// The edges that leave it.
    pub outgoing: Vec<usize>,
    /// For a Join that waits for any: what leads only there.
    losers: Vec<usize>,
}

/// An edge of a plan.
#[derive(Debug)]
pub struct Edge {
    /// The node it leaves.
    pub source: usize,
    /// The node it leads to.
    pub target: usize,
    /// The outcome it leaves by.
    pub port: String,
    /// What must be true besides.
    pub condition: Option<Expression>,
}

impl Edge {
    /// Whether it leaves by one of these outcomes.
    #[must_use]
    pub fn leaves_by(&self, ports: &[&str]) -> bool {
        self.port == ANY || ports.contains(&self.port.as_str())
    }
}

/// The ways of a document: for each node the nodes it leads to, a Parallel's branches included.
#[must_use]
pub fn ways(document: &XFlowDocument) -> HashMap<&str, BTreeSet<&str>> {
    let mut ways: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (id, node) in &document.nodes {
        let to = ways.entry(id).or_default();
        if let NodeKind::Parallel { branch_nodes } = &node.node_type {
            to.extend(branch_nodes.iter().map(String::as_str));
        }
    }
    for edge in &document.edges {
        ways.entry(&edge.source).or_default().insert(&edge.target);
    }
    ways
}

/// What can be reached from a node, itself included.
#[must_use]
pub fn reached<'d>(ways: &HashMap<&'d str, BTreeSet<&'d str>>, from: &'d str) -> BTreeSet<&'d str> {
    let mut found = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        for next in ways.get(id).into_iter().flatten() {
            if found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}

/// The nodes in an order in which none comes before one that leads to it; else those that lead in a circle.
///
/// # Errors
/// The nodes that cannot be put in order.
pub fn order<'d>(
    document: &'d XFlowDocument,
    ways: &HashMap<&'d str, BTreeSet<&'d str>>,
) -> Result<Vec<&'d str>, Vec<&'d str>> {
    let mut before: HashMap<&str, usize> = document.nodes.keys().map(|id| (id.as_str(), 0)).collect();
    for to in ways.values().flatten() {
        if let Some(count) = before.get_mut(to) {
            *count += 1;
        }
    }
    let mut open: BTreeSet<&str> = before
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(id, _)| *id)
        .collect();
    let mut ordered = Vec::with_capacity(before.len());
    while let Some(id) = open.pop_first() {
        ordered.push(id);
        for next in ways.get(id).into_iter().flatten() {
            if let Some(count) = before.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    open.insert(next);
                }
            }
        }
    }
    if ordered.len() == before.len() {
        return Ok(ordered);
    }
    Err(document
        .nodes
        .keys()
        .map(String::as_str)
        .filter(|id| !ordered.contains(id))
        .collect())
}

impl Plan {
    /// The plan of a document that has been checked.
    ///
    /// # Errors
    /// A sentence, when it was not.
    pub fn of(document: &XFlowDocument) -> Result<Self, String> {
        let ways = ways(document);
        let ordered =
            order(document, &ways).map_err(|circle| format!("{} lead in a circle", circle.join(", ")))?;
        let mut plan = Plan {
            nodes: Vec::with_capacity(ordered.len()),
            edges: Vec::with_capacity(document.edges.len()),
        };
        let mut places = HashMap::with_capacity(ordered.len());
        for id in &ordered {
            let node = &document.nodes[*id];
            let step = Step::of(&node.node_type).map_err(|faults| {
                let (place, _, message) = faults.into_iter().next().unwrap_or_default();
                format!("{id}.{place}: {message}")
            })?;
            places.insert(*id, plan.nodes.len());
            plan.add(
                id,
                node.node_type.name(),
                step,
                node.timeout_ms.map(Duration::from_millis),
            );
        }
        for edge in &document.edges {
            let (Some(source), Some(target)) =
                (places.get(edge.source.as_str()), places.get(edge.target.as_str()))
            else {
                return Err(format!(
                    "the edge from {} to {} leads nowhere",
                    edge.source, edge.target
                ));
            };
            let condition = edge
                .condition
                .as_deref()
                .map(|text| Expression::read(bare(text)))
                .transpose()?;
            plan.connect(*source, *target, edge.port(), condition);
        }
        for id in &ordered {
            if let NodeKind::Parallel { branch_nodes } = &document.nodes[*id].node_type {
                plan.branches(document, &ways, &places, id, branch_nodes);
            }
        }
        plan.find_losers();
        Ok(plan)
    }

    /// The node of this id; where a Parallel's results are gathered, the Parallel.
    #[must_use]
    pub fn place(&self, id: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.id == id)
    }

    fn add(&mut self, id: &str, kind: &'static str, step: Step, timeout: Option<Duration>) -> usize {
        self.nodes.push(Node {
            id: id.to_owned(),
            kind,
            step,
            timeout,
            incoming: Vec::new(),
            outgoing: Vec::new(),
            losers: Vec::new(),
        });
        self.nodes.len() - 1
    }

    fn connect(&mut self, source: usize, target: usize, port: &str, condition: Option<Expression>) {
        self.edges.push(Edge {
            source,
            target,
            port: port.to_owned(),
            condition,
        });
        let edge = self.edges.len() - 1;
        self.nodes[source].outgoing.push(edge);
        self.nodes[target].incoming.push(edge);
    }

    /// Connects a Parallel with its branches. Where these do not meet, what follows the Parallel waits for all of
    /// them, and the Parallel's value is the list of their results.
    fn branches(
        &mut self,
        document: &XFlowDocument,
        ways: &HashMap<&str, BTreeSet<&str>>,
        places: &HashMap<&str, usize>,
        id: &str,
        branch_nodes: &[String],
    ) {
        let Some(&parallel) = places.get(id) else { return };
        let regions: Vec<BTreeSet<&str>> = (branch_nodes.iter())
            .filter_map(|branch| ways.get_key_value(branch.as_str()))
            .map(|(branch, _)| reached(ways, branch))
            .collect();
        let all: BTreeSet<&str> = regions.iter().flatten().copied().collect();
        let after: Vec<usize> = (self.nodes[parallel].outgoing.iter().copied())
            .filter(|edge| !branch_nodes.contains(&self.nodes[self.edges[*edge].target].id))
            .collect();
        for branch in branch_nodes {
            let is_there = (self.nodes[parallel].outgoing.iter())
                .any(|edge| self.nodes[self.edges[*edge].target].id == *branch);
            if let Some(&target) = places.get(branch.as_str()).filter(|_| !is_there) {
                self.connect(parallel, target, "out", None);
            }
        }
        let is_apart = regions.iter().map(BTreeSet::len).sum::<usize>() == all.len();
        let leads_back = after
            .iter()
            .any(|edge| all.contains(self.nodes[self.edges[*edge].target].id.as_str()));
        let has_end = (all.iter()).any(|id| matches!(document.nodes[*id].node_type, NodeKind::End { .. }));
        if !is_apart || leads_back || (after.is_empty() && has_end) {
            return;
        }
        let branches: Vec<Vec<usize>> = (regions.iter())
            .map(|region| {
                let mut region: Vec<usize> = region.iter().map(|id| places[id]).collect();
                region.sort_unstable();
                region
            })
            .collect();
        let inside: Vec<usize> = branches.iter().flatten().copied().collect();
        let gather = self.add(
            &format!("{id}/branches"),
            "Parallel",
            Step::Gather { parallel, branches },
            None,
        );
        for node in inside {
            self.connect(node, gather, ANY, None);
        }
        self.nodes[parallel].outgoing.retain(|edge| !after.contains(edge));
        for edge in after {
            self.edges[edge].source = gather;
            self.nodes[gather].outgoing.push(edge);
        }
    }

    fn find_losers(&mut self) {
        for join in 0..self.nodes.len() {
            if self.nodes[join].step != Step::Join(JoinMode::Any) {
                continue;
            }
            let mut only_there = BTreeSet::from([join]);
            // From the back: what a node leads to is known before the node.
            for node in (0..join).rev() {
                let mut targets = (self.nodes[node].outgoing.iter())
                    .map(|edge| &self.edges[*edge])
                    .filter(|edge| edge.port != ANY)
                    .map(|edge| edge.target)
                    .peekable();
                if targets.peek().is_some() && targets.all(|target| only_there.contains(&target)) {
                    only_there.insert(node);
                }
            }
            only_there.remove(&join);
            self.nodes[join].losers = only_there.into_iter().collect();
        }
    }
}
