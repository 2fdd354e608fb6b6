//! What the nodes before an effect did, on its way into the database together with it.

use crate::engine::journal::Entry;
use parking_lot::Mutex;

/// Entries that were taken to be written. Unless they are known to be, they go back: an effect may fail, and it may be
/// given up in the middle because its time is over or another branch was quicker. Written twice they say the same.
pub struct Before<'p> {
    pending: &'p Mutex<Vec<Entry>>,
    entries: Vec<Entry>,
}

impl<'p> Before<'p> {
    /// Takes what waits: each entry goes with one effect.
    pub fn take(pending: &'p Mutex<Vec<Entry>>) -> Self {
        let entries = std::mem::take(&mut *pending.lock());
        Self { pending, entries }
    }

    /// They and the effect's own.
    pub fn and(&self, own: Entry) -> Vec<Entry> {
        let mut all = self.entries.clone();
        all.push(own);
        all
    }

    /// They are in the database.
    pub fn written(mut self) {
        self.entries.clear();
    }
}

impl Drop for Before<'_> {
    fn drop(&mut self) {
        if !self.entries.is_empty() {
            self.pending.lock().splice(0..0, self.entries.drain(..));
        }
    }
}
