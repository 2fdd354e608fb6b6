//! Xflows: a graph without circles, whose every node is reached and names only what is there.

use crate::model::check::Check;
use crate::model::check::name::Kind;
use crate::model::xflow_document::XFlowDocument;
use crate::model::xflow_node::NodeKind;
use crate::xflow;
use crate::xflow::expression::Expression;
use crate::xflow::plan;
use crate::xflow::step::bare;
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeSet;
use std::collections::HashMap;

/// The most nodes of an xflow.
const MAX_NODES: usize = 1_000;
/// The most edges of an xflow.
const MAX_EDGES: usize = 5_000;
/// The longest that an execution may work: a day.
const MAX_EXECUTION_MS: u64 = 86_400_000;

/// What each node leads to.
pub(super) type Ways<'d> = HashMap<&'d str, BTreeSet<&'d str>>;

impl<'a> Check<'a> {
    pub(super) fn xflows(&mut self) {
        let model = self.model;
        let ids = model.xflows.iter().enumerate();
        self.unique(
            ids.map(|(index, xflow)| (format!("xflows[{index}].id"), xflow.id.as_str())),
            "an xflow",
        );
        for (index, xflow) in model.xflows.iter().enumerate() {
            let path = format!("xflows[{index}]");
            if xflow.id.is_empty() {
                self.say(path.as_str(), "required", "an xflow needs an id");
            } else {
                self.name(&format!("{path}.id"), &xflow.id, Kind::Id);
            }
            self.xflow(&path, xflow);
        }
    }

    fn xflow(&mut self, path: &str, xflow: &'a XFlowDocument) {
        for (name, count, most) in [
            ("nodes", xflow.nodes.len(), MAX_NODES),
            ("edges", xflow.edges.len(), MAX_EDGES),
        ] {
            if count > most {
                let message = format!("there are {count}, and at most {most} are possible");
                self.say(format!("{path}.{name}"), "size", message);
                return;
            }
        }
        if xflow.priority > 10 {
            self.say(format!("{path}.priority"), "max", "must be between 0 and 10");
        }
        if xflow.max_execution_time_ms == 0 || xflow.max_execution_time_ms > MAX_EXECUTION_MS {
            let message = format!("must be between 1 and {MAX_EXECUTION_MS}");
            self.say(format!("{path}.max_execution_time_ms"), "max", message);
        }
        if xflow.concurrency.is_some() {
            let message = "limits on how many executions run at once need a queue for each key, \
                           which this release does not have yet";
            self.say(format!("{path}.concurrency"), "unavailable", message);
        }
        if let Some(retry) = &xflow.retry
            && (retry.max_attempts == 0 || retry.max_attempts > 100)
        {
            self.say(
                format!("{path}.retry.max_attempts"),
                "max",
                "must be between 1 and 100",
            );
        }
        for (name, schema) in [
            ("input_schema", &xflow.input_schema),
            ("output_schema", &xflow.output_schema),
            ("error_schema", &xflow.error_schema),
        ] {
            self.schema(&format!("{path}.{name}"), schema);
        }
        self.triggers(path, xflow);
        self.edges(path, xflow);
        let ways = plan::ways(xflow);
        self.shape(path, xflow, &ways);
        for (id, node) in &xflow.nodes {
            self.node(&format!("{path}.nodes.{id}"), xflow, id, node, &ways);
        }
    }

    fn edges(&mut self, path: &str, xflow: &'a XFlowDocument) {
        let mut seen = BTreeSet::new();
        for (index, edge) in xflow.edges.iter().enumerate() {
            let path = format!("{path}.edges[{index}]");
            for (name, id) in [("source", &edge.source), ("target", &edge.target)] {
                if !xflow.nodes.contains_key(id) {
                    self.say(
                        format!("{path}.{name}"),
                        "unknown",
                        format!("there is no node {id}"),
                    );
                }
            }
            if let Some(source) = xflow.nodes.get(&edge.source)
                && !source.node_type.has_port(edge.port())
            {
                let kind = source.node_type.name();
                let message = format!(
                    "nothing leaves the {kind} node {} by {:?}",
                    edge.source,
                    edge.port()
                );
                self.say(format!("{path}.port"), "port", message);
            }
            if !seen.insert((&edge.source, &edge.target, edge.port())) {
                let message = format!("{} leads to {} already", edge.source, edge.target);
                self.say(path.as_str(), "duplicate", message);
            }
            if let Some(condition) = &edge.condition {
                let place = format!("{path}.condition");
                match Expression::read(bare(condition)) {
                    Ok(expression) => {
                        let mut reads = Vec::new();
                        expression.reads(&mut reads);
                        self.reads(&place, xflow, &reads, None);
                    }
                    Err(fault) => self.say(place, "expression", format!("this is no expression: {fault}")),
                }
            }
        }
    }

    /// One start, no circle, nothing that cannot be reached.
    fn shape(&mut self, path: &str, xflow: &'a XFlowDocument, ways: &Ways<'a>) {
        let starts: Vec<&str> = (xflow.nodes.iter())
            .filter(|(_, node)| matches!(node.node_type, NodeKind::Start {}))
            .map(|(id, _)| id.as_str())
            .collect();
        let start = match starts.as_slice() {
            [start] => *start,
            [] => {
                self.say(
                    format!("{path}.nodes"),
                    "start",
                    "an xflow begins at a Start node",
                );
                return;
            }
            [_, others @ ..] => {
                for other in others {
                    let message = "an xflow begins at one Start node";
                    self.say(format!("{path}.nodes.{other}"), "start", message);
                }
                return;
            }
        };
        if let Err(circle) = plan::order(xflow, ways) {
            for id in circle {
                if ways
                    .get(id)
                    .is_some_and(|to| to.iter().any(|to| plan::reached(ways, to).contains(id)))
                {
                    let message = format!("{id} leads back to itself; loops are made with ForEach");
                    self.say(format!("{path}.nodes.{id}"), "circle", message);
                }
            }
        }
        let reached = plan::reached(ways, start);
        for id in xflow.nodes.keys().filter(|id| !reached.contains(id.as_str())) {
            let message = format!("nothing leads from {start} to {id}");
            self.say(format!("{path}.nodes.{id}"), "unreachable", message);
        }
    }

    /// What an expression reads is there, and nodes that it reads come before. `before` are these; none: any will do.
    pub(super) fn reads(
        &mut self,
        path: &str,
        xflow: &XFlowDocument,
        reads: &[(String, Option<String>)],
        before: Option<&BTreeSet<&str>>,
    ) {
        let mut said = BTreeSet::new();
        for read in reads.iter().filter(|read| said.insert((*read).clone())) {
            match (read.0.as_str(), read.1.as_deref()) {
                ("input" | "trigger" | "execution", _) | ("nodes", None) => {}
                ("nodes", Some(node)) => match before {
                    _ if !xflow.nodes.contains_key(node) => {
                        self.say(path, "unknown", format!("there is no node {node}"));
                    }
                    Some(before) if !before.contains(node) => {
                        self.say(path, "order", format!("{node} does not come before"));
                    }
                    _ => {}
                },
                ("secrets", _) => {
                    let message = "secrets can be used in the url, the headers and the body of an HttpRequest only, \
                                   each by its name: {{ secrets.name }}";
                    self.say(path, "secret", message);
                }
                (root, _) => {
                    let message =
                        format!("there is no {root} here; there are input, nodes, trigger and execution");
                    self.say(path, "unknown", message);
                }
            }
        }
    }
}

/// The most bytes of a schema.
const MAX_SCHEMA: usize = 65_536;

impl Check<'_> {
    /// A JSON Schema that compiles, and reaches for nothing outside.
    fn schema(&mut self, path: &str, schema: &Map<String, Value>) {
        if schema.is_empty() {
            return;
        }
        let schema = Value::Object(schema.clone());
        if schema.to_string().len() > MAX_SCHEMA {
            self.say(path, "size", format!("a schema has at most {MAX_SCHEMA} bytes"));
        } else if let Err(fault) = xflow::schema::compiled(&schema) {
            self.say(path, "schema", format!("this is no JSON Schema: {fault}"));
        }
    }
}
