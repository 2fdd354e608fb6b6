//! Credentials: from a presented secret to the caller it stands for.
//!
//! A credential that was looked up stays in memory until the directory's
//! version moves: every change of a key, a session or a caller moves it, so a
//! hot request costs no round trip and a revoked key dies with the next look
//! at the version. Secrets are compared by hash in the database's unique
//! index; memory holds hashes only.

pub mod secret;
pub mod sign_in;

use crate::db::Db;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::caller::Caller;
use crate::operation::caller::CallerKind;
use crate::operation::caller::Origin;
use crate::operation::caller::Permission;
use crate::operation::caller::Scope;
use crate::operation::credential::secret::Hash;
use crate::operation::credential::secret::Kind;
use crate::operation::rate::RateLimit;
use lru::LruCache;
use parking_lot::Mutex;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;
use uuid::Uuid;

/// Credentials kept in memory.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(9_999);

/// A credential is looked up again after this long even if nothing seems to have changed.
const REMEMBERED_FOR: Duration = Duration::from_secs(60);

/// How often the use of a key is noted at most.
const TOUCHED_EVERY: Duration = Duration::from_secs(60);

/// Who holds a credential and what it allows.
#[derive(Debug)]
pub struct Holder {
    /// The row in `torque.callers`.
    pub caller_id: Uuid,
    /// The name people read.
    pub name: String,
    /// A key's holder or a person.
    pub kind: CallerKind,
    /// Where the credential counts.
    pub scope: Scope,
    /// What it allows there.
    pub permission: Permission,
    /// The API key's id, when it is one.
    key_id: Option<Uuid>,
}

impl Holder {
    /// The caller of one request.
    #[must_use]
    pub fn caller(&self, origin: Origin, address: Option<IpAddr>, request_id: impl Into<String>) -> Caller {
        Caller {
            id: Some(self.caller_id),
            name: self.name.clone(),
            kind: self.kind,
            scope: self.scope,
            permission: self.permission,
            origin,
            cause: None,
            address,
            request_id: request_id.into(),
        }
    }
}

struct Remembered {
    holder: Arc<Holder>,
    /// The directory's version before the look-up.
    version: i64,
    until: Instant,
    touched: Option<Instant>,
}

/// What memory says about a credential.
enum Recalled {
    /// It counts; and whether its use is due to be noted.
    Current(Arc<Holder>, bool),
    /// It counted the last time somebody asked the database.
    Outdated,
    /// Nothing.
    Unknown,
}

struct Inner {
    remembered: Mutex<LruCache<Hash, Remembered>>,
    failed_sign_ins: RateLimit,
    anonymous_writes: RateLimit,
}

/// The credentials in memory and the limits on tries; cheap to clone.
#[derive(Clone)]
pub struct Credentials(Arc<Inner>);

impl Credentials {
    /// Empty memory, with the limits of the settings (0: no limit).
    #[must_use]
    pub fn new(failed_sign_ins_per_minute: u32, anonymous_writes_per_minute: u32) -> Self {
        Self(Arc::new(Inner {
            remembered: Mutex::new(LruCache::new(REMEMBERED)),
            failed_sign_ins: RateLimit::new(failed_sign_ins_per_minute, "failed sign-ins from this address"),
            anonymous_writes: RateLimit::new(
                anonymous_writes_per_minute,
                "writes without a credential from this address",
            ),
        }))
    }

    /// Takes one of the writes that the caller's address may make without a credential.
    pub fn count_anonymous_write(&self, caller: &Caller) -> Result<()> {
        match caller.address {
            Some(address) if caller.is_anonymous() => self.0.anonymous_writes.take(address),
            _ => Ok(()),
        }
    }

    fn recall(&self, hash: &Hash, version: i64) -> Recalled {
        let now = Instant::now();
        let mut remembered = self.0.remembered.lock();
        let Some(entry) = remembered.get_mut(hash) else {
            return Recalled::Unknown;
        };
        if entry.version != version || entry.until <= now {
            return Recalled::Outdated;
        }
        let due = entry.holder.key_id.is_some()
            && entry
                .touched
                .is_none_or(|at| now.duration_since(at) >= TOUCHED_EVERY);
        if due {
            entry.touched = Some(now);
        }
        Recalled::Current(Arc::clone(&entry.holder), due)
    }

    fn forget(&self, hash: &Hash) {
        self.0.remembered.lock().pop(hash);
    }

    fn remember(&self, hash: Hash, version: i64, seconds_left: Option<f64>, holder: Arc<Holder>) {
        let left = seconds_left.map_or(REMEMBERED_FOR, |seconds| {
            Duration::from_secs_f64(seconds.clamp(0.0, REMEMBERED_FOR.as_secs_f64()))
        });
        let now = Instant::now();
        let entry = Remembered {
            holder,
            version,
            until: now + left,
            touched: Some(now),
        };
        self.0.remembered.lock().put(hash, entry);
    }
}

/// Finds who holds a presented API key or session.
///
/// `address` pays for wrong keys: an address with too many of them waits. What counted before is not held up by
/// that, so nobody can lock out the others behind a shared address; nor does a browser pay for a cookie that has
/// outlived its session, since nobody guesses those.
pub async fn holder(torque: &Torque, presented: &str, address: Option<IpAddr>) -> Result<Arc<Holder>> {
    let Some(kind @ (Kind::Key | Kind::Session)) = Kind::of(presented) else {
        return Err(failed(torque, address));
    };
    let hash = secret::hash(presented);
    // Read before the look-up: a change that comes between the two moves the version and the entry is not believed.
    let version = torque.directory.version();
    let pays = address.filter(|_| kind == Kind::Key);
    match (torque.credentials.recall(&hash, version), pays) {
        (Recalled::Current(holder, due), _) => {
            if due {
                touch(&torque.db, holder.key_id);
            }
            return Ok(holder);
        }
        (Recalled::Unknown, Some(address)) => {
            let checked = torque.credentials.0.failed_sign_ins.check(address);
            checked.inspect_err(|error| torque.audit.sign_in_refused(Some(address), error))?;
        }
        (Recalled::Outdated, _) | (Recalled::Unknown, None) => {}
    }
    let found = look_up(&torque.db, kind, &hash).await?;
    let Some((holder, seconds_left)) = found else {
        torque.credentials.forget(&hash);
        return Err(failed(torque, pays));
    };
    let holder = Arc::new(holder);
    torque
        .credentials
        .remember(hash, version, seconds_left, Arc::clone(&holder));
    touch(&torque.db, holder.key_id);
    Ok(holder)
}

/// One failed try: the refusal, or the refusal of any further try.
fn failed(torque: &Torque, address: Option<IpAddr>) -> Error {
    metrics::counter!("torque_failed_sign_ins_total").increment(1);
    let limited = address.map(|address| torque.credentials.0.failed_sign_ins.take(address));
    let error = match limited {
        Some(Err(too_many)) => too_many,
        _ => Error::new(
            Code::Unauthenticated,
            "the credential is unknown, expired or revoked",
        ),
    };
    torque.audit.sign_in_refused(address, &error);
    error
}

async fn look_up(db: &Db, kind: Kind, hash: &Hash) -> Result<Option<(Holder, Option<f64>)>> {
    let (sql, caller_kind) = match kind {
        Kind::Key => (
            include_str!("../../sql/queries/caller/key_by_hash.sql"),
            CallerKind::Key,
        ),
        Kind::Session | Kind::Link => (
            include_str!("../../sql/queries/caller/session_by_hash.sql"),
            CallerKind::User,
        ),
    };
    let Some(row) = db.query_opt(sql, &[&hash.as_slice()]).await? else {
        return Ok(None);
    };
    let permission: String = row.get("permission");
    let holder = Holder {
        caller_id: row.get("caller_id"),
        name: row.get("name"),
        kind: caller_kind,
        scope: Scope::of(row.get("application_id")),
        permission: permission.parse().map_err(Error::bug)?,
        key_id: match kind {
            Kind::Key => Some(row.get("key_id")),
            Kind::Session | Kind::Link => None,
        },
    };
    Ok(Some((holder, row.get("seconds_left"))))
}

/// Notes the use of a key beside the request, which does not wait for it.
fn touch(db: &Db, key_id: Option<Uuid>) {
    let Some(key_id) = key_id else { return };
    let db = db.clone();
    tokio::spawn(async move {
        let sql = include_str!("../../sql/queries/caller/touch_key.sql");
        if let Err(error) = db.execute(sql, &[&key_id]).await {
            tracing::debug!(key = %key_id, %error, "the use of a key could not be noted");
        }
    });
}
