//! The settings of a server: every key, its default, and what it does.
//!
//! A key's value comes from, in this order: a flag, the environment, the file
//! `torque.toml`, the default below. Empty text means "not set". Keys that are
//! not here are refused with a suggestion; `config/keys.rs` names those that the
//! specification has and Torque has no use for.
//! `docs/configuration.md` has one row for each key, held by a test.

use serde::Deserialize;
use serde::Serialize;
use std::path::PathBuf;

mod address;
mod check;
mod egress;
mod file;
mod keys;
mod load;
mod nearest;
mod network;
mod secrets;
mod size;
mod surfaces;

pub use check::NO_SQLITE;
pub use egress::Allowed;
pub use egress::Egress;
pub use keys::KEYS;
pub use keys::Key;
pub use keys::Standing;
pub use load::Loaded;
pub use load::Origin;
pub use load::Overrides;
pub use load::load;
pub use network::Network;
pub use secrets::Secrets;
pub use size::Size;
pub use surfaces::Frontend;
pub use surfaces::Graphql;
pub use surfaces::Jsonrpc;
pub use surfaces::Mcp;

/// Every setting of a server.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the data is.
    pub database: Database,
    /// Where and how the server listens.
    pub server: Server,
    /// How much of everything.
    pub limits: Limits,
    /// How quickly committed changes are looked for.
    pub feed: Feed,
    /// Caches and pools of later parts.
    pub performance: Performance,
    /// The workflow engine.
    pub xflow: Xflow,
    /// Where xflows may send requests.
    pub egress: Egress,
    /// How secrets of applications are kept.
    pub secrets: Secrets,
    /// What is written to the log, and how.
    pub logging: Logging,
    /// Numbers for a monitoring system.
    pub metrics: Metrics,
    /// The editor's surface.
    pub graphql: Graphql,
    /// The runtime's surface.
    pub jsonrpc: Jsonrpc,
    /// The agents' surface.
    pub mcp: Mcp,
    /// What browsers load.
    pub frontend: Frontend,
}

/// `[database]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `embedded`, `postgres`, or empty: `postgres` when a URL is set, else `embedded`.
    pub kind: String,
    /// The URL of a PostgreSQL database; may lead through a pooler in transaction mode.
    pub url: String,
    /// A URL that leads straight to the database, with a login that may install and deploy. Empty: the same as `url`.
    pub direct_url: String,
    /// Connections for transactions and long queries, at most.
    pub max_connections: usize,
    /// Connections of that pool that are kept open.
    pub min_connections: usize,
    /// Seconds until a connection that does not come about is given up.
    pub connection_timeout: u64,
    /// Seconds after which an unused connection beyond `min_connections` is closed.
    pub idle_timeout: u64,
    /// Milliseconds a request waits for a free connection before it is told to come back later.
    pub acquire_timeout_ms: u64,
    /// Shared pipelined connections for single reads, and twice as many for single writes; 0: one per core, between 2 and 8.
    pub shared_connections: usize,
    /// Prepared statements kept on each connection.
    pub statement_cache_size: usize,
    /// Seconds after which a shared connection is replaced by a fresh one.
    pub max_connection_age: u64,
    /// The embedded database's folder, relative to the configuration file's.
    pub data_dir: PathBuf,
    /// The folder with PostgreSQL's programs (`initdb`, `postgres`); empty: searched for.
    pub postgres_bin: String,
    /// The embedded database's port on loopback; 0: any that is free.
    pub embedded_port: u16,
    /// Whether the embedded database waits for its disk. Off only in tests.
    pub embedded_fsync: bool,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            kind: String::new(),
            url: String::new(),
            direct_url: String::new(),
            max_connections: 50,
            min_connections: 10,
            connection_timeout: 30,
            idle_timeout: 600,
            acquire_timeout_ms: 2_000,
            shared_connections: 0,
            statement_cache_size: 500,
            max_connection_age: 3_600,
            data_dir: PathBuf::from(".torque"),
            postgres_bin: String::new(),
            embedded_port: 0,
            embedded_fsync: true,
        }
    }
}

/// `[server]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The address and port to listen on; port 0: any that is free.
    pub bind: String,
    /// Threads that serve requests; 0: one per core.
    pub workers: usize,
    /// Seconds a request may take.
    pub request_timeout: u64,
    /// The largest body of a caller with a credential.
    pub max_payload_size: Size,
    /// The largest body of a caller without one.
    pub max_anonymous_payload_size: Size,
    /// The address people use, when it is not the one listened on (`https://torque.example.org`).
    pub public_url: String,
    /// Origins other than the server's own whose pages may call it.
    pub cors_origins: Vec<String>,
    /// Addresses or networks whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<String>,
    /// PEM file with the certificate chain; set together with `tls_key`.
    pub tls_certificate: String,
    /// PEM file with the certificate's private key.
    pub tls_key: String,
    /// A second address that serves applications only, for an origin of their own.
    pub app_bind: String,
    /// A host name that serves applications only, for an origin of their own.
    pub app_host: String,
    /// Where applications stand.
    pub app_path: String,
    /// Listen beyond loopback although there is neither TLS nor a trusted proxy.
    pub allow_insecure_bind: bool,
    /// Serve although the database role may do more than it should.
    pub allow_unsafe_role: bool,
    /// Seconds that requests may still take after the server was told to stop.
    pub drain_timeout: u64,
    /// Whether an empty database gets an application to look at: the project's, or the TODO List.
    pub first_application: bool,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            bind: "127.0.0.1:8080".to_owned(),
            workers: 0,
            request_timeout: 30,
            max_payload_size: Size::megabytes(10),
            max_anonymous_payload_size: Size::megabytes(1),
            public_url: String::new(),
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            tls_certificate: String::new(),
            tls_key: String::new(),
            app_bind: String::new(),
            app_host: String::new(),
            app_path: "/app".to_owned(),
            allow_insecure_bind: false,
            allow_unsafe_role: false,
            drain_timeout: 10,
            first_application: true,
        }
    }
}

/// `[limits]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests that are worked on at once; more wait.
    pub concurrent_requests: usize,
    /// Sign-in tries an address may fail in a minute.
    pub failed_sign_ins_per_minute: u32,
    /// Writes an address without a credential may make in a minute.
    pub anonymous_writes_per_minute: u32,
    /// Open WebSockets, at most.
    pub sockets: usize,
    /// Messages that may wait for a slow socket before it is told to start over.
    pub socket_queue: usize,
    /// Subscriptions of one socket.
    pub subscriptions_per_socket: usize,
    /// Seconds between the pings of a socket; two without an answer close it.
    pub socket_ping: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            concurrent_requests: 1_024,
            failed_sign_ins_per_minute: 10,
            anonymous_writes_per_minute: 600,
            sockets: 10_000,
            socket_queue: 256,
            subscriptions_per_socket: 64,
            socket_ping: 20,
        }
    }
}

/// `[feed]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Feed {
    /// Milliseconds between looks at an application that is being written to.
    pub poll_active_ms: u64,
    /// Milliseconds between looks at quiet applications; the bell usually rings first.
    pub poll_idle_ms: u64,
    /// Changes given their position in one step, at most.
    pub batch_rows: i64,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            poll_active_ms: 10,
            poll_idle_ms: 500,
            batch_rows: 1_000,
        }
    }
}

/// `[performance]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Performance {
    /// Entities kept by the read cache of workflows.
    pub entity_cache_size: usize,
    /// Seconds an entity is kept there.
    pub entity_cache_ttl: u64,
    /// JavaScript children kept ready.
    pub js_runtime_pool_size: usize,
}

impl Default for Performance {
    fn default() -> Self {
        Self {
            entity_cache_size: 10_000,
            entity_cache_ttl: 300,
            js_runtime_pool_size: 20,
        }
    }
}

/// `[xflow]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Xflow {
    /// Milliseconds an execution may work.
    pub max_execution_time: u64,
    /// Executions a server works on at once.
    pub max_parallel_executions: usize,
    /// Bytes of what Cache nodes keep that a server holds in memory at most.
    pub cache_bytes: usize,
    /// Nodes that one attempt of an execution runs at most.
    pub max_node_runs: u32,
    /// Whether parsed scripts are kept.
    pub enable_compilation_cache: bool,
    /// Parsed scripts kept by each JavaScript child.
    pub compilation_cache_size: usize,
}

impl Default for Xflow {
    fn default() -> Self {
        Self {
            max_execution_time: 30_000,
            max_parallel_executions: 100,
            cache_bytes: 16_777_216,
            max_node_runs: 100_000,
            enable_compilation_cache: true,
            compilation_cache_size: 1_000,
        }
    }
}

/// `[logging]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logging {
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,torque::db=debug`.
    pub level: String,
    /// `text`, `json`, or `auto`: text on a terminal, JSON elsewhere.
    pub format: String,
    /// Off: lines are text and carry the message only.
    pub structured: bool,
    /// A line for every request slower than `slow_request_ms`, with the time it spent in the database.
    pub performance_logs: bool,
    /// What counts as slow, in milliseconds.
    pub slow_request_ms: u64,
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            level: "info".to_owned(),
            format: "auto".to_owned(),
            structured: true,
            performance_logs: true,
            slow_request_ms: 500,
        }
    }
}

/// `[metrics]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Whether the numbers can be fetched (they need an administrator's credential).
    pub enabled: bool,
    /// Where.
    pub path: String,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            enabled: true,
            path: "/metrics".to_owned(),
        }
    }
}
