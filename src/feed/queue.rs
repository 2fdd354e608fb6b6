//! What waits to be sent to one socket: bounded, and honest when it was too much.
//!
//! The tail of a feed only ever pushes here and never waits for a client. When
//! the bound is passed everything waiting is dropped and `drops` moves on, by
//! which each subscription of the socket notices that it must say `resync`. The
//! second time within ten seconds ends the socket: this client cannot keep up.

use crate::telemetry;
use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::time::Duration;
use std::time::Instant;
use tokio::sync::Notify;

/// The most bytes that wait for one socket; one larger frame may wait alone.
pub const MAX_BYTES: usize = 1 << 20;
/// Two overflows within this time end the socket.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// A catch-up, which can wait, fills the queue to this part only.
const CATCH_UP_SHARE: usize = 4;

/// The frames waiting for one socket.
pub struct Queue {
    most: usize,
    waiting: Mutex<Waiting>,
    filled: Notify,
    emptied: Notify,
    given_up: Notify,
}

#[derive(Default)]
struct Waiting {
    frames: VecDeque<Bytes>,
    bytes: usize,
    drops: u64,
    overflowed: Option<Instant>,
    too_slow: bool,
}

/// What the socket's own task finds in its queue.
pub enum Next {
    /// Frames to send, in order.
    Frames(Vec<Bytes>),
    /// The client is too slow: close with 1013.
    TooSlow,
}

impl Waiting {
    fn fits(&self, frame: &Bytes, frames: usize, bytes: usize) -> bool {
        self.frames.is_empty() || (self.frames.len() < frames && self.bytes + frame.len() <= bytes)
    }

    fn add(&mut self, frame: Bytes) {
        self.bytes += frame.len();
        self.frames.push_back(frame);
    }
}

impl Queue {
    /// An empty queue in which so many frames may wait.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(CATCH_UP_SHARE),
            waiting: Mutex::default(),
            filled: Notify::new(),
            emptied: Notify::new(),
            given_up: Notify::new(),
        }
    }

    /// Adds a frame without waiting; false when that was too much and everything was dropped.
    pub fn push(&self, frame: Bytes) -> bool {
        let (taken, too_slow) = {
            let mut waiting = self.waiting.lock();
            let fits = waiting.fits(&frame, self.most, MAX_BYTES);
            if fits {
                waiting.add(frame);
            } else {
                waiting.frames.clear();
                waiting.bytes = 0;
                waiting.drops += 1;
                let now = Instant::now();
                waiting.too_slow |= waiting
                    .overflowed
                    .replace(now)
                    .is_some_and(|before| now.duration_since(before) < PATIENCE);
            }
            (fits, waiting.too_slow)
        };
        if !taken {
            telemetry::count("torque_socket_overflows_total");
        }
        if too_slow {
            self.given_up.notify_one();
        }
        self.filled.notify_one();
        taken
    }

    /// Adds a frame of a catch-up as soon as there is room for it; false when the queue was dropped meanwhile.
    pub async fn push_patiently(&self, frame: Bytes, drops: u64) -> bool {
        loop {
            let emptied = self.emptied.notified();
            {
                let mut waiting = self.waiting.lock();
                if waiting.drops != drops {
                    return false;
                }
                if waiting.fits(&frame, self.most / CATCH_UP_SHARE, MAX_BYTES / CATCH_UP_SHARE) {
                    waiting.add(frame);
                    break;
                }
            }
            emptied.await;
        }
        self.filled.notify_one();
        true
    }

    /// How often everything waiting was dropped so far.
    pub fn drops(&self) -> u64 {
        self.waiting.lock().drops
    }

    /// Waits until the client has turned out to be too slow.
    pub async fn given_up(&self) {
        loop {
            let given_up = self.given_up.notified();
            if self.waiting.lock().too_slow {
                return;
            }
            given_up.await;
        }
    }

    /// Takes what waits, without waiting for more.
    pub fn take(&self) -> Vec<Bytes> {
        let mut waiting = self.waiting.lock();
        waiting.bytes = 0;
        waiting.frames.drain(..).collect()
    }

    /// Waits for frames; only the socket's own task asks.
    pub async fn next(&self) -> Next {
        loop {
            let filled = self.filled.notified();
            {
                let mut waiting = self.waiting.lock();
                if waiting.too_slow {
                    return Next::TooSlow;
                }
                if !waiting.frames.is_empty() {
                    waiting.bytes = 0;
                    let frames = waiting.frames.drain(..).collect();
                    drop(waiting);
                    self.emptied.notify_waiters();
                    return Next::Frames(frames);
                }
            }
            filled.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_FRAMES: usize = 256;

    #[tokio::test]
    async fn a_queue_that_overflows_twice_ends_the_socket() {
        let queue = Queue::new(MAX_FRAMES);
        let frame = Bytes::from_static(b"frame");
        for _ in 0..MAX_FRAMES {
            assert!(queue.push(frame.clone()));
        }
        assert!(!queue.push(frame.clone()), "one too many");
        assert_eq!(queue.drops(), 1);
        assert!(queue.push(frame.clone()), "there is room again");
        assert!(matches!(queue.next().await, Next::Frames(frames) if frames.len() == 1));

        let large = Bytes::from(vec![0; MAX_BYTES + 1]);
        assert!(queue.push(large.clone()), "one large frame may wait alone");
        assert!(!queue.push(frame), "but nothing with it");
        assert!(matches!(queue.next().await, Next::TooSlow));
    }

    #[tokio::test]
    async fn a_catch_up_waits_for_room() {
        let queue = std::sync::Arc::new(Queue::new(MAX_FRAMES));
        let frame = Bytes::from_static(b"frame");
        for _ in 0..MAX_FRAMES / CATCH_UP_SHARE {
            assert!(queue.push_patiently(frame.clone(), 0).await);
        }
        let waiting = tokio::spawn({
            let queue = queue.clone();
            async move { queue.push_patiently(Bytes::from_static(b"later"), 0).await }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        assert!(matches!(queue.next().await, Next::Frames(frames) if frames.len() == 64));
        assert!(waiting.await.unwrap());
    }
}
