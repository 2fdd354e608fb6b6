//! Waiting before the next try: longer each time, and never all at once.

use std::time::Duration;

/// The pauses between tries, from 0.1 to 5 seconds, each of them random below its bound.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The pause before the next try.
    pub fn next(&mut self) -> Duration {
        let bound = Duration::from_millis(100)
            .saturating_mul(1 << self.failures.min(6))
            .min(Duration::from_secs(5));
        self.failures = self.failures.saturating_add(1);
        bound.mul_f64(0.5 + random_share() / 2.0)
    }

    /// The last try succeeded.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// A span of time that differs by up to a fifth, so that what began together does not end together.
pub fn spread(span: Duration) -> Duration {
    span.mul_f64(0.8 + random_share() * 0.4)
}

/// A random number from 0 to 1.
fn random_share() -> f64 {
    f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Backoff;
    use std::time::Duration;

    #[test]
    fn pauses_grow_to_five_seconds_and_start_over_after_a_success() {
        let mut backoff = Backoff::default();
        assert!(backoff.next() <= Duration::from_millis(100));
        for _ in 0..20 {
            assert!(backoff.next() <= Duration::from_secs(5));
        }
        assert!(backoff.next() >= Duration::from_millis(2_500));
        backoff.reset();
        assert!(backoff.next() <= Duration::from_millis(100));
    }
}
