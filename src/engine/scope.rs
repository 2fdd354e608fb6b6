//! What expressions of a node see.

use crate::engine::job::Job;
use crate::xflow::evaluate::Roots;
use serde_json::Value;
use std::collections::HashMap;

/// Input, results so far, trigger and execution.
pub struct Scope<'a> {
    /// What the xflow was given.
    pub input: &'a Value,
    /// What nodes gave, by id.
    pub nodes: &'a HashMap<String, Value>,
    /// The execution.
    pub job: &'a Job,
    /// What expressions see of the execution.
    pub execution: &'a Value,
    /// What a `SubFlow` answered, for what is made of it.
    pub output: Option<&'a Value>,
}

impl Roots for Scope<'_> {
    fn get(&self, root: &str, member: Option<&str>) -> Option<&Value> {
        let whole = match root {
            "input" => self.input,
            "trigger" => &self.job.trigger,
            "execution" => self.execution,
            "output" => self.output?,
            "nodes" => return self.nodes.get(member?),
            _ => return None,
        };
        match member {
            Some(member) => whole.get(member),
            None => Some(whole),
        }
    }
}
