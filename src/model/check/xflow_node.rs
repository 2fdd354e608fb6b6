//! Nodes of xflows: their settings against the entity types and the other nodes.

use crate::model::check::Check;
use crate::model::check::value;
use crate::model::check::xflow::Ways;
use crate::model::entity::EntityDefinition;
use crate::model::property::SYSTEM_PROPERTIES;
use crate::model::xflow_document::XFlowDocument;
use crate::model::xflow_document::XFlowNode;
use crate::model::xflow_node::EntityOperation;
use crate::model::xflow_node::NodeKind;
use crate::xflow::plan;
use crate::xflow::secret_name;
use crate::xflow::step::Step;
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeSet;

/// The longest that a node may take: an hour.
const MAX_NODE_MS: u64 = 3_600_000;

impl<'a> Check<'a> {
    pub(super) fn node(
        &mut self,
        path: &str,
        xflow: &'a XFlowDocument,
        id: &str,
        node: &'a XFlowNode,
        ways: &Ways<'a>,
    ) {
        let is_name = id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name || id.is_empty() || id.len() > 63 || id.starts_with(|first: char| first.is_ascii_digit())
        {
            let message =
                format!("{id:?} must be letters, digits and _, beginning with a letter, 63 at most");
            self.say(path, "name", message);
        }
        if !node.id.is_empty() && node.id != id {
            self.say(
                format!("{path}.id"),
                "name",
                format!("the node stands under {id}"),
            );
        }
        if node
            .timeout_ms
            .is_some_and(|timeout| timeout == 0 || timeout > MAX_NODE_MS)
        {
            let message = format!("must be between 1 and {MAX_NODE_MS}");
            self.say(format!("{path}.timeout_ms"), "max", message);
        }
        let path = format!("{path}.node_type");
        match Step::of(&node.node_type) {
            Ok(step) => {
                let before: BTreeSet<&str> = (xflow.nodes.keys())
                    .map(String::as_str)
                    .filter(|other| *other != id && plan::reached(ways, other).contains(id))
                    .collect();
                let mut reads = step.reads();
                if matches!(step, Step::Http(_)) {
                    // A name that cannot be one is told like a secret in another node.
                    reads.retain(|(root, name)| {
                        root != "secrets" || !name.as_deref().is_some_and(secret_name)
                    });
                }
                self.reads(&path, xflow, &reads, Some(&before));
            }
            Err(faults) => {
                for (place, code, message) in faults {
                    let place = if place.is_empty() {
                        path.clone()
                    } else {
                        format!("{path}.{place}")
                    };
                    self.say(place, code, message);
                }
            }
        }
        self.names(&path, xflow, id, &node.node_type);
    }

    /// What a node names: entity types, properties, other nodes, other xflows.
    fn names(&mut self, path: &str, xflow: &'a XFlowDocument, id: &str, kind: &'a NodeKind) {
        match kind {
            NodeKind::EntityRead {
                entity_type, filters, ..
            } if !entity_type.is_empty() => {
                if let Some(entity) = self.known_entity(&format!("{path}.entity_type"), entity_type) {
                    let sample = without_expressions(&Value::Object(filters.clone()));
                    self.filter(&format!("{path}.filters"), &sample, entity);
                }
            }
            NodeKind::EntityWrite {
                entity_type,
                operation,
                data_mapping,
                ..
            } if !entity_type.is_empty() => {
                let Some(entity) = self.known_entity(&format!("{path}.entity_type"), entity_type) else {
                    return;
                };
                let is_bulk = matches!(
                    operation,
                    EntityOperation::BulkCreate | EntityOperation::BulkUpdate
                );
                let place = format!("{path}.data_mapping");
                match data_mapping {
                    Some(Value::Object(values)) if !is_bulk => self.written(&place, values, entity),
                    Some(Value::Array(items)) if is_bulk => {
                        for (index, item) in items.iter().enumerate() {
                            match item {
                                Value::Object(values) => {
                                    self.written(&format!("{place}[{index}]"), values, entity);
                                }
                                Value::String(text) if text.contains("{{") => {}
                                _ => self.say(format!("{place}[{index}]"), "type", "must be an object"),
                            }
                        }
                    }
                    None => {}
                    Some(Value::String(text)) if text.contains("{{") => {}
                    Some(_) => {
                        let what = if is_bulk { "a list of objects" } else { "an object" };
                        self.say(
                            place,
                            "type",
                            format!("must be {what}, or an expression that gives one"),
                        );
                    }
                }
            }
            NodeKind::Parallel { branch_nodes } => {
                for (index, branch) in branch_nodes.iter().enumerate() {
                    let place = format!("{path}.branch_nodes[{index}]");
                    if !xflow.nodes.contains_key(branch) {
                        self.say(place, "unknown", format!("there is no node {branch}"));
                    } else if branch == id || branch_nodes[..index].contains(branch) {
                        self.say(place, "duplicate", format!("{branch} cannot begin a branch here"));
                    }
                }
            }
            NodeKind::SubFlow { xflow_id, .. } | NodeKind::ForEach { xflow_id, .. } => {
                let place = format!("{path}.xflow_id");
                self.known_xflow(&place, xflow_id);
                if self.leads_back(xflow_id, &xflow.id) {
                    let message = format!("{xflow_id} leads back to {}: it would never end", xflow.id);
                    self.say(place, "recursion", message);
                }
            }
            _ => {}
        }
    }

    /// Whether an xflow runs another one, itself or through others.
    fn leads_back(&self, from: &str, to: &str) -> bool {
        let mut open = vec![from];
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if id == to {
                return true;
            }
            if !seen.insert(id) {
                continue;
            }
            let nodes = self
                .model
                .xflow(id)
                .into_iter()
                .flat_map(|xflow| xflow.nodes.values());
            open.extend(nodes.filter_map(|node| match &node.node_type {
                NodeKind::SubFlow { xflow_id, .. } | NodeKind::ForEach { xflow_id, .. } => {
                    Some(xflow_id.as_str())
                }
                _ => None,
            }));
        }
        false
    }

    /// Values that a node writes: known properties, right types where they stand there already.
    fn written(&mut self, path: &str, values: &'a Map<String, Value>, entity: &EntityDefinition) {
        for (name, value) in values {
            let place = format!("{path}.{name}");
            let is_constant = !value.to_string().contains("{{");
            match entity.property(name) {
                Some(property) if is_constant && !value.is_null() => {
                    if let Some(fault) = value::fault(&property.property_type, value) {
                        self.say(place, "value", format!("{name} {fault}"));
                    }
                }
                Some(_) => {}
                None if name == "id" => {}
                None if SYSTEM_PROPERTIES.contains(&name.as_str()) => {
                    let message = format!("{name} is Torque's own and cannot be set");
                    self.say(place, "read_only", message);
                }
                None => self.say(place, "unknown", format!("{} has no property {name}", entity.id)),
            }
        }
    }
}

/// A filter with null wherever an expression decides, so that everything else of it can be read.
fn without_expressions(filter: &Value) -> Value {
    let Value::Object(members) = filter else {
        return filter.clone();
    };
    let members = members.iter().map(|(name, value)| {
        let value = match (name.as_str(), value) {
            ("and" | "or", Value::Array(parts)) => parts.iter().map(without_expressions).collect(),
            ("not", part) => without_expressions(part),
            (_, value) if value.to_string().contains("{{") => Value::Null,
            (_, value) => value.clone(),
        };
        (name.clone(), value)
    });
    Value::Object(members.collect())
}
