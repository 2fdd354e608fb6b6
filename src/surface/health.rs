//! Whether this server lives, and whether it should be sent requests.
//!
//! Liveness says only that the process answers. Readiness looks at what a
//! request needs, at most once a second however often it is asked, since
//! anybody may ask.

use crate::error::Result;
use crate::operation::Torque;
use crate::surface::Surface;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;
use tokio::sync::Mutex;

/// How long one look is good for.
const FRESH: Duration = Duration::from_secs(1);

/// A database that takes longer for one small statement is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// From this share on the notification queue is an alarm: when it is full, commits fail.
const QUEUE_ALARM: f64 = 0.5;

/// The last look.
#[derive(Default)]
pub struct Readiness(Mutex<Option<(Instant, Findings)>>);

/// What a look found.
#[derive(Clone, Default)]
struct Findings {
    /// Why no requests should come.
    reasons: Vec<String>,
    /// What should be looked at although requests are answered.
    warnings: Vec<String>,
    /// Numbers for whoever looks.
    figures: Map<String, Value>,
}

/// `/health/live`
pub async fn live() -> Response {
    Json(json!({ "status": "live" })).into_response()
}

/// `/health/ready`
pub async fn ready(State(surface): State<Arc<Surface>>) -> Response {
    let mut findings = look(&surface).await;
    if surface.drain.has_begun() {
        findings.reasons.insert(0, "the server is stopping".to_owned());
    }
    let (status, word) = match findings.reasons.is_empty() {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    let body = json!({
        "status": word,
        "reasons": findings.reasons,
        "warnings": findings.warnings,
        "figures": findings.figures,
    });
    let mut response = (status, Json(body)).into_response();
    if status != StatusCode::OK {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// The last look if it is fresh, or a new one; who comes meanwhile waits for it instead of looking too.
async fn look(surface: &Surface) -> Findings {
    let mut last = surface.readiness.0.lock().await;
    if let Some((at, findings)) = &*last
        && at.elapsed() < FRESH
    {
        return findings.clone();
    }
    let mut findings = Findings::default();
    match tokio::time::timeout(PATIENCE, database(&surface.torque, &mut findings)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => findings
            .reasons
            .push(format!("the database does not answer: {}", error.message)),
        Err(_) => findings.reasons.push(format!(
            "the database took longer than {} s to answer",
            PATIENCE.as_secs()
        )),
    }
    for alarm in surface.torque.feed.alarms() {
        let seconds = alarm.since.as_secs();
        findings
            .warnings
            .push(format!("{} for {seconds} s: {}", alarm.what, alarm.reason));
    }
    let feed = surface.torque.feed.standing();
    findings.figures.insert(
        "feed".to_owned(),
        json!({ "waiting": feed.waiting, "lagSeconds": feed.lag }),
    );
    let under_way = surface.drain.under_way();
    findings
        .figures
        .insert("requestsUnderWay".to_owned(), json!(under_way));
    *last = Some((Instant::now(), findings.clone()));
    findings
}

async fn database(torque: &Torque, findings: &mut Findings) -> Result<()> {
    let sql = include_str!("../../sql/queries/health/database.sql");
    let row = torque.db.query_one(sql, &[]).await?;
    let usage: f64 = row.get("notification_queue_usage");
    let figures = &mut findings.figures;
    figures.insert(
        "oldestXminAge".to_owned(),
        json!(row.get::<_, i64>("oldest_xmin_age")),
    );
    figures.insert(
        "oldestTransactionSeconds".to_owned(),
        json!(row.get::<_, f64>("oldest_transaction_seconds").round()),
    );
    figures.insert("notificationQueueUsage".to_owned(), json!(usage));
    let (open, of_all) = torque.db.shared_connections();
    figures.insert(
        "sharedConnections".to_owned(),
        json!({ "open": open, "of": of_all }),
    );
    if row.get::<_, bool>("role_is_unsafe") {
        findings.warnings.push(
            "the database role may do more than a server should; --allow-unsafe-role accepts it".to_owned(),
        );
    }
    if usage >= QUEUE_ALARM {
        findings.warnings.push(format!(
            "the notification queue of PostgreSQL is {:.0} % full: some session listens and does not read",
            usage * 100.0
        ));
    }
    Ok(())
}
