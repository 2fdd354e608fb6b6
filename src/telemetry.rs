//! What the server says about itself: log lines, numbers, request ids.
//!
//! The numbers' names stand here, once. An operation is measured with
//! [`measure`], which also collects the time its statements spend in the
//! database, wherever they are made.

use crate::config::Logging;
use crate::error::Code;
use parking_lot::Mutex;
use std::cell::Cell;
use std::future::Future;
use std::io::IsTerminal;
use std::sync::LazyLock;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt;

mod numbers;

pub use numbers::Measure;
pub use numbers::count;
pub use numbers::count_of;
pub use numbers::gauge;
pub use numbers::gauge_of;
pub use numbers::install;
pub use numbers::render;
pub use numbers::snapshot;

tokio::task_local! {
    /// What the request under way has spent so far.
    static SPENT: Spent;
}

/// What the log holds, and the way to change it.
struct Level {
    started_with: String,
    now: Mutex<String>,
    handle: reload::Handle<EnvFilter, Registry>,
}

static LEVEL: OnceLock<Level> = OnceLock::new();

/// What one request spent in the database.
#[derive(Debug, Default)]
struct Spent {
    database: Cell<Duration>,
    statements: Cell<u32>,
}

/// Starts the log. The second call, in tests, changes nothing.
pub fn start_log(logging: &Logging) {
    let filter = filter(&logging.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let json = logging.structured
        && match logging.format.as_str() {
            "json" => true,
            "text" => false,
            _ => !std::io::stderr().is_terminal(),
        };
    let (filter, handle) = reload::Layer::new(filter);
    let log = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let started = if json {
        log.with(lines.json().flatten_event(true).with_current_span(true))
            .try_init()
    } else {
        let is_terminal = std::io::stderr().is_terminal();
        log.with(lines.with_target(false).with_ansi(is_terminal).compact())
            .try_init()
    };
    if started.is_ok() {
        let level = Level {
            started_with: logging.level.clone(),
            now: Mutex::new(logging.level.clone()),
            handle,
        };
        let _ = LEVEL.set(level);
    }
}

/// Sets anew what the running log holds; none: what it was started with.
///
/// # Errors
/// The reason when that is no level and no filter; the log stays as it was.
pub fn set_level(level: Option<&str>) -> std::result::Result<(), String> {
    let Some(log) = LEVEL.get() else { return Ok(()) };
    let level = level.unwrap_or(&log.started_with);
    let mut now = log.now.lock();
    if *now == level {
        return Ok(());
    }
    let filter = filter(level)?;
    if log.handle.reload(filter).is_ok() {
        tracing::info!(level, before = *now, "the log's level was changed");
        level.clone_into(&mut now);
    }
    Ok(())
}

fn filter(level: &str) -> std::result::Result<EnvFilter, String> {
    let filter = EnvFilter::try_new(level).map_err(|error| error.to_string())?;
    // Every migration would be told twice.
    Ok(match "refinery_core=warn".parse() {
        Ok(directive) if !level.contains("refinery") => filter.add_directive(directive),
        _ => filter,
    })
}

/// A name for this run of the server, to tell its numbers from those of others.
#[must_use]
pub fn server_id() -> &'static str {
    static ID: LazyLock<String> = LazyLock::new(new_request_id);
    &ID
}

/// A new request id: unique, short, and later ones sort after earlier ones.
#[must_use]
pub fn new_request_id() -> String {
    uuid::Uuid::now_v7().simple().to_string()
}

/// Notes the time one statement took, for the request that made it.
pub fn spent_in_database(time: Duration) {
    numbers::statement(time);
    let _ = SPENT.try_with(|spent| {
        spent.database.set(spent.database.get() + time);
        spent.statements.set(spent.statements.get() + 1);
    });
}

/// How a measured operation ended: how many bytes it answers, or why not.
pub type Outcome = std::result::Result<usize, Code>;

/// Performs one operation and notes its count, outcome, duration, database time and reply size.
///
/// `outcome` tells from the result how it ended.
pub async fn measure<T>(
    operation: &'static str,
    surface: &'static str,
    work: impl Future<Output = T>,
    outcome: impl FnOnce(&T) -> Outcome,
) -> T {
    let started = Instant::now();
    SPENT
        .scope(Spent::default(), async {
            let result = work.await;
            let numbers = numbers::of(operation, surface);
            let (database, statements) = SPENT.with(|spent| (spent.database.get(), spent.statements.get()));
            numbers.record(started.elapsed(), database, outcome(&result));
            slow_line(operation, surface, started.elapsed(), database, statements);
            result
        })
        .await
}

/// Sets what counts as a slow request; zero: none does.
pub fn set_slow_request(limit: Duration) {
    numbers::SLOW_MICROSECONDS.store(
        limit.as_micros().try_into().unwrap_or(u64::MAX),
        Ordering::Relaxed,
    );
}

fn slow_line(operation: &str, surface: &str, took: Duration, database: Duration, statements: u32) {
    let limit = numbers::SLOW_MICROSECONDS.load(Ordering::Relaxed);
    if limit > 0 && took.as_micros() > u128::from(limit) {
        tracing::warn!(
            operation,
            surface,
            took_ms = took.as_millis() as u64,
            database_ms = database.as_millis() as u64,
            statements,
            "a slow request"
        );
    }
}
