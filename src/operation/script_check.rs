//! Scripts of a model, read where scripts are run: syntax errors with their line and column.

use crate::model::Model;
use crate::model::check::Problem;
use crate::model::xflow_node::NodeKind;
use crate::script::Kind;
use crate::script::Pool;
use crate::script::Script;
use std::collections::HashMap;

/// Adds what is wrong with the scripts of a model.
pub async fn check(pool: &Pool, model: &Model, problems: &mut Vec<Problem>) {
    let mut known: HashMap<String, Option<Problem>> = HashMap::new();
    for (index, xflow) in model.xflows.iter().enumerate() {
        for (id, node) in &xflow.nodes {
            let (name, code) = match &node.node_type {
                NodeKind::JavaScript { code, .. } => ("code", code),
                NodeKind::Transform {
                    javascript: Some(code),
                    ..
                } => ("javascript", code),
                _ => continue,
            };
            // What is too long or nested too deep has been said.
            let Ok(script) = Script::of(code) else { continue };
            if code.trim().is_empty() {
                continue;
            }
            let path = format!("xflows[{index}].nodes.{id}.node_type.{name}");
            if !known.contains_key(code) {
                known.insert(code.clone(), fault(pool, &script).await);
            }
            if let Some(Some(problem)) = known.get(code) {
                problems.push(Problem {
                    path,
                    ..problem.clone()
                });
            }
        }
    }
}

async fn fault(pool: &Pool, script: &Script) -> Option<Problem> {
    let fault = pool.read(script).await.err()?;
    let what = match fault.kind {
        Kind::Syntax => format!("this is no JavaScript: {}", fault.sentence()),
        _ => format!("this cannot be read: {}", fault.sentence()),
    };
    Some(Problem {
        path: String::new(),
        code: fault.kind.code().to_owned(),
        message: what,
    })
}
