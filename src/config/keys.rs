//! Every key that a configuration may hold, with its standing and its effect.
//!
//! `docs/configuration.md` is this table with a default and a test beside each
//! row; a test holds the two, and `Config`'s fields, equal.

/// What a key does in this release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has an effect.
    Now,
    /// It is read and kept for the part named, which is not in this release.
    Later(&'static str),
    /// The specification has it, Torque does not: accepted with a warning that says this instead.
    Removed(&'static str),
}

/// One key of the configuration.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// `section.key`.
    pub name: &'static str,
    /// What it does in this release.
    pub standing: Standing,
    /// What it changes, in one sentence.
    pub effect: &'static str,
}

impl Key {
    /// The environment variable that sets it: `server.bind` is `TORQUE_SERVER_BIND`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("TORQUE_{}", self.name.replace('.', "_").to_ascii_uppercase())
    }
}

const fn now(name: &'static str, effect: &'static str) -> Key {
    Key {
        name,
        standing: Standing::Now,
        effect,
    }
}

const fn later(name: &'static str, part: &'static str, effect: &'static str) -> Key {
    Key {
        name,
        standing: Standing::Later(part),
        effect,
    }
}

const fn removed(name: &'static str, instead: &'static str) -> Key {
    Key {
        name,
        standing: Standing::Removed(instead),
        effect: "",
    }
}

/// Every key, in the order of `torque.toml`.
pub const KEYS: &[Key] = &[
    now(
        "database.kind",
        "`embedded` or `postgres`; empty: `postgres` when a URL is set, else `embedded`.",
    ),
    now(
        "database.url",
        "The PostgreSQL database to serve; may lead through a pooler in transaction mode.",
    ),
    now(
        "database.direct_url",
        "A way straight to that database, with a login that may install and deploy; empty: the same as `url`.",
    ),
    now(
        "database.max_connections",
        "Connections for transactions and long queries, at most.",
    ),
    now(
        "database.min_connections",
        "How many of them are opened at once and kept.",
    ),
    now(
        "database.connection_timeout",
        "Seconds until a connection that does not come about is given up.",
    ),
    now(
        "database.idle_timeout",
        "Seconds after which an unused connection beyond `min_connections` is closed.",
    ),
    now(
        "database.acquire_timeout_ms",
        "Milliseconds a request waits for a connection before it is answered `unavailable`.",
    ),
    now(
        "database.shared_connections",
        "Shared pipelined connections for single reads, and twice as many for single writes; 0: one per core, between 2 and 8.",
    ),
    now(
        "database.statement_cache_size",
        "Prepared statements kept on each connection.",
    ),
    now(
        "database.max_connection_age",
        "Seconds after which a shared connection is replaced by a fresh one.",
    ),
    now(
        "database.data_dir",
        "The embedded database's folder, relative to the configuration file's folder.",
    ),
    now(
        "database.postgres_bin",
        "The folder with `initdb` and `postgres`; empty: searched for.",
    ),
    now(
        "database.embedded_port",
        "The embedded database's port on loopback; 0: any that is free.",
    ),
    now(
        "database.embedded_fsync",
        "Whether the embedded database waits for its disk; off only for tests: a power cut then loses data.",
    ),
    now(
        "server.bind",
        "The address and port to listen on; port 0: any that is free.",
    ),
    now("server.workers", "Threads that serve requests; 0: one per core."),
    now(
        "server.request_timeout",
        "Seconds a request may take before it is answered `unavailable`.",
    ),
    now(
        "server.max_payload_size",
        "The largest body of a caller with a credential.",
    ),
    now(
        "server.max_anonymous_payload_size",
        "The largest body of a caller without one.",
    ),
    now(
        "server.public_url",
        "The address people use, when it is not the one listened on.",
    ),
    now(
        "server.cors_origins",
        "Other origins whose pages may call the server; none by default.",
    ),
    now(
        "server.trusted_proxies",
        "Addresses or networks whose `X-Forwarded-*` headers are believed.",
    ),
    now(
        "server.tls_certificate",
        "PEM file with the certificate chain; with `tls_key`, the server speaks HTTPS.",
    ),
    now("server.tls_key", "PEM file with the certificate's private key."),
    now(
        "server.app_bind",
        "A second address that serves applications only: an origin of their own.",
    ),
    now(
        "server.app_host",
        "A host name that serves applications only: an origin of their own.",
    ),
    now(
        "server.app_path",
        "Where applications stand; each is at this path, a slash and its slug.",
    ),
    now(
        "server.allow_insecure_bind",
        "Listen beyond loopback although there is neither TLS nor a trusted proxy.",
    ),
    now(
        "server.allow_unsafe_role",
        "Serve although the database role may do more than it should; says so.",
    ),
    now(
        "server.drain_timeout",
        "Seconds that requests may still take after the server was told to stop.",
    ),
    now(
        "server.first_application",
        "Whether an empty database gets an application: that of the project's `model.json`, else the TODO List.",
    ),
    now(
        "limits.concurrent_requests",
        "Requests that are worked on at once; more wait.",
    ),
    now(
        "limits.failed_sign_ins_per_minute",
        "Sign-in tries an address may fail in a minute.",
    ),
    now(
        "limits.anonymous_writes_per_minute",
        "Writes an address without a credential may make in a minute.",
    ),
    now("limits.sockets", "Open WebSockets, at most."),
    now(
        "limits.socket_queue",
        "Messages that may wait for a slow socket before it must start over.",
    ),
    now("limits.subscriptions_per_socket", "Subscriptions of one socket."),
    now(
        "limits.socket_ping",
        "Seconds between pings of a socket; two without an answer close it.",
    ),
    now(
        "feed.poll_active_ms",
        "Milliseconds between looks at an application that is being written to.",
    ),
    now(
        "feed.poll_idle_ms",
        "Milliseconds between looks at quiet applications.",
    ),
    now(
        "feed.batch_rows",
        "Changes given their position in one step, at most.",
    ),
    later(
        "performance.entity_cache_size",
        "xflow",
        "Entities kept by the read cache of workflows.",
    ),
    later(
        "performance.entity_cache_ttl",
        "xflow",
        "Seconds an entity is kept there.",
    ),
    later(
        "performance.js_runtime_pool_size",
        "xflow",
        "JavaScript children kept ready.",
    ),
    removed(
        "performance.enable_simd_json",
        "JSON is passed through unparsed, which is faster still; remove the key",
    ),
    removed(
        "performance.enable_mimalloc",
        "the program is always built with mimalloc; remove the key",
    ),
    removed("performance.connection_pool_size", "use database.max_connections"),
    later(
        "xflow.max_execution_time",
        "xflow",
        "Milliseconds an execution may work.",
    ),
    now(
        "xflow.max_parallel_executions",
        "Executions a server works on at once.",
    ),
    now("xflow.cache_bytes", "Bytes Cache nodes hold in memory."),
    now("xflow.max_node_runs", "Nodes an attempt runs at most."),
    later(
        "xflow.enable_compilation_cache",
        "xflow",
        "Whether parsed scripts are kept.",
    ),
    later(
        "xflow.compilation_cache_size",
        "xflow",
        "Parsed scripts kept by each JavaScript child.",
    ),
    now(
        "egress.allow",
        "What xflows may reach besides the public web; see below.",
    ),
    now("egress.max_response_size", "The largest answer to xflows."),
    now(
        "secrets.key",
        "32 bytes, as base64 or 64 hexadecimal digits, that secrets are encrypted with; empty: a file beside the embedded database.",
    ),
    now(
        "logging.level",
        "`error`, `warn`, `info`, `debug`, `trace`, or a filter by module.",
    ),
    now(
        "logging.format",
        "`text`, `json`, or `auto`: text on a terminal, JSON elsewhere.",
    ),
    now(
        "logging.structured",
        "Off: lines are plain text whatever `format` says.",
    ),
    now(
        "logging.performance_logs",
        "A line for each request slower than `slow_request_ms`.",
    ),
    now("logging.slow_request_ms", "What counts as slow, in milliseconds."),
    now("metrics.enabled", "Whether the numbers can be fetched."),
    now("metrics.path", "Where the numbers stand."),
    later("graphql.path", "graphql", "Where the editor's surface stands."),
    later(
        "graphql.enable_playground",
        "graphql",
        "Whether a page for trying queries is served.",
    ),
    later(
        "graphql.enable_introspection",
        "graphql",
        "Whether editors may ask for the schema.",
    ),
    later(
        "graphql.max_query_complexity",
        "graphql",
        "The most complex query that is answered.",
    ),
    later(
        "graphql.max_query_depth",
        "graphql",
        "The deepest query that is answered.",
    ),
    now(
        "jsonrpc.path",
        "Where JSON-RPC for all applications stands; an application has its own at `/jsonrpc` below its path.",
    ),
    now(
        "jsonrpc.enable_batch_requests",
        "Whether several requests may come in one array.",
    ),
    now("jsonrpc.max_batch_size", "How many."),
    now(
        "jsonrpc.enable_compression",
        "Whether replies are compressed for clients that ask for it.",
    ),
    later("mcp.path", "mcp", "Where the agents' surface stands."),
    later("mcp.enable_tools", "mcp", "Whether agents get tools."),
    later("mcp.enable_resources", "mcp", "Whether agents get resources."),
    later("mcp.enable_prompts", "mcp", "Whether agents get prompts."),
    later(
        "mcp.max_concurrent_requests",
        "mcp",
        "Requests of agents that are worked on at once.",
    ),
    now(
        "frontend.enable_hot_reload",
        "Serve the browser's files from `web/dist` as they are now, not those inside the program.",
    ),
    removed(
        "frontend.bundle_optimization",
        "the browser's files are always built optimised; remove the key",
    ),
    later(
        "frontend.enable_pwa",
        "frontend",
        "Whether applications can be installed on a device.",
    ),
];

/// The key of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}
