//! Stopping without losing what is under way.
//!
//! Once it has begun, readiness says so, new requests are told to go
//! elsewhere, sockets are closed with the place to resume from, and requests
//! under way may finish for so long and no longer.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// The state of stopping; cheap to clone.
#[derive(Clone, Default)]
pub struct Drain(Arc<Inner>);

#[derive(Default)]
struct Inner {
    begun: CancellationToken,
    under_way: AtomicUsize,
    finished_one: Notify,
}

/// Something that is under way for as long as this is held.
pub struct UnderWay(Arc<Inner>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::AcqRel);
        self.0.finished_one.notify_waiters();
    }
}

impl Drain {
    /// Begins to stop.
    pub fn begin(&self) {
        self.0.begun.cancel();
    }

    /// Whether the server is stopping.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.begun.is_cancelled()
    }

    /// Fires when the server begins to stop: for sockets, which live longer than requests.
    #[must_use]
    pub fn begun(&self) -> CancellationToken {
        self.0.begun.clone()
    }

    /// Notes that something is under way.
    #[must_use]
    pub fn enter(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::AcqRel);
        UnderWay(Arc::clone(&self.0))
    }

    /// How many things are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.0.under_way.load(Ordering::Acquire)
    }

    /// Waits until nothing is under way, so long at most. Tells how many things were left behind.
    pub async fn finished(&self, within: Duration) -> usize {
        let all = async {
            loop {
                // Registered before the count is read: a finish in between is not missed.
                let finished_one = self.0.finished_one.notified();
                tokio::pin!(finished_one);
                finished_one.as_mut().enable();
                if self.under_way() == 0 {
                    return;
                }
                finished_one.await;
            }
        };
        let _ = tokio::time::timeout(within, all).await;
        self.under_way()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stopping_waits_for_what_is_under_way_and_no_longer_than_told() {
        let drain = Drain::default();
        let first = drain.enter();
        let second = drain.enter();
        drain.begin();
        assert!(drain.has_begun() && drain.begun().is_cancelled());
        assert_eq!(drain.finished(Duration::from_millis(10)).await, 2);
        let waiting = tokio::spawn({
            let drain = drain.clone();
            async move { drain.finished(Duration::from_secs(10)).await }
        });
        drop(first);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(second);
        assert_eq!(waiting.await.unwrap(), 0);
    }
}
