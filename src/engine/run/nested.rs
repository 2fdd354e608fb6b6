//! Xflows that an execution runs within itself: a `SubFlow`, the items of a `ForEach`.
//!
//! Their nodes stand in the execution's own journal, with the path that leads to
//! them as their iteration: `charge` for a `SubFlow`, `lines.3` for an item, and
//! `lines.3/charge` within it. So they are resumed, cancelled and limited
//! together with everything else, and an effect of theirs happens once as well.

use crate::engine::flow::Flow;
use crate::engine::run::Run;
use crate::engine::run::Stop;
use crate::engine::step::Failure;
use futures_util::FutureExt;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use serde_json::Value;
use serde_json::json;

/// The most items of a `ForEach`.
pub const MOST_ITEMS: usize = 10_000;

/// An xflow that is run within another one.
pub struct Nest {
    /// Its id in the model.
    pub xflow: String,
    /// What it is given: once, or for each item.
    pub inputs: Vec<Value>,
    /// Whether it is run for items, several of them at the same time.
    pub parallel: Option<usize>,
}

/// Where the nodes of a nested xflow stand: below the node that runs it.
pub fn path(iteration: &str, node: &str) -> String {
    if iteration.is_empty() {
        return node.to_owned();
    }
    format!("{iteration}/{node}")
}

impl Run<'_> {
    /// Runs an xflow of the model that `own` belongs to; gives its answer, or those of all items.
    pub(super) fn nested<'a>(
        &'a self,
        own: &'a Flow,
        nest: Nest,
        path: String,
    ) -> BoxFuture<'a, Result<Result<Value, Failure>, Stop>> {
        async move {
            let found = self
                .engine
                .inner
                .flows
                .beside(&self.torque.db, own.row, &nest.xflow);
            let read = match found.await.map_err(Stop::Interrupted)? {
                Some(read) => read,
                None => {
                    let message = format!("there is no xflow “{}” that is switched on", nest.xflow);
                    return Ok(Err(Failure::new("not_found", message)));
                }
            };
            let flow = match read.as_ref() {
                Ok(flow) => flow,
                Err(fault) => {
                    let message = format!("the xflow “{}” cannot be run: {fault}", nest.xflow);
                    return Ok(Err(Failure::new("xflow", message)));
                }
            };
            match nest.parallel {
                Some(parallel) => self.each(flow, &nest.inputs, parallel, &path).await,
                None => {
                    let input = nest.inputs.into_iter().next().unwrap_or_default();
                    told(self.whole(flow, &path, &input).await, None)
                }
            }
        }
        .boxed()
    }

    /// Runs an xflow for each item, so many at the same time. One that waits takes its place until it goes on.
    async fn each(
        &self,
        flow: &Flow,
        items: &[Value],
        parallel: usize,
        path: &str,
    ) -> Result<Result<Value, Failure>, Stop> {
        let mut results = vec![Value::Null; items.len()];
        let mut going = FuturesUnordered::new();
        let mut rest = items.iter().enumerate();
        let mut due: Option<i64> = None;
        let mut waiting = 0;
        loop {
            while waiting + going.len() < parallel
                && let Some((index, item)) = rest.next()
            {
                let path = format!("{path}.{index}");
                going.push(async move {
                    let input = json!({ "item": item, "index": index });
                    (index, self.whole(flow, &path, &input).await)
                });
            }
            match going.next().await {
                None => break,
                Some((_, Err(Stop::Parked(left)))) => {
                    waiting += 1;
                    due = Some(due.map_or(left, |due| due.min(left)));
                }
                Some((index, ended)) => match told(ended, Some(index))? {
                    Ok(value) => results[index] = value,
                    Err(failure) => return Ok(Err(failure)),
                },
            }
        }
        match due {
            Some(due) => Err(Stop::Parked(due)),
            None => Ok(Ok(Value::Array(results))),
        }
    }
}

/// What came of a nested xflow: its failure is its node's.
fn told(ended: Result<Value, Stop>, index: Option<usize>) -> Result<Result<Value, Failure>, Stop> {
    match ended {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Failed(node, mut failure)) => {
            let within = match failure.data.get("within").and_then(Value::as_str) {
                Some(inner) => format!("{node}/{inner}"),
                None => node,
            };
            if !within.is_empty() {
                failure.data.insert("within".to_owned(), Value::from(within));
            }
            if let Some(index) = index {
                failure.message = format!("item {index}: {}", failure.message);
                failure.data.insert("index".to_owned(), Value::from(index));
            }
            Ok(Err(failure))
        }
        Err(stop) => Err(stop),
    }
}

/// The list that a `ForEach` goes through, as the inputs of its xflow.
pub fn items(value: Value) -> Result<Vec<Value>, Failure> {
    let Value::Array(items) = value else {
        let message = "what it shall go through is no list";
        return Err(Failure::new("type", message));
    };
    if items.len() > MOST_ITEMS {
        let message = format!(
            "a ForEach goes through {MOST_ITEMS} items at most, this list has {}",
            items.len()
        );
        return Err(Failure::new("too_large", message));
    }
    Ok(items)
}

/// What an xflow is given, which is an object.
pub fn input(value: Value) -> Result<Value, Failure> {
    match value {
        value @ Value::Object(_) => Ok(value),
        _ => Err(Failure::new("type", "what an xflow is given must be an object")),
    }
}
