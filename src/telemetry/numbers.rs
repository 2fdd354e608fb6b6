//! The numbers themselves: counted in atomics, shown in Prometheus' text form.
//!
//! Handles are kept per operation and surface, so that a request costs a few
//! atomic additions and no look-up by label.

use crate::error::Code;
use crate::telemetry::Outcome;
use metrics::Counter;
use metrics::Histogram;
use metrics_exporter_prometheus::Matcher;
use metrics_exporter_prometheus::PrometheusBuilder;
use metrics_exporter_prometheus::PrometheusHandle;
use parking_lot::Mutex;
use parking_lot::RwLock;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Microseconds from which a request is slow; zero: never.
pub(super) static SLOW_MICROSECONDS: AtomicU64 = AtomicU64::new(0);

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// By operation and surface.
type Operations = HashMap<(&'static str, &'static str), Arc<OperationNumbers>>;

/// By name, label and what the label says.
type Gauges = BTreeMap<(&'static str, &'static str, String), f64>;

static OPERATIONS: LazyLock<RwLock<Operations>> = LazyLock::new(RwLock::default);

static GAUGES: LazyLock<Mutex<Gauges>> = LazyLock::new(Mutex::default);

static STATEMENTS: LazyLock<Histogram> = LazyLock::new(|| metrics::histogram!("torque_statement_seconds"));

/// Borders of the duration histograms, in seconds.
const BUCKETS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// One number at one moment, for `performance_metrics`.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// `torque_…`.
    pub name: &'static str,
    /// What it is counted by.
    pub labels: Vec<(&'static str, String)>,
    /// Counters grow from the server's start.
    pub value: f64,
}

/// Prepares the registry. The second call changes nothing.
pub fn install() {
    if HANDLE.get().is_some() {
        return;
    }
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)
        .unwrap_or_else(|_| PrometheusBuilder::new());
    let Ok(handle) = builder.install_recorder() else {
        return;
    };
    describe();
    // Histograms gather samples until they are drained, and nobody may ever ask for /metrics.
    let drained = handle.clone();
    if HANDLE.set(handle).is_ok()
        && let Ok(runtime) = tokio::runtime::Handle::try_current()
    {
        runtime.spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(5)).await;
                drained.run_upkeep();
            }
        });
    }
}

fn describe() {
    use metrics::describe_counter as counter;
    use metrics::describe_gauge as gauge;
    use metrics::describe_histogram as histogram;
    counter!(
        "torque_operations_total",
        "Operations performed, by operation and surface"
    );
    counter!(
        "torque_errors_total",
        "Operations refused or failed, by operation, surface and code"
    );
    histogram!("torque_operation_seconds", "How long operations took");
    counter!(
        "torque_operation_database_microseconds_total",
        "Microseconds that operations waited for the database"
    );
    counter!("torque_reply_bytes_total", "Bytes of the replies");
    histogram!(
        "torque_statement_seconds",
        "How long statements took, as the server saw it"
    );
    gauge!(
        "torque_feed_position",
        "The last position of an application's change feed"
    );
    gauge!(
        "torque_outbox_rows",
        "Changes of an application that have no position yet"
    );
    gauge!(
        "torque_feed_lag_seconds",
        "Age of an application's oldest change without a position"
    );
    gauge!("torque_pool_connections", "Connections of the pool, by state");
    gauge!(
        "torque_shared_connections",
        "Shared connections for reads that are open"
    );
    gauge!(
        "torque_write_connections",
        "Shared connections for writes that are open"
    );
    gauge!(
        "torque_loop_connections",
        "Connections of the change feed's loops that are open"
    );
    counter!(
        "torque_grouped_writes_total",
        "Single writes that went out in one statement with others"
    );
    counter!(
        "torque_grouped_reads_total",
        "Reads of one entity that went out in one statement with others"
    );
    gauge!("torque_sockets", "Open WebSockets");
    gauge!("torque_subscriptions", "Subscriptions of open WebSockets");
    counter!(
        "torque_socket_overflows_total",
        "Times that a socket's queue was dropped because its client is slow"
    );
    gauge!(
        "torque_partitions_failing",
        "1 while partitions for the coming periods cannot be made"
    );
    gauge!("torque_memory_bytes", "Memory that the server's process takes");
    gauge!(
        "torque_listener_connected",
        "1 while notifications are listened for"
    );
}

/// All numbers in Prometheus' text form; empty before [`install`].
#[must_use]
pub fn render() -> String {
    note_memory();
    HANDLE.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// Counts so many more.
pub fn count_of(name: &'static str, more: u64) {
    metrics::counter!(name).increment(more);
    *GAUGES.lock().entry((name, "", String::new())).or_default() += more as f64;
}

/// Counts one more.
pub fn count(name: &'static str) {
    count_of(name, 1);
}

/// Sets a number that goes up and down.
pub fn gauge(name: &'static str, value: f64) {
    metrics::gauge!(name).set(value);
    GAUGES.lock().insert((name, "", String::new()), value);
}

/// Sets a number that goes up and down, of one application, pool state and the like.
pub fn gauge_of(name: &'static str, label: &'static str, of: &str, value: f64) {
    metrics::gauge!(name, label => of.to_owned()).set(value);
    GAUGES.lock().insert((name, label, of.to_owned()), value);
}

/// Every number now, for the rows of `performance_metrics`.
#[must_use]
pub fn snapshot() -> Vec<Measure> {
    note_memory();
    let mut measures = Vec::new();
    for numbers in OPERATIONS.read().values() {
        numbers.measures(&mut measures);
    }
    for ((name, label, of), value) in GAUGES.lock().iter() {
        let labels = match *label {
            "" => Vec::new(),
            label => vec![(label, of.clone())],
        };
        measures.push(Measure {
            name,
            labels,
            value: *value,
        });
    }
    measures
}

/// Notes how much memory the process takes, where the system says so.
fn note_memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse::<f64>().ok());
    if let Some(kilobytes) = kilobytes {
        gauge("torque_memory_bytes", kilobytes * 1024.0);
    }
}

pub(super) fn statement(time: Duration) {
    STATEMENTS.record(time.as_secs_f64());
}

/// What one operation did on one surface since the server started.
pub struct OperationNumbers {
    operation: &'static str,
    surface: &'static str,
    count: AtomicU64,
    errors: AtomicU64,
    microseconds: AtomicU64,
    database_microseconds: AtomicU64,
    bytes: AtomicU64,
    counted: Counter,
    durations: Histogram,
    waited: Counter,
    written: Counter,
}

/// The numbers of an operation on a surface.
pub(super) fn of(operation: &'static str, surface: &'static str) -> Arc<OperationNumbers> {
    if let Some(numbers) = OPERATIONS.read().get(&(operation, surface)) {
        return Arc::clone(numbers);
    }
    Arc::clone(
        OPERATIONS
            .write()
            .entry((operation, surface))
            .or_insert_with(|| Arc::new(OperationNumbers::new(operation, surface))),
    )
}

impl OperationNumbers {
    fn new(operation: &'static str, surface: &'static str) -> Self {
        let labels = [("operation", operation), ("surface", surface)];
        Self {
            operation,
            surface,
            count: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            microseconds: AtomicU64::new(0),
            database_microseconds: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            counted: metrics::counter!("torque_operations_total", &labels),
            durations: metrics::histogram!("torque_operation_seconds", &labels),
            waited: metrics::counter!("torque_operation_database_microseconds_total", &labels),
            written: metrics::counter!("torque_reply_bytes_total", &labels),
        }
    }

    /// Notes one performance.
    pub(super) fn record(&self, took: Duration, database: Duration, outcome: Outcome) {
        let microseconds = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.microseconds.fetch_add(microseconds(took), Ordering::Relaxed);
        self.database_microseconds
            .fetch_add(microseconds(database), Ordering::Relaxed);
        self.counted.increment(1);
        self.waited.increment(microseconds(database));
        self.durations.record(took.as_secs_f64());
        match outcome {
            Ok(bytes) => {
                self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
                self.written.increment(bytes as u64);
            }
            Err(code) => self.refused(code),
        }
    }

    fn refused(&self, code: Code) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        let labels = [
            ("operation", self.operation),
            ("surface", self.surface),
            ("code", code.name()),
        ];
        metrics::counter!("torque_errors_total", &labels).increment(1);
    }

    fn measures(&self, measures: &mut Vec<Measure>) {
        let counts = [
            ("torque_operations_total", &self.count),
            ("torque_errors_total", &self.errors),
            ("torque_operation_microseconds_total", &self.microseconds),
            (
                "torque_operation_database_microseconds_total",
                &self.database_microseconds,
            ),
            ("torque_reply_bytes_total", &self.bytes),
        ];
        for (name, count) in counts {
            measures.push(Measure {
                name,
                labels: vec![
                    ("operation", self.operation.to_owned()),
                    ("surface", self.surface.to_owned()),
                ],
                value: count.load(Ordering::Relaxed) as f64,
            });
        }
    }
}
