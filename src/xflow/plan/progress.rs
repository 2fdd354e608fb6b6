//! How far a plan has come: which edges are taken, which nodes are next.

use crate::model::xflow_node::JoinMode;
use crate::xflow::plan::Plan;
use crate::xflow::step::Step;

/// How an edge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    Taken,
    Skipped,
}

/// How a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Waiting,
    Running,
    Done,
    Skipped,
}

/// How far a plan has come.
#[derive(Debug)]
pub struct Progress {
    ways: Vec<Way>,
    nodes: Vec<Standing>,
}

/// What a node's end brings about.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Nodes that run now.
    pub ready: Vec<usize>,
    /// Nodes that will not run.
    pub skipped: Vec<usize>,
    /// Nodes that are running and are not needed any more.
    pub cancelled: Vec<usize>,
}

impl Progress {
    /// A plan that has not begun.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        Self {
            ways: vec![Way::Open; plan.edges.len()],
            nodes: vec![Standing::Waiting; plan.nodes.len()],
        }
    }

    /// The nodes that run first: those that nothing leads to.
    pub fn begin(&mut self, plan: &Plan) -> Vec<usize> {
        let first = plan.nodes.iter().enumerate();
        let first: Vec<usize> = first
            .filter(|(_, node)| node.incoming.is_empty())
            .map(|(place, _)| place)
            .collect();
        for node in &first {
            self.nodes[*node] = Standing::Running;
        }
        first
    }

    /// Whether a node has run.
    #[must_use]
    pub fn has_run(&self, node: usize) -> bool {
        self.nodes[node] == Standing::Done
    }

    /// Whether a way was taken.
    #[must_use]
    pub fn was_taken(&self, edge: usize) -> bool {
        self.ways[edge] == Way::Taken
    }

    /// A node has ended: says for each of its outgoing edges whether it is taken.
    pub fn finish(&mut self, plan: &Plan, node: usize, taken: impl Fn(usize) -> bool) -> Settled {
        self.nodes[node] = Standing::Done;
        let mut settled = Settled::default();
        let mut open: Vec<(usize, bool)> = plan.nodes[node]
            .outgoing
            .iter()
            .map(|edge| (*edge, taken(*edge)))
            .collect();
        while let Some((edge, is_taken)) = open.pop() {
            self.ways[edge] = if is_taken { Way::Taken } else { Way::Skipped };
            self.arrive(plan, plan.edges[edge].target, is_taken, &mut open, &mut settled);
        }
        settled.ready.sort_unstable();
        settled.skipped.sort_unstable();
        settled
    }

    fn arrive(
        &mut self,
        plan: &Plan,
        node: usize,
        is_taken: bool,
        open: &mut Vec<(usize, bool)>,
        settled: &mut Settled,
    ) {
        if self.nodes[node] != Standing::Waiting {
            return;
        }
        let incoming = &plan.nodes[node].incoming;
        let is_open = incoming.iter().any(|edge| self.ways[*edge] == Way::Open);
        if is_taken && plan.nodes[node].step == Step::Join(JoinMode::Any) {
            self.nodes[node] = Standing::Running;
            settled.ready.push(node);
            self.give_up(plan, node, open, settled);
        } else if is_open {
            // Something is still on its way.
        } else if incoming.iter().any(|edge| self.ways[*edge] == Way::Taken) {
            self.nodes[node] = Standing::Running;
            settled.ready.push(node);
        } else {
            self.skip(plan, node, open, settled);
        }
    }

    fn skip(&mut self, plan: &Plan, node: usize, open: &mut Vec<(usize, bool)>, settled: &mut Settled) {
        self.nodes[node] = Standing::Skipped;
        settled.skipped.push(node);
        open.extend(plan.nodes[node].outgoing.iter().map(|edge| (*edge, false)));
    }

    fn give_up(&mut self, plan: &Plan, join: usize, open: &mut Vec<(usize, bool)>, settled: &mut Settled) {
        for loser in &plan.nodes[join].losers {
            match self.nodes[*loser] {
                Standing::Waiting => self.skip(plan, *loser, open, settled),
                Standing::Running => {
                    self.nodes[*loser] = Standing::Skipped;
                    settled.cancelled.push(*loser);
                    open.extend(plan.nodes[*loser].outgoing.iter().map(|edge| (*edge, false)));
                }
                Standing::Done | Standing::Skipped => {}
            }
        }
        settled
            .ready
            .retain(|node| self.nodes[*node] == Standing::Running);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::xflow_document::XFlowDocument;
    use serde_json::Value;
    use serde_json::json;

    fn plan(nodes: &Value, edges: &[(&str, &str, &str)]) -> Plan {
        let edges: Vec<Value> = (edges.iter())
            .map(|(source, port, target)| json!({ "source": source, "target": target, "port": port }))
            .collect();
        let nodes: serde_json::Map<String, Value> = (nodes.as_object().unwrap().iter())
            .map(|(id, kind)| (id.clone(), json!({ "node_type": kind })))
            .collect();
        let document = json!({ "id": "x", "nodes": nodes, "edges": edges });
        let document: XFlowDocument = serde_json::from_value(document).unwrap();
        Plan::of(&document).unwrap()
    }

    /// Runs it with the ports that nodes leave by; answers the nodes that ran, in order.
    fn run(plan: &Plan, ports: &dyn Fn(&str) -> &'static str) -> Vec<String> {
        let mut progress = Progress::of(plan);
        let mut open = progress.begin(plan);
        let mut ran = Vec::new();
        while !open.is_empty() {
            let node = open.remove(0);
            let id = &plan.nodes[node].id;
            ran.push(id.clone());
            let port = ports(id);
            let settled = progress.finish(plan, node, |edge| plan.edges[edge].leaves_by(&["out", port]));
            open.retain(|node| !settled.cancelled.contains(node));
            open.extend(settled.ready);
        }
        ran
    }

    fn condition() -> Value {
        json!({ "type": "Condition", "expression": "true" })
    }

    fn log() -> Value {
        json!({ "type": "Log" })
    }

    #[test]
    fn a_join_after_a_condition_does_not_hang() {
        let plan = plan(
            &json!({ "start": { "type": "Start" }, "ask": condition(), "a": log(), "b": log(), "c": log(),
                     "join": { "type": "Join" }, "end": { "type": "End" } }),
            &[
                ("start", "out", "ask"),
                ("ask", "true", "a"),
                ("ask", "false", "b"),
                ("b", "out", "c"),
                ("a", "out", "join"),
                ("c", "out", "join"),
                ("join", "out", "end"),
            ],
        );
        assert_eq!(run(&plan, &|_| "true"), ["start", "ask", "a", "join", "end"]);
        assert_eq!(
            run(&plan, &|_| "false"),
            ["start", "ask", "b", "c", "join", "end"]
        );
    }

    #[test]
    fn what_follows_a_parallel_waits_for_branches_that_do_not_meet() {
        let plan = plan(
            &json!({ "start": { "type": "Start" }, "all": { "type": "Parallel", "branch_nodes": ["a", "b"] },
                     "a": log(), "a2": log(), "b": log(), "end": { "type": "End" } }),
            &[("start", "out", "all"), ("a", "out", "a2"), ("all", "out", "end")],
        );
        assert_eq!(
            run(&plan, &|_| "out"),
            ["start", "all", "a", "b", "a2", "all/branches", "end"]
        );
    }

    #[test]
    fn a_parallel_whose_branches_meet_goes_on_where_they_do() {
        let plan = plan(
            &json!({ "start": { "type": "Start" }, "all": { "type": "Parallel", "branch_nodes": ["a", "b"] },
                     "a": log(), "b": log(), "meet": log(), "end": { "type": "End" } }),
            &[
                ("start", "out", "all"),
                ("a", "out", "meet"),
                ("b", "out", "meet"),
                ("meet", "out", "end"),
            ],
        );
        assert_eq!(run(&plan, &|_| "out"), ["start", "all", "a", "b", "meet", "end"]);
    }

    #[test]
    fn a_join_that_waits_for_any_cancels_the_others() {
        let plan = plan(
            &json!({ "start": { "type": "Start" }, "a": log(), "b": log(), "c": log(),
                     "join": { "type": "Join", "mode": "any" }, "end": { "type": "End" } }),
            &[
                ("start", "out", "a"),
                ("start", "out", "b"),
                ("b", "out", "c"),
                ("a", "out", "join"),
                ("c", "out", "join"),
                ("join", "out", "end"),
            ],
        );
        assert_eq!(run(&plan, &|_| "out"), ["start", "a", "join", "end"]);
    }

    /// A generator that always gives the same for the same seed.
    struct Dice(u64);

    impl Dice {
        fn throw(&mut self, below: u64) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((self.0 >> 33) % below).unwrap()
        }
    }

    #[test]
    fn random_graphs_run_the_nodes_that_a_small_reference_runs() {
        for seed in 0..300 {
            let mut dice = Dice(seed);
            let count = 2 + dice.throw(12);
            let name = |place: usize| {
                if place == 0 {
                    "start".to_owned()
                } else {
                    format!("n{place:02}")
                }
            };
            let mut nodes = serde_json::Map::from_iter([("start".to_owned(), json!({ "type": "Start" }))]);
            let mut edges: Vec<(String, &str, String)> = Vec::new();
            for place in 1..count {
                let kind = if dice.throw(2) == 0 { condition() } else { log() };
                nodes.insert(name(place), kind);
                for _ in 0..=dice.throw(3) {
                    let source = dice.throw(place as u64);
                    let asks = nodes[&name(source)]["type"] == "Condition";
                    let port = if asks {
                        ["true", "false", "out"][dice.throw(3)]
                    } else {
                        "out"
                    };
                    edges.push((name(source), port, name(place)));
                }
            }
            let answers: Vec<bool> = (0..count).map(|_| dice.throw(2) == 0).collect();
            let port = |id: &str| match id.trim_start_matches('n').parse::<usize>() {
                Ok(place) if answers[place] => "true",
                _ => "false",
            };
            // The reference: in order, a node runs when something that ran leads to it by a port it left by.
            let mut expected = vec!["start".to_owned()];
            for place in 1..count {
                let leads = edges.iter().any(|(source, by, target)| {
                    *target == name(place) && expected.contains(source) && ["out", port(source)].contains(by)
                });
                if leads {
                    expected.push(name(place));
                }
            }
            let borrowed: Vec<(&str, &str, &str)> = edges
                .iter()
                .map(|(source, port, target)| (source.as_str(), *port, target.as_str()))
                .collect();
            let plan = plan(&Value::Object(nodes), &borrowed);
            let mut ran = run(&plan, &port);
            ran.sort();
            expected.sort();
            assert_eq!(ran, expected, "seed {seed}: {edges:?}");
        }
    }
}
