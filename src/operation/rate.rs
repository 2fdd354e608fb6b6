//! Limits on how often an address may try something.
//!
//! A bucket for each address fills again evenly over the minute. Addresses are
//! bounded in number: the one heard of longest ago is forgotten first. An IPv6
//! network of 64 bits counts as one address, since a guest owns all of it.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use lru::LruCache;
use parking_lot::Mutex;
use std::net::IpAddr;
use std::net::Ipv6Addr;
use std::num::NonZeroUsize;
use std::time::Duration;
use std::time::Instant;

/// Addresses remembered by one limit.
const ADDRESSES: NonZeroUsize = NonZeroUsize::MIN.saturating_add(16_383);

/// So many tries a minute for each address.
pub struct RateLimit {
    per_minute: f64,
    what: &'static str,
    buckets: Mutex<LruCache<IpAddr, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl RateLimit {
    /// A limit; 0 a minute means there is none. `what` ends the sentence “too many …”.
    #[must_use]
    pub fn new(per_minute: u32, what: &'static str) -> Self {
        Self {
            per_minute: f64::from(per_minute),
            what,
            buckets: Mutex::new(LruCache::new(ADDRESSES)),
        }
    }

    /// Takes one try, or refuses and says when to come back.
    pub fn take(&self, address: IpAddr) -> Result<()> {
        self.at(address, Instant::now(), 1.0)
    }

    /// Refuses when no try is left, without taking one.
    pub fn check(&self, address: IpAddr) -> Result<()> {
        self.at(address, Instant::now(), 0.0)
    }

    fn at(&self, address: IpAddr, now: Instant, cost: f64) -> Result<()> {
        if self.per_minute == 0.0 {
            return Ok(());
        }
        let mut buckets = self.buckets.lock();
        let bucket = buckets.get_or_insert_mut(network(address), || Bucket {
            left: self.per_minute,
            at: now,
        });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * self.per_minute / 60.0).min(self.per_minute);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= cost;
            return Ok(());
        }
        let wait = Duration::from_secs_f64((1.0 - bucket.left) * 60.0 / self.per_minute);
        let seconds = wait.as_secs() + 1;
        Err(Error::new(
            Code::RateLimited,
            format!("too many {}; try again in {seconds} s", self.what),
        )
        .with("retryAfter", seconds))
    }
}

/// What counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn the_try_after_the_last_is_refused_until_the_bucket_fills_again() {
        let limit = RateLimit::new(6, "tries");
        let start = Instant::now();
        for _ in 0..6 {
            limit.at(HERE, start, 1.0).unwrap();
        }
        let refusal = limit.at(HERE, start, 1.0).unwrap_err();
        assert_eq!(refusal.code, Code::RateLimited);
        assert_eq!(refusal.data["retryAfter"], 11);
        assert!(limit.at(HERE, start, 0.0).is_err());
        let later = start + Duration::from_secs(10);
        limit.at(HERE, later, 1.0).unwrap();
        assert!(limit.at(HERE, later, 1.0).is_err());
    }

    #[test]
    fn one_address_does_not_use_up_the_tries_of_another_but_a_network_shares_them() {
        let limit = RateLimit::new(1, "tries");
        let now = Instant::now();
        for (address, allowed) in [
            ("192.0.2.1", true),
            ("192.0.2.2", true),
            ("192.0.2.1", false),
            ("::ffff:192.0.2.1", false),
            ("2001:db8::1", true),
            ("2001:db8::2", false),
            ("2001:db8:0:1::1", true),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!(limit.at(address, now, 1.0).is_ok(), allowed, "{address}");
        }
    }

    #[test]
    fn no_limit_is_written_as_zero() {
        let limit = RateLimit::new(0, "tries");
        for _ in 0..1_000 {
            limit.take(HERE).unwrap();
        }
    }
}
