//! The settings of nodes that run a script.

use crate::script::Script;
use crate::xflow::step::Step;
use crate::xflow::step::reader::Reader;
use std::time::Duration;

/// How long a script may run unless its node says otherwise, and at most, in milliseconds.
const TIMES: (u64, u64) = (5_000, 30_000);

impl Reader {
    /// Reads a script; whether its grammar is right shows where it is published.
    pub(super) fn script(&mut self, place: &str, code: &str, timeout_ms: Option<u64>) -> Option<Step> {
        if timeout_ms.is_some_and(|time| time == 0 || time > TIMES.1) {
            self.say("timeout_ms", "max", format!("must be between 1 and {}", TIMES.1));
        }
        if !self.is_given(place, code) {
            return None;
        }
        match Script::of(code) {
            Ok(script) => Some(Step::Script {
                script,
                time: Duration::from_millis(timeout_ms.unwrap_or(TIMES.0)),
            }),
            Err(fault) => {
                self.say(place, fault.kind.code(), fault.sentence());
                None
            }
        }
    }
}
