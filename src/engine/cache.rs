//! What Cache nodes keep: truth in an unlogged table; in memory what was read of it.
//!
//! Whoever sets or deletes a value tells every server, which forgets what it holds
//! of it; a server that may have missed that forgets everything. A value that was
//! read before such word came and arrives after it is not kept.

use crate::db::Db;
use crate::db::RawJsonRef;
use crate::error::Error;
use crate::error::Result;
use lru::LruCache;
use parking_lot::Mutex;
use serde_json::Value;
use std::time::Duration;
use std::time::Instant;
use uuid::Uuid;

const GET: &str = include_str!("../../sql/queries/cache/get.sql");
const SET: &str = include_str!("../../sql/queries/cache/set.sql");
const DELETE: &str = include_str!("../../sql/queries/cache/delete.sql");

/// The longest that a value is held in memory without a look at the table.
const HELD: Duration = Duration::from_secs(30);
/// What an entry takes besides its key and its value, in bytes, about.
const ENTRY_BYTES: usize = 120;

/// An application, and the number of a key of it.
type Place = (Uuid, u64);

/// The cache of one server.
pub struct Cache {
    /// Which server this is: what it says itself it need not hear.
    server: Uuid,
    most_bytes: usize,
    memory: Mutex<Memory>,
}

struct Memory {
    entries: LruCache<Place, Entry>,
    bytes: usize,
    /// Grows whenever something is forgotten because somebody else changed it.
    generation: u64,
}

struct Entry {
    /// Two keys may have the same number.
    key: String,
    value: Value,
    until: Instant,
    bytes: usize,
}

impl Cache {
    /// A cache that holds so many bytes of values in memory at most.
    pub fn new(server: Uuid, most_bytes: usize) -> Self {
        Self {
            server,
            most_bytes,
            memory: Mutex::new(Memory {
                entries: LruCache::unbounded(),
                bytes: 0,
                generation: 0,
            }),
        }
    }

    /// What is kept under a key.
    pub async fn get(&self, db: &Db, application: Uuid, key: &str) -> Result<Option<Value>> {
        let place = (application, number_of(key));
        let generation = {
            let mut memory = self.memory.lock();
            if let Some(entry) = memory.entries.get(&place)
                && entry.key == key
                && entry.until > Instant::now()
            {
                return Ok(Some(entry.value.clone()));
            }
            memory.generation
        };
        let Some(row) = db.query_opt(GET, &[&application, &key]).await? else {
            return Ok(None);
        };
        let value: RawJsonRef<'_> = row.try_get("value").map_err(Error::bug)?;
        let value: Value = serde_json::from_slice(value.0).map_err(Error::bug)?;
        let left: i64 = row.try_get("milliseconds").map_err(Error::bug)?;
        let left = Duration::from_millis(u64::try_from(left).unwrap_or_default());
        let mut memory = self.memory.lock();
        if memory.generation == generation {
            memory.hold(place, key, &value, left, self.most_bytes);
        }
        Ok(Some(value))
    }

    /// Keeps a value for so many seconds.
    pub async fn set(
        &self,
        db: &Db,
        application: Uuid,
        key: &str,
        value: &Value,
        seconds: i64,
    ) -> Result<()> {
        let text = value.to_string();
        let generation = self.memory.lock().generation;
        let word = self.word(application, key);
        db.write_opt(SET, &[&application, &key, &text, &seconds, &word])
            .await?;
        let place = (application, number_of(key));
        let mut memory = self.memory.lock();
        // Somebody else may have set it meanwhile, and which was the later one only the table knows.
        let is_mine = memory.generation == generation;
        memory.generation += 1;
        memory.release(&place);
        if is_mine {
            let left = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
            memory.hold(place, key, value, left, self.most_bytes);
        }
        Ok(())
    }

    /// Forgets a value; whether there was one.
    pub async fn delete(&self, db: &Db, application: Uuid, key: &str) -> Result<bool> {
        let gone = db
            .write_opt(DELETE, &[&application, &key, &self.word(application, key)])
            .await?;
        let mut memory = self.memory.lock();
        memory.generation += 1;
        memory.release(&(application, number_of(key)));
        Ok(gone.is_some())
    }

    /// Somebody changed what is kept under a key of which this is the number.
    pub fn forget(&self, server: Uuid, application: Uuid, number: u64) {
        if server == self.server {
            return;
        }
        let mut memory = self.memory.lock();
        memory.generation += 1;
        memory.release(&(application, number));
    }

    /// Something may have been missed.
    pub fn forget_all(&self) {
        let mut memory = self.memory.lock();
        memory.generation += 1;
        memory.entries.clear();
        memory.bytes = 0;
    }

    /// What the other servers are told.
    fn word(&self, application: Uuid, key: &str) -> String {
        format!("cache {application} {} {}", number_of(key), self.server)
    }
}

impl Memory {
    fn hold(&mut self, place: Place, key: &str, value: &Value, left: Duration, most: usize) {
        self.release(&place);
        let bytes = value.to_string().len() + key.len() + ENTRY_BYTES;
        if bytes > most {
            return;
        }
        while self.bytes + bytes > most
            && let Some((_, entry)) = self.entries.pop_lru()
        {
            self.bytes -= entry.bytes;
        }
        self.bytes += bytes;
        let entry = Entry {
            key: key.to_owned(),
            value: value.clone(),
            until: Instant::now() + left.min(HELD),
            bytes,
        };
        self.entries.put(place, entry);
    }

    fn release(&mut self, place: &Place) {
        if let Some(entry) = self.entries.pop(place) {
            self.bytes -= entry.bytes;
        }
    }
}

/// A key's number, the same in every server: FNV-1a, so that a key of any length fits into a notification.
fn number_of(key: &str) -> u64 {
    key.bytes().fold(0xcbf2_9ce4_8422_2325, |number, byte| {
        (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn memory_holds_no_more_bytes_than_it_may_and_lets_the_oldest_go() {
        let application = Uuid::now_v7();
        let cache = Cache::new(Uuid::now_v7(), 1_000);
        let hold = |key: &str, length: usize| {
            let value = json!("x".repeat(length));
            let place = (application, number_of(key));
            cache
                .memory
                .lock()
                .hold(place, key, &value, HELD, cache.most_bytes);
        };
        for key in ["a", "b", "c", "d", "e", "a"] {
            hold(key, 100);
        }
        hold("large", 2_000);
        let memory = cache.memory.lock();
        let kept: Vec<&str> = memory
            .entries
            .iter()
            .map(|(_, entry)| entry.key.as_str())
            .collect();
        assert_eq!(kept, ["a", "e", "d", "c"]);
        assert!(memory.bytes <= 1_000, "{}", memory.bytes);
        assert_eq!(
            memory.bytes,
            memory.entries.iter().map(|(_, entry)| entry.bytes).sum::<usize>()
        );
    }

    #[test]
    fn what_another_server_changed_is_forgotten_and_what_this_one_said_is_not() {
        let (here, there, application) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let cache = Cache::new(here, 10_000);
        let place = (application, number_of("k"));
        cache.memory.lock().hold(place, "k", &json!(1), HELD, 10_000);
        cache.forget(here, application, number_of("k"));
        cache.forget(there, Uuid::now_v7(), number_of("k"));
        assert_eq!(cache.memory.lock().entries.len(), 1);
        cache.forget(there, application, number_of("k"));
        let memory = cache.memory.lock();
        assert_eq!((memory.entries.len(), memory.bytes), (0, 0));
    }
}
