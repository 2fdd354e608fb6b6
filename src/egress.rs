//! Outbound HTTP under policy: the only way from an xflow to the network.
//!
//! Where a request may go is decided where connections are made (`connect.rs`):
//! a name is resolved once, every address of the answer is checked, and the
//! connection goes to a checked address, so a name that changes its mind
//! changes nothing. Redirects are followed here, each through the same door.
//! Nothing is sent along that was not asked for: no cookies, no proxy of the
//! environment, no credentials to another origin.

mod address;
mod connect;
mod fault;
mod policy;
mod send;

pub use fault::Fault;
pub use send::Answer;
pub use send::Request;

use crate::config;
use crate::egress::connect::Connector;
use crate::egress::connect::Resolve;
use crate::egress::connect::System;
use crate::egress::policy::Policy;
use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioTimer;
use lru::LruCache;
use parking_lot::Mutex;
use rustls::ClientConfig;
use rustls::RootCertStore;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::OnceLock;
use std::time::Duration;

/// Applications whose connections are kept.
const APPLICATIONS: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();
/// Unused connections that are kept to one peer, and for how long.
const IDLE: (usize, Duration) = (10, Duration::from_secs(30));

/// What sends a request and knows where it may go.
type Sender = Client<Connector, Full<Bytes>>;

/// The way out of one server.
pub struct Egress {
    policy: Arc<Policy>,
    resolve: Arc<dyn Resolve>,
    most_bytes: usize,
    tls: OnceLock<Arc<ClientConfig>>,
    /// One each: what one application may reach, another must not by a connection that is open already.
    senders: Mutex<LruCache<String, Sender>>,
}

impl Egress {
    /// The way out that the settings leave.
    #[must_use]
    pub fn new(config: &config::Egress) -> Self {
        Self::with(config, Arc::new(System))
    }

    /// The same with names that are looked up elsewhere.
    fn with(config: &config::Egress, resolve: Arc<dyn Resolve>) -> Self {
        Self {
            policy: Arc::new(Policy::new(config)),
            resolve,
            most_bytes: config.max_response_size.bytes(),
            tls: OnceLock::new(),
            senders: Mutex::new(LruCache::new(APPLICATIONS)),
        }
    }

    /// What sends an application's requests; with `is_kept` over connections that are used again.
    fn sender(&self, application: &str, is_kept: bool) -> Sender {
        if !is_kept {
            return self.make(application, 0);
        }
        let mut senders = self.senders.lock();
        senders
            .get_or_insert(application.to_owned(), || self.make(application, IDLE.0))
            .clone()
    }

    fn make(&self, application: &str, idle: usize) -> Sender {
        let connector = Connector {
            application: Arc::from(application),
            policy: Arc::clone(&self.policy),
            resolve: Arc::clone(&self.resolve),
            tls: Arc::clone(self.tls.get_or_init(tls)),
        };
        Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE.1)
            .pool_max_idle_per_host(idle)
            .build(connector)
    }
}

/// TLS with the machine's authorities.
fn tls() -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions();
    // The provider is a constant that has these versions.
    let config = config.unwrap_or_else(|_| ClientConfig::builder());
    Arc::new(config.with_root_certificates(roots).with_no_client_auth())
}
