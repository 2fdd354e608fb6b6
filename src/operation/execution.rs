//! Executions of xflows: what they did, ending them, trying them again.

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// Executions in a list unless the caller says otherwise, and the most.
const LIMITS: (i64, i64) = (50, 500);
/// The most nodes of one answer about an execution: it may have run a hundred thousand.
const MOST_NODES: i64 = 1_000;
/// From here on what a node gave is left out there, in bytes.
const MOST_BYTES: i32 = 65_536;
/// The states of executions.
const STATES: [&str; 7] = [
    "waiting",
    "running",
    "blocked",
    "succeeded",
    "failed",
    "cancelled",
    "dead",
];

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "getExecution",
        "Gives an execution of an xflow with what each of its nodes did.",
        Write,
        Application,
        GetExecution => Execution,
        get_execution
    ),
    operation!(
        "listExecutions",
        "Gives executions of xflows, the newest first.",
        Admin,
        Application,
        ListExecutions => Executions,
        list_executions
    ),
    operation!(
        "cancelExecution",
        "Ends an execution that waits at once, and one that runs within two seconds.",
        Admin,
        Application,
        CancelExecution => Cancelled,
        cancel_execution
    ),
    operation!(
        "retryExecution",
        "Starts a new execution of what a failed, cancelled or dead one was given.",
        Admin,
        Application,
        RetryExecution => Retried,
        retry_execution
    ),
];

/// Which execution.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GetExecution {
    /// Its id.
    pub execution_id: Uuid,
    /// How many of its nodes to pass over, the first that ended first; at most 1,000 are given, `nodeRuns` says how many there are.
    #[serde(default)]
    pub skip_nodes: u32,
}

/// Which execution to end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelExecution {
    /// Its id.
    pub execution_id: Uuid,
}

/// Which execution to try again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetryExecution {
    /// Its id.
    pub execution_id: Uuid,
    /// Whether to begin at the start; else what its nodes have done is taken over.
    #[serde(default)]
    pub from_start: bool,
}

/// Which executions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListExecutions {
    /// Of this xflow.
    #[serde(default, rename = "xflowId")]
    pub xflow_id: Option<String>,
    /// In this state: waiting, running, blocked, succeeded, failed, cancelled or dead.
    #[serde(default)]
    pub status: Option<String>,
    /// That this entity started, or that changed it.
    #[serde(default)]
    pub entity_id: Option<Uuid>,
    /// With this text in what they were given, answered or failed with.
    #[serde(default)]
    pub text: Option<String>,
    /// Created then or later: a time of RFC 3339.
    #[serde(default)]
    pub since: Option<String>,
    /// Created before then: a time of RFC 3339.
    #[serde(default)]
    pub until: Option<String>,
    /// Older than this execution.
    #[serde(default)]
    pub before: Option<Uuid>,
    /// How many: 50 unless said otherwise, at most 500.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// An execution; what it does not have is left out.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Execution(Map<String, Value>);

/// Executions, the newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Executions {
    /// Each with its id, xflow, state and times.
    executions: Vec<Execution>,
}

/// An execution that ends.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cancelled {
    /// Its id.
    execution_id: Uuid,
    /// `cancelled`, or `running` while its server has not ended it yet.
    status: &'static str,
}

/// A new execution.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Retried {
    /// Its id.
    execution_id: Uuid,
    /// The one it tries again.
    retry_of: Uuid,
}

fn named(ask: Ask<'_>, sql: &str) -> Result<String> {
    Ok(sql.replace("{data_schema}", &ask.application()?.data_schema))
}

fn missing(id: Uuid) -> Error {
    Error::new(Code::NotFound, "there is no such execution").with("executionId", id.to_string())
}

async fn get_execution(ask: Ask<'_>, params: GetExecution) -> Result<Reply> {
    let id = params.execution_id;
    let sql = named(ask, include_str!("../../sql/queries/execution/find.sql"))?;
    let skip = i64::from(params.skip_nodes);
    let row = ask
        .torque
        .db
        .query_opt(&sql, &[&id, &skip, &MOST_NODES, &MOST_BYTES])
        .await?;
    let row = row.ok_or_else(|| missing(id))?;
    let mut execution = texts(
        &row,
        &[
            ("xflow", "xflowId"),
            ("name", "name"),
            ("status", "status"),
            ("trigger_type", "trigger"),
            ("caller", "caller"),
            ("root", "root"),
            ("created_at", "createdAt"),
            ("started_at", "startedAt"),
            ("completed_at", "completedAt"),
            ("run_at", "dueAt"),
        ],
    )?;
    execution.insert("executionId".to_owned(), Value::from(id.to_string()));
    numbers(&row, &mut execution)?;
    let runs: i64 = row.try_get("node_runs").map_err(Error::bug)?;
    execution.insert("nodeRuns".to_owned(), Value::from(runs));
    let depth: i32 = row.try_get("depth").map_err(Error::bug)?;
    execution.insert("depth".to_owned(), Value::from(depth));
    for (column, name) in [
        ("trigger_data", "triggerData"),
        ("input_data", "input"),
        ("output_data", "output"),
        ("error_data", "error"),
        ("waits_for", "waitsFor"),
        ("nodes", "nodes"),
    ] {
        json(&row, column, name, &mut execution)?;
    }
    Reply::of(&Execution(execution))
}

async fn list_executions(ask: Ask<'_>, params: ListExecutions) -> Result<Reply> {
    let refused = |place: &str, message: String| {
        Err(Error::new(Code::BadRequest, format!("params.{place} {message}"))
            .with("path", format!("params.{place}")))
    };
    let limit = params.limit.unwrap_or(LIMITS.0);
    if limit < 1 || limit > LIMITS.1 {
        return refused("limit", format!("must be between 1 and {}", LIMITS.1));
    }
    if params
        .status
        .as_deref()
        .is_some_and(|status| !STATES.contains(&status))
    {
        return refused("status", format!("must be one of {}", STATES.join(", ")));
    }
    let (mut since, mut until) = (None, None);
    for (place, given, time) in [
        ("since", &params.since, &mut since),
        ("until", &params.until, &mut until),
    ] {
        let Some(text) = given else { continue };
        match OffsetDateTime::parse(text, &Rfc3339) {
            Ok(found) => *time = Some(found),
            Err(_) => return refused(place, "must be a time as 2026-01-31T12:00:00Z".to_owned()),
        }
    }
    let sql = named(ask, include_str!("../../sql/queries/execution/list.sql"))?;
    let rows = ask
        .torque
        .db
        .query_slow(
            &sql,
            &[
                &params.xflow_id,
                &params.status,
                &params.before,
                &limit,
                &params.entity_id,
                &params.text.filter(|text| !text.is_empty()),
                &since,
                &until,
            ],
        )
        .await?;
    let mut executions = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut execution = texts(
            row,
            &[
                ("xflow", "xflowId"),
                ("status", "status"),
                ("trigger_type", "trigger"),
                ("caller", "caller"),
                ("created_at", "createdAt"),
                ("started_at", "startedAt"),
                ("completed_at", "completedAt"),
            ],
        )?;
        let id: Uuid = row.try_get("id").map_err(Error::bug)?;
        execution.insert("executionId".to_owned(), Value::from(id.to_string()));
        numbers(row, &mut execution)?;
        json(row, "error_data", "error", &mut execution)?;
        executions.push(Execution(execution));
    }
    Reply::of(&Executions { executions })
}

async fn cancel_execution(ask: Ask<'_>, params: CancelExecution) -> Result<Reply> {
    let id = params.execution_id;
    let sql = named(ask, include_str!("../../sql/queries/execution/cancel.sql"))?;
    let row = ask.torque.db.write_opt(&sql, &[&id, &ask.caller.name]).await?;
    let row = row.ok_or_else(|| {
        Error::new(Code::NotFound, "there is no such execution that is not over")
            .with("executionId", id.to_string())
    })?;
    let before: &str = row.try_get(0).map_err(Error::bug)?;
    ask.torque.engine.end_here(id);
    Reply::of(&Cancelled {
        execution_id: id,
        status: if before == "running" {
            "running"
        } else {
            "cancelled"
        },
    })
}

async fn retry_execution(ask: Ask<'_>, params: RetryExecution) -> Result<Reply> {
    let (id, new) = (params.execution_id, Uuid::now_v7());
    let sql = named(ask, include_str!("../../sql/queries/execution/retry.sql"))?;
    let row = ask
        .torque
        .db
        .write_opt(&sql, &[&id, &new, &!params.from_start])
        .await?;
    row.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            "there is no such execution that failed, was cancelled or is dead",
        )
        .with("executionId", id.to_string())
    })?;
    ask.torque.engine.poke(ask.application()?.id);
    Reply::of(&Retried {
        execution_id: new,
        retry_of: id,
    })
}

fn texts(row: &Row, columns: &[(&str, &str)]) -> Result<Map<String, Value>> {
    let mut found = Map::new();
    for (column, name) in columns {
        let text: Option<String> = row.try_get(*column).map_err(Error::bug)?;
        if let Some(text) = text {
            found.insert((*name).to_owned(), Value::from(text));
        }
    }
    Ok(found)
}

fn numbers(row: &Row, execution: &mut Map<String, Value>) -> Result<()> {
    let attempts: i32 = row.try_get("attempts").map_err(Error::bug)?;
    execution.insert("attempts".to_owned(), Value::from(attempts));
    let worked: Option<i32> = row.try_get("execution_time_ms").map_err(Error::bug)?;
    if let Some(worked) = worked {
        execution.insert("milliseconds".to_owned(), Value::from(worked));
    }
    let of: Option<Uuid> = row.try_get("retry_of").map_err(Error::bug)?;
    if let Some(of) = of {
        execution.insert("retryOf".to_owned(), Value::from(of.to_string()));
    }
    Ok(())
}

fn json(row: &Row, column: &str, name: &str, execution: &mut Map<String, Value>) -> Result<()> {
    let text: Option<RawJsonRef<'_>> = row.try_get(column).map_err(Error::bug)?;
    if let Some(text) = text {
        let value = serde_json::from_slice(text.0).map_err(Error::bug)?;
        execution.insert(name.to_owned(), value);
    }
    Ok(())
}
