//! What single values cannot tell: whether the settings fit each other.

use crate::config::Allowed;
use crate::config::Config;
use std::net::SocketAddr;

/// What is wrong with the settings, a sentence each.
pub fn faults(config: &Config) -> Vec<String> {
    let mut faults = Vec::new();
    database(config, &mut faults);
    server(config, &mut faults);
    numbers(config, &mut faults);
    if let Err(fault) = config.secrets.bytes() {
        faults.push(format!("secrets.key {fault}"));
    }
    for entry in &config.egress.allow {
        if let Err(fault) = entry.parse::<Allowed>() {
            faults.push(format!("egress.allow: {fault}"));
        }
    }
    faults
}

/// Said wherever someone asks for `SQLite`.
pub const NO_SQLITE: &str = "Torque keeps its data in PostgreSQL, not SQLite: leave database.url empty to use \
     the embedded PostgreSQL, or set it to postgres://user:password@host/database";

fn database(config: &Config, faults: &mut Vec<String>) {
    let database = &config.database;
    for (name, url) in [
        ("database.url", &database.url),
        ("database.direct_url", &database.direct_url),
    ] {
        if url.starts_with("sqlite:") {
            faults.push(format!("{name}: {NO_SQLITE}"));
        } else if !url.is_empty() && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            faults.push(format!(
                "{name} begins with postgres:// or postgresql://, not `{}`",
                url.split(':').next().unwrap_or_default()
            ));
        }
    }
    match database.kind.as_str() {
        "sqlite" => faults.push(format!("database.kind: {NO_SQLITE}")),
        "" | "embedded" => {}
        "postgres" if database.url.is_empty() => faults.push(
            "database.kind is `postgres`, so database.url must be set (or TORQUE_DATABASE_URL, or --database-url)"
                .to_owned(),
        ),
        "postgres" => {}
        other => faults.push(format!(
            "database.kind is `embedded` or `postgres`, not `{other}`"
        )),
    }
    if database.url.is_empty() && !database.direct_url.is_empty() {
        faults.push("database.direct_url is set and database.url is not: set both, or url alone".to_owned());
    }
    if database.max_connections == 0 {
        faults.push("database.max_connections is at least 1".to_owned());
    }
    if database.min_connections > database.max_connections {
        faults.push(format!(
            "database.min_connections ({}) is more than database.max_connections ({})",
            database.min_connections, database.max_connections
        ));
    }
    if database.statement_cache_size == 0 {
        faults.push("database.statement_cache_size is at least 1".to_owned());
    }
}

fn server(config: &Config, faults: &mut Vec<String>) {
    let server = &config.server;
    for (name, address) in [
        ("server.bind", &server.bind),
        ("server.app_bind", &server.app_bind),
    ] {
        let optional = name == "server.app_bind" && address.is_empty();
        if !optional && address.parse::<SocketAddr>().is_err() && !is_host_and_port(address) {
            faults.push(format!(
                "{name} wants an address and a port such as 127.0.0.1:8080, not `{address}`"
            ));
        }
    }
    if server.tls_certificate.is_empty() != server.tls_key.is_empty() {
        faults.push("server.tls_certificate and server.tls_key are set together".to_owned());
    }
    for (name, url) in std::iter::once(("server.public_url", &server.public_url)).chain(
        server
            .cors_origins
            .iter()
            .map(|origin| ("server.cors_origins", origin)),
    ) {
        if !url.is_empty() && !url.starts_with("http://") && !url.starts_with("https://") {
            faults.push(format!("{name} begins with http:// or https://, not `{url}`"));
        }
    }
    let paths = [
        ("server.app_path", &server.app_path),
        ("jsonrpc.path", &config.jsonrpc.path),
        ("graphql.path", &config.graphql.path),
        ("mcp.path", &config.mcp.path),
        ("metrics.path", &config.metrics.path),
    ];
    for (index, (name, path)) in paths.iter().enumerate() {
        if !is_path(path) {
            faults.push(format!(
                "{name} begins with a slash, does not end with one and holds letters, digits, - _ . only, not `{path}`"
            ));
        }
        if let Some((other, _)) = paths[..index].iter().find(|(_, taken)| taken == path) {
            faults.push(format!("{name} and {other} are both `{path}`"));
        }
    }
    for taken in ["/health", "/assets", "/hooks"] {
        if let Some((name, path)) = paths
            .iter()
            .find(|(_, path)| *path == taken || path.starts_with(&format!("{taken}/")))
        {
            faults.push(format!("{name} is `{path}`, which Torque uses itself"));
        }
    }
}

fn numbers(config: &Config, faults: &mut Vec<String>) {
    for (name, value) in [
        ("server.request_timeout", config.server.request_timeout),
        ("database.connection_timeout", config.database.connection_timeout),
        ("database.acquire_timeout_ms", config.database.acquire_timeout_ms),
        ("limits.socket_ping", config.limits.socket_ping),
        ("feed.poll_active_ms", config.feed.poll_active_ms),
        ("feed.poll_idle_ms", config.feed.poll_idle_ms),
        (
            "limits.concurrent_requests",
            config.limits.concurrent_requests as u64,
        ),
        ("limits.socket_queue", config.limits.socket_queue as u64),
        ("jsonrpc.max_batch_size", config.jsonrpc.max_batch_size as u64),
    ] {
        if value == 0 {
            faults.push(format!("{name} is at least 1"));
        }
    }
    if config.feed.batch_rows < 1 {
        faults.push("feed.batch_rows is at least 1".to_owned());
    }
    if !["auto", "text", "json"].contains(&config.logging.format.as_str()) {
        faults.push(format!(
            "logging.format is `auto`, `text` or `json`, not `{}`",
            config.logging.format
        ));
    }
    if config
        .logging
        .level
        .parse::<tracing_subscriber::EnvFilter>()
        .is_err()
    {
        faults.push(format!(
            "logging.level is `error`, `warn`, `info`, `debug`, `trace` or a filter, not `{}`",
            config.logging.level
        ));
    }
}

fn is_host_and_port(address: &str) -> bool {
    address.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains([' ', '/']) && port.parse::<u16>().is_ok()
    })
}

fn is_path(path: &str) -> bool {
    path.len() > 1
        && path.starts_with('/')
        && !path.ends_with('/')
        && !path.contains("//")
        && path
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ['/', '-', '_', '.'].contains(&c))
}
