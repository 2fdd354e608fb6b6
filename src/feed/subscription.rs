//! One subscription: what it wants to see, how far it has seen, what to send it.
//!
//! A frame is `{from, to, changes}` and `from` is always the `to` before it, so
//! a client notices anything missing. A filtered subscription moves on without
//! changes; such empty frames are sent once in a while only, to keep its cursor
//! fresh. When the socket's queue was dropped the subscription says `resync`
//! with the position from which it goes on.

use crate::feed::change::Change;
use crate::feed::cursor::Cursor;
use crate::feed::interest::Decisions;
use crate::feed::interest::Interest;
use crate::feed::interest::Sight;
use crate::feed::queue::Queue;
use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;
use uuid::Uuid;

/// A frame is cut when it has grown to this size, so that a queue's bound means something.
const FRAME_BYTES: usize = 64 << 10;
/// How long a subscription moves on in silence while nothing concerns it.
const SILENCE: Duration = Duration::from_secs(5);
/// Why a subscription begins anew whose filter looks through a reference.
const REFERRED: &str = "an entity that the filter looks at through a reference has changed";

/// One subscription of one socket to one application's feed.
pub struct Subscription {
    /// Its id on the wire.
    pub id: String,
    /// The application.
    pub application: Uuid,
    queue: Arc<Queue>,
    progress: Mutex<Progress>,
}

struct Progress {
    interest: Interest,
    epoch: Uuid,
    /// The last position that was looked at.
    seen: i64,
    /// The last position that the client was told.
    sent: i64,
    drops: u64,
    spoke: Instant,
    ended: bool,
}

/// Frames are written from pieces that several subscriptions share.
struct Frame<'a> {
    id: &'a str,
    epoch: Uuid,
    changes: String,
}

impl Frame<'_> {
    fn finish(&mut self, from: i64, to: i64) -> Bytes {
        let text = format!(
            "{{\"jsonrpc\":\"2.0\",\"method\":\"changes\",\"params\":{{\"subscriptionId\":\"{}\",\
             \"epoch\":\"{}\",\"from\":{from},\"to\":{to},\"changes\":[{}]}}}}",
            self.id, self.epoch, self.changes
        );
        self.changes.clear();
        Bytes::from(text)
    }

    fn add(&mut self, change: &str) {
        if !self.changes.is_empty() {
            self.changes.push(',');
        }
        self.changes.push_str(change);
    }
}

impl Subscription {
    /// A subscription that has seen everything up to the cursor.
    pub fn new(application: Uuid, queue: Arc<Queue>, interest: Interest, cursor: Cursor) -> Self {
        let drops = queue.drops();
        Self {
            id: Uuid::now_v7().to_string(),
            application,
            queue,
            progress: Mutex::new(Progress {
                interest,
                epoch: cursor.epoch,
                seen: cursor.pos,
                sent: cursor.pos,
                drops,
                spoke: Instant::now(),
                ended: false,
            }),
        }
    }

    /// How far it has looked.
    pub fn cursor(&self) -> Cursor {
        let progress = self.progress.lock();
        Cursor {
            epoch: progress.epoch,
            pos: progress.seen,
        }
    }

    /// What it wants to see.
    pub fn interest(&self) -> Interest {
        self.progress.lock().interest.clone()
    }

    /// Nothing is delivered any more.
    pub fn end(&self) {
        self.progress.lock().ended = true;
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.progress.lock().ended
    }

    /// Delivers a batch that follows on what was delivered before, never waiting.
    pub fn deliver(&self, changes: &[Arc<Change>], to: i64, decisions: &Decisions) {
        let mut progress = self.progress.lock();
        if progress.ended || self.says_resync_after_a_drop(&mut progress, to) {
            return;
        }
        let Some(frames) = self.frames(&mut progress, changes, to, decisions) else {
            self.say_resync(&mut progress, to, REFERRED);
            return;
        };
        for frame in frames {
            if !self.queue.push(frame) {
                self.says_resync_after_a_drop(&mut progress, to);
                return;
            }
        }
    }

    /// Delivers a batch of the past, as fast as the client takes it; false when it was dropped meanwhile.
    pub async fn deliver_patiently(&self, changes: &[Arc<Change>], to: i64, decisions: &Decisions) -> bool {
        let (frames, drops) = {
            let mut progress = self.progress.lock();
            if progress.ended {
                return false;
            }
            let Some(frames) = self.frames(&mut progress, changes, to, decisions) else {
                self.say_resync(&mut progress, to, REFERRED);
                return true;
            };
            (frames, progress.drops)
        };
        for frame in frames {
            if !self.queue.push_patiently(frame, drops).await {
                return false;
            }
        }
        true
    }

    /// Says that something was missed and that it goes on from here.
    pub fn resync(&self, cursor: Cursor, reason: &str) {
        let mut progress = self.progress.lock();
        if progress.ended {
            return;
        }
        progress.epoch = cursor.epoch;
        self.say_resync(&mut progress, cursor.pos, reason);
    }

    /// Moves on without changes when it was silent for long.
    pub fn keep_fresh(&self, to: i64) {
        let mut progress = self.progress.lock();
        if progress.ended || self.says_resync_after_a_drop(&mut progress, to) {
            return;
        }
        if progress.sent < to && progress.spoke.elapsed() >= SILENCE {
            self.say_progress(&mut progress, to);
        }
    }

    /// Tells the client how far it has looked, before the socket is closed.
    pub fn say_farewell(&self) -> Cursor {
        let mut progress = self.progress.lock();
        let seen = progress.seen;
        if progress.sent < seen && !progress.ended {
            self.say_progress(&mut progress, seen);
        }
        progress.ended = true;
        Cursor {
            epoch: progress.epoch,
            pos: seen,
        }
    }

    fn say_progress(&self, progress: &mut Progress, to: i64) {
        let mut frame = Frame {
            id: &self.id,
            epoch: progress.epoch,
            changes: String::new(),
        };
        let frame = frame.finish(progress.sent, to);
        progress.seen = to;
        progress.sent = to;
        progress.spoke = Instant::now();
        self.queue.push(frame);
    }

    /// Reads the filter again after the model changed; false when it no longer fits.
    pub fn reread(&self, read: impl FnOnce(&Interest) -> Option<Interest>) -> bool {
        let mut progress = self.progress.lock();
        match read(&progress.interest) {
            Some(interest) => {
                progress.interest = interest;
                true
            }
            None => false,
        }
    }

    fn says_resync_after_a_drop(&self, progress: &mut Progress, to: i64) -> bool {
        let drops = self.queue.drops();
        if progress.drops == drops {
            return false;
        }
        progress.drops = drops;
        self.say_resync(progress, to, "this client reads more slowly than the feed grows");
        true
    }

    fn say_resync(&self, progress: &mut Progress, pos: i64, reason: &str) {
        let cursor = Cursor {
            epoch: progress.epoch,
            pos,
        };
        progress.seen = pos;
        progress.sent = pos;
        progress.spoke = Instant::now();
        progress.drops = self.queue.drops();
        let notice = json!({
            "jsonrpc": "2.0",
            "method": "resync",
            "params": { "subscriptionId": self.id, "cursor": cursor.to_string(), "reason": reason },
        });
        self.queue.push(Bytes::from(notice.to_string()));
    }

    /// The frames of a batch, empty when nothing of it concerns this subscription; none when it has to begin anew.
    fn frames(
        &self,
        progress: &mut Progress,
        changes: &[Arc<Change>],
        to: i64,
        decisions: &Decisions,
    ) -> Option<Vec<Bytes>> {
        let mut frames = Vec::new();
        let mut frame = Frame {
            id: &self.id,
            epoch: progress.epoch,
            changes: String::new(),
        };
        for change in changes.iter().filter(|change| change.pos() > progress.seen) {
            match progress.interest.sees(change, decisions) {
                Sight::No => continue,
                Sight::Unsure | Sight::Anew => return None,
                Sight::Yes => frame.add(change.wire()),
                Sight::Leave => frame.add(&change.wire_of_leave()),
            }
            if frame.changes.len() >= FRAME_BYTES {
                frames.push(frame.finish(progress.sent, change.pos()));
                progress.sent = change.pos();
            }
        }
        if !frame.changes.is_empty() {
            frames.push(frame.finish(progress.sent, to));
            progress.sent = to;
        }
        if !frames.is_empty() {
            progress.spoke = Instant::now();
        }
        progress.seen = to;
        Some(frames)
    }
}
