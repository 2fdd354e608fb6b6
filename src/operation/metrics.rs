//! The servers' numbers: as they are now, and as they were recorded each minute.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::entity_json::instant;
use crate::operation::operation;
use crate::telemetry;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use time::OffsetDateTime;

const RECORDED: &str = include_str!("../../sql/queries/upkeep/recorded_metrics.sql");

/// Minutes in a reply unless the caller says otherwise.
const DEFAULT_MINUTES: u32 = 60;
/// The most minutes in a reply: a day.
const MAX_MINUTES: u32 = 24 * 60;
/// The most names in a call.
const MAX_NAMES: usize = 20;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("getMetrics", "This server's numbers now, in Prometheus' text form.", Admin, Server,
        GetMetrics => Metrics, get_metrics),
    operation!("listRecordedMetrics", "What the servers recorded each minute; counters as their growth a second.", Admin,
        Server, ListRecordedMetrics => RecordedMetrics, list_recorded_metrics),
];

/// No parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetMetrics {}

/// The numbers of the server that answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Metrics {
    /// When they were read.
    at: String,
    /// The numbers as `/metrics` has them.
    text: String,
}

/// Which numbers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListRecordedMetrics {
    /// Their names, at most 20.
    names: Vec<String>,
    /// How far back: 60 minutes unless said otherwise, at most 1,440.
    #[serde(default)]
    minutes: Option<u32>,
}

/// Recorded numbers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordedMetrics {
    series: Vec<Series>,
}

/// One number over time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Series {
    /// `torque_…`.
    name: String,
    /// What it is counted by; operations are added up.
    labels: Map<String, Value>,
    /// Seconds since 1970 and the value, a pair a minute.
    points: Vec<[f64; 2]>,
}

async fn get_metrics(_: Ask<'_>, _: GetMetrics) -> Result<Reply> {
    Reply::of(&Metrics {
        at: instant(OffsetDateTime::now_utc()),
        text: telemetry::render(),
    })
}

async fn list_recorded_metrics(ask: Ask<'_>, params: ListRecordedMetrics) -> Result<Reply> {
    if params.names.len() > MAX_NAMES {
        let message = format!("names has at most {MAX_NAMES} elements");
        return Err(Error::new(Code::BadRequest, message).with("path", "params.names"));
    }
    let minutes = match params.minutes {
        None => DEFAULT_MINUTES,
        Some(minutes @ 1..=MAX_MINUTES) => minutes,
        Some(_) => {
            let message = format!("minutes must be between 1 and {MAX_MINUTES}");
            return Err(Error::new(Code::BadRequest, message).with("path", "params.minutes"));
        }
    };
    let minutes = i32::try_from(minutes).map_err(Error::bug)?;
    let rows = ask
        .torque
        .db
        .query_slow(RECORDED, &[&params.names, &minutes])
        .await?;
    let mut series: Vec<Series> = Vec::new();
    for row in &rows {
        let name: String = row.get("metric_name");
        let labels: Map<String, Value> =
            serde_json::from_str(row.get::<_, &str>("labels")).map_err(Error::bug)?;
        let value: Option<f64> = row.get("value");
        let point = [row.get::<_, f64>("at"), value.unwrap_or_default()];
        match series.last_mut() {
            Some(last) if last.name == name && last.labels == labels => last.points.push(point),
            _ => series.push(Series {
                name,
                labels,
                points: vec![point],
            }),
        }
    }
    Reply::of(&RecordedMetrics { series })
}
