//! Nodes that wait: for a time, for a signal.

use crate::engine::job::Job;
use crate::engine::journal::Record;
use crate::engine::step::Doing;
use crate::engine::step::Outcome;
use crate::engine::step::done;
use serde_json::Value;
use std::time::Duration;

/// From here on a delay is waited for in the database.
const PARKED_FROM: Duration = Duration::from_secs(1);
/// As long as a Wait without a time: a hundred years.
const FOR_EVER_MS: i64 = 3_155_760_000_000;

/// A delay: slept through when it is short, else waited for in the database.
pub fn delay(time: Duration, job: &Job, recorded: Option<&Record>) -> Doing {
    if job.is_direct || time < PARKED_FROM {
        return Doing::Sleep(time);
    }
    let whole = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    match recorded {
        Some(Record::Begun(begun)) => {
            let until = begun.get("until").and_then(Value::as_i64).unwrap_or_default();
            match until - job.now_ms() {
                left if left > 0 => Doing::Park(left, None),
                _ => done(Value::Null),
            }
        }
        _ => Doing::Park(whole, Some(None)),
    }
}

/// What is waited for: it is there, its time is over, or the execution is parked until one of the two.
pub fn signal(name: &str, time: Option<Duration>, job: &Job, recorded: Option<&Record>) -> Doing {
    if let Some(signal) = job.signals.take(name) {
        return done(signal);
    }
    let left = match recorded {
        Some(Record::Begun(begun)) => {
            let until = begun.get("until").and_then(Value::as_i64).unwrap_or_default();
            until - job.now_ms()
        }
        _ => time.map_or(FOR_EVER_MS, |time| {
            i64::try_from(time.as_millis()).unwrap_or(FOR_EVER_MS)
        }),
    };
    let begins = match recorded {
        Some(Record::Begun(_)) => None,
        _ => Some(Some(name.to_owned())),
    };
    if left <= 0 {
        return Doing::Done(Outcome {
            value: Value::Null,
            port: "timeout".to_owned(),
        });
    }
    Doing::Park(left.min(FOR_EVER_MS), begins)
}
