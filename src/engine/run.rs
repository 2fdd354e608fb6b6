//! One execution from where it stands to its end, or to where it waits.

use crate::engine::Engine;
use crate::engine::claim::MAX_ATTEMPTS;
use crate::engine::finish::Finished;
use crate::engine::flow::Flow;
use crate::engine::job::End;
use crate::engine::job::Job;
use crate::engine::job::Running;
use crate::engine::journal::Entry;
use crate::engine::journal::Said;
use crate::engine::statements::Parked;
use crate::engine::step::Failure;
use crate::error::Error;
use crate::operation::Torque;
use crate::xflow::schema;
use jsonschema::Validator;
use parking_lot::Mutex;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::AtomicI32;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

mod before;
mod effect;
pub mod nested;
mod region;

/// The longest pause before an execution is tried again.
const MAX_BACKOFF_MS: u64 = 300_000;

/// An execution that is worked on.
struct Run<'r> {
    engine: &'r Engine,
    torque: &'r Torque,
    job: &'r Job,
    /// What nodes did that is not in the database yet.
    pending: Mutex<Vec<Entry>>,
    /// What scripts said that no entry has yet.
    said: Said,
    /// How many nodes have run.
    nodes: AtomicI32,
}

/// Why an execution stops before its end.
enum Stop {
    /// A node failed, and nothing takes its failure.
    Failed(String, Failure),
    /// It goes on in so many milliseconds.
    Parked(i64),
    /// The database could not be reached, or did not say what it did.
    Interrupted(Error),
    /// It is somebody else's.
    Lost,
}

/// Works on an execution and writes down how it ends.
pub async fn run(engine: Engine, torque: Torque, job: Job, running: Arc<Running>) -> End {
    let run = Run {
        engine: &engine,
        torque: &torque,
        job: &job,
        pending: Mutex::default(),
        said: Said::default(),
        nodes: AtomicI32::new(0),
    };
    let began = Instant::now();
    let flow = match job.flow.as_ref() {
        Ok(flow) => flow,
        Err(fault) => {
            let failure = Failure::new("xflow", format!("this xflow cannot be run: {fault}"));
            return run.fail(began, "failed", failure.value()).await;
        }
    };
    let worked = Duration::from_millis(u64::try_from(job.worked_ms).unwrap_or_default());
    let left = flow.time.saturating_sub(worked);
    let work = tokio::time::timeout(left, run.whole(flow, "", &job.input));
    let ended = tokio::select! {
        biased;
        () = running.stopped() => None,
        ended = work => Some(ended),
    };
    match ended {
        None if running.is_lost() => End::Lost,
        None => {
            let error = json!({ "code": "cancelled", "message": "somebody cancelled it" });
            run.fail(began, "cancelled", error).await
        }
        Some(Ok(Ok(value))) => run.succeed(began, value).await,
        Some(Ok(Err(stop))) => run.stop(began, flow, stop).await,
        Some(Err(_)) => {
            let message = format!("it worked longer than its {} ms", flow.time.as_millis());
            run.fail(began, "failed", Failure::new("timeout", message).value())
                .await
        }
    }
}

impl Run<'_> {
    /// Input, nodes, output; `path` leads to an xflow that is run within another one.
    async fn whole(&self, flow: &Flow, path: &str, input: &Value) -> Result<Value, Stop> {
        let meets = |schema: &Option<Validator>, value: &Value, code: &str, what: &str| match schema {
            Some(schema) => unmet(schema, value, code, what)
                .map_or(Ok(()), |failure| Err(Stop::Failed(String::new(), failure))),
            None => Ok(()),
        };
        meets(&flow.input, input, "input", "what it was given")?;
        let output = self.region(flow, path, input).await?;
        meets(&flow.output, &output, "output", "what it answers")?;
        Ok(output)
    }

    async fn stop(&self, began: Instant, flow: &Flow, stop: Stop) -> End {
        match stop {
            Stop::Lost => End::Lost,
            Stop::Parked(due_ms) => self.park(began, due_ms, 0, None).await,
            Stop::Interrupted(error) if !self.job.is_direct && self.job.attempt < MAX_ATTEMPTS => {
                tracing::warn!(execution = %self.job.id, %error, cause = ?error.cause, "an execution was interrupted");
                self.park(began, backoff(500, self.job.attempt), self.job.attempt, None)
                    .await
            }
            Stop::Interrupted(error) => self.fail(began, "dead", Failure::from(error).value()).await,
            Stop::Failed(node, failure) => {
                let mut error = failure.value();
                error["attempt"] = json!(self.job.attempt);
                if !node.is_empty() {
                    error["node"] = json!(node);
                }
                if let (Some(schema), Some(data)) = (&flow.error, failure.data.get("data"))
                    && let Some(fault) = unmet(schema, data, "error", "what it tells of its failure")
                {
                    error["schema"] = fault.value();
                }
                match &flow.retry {
                    Some(retry) if !self.job.is_direct && failure.may_pass => {
                        if u32::try_from(self.job.attempt).is_ok_and(|attempt| attempt < retry.max_attempts) {
                            // A peer that asks to be left alone is.
                            let pause = failure.data.get("retry_after_ms").and_then(Value::as_i64);
                            let due = backoff(retry.backoff, self.job.attempt).max(pause.unwrap_or_default());
                            return self
                                .park(began, due, self.job.attempt, Some(error.to_string()))
                                .await;
                        }
                        self.fail(began, "dead", error).await
                    }
                    _ => self.fail(began, "failed", error).await,
                }
            }
        }
    }

    async fn park(&self, began: Instant, due_ms: i64, attempts: i32, error: Option<String>) -> End {
        let entries = std::mem::take(&mut *self.pending.lock());
        let parked = Parked {
            due_ms,
            attempts,
            worked_ms: self.worked_ms(began),
            error,
            signals: self.job.signals.seen,
        };
        let job = self.job;
        let db = &self.torque.db;
        match job
            .statements
            .park(db, job.id, job.fence, &entries, &parked)
            .await
        {
            Ok(true) => {
                self.engine.poke(job.application.id);
                End::Parked
            }
            Ok(false) => End::Lost,
            Err(error) => {
                tracing::warn!(execution = %job.id, %error, "an execution could not be parked; its lease will run out");
                End::Lost
            }
        }
    }

    async fn succeed(&self, began: Instant, value: Value) -> End {
        let output = Some(value.to_string());
        self.finish(began, "succeeded", output, None, End::Succeeded(value))
            .await
    }

    async fn fail(&self, began: Instant, status: &'static str, error: Value) -> End {
        let text = Some(error.to_string());
        self.finish(began, status, None, text, End::Failed { status, error })
            .await
    }

    async fn finish(
        &self,
        began: Instant,
        status: &'static str,
        output: Option<String>,
        error: Option<String>,
        end: End,
    ) -> End {
        let finished = Finished {
            id: self.job.id,
            fence: self.job.fence,
            status,
            output,
            error,
            worked_ms: self.worked_ms(began),
            nodes: self.nodes.load(Ordering::Relaxed),
            entries: std::mem::take(&mut *self.pending.lock()),
        };
        match self.engine.finisher(self.torque, self.job).finish(finished).await {
            Ok(true) => end,
            Ok(false) | Err(_) => End::Lost,
        }
    }

    fn worked_ms(&self, began: Instant) -> i64 {
        let now = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.job.worked_ms.saturating_add(now)
    }
}

/// What of a value does not meet a schema.
fn unmet(schema: &Validator, value: &Value, code: &str, what: &str) -> Option<Failure> {
    let faults = schema::faults(schema, value);
    let (place, first) = faults.first()?;
    let mut failure = Failure::new(
        &format!("{code}_schema"),
        format!("{what} does not meet its schema: {place} {first}"),
    );
    let fields = (faults.iter())
        .map(|(place, message)| json!({ "field": place, "code": "schema", "message": message }))
        .collect();
    failure.data.insert("fields".to_owned(), Value::Array(fields));
    Some(failure)
}

/// The pause before the next attempt: twice as long each time, and at random half of it or more.
fn backoff(first_ms: u64, attempt: i32) -> i64 {
    let doubled = u32::try_from(attempt - 1).unwrap_or_default().min(20);
    let longest = first_ms.saturating_mul(1 << doubled).min(MAX_BACKOFF_MS);
    let share = u64::from(getrandom::u32().unwrap_or(u32::MAX)) % (longest / 2 + 1);
    i64::try_from(longest / 2 + share).unwrap_or(i64::MAX)
}
