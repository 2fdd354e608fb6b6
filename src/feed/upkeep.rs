//! What has to be done from time to time: partitions, recorded numbers.
//!
//! Partitions are made three periods ahead at boot and daily; writes begin to
//! fail when that was not done for three periods, so a failure is an alarm from
//! the first time on. Every server does it; the database lets one at a time.

use crate::db::Db;
use crate::db::Json;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::feed::jittered;
use crate::telemetry;
use crate::telemetry::Measure;
use parking_lot::Mutex;
use serde_json::Map;
use serde_json::Value;
use std::time::Duration;
use std::time::Instant;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// After a failure it is tried again so soon.
const SOON: Duration = Duration::from_secs(60);
/// A server that has just begun makes sure of the partitions, if the database answers, within this time.
const AT_BOOT: Duration = Duration::from_secs(2);
const RECORD_EVERY: Duration = Duration::from_secs(60);

/// Something that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// What is wrong.
    pub what: String,
    /// For how long.
    pub since: Duration,
    /// Why, as the database said it.
    pub reason: String,
}

/// The upkeep of one server.
#[derive(Default)]
pub struct Upkeep {
    failing: Mutex<Option<(Instant, String)>>,
}

impl Upkeep {
    /// What fails at the moment.
    pub fn alarms(&self) -> Vec<Alarm> {
        let failing = self.failing.lock();
        failing
            .iter()
            .map(|(since, reason)| Alarm {
                what: "partitions for the coming periods could not be made".to_owned(),
                since: since.elapsed(),
                reason: reason.clone(),
            })
            .collect()
    }

    /// Runs until the task is dropped.
    pub async fn run(&self, db: &Db) {
        tokio::join!(self.keep_partitions(db), record_numbers(db));
    }

    async fn keep_partitions(&self, db: &Db) {
        let mut retry = AT_BOOT;
        loop {
            let pause = match maintain(db).await {
                Ok(()) => {
                    *self.failing.lock() = None;
                    DAY
                }
                Err(error) => {
                    tracing::error!(%error, cause = ?error.cause, "partitions for the coming periods could not be made");
                    let mut failing = self.failing.lock();
                    let since = failing.take().map_or_else(Instant::now, |(since, _)| since);
                    *failing = Some((since, error.message));
                    let pause = retry;
                    retry = (retry * 2).min(SOON);
                    pause
                }
            };
            telemetry::gauge("torque_partitions_failing", if pause < DAY { 1.0 } else { 0.0 });
            tokio::time::sleep(jittered(pause)).await;
        }
    }
}

async fn maintain(db: &Db) -> Result<()> {
    let rows = db
        .query_slow(include_str!("../../sql/queries/upkeep/partitions.sql"), &[])
        .await?;
    let Some(row) = rows.first() else {
        return Ok(());
    };
    let Json(report): Json<Value> = row.get("report");
    let faults = report
        .get("faults")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if faults.is_empty() {
        return Ok(());
    }
    let reasons: Vec<String> = faults
        .iter()
        .map(|fault| {
            let told = |key: &str| fault.get(key).and_then(Value::as_str).unwrap_or("?").to_owned();
            format!("{}: {}", told("of"), told("message"))
        })
        .collect();
    Err(Error::new(Code::Unavailable, reasons.join("; ")))
}

async fn record_numbers(db: &Db) {
    loop {
        tokio::time::sleep(RECORD_EVERY).await;
        if let Err(error) = record(db).await {
            tracing::warn!(%error, "this minute's numbers could not be recorded");
        }
    }
}

/// Records what this server has measured.
pub async fn record(db: &Db) -> Result<()> {
    let measures = telemetry::snapshot();
    let types: Vec<&str> = measures.iter().map(metric_type).collect();
    let names: Vec<&str> = measures.iter().map(|measure| measure.name).collect();
    let values: Vec<f64> = measures.iter().map(|measure| measure.value).collect();
    let labels: Vec<String> = measures
        .iter()
        .map(|measure| {
            let labels = measure.labels.iter();
            let mut labels: Map<String, Value> = labels
                .map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str())))
                .collect();
            // Counters of several servers must not be taken for one that jumps.
            labels.insert("server".to_owned(), Value::from(telemetry::server_id()));
            Value::Object(labels).to_string()
        })
        .collect();
    let sql = include_str!("../../sql/queries/upkeep/record_metrics.sql");
    db.query_slow(sql, &[&types, &names, &values, &labels])
        .await
        .map(drop)
}

/// Counters grow from a server's start, gauges go up and down.
fn metric_type(measure: &Measure) -> &'static str {
    if measure.name.ends_with("_total") {
        "counter"
    } else {
        "gauge"
    }
}
