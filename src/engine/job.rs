//! One execution in the hands of this server.

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::engine::Call;
use crate::engine::flow::Read;
use crate::engine::journal::Recorded;
use crate::engine::signal::Signals;
use crate::engine::statements::Statements;
use crate::error::Error;
use crate::error::Result;
use crate::operation::directory::Application;
use crate::operation::entity::outside_form;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What became of an execution, for whoever waits for it.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// It answered.
    Succeeded(Value),
    /// It did not.
    Failed {
        /// `failed`, `dead` or `cancelled`.
        status: &'static str,
        /// What its error says.
        error: Value,
    },
    /// It waits for something and goes on later.
    Parked,
    /// Somebody else has it.
    Lost,
}

/// An execution that is claimed, with everything it needs.
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// What every write of it carries.
    pub fence: i64,
    /// Which attempt this is.
    pub attempt: i32,
    /// Where it belongs.
    pub application: Arc<Application>,
    /// The statements there.
    pub statements: Arc<Statements>,
    /// What it follows.
    pub flow: Read,
    /// What it is given.
    pub input: Value,
    /// What started it, as expressions see it.
    pub trigger: Value,
    /// Who it acts for.
    pub caller: String,
    /// What began the chain of causes that it is part of.
    pub root: String,
    /// How many executions caused one another before it.
    pub depth: i32,
    /// Whether nobody may resume it.
    pub is_direct: bool,
    /// How long it has worked already, in milliseconds.
    pub worked_ms: i64,
    /// What its nodes have done in earlier attempts.
    pub recorded: Recorded,
    /// What it was sent.
    pub signals: Signals,
    /// What the database's clock said, and when.
    clock: (i64, Instant),
}

impl Job {
    /// The execution that a caller starts and waits for.
    pub fn called(
        id: Uuid,
        application: &Arc<Application>,
        statements: &Arc<Statements>,
        flow: Read,
        call: Call,
        (is_durable, now_ms): (bool, i64),
    ) -> Self {
        Self {
            id,
            fence: 1,
            attempt: 1,
            application: Arc::clone(application),
            statements: Arc::clone(statements),
            flow,
            input: call.input,
            trigger: json!({ "type": call.trigger_type, "caller": call.caller }),
            root: id.to_string(),
            depth: 0,
            caller: call.caller,
            is_direct: !is_durable,
            worked_ms: 0,
            clock: (now_ms, Instant::now()),
            recorded: Recorded::default(),
            signals: Signals::default(),
        }
    }

    /// The execution of a claimed row.
    pub fn claimed(
        row: &Row,
        application: &Arc<Application>,
        statements: &Arc<Statements>,
        flow: Read,
        (recorded, signals): (Recorded, Signals),
    ) -> Result<Self> {
        let id: Uuid = row.try_get("id").map_err(Error::bug)?;
        let root: String = row.try_get("root").map_err(Error::bug)?;
        let depth: i32 = row.try_get("depth").map_err(Error::bug)?;
        let caller: Option<String> = row.try_get("caller").map_err(Error::bug)?;
        let caller = caller.unwrap_or_else(|| "torque".to_owned());
        let kind: String = row.try_get("trigger_type").map_err(Error::bug)?;
        let given: Map<String, Value> = object(row, "input_data")?;
        let told: Map<String, Value> = object(row, "trigger_data")?;
        let (input, trigger) = seen(application, &kind, given, &told, &caller);
        Ok(Self {
            id,
            fence: row.try_get("fence").map_err(Error::bug)?,
            attempt: row.try_get("attempts").map_err(Error::bug)?,
            application: Arc::clone(application),
            statements: Arc::clone(statements),
            flow,
            input,
            trigger,
            root,
            depth,
            caller,
            is_direct: row.try_get("is_direct").map_err(Error::bug)?,
            worked_ms: row.try_get("running_ms").map_err(Error::bug)?,
            clock: (row.try_get("now_ms").map_err(Error::bug)?, Instant::now()),
            recorded,
            signals,
        })
    }

    /// The database's clock, in milliseconds: no server's own counts.
    pub fn now_ms(&self) -> i64 {
        let since = i64::try_from(self.clock.1.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.clock.0.saturating_add(since)
    }

    /// What its changes and requests carry as their cause.
    pub fn cause(&self) -> String {
        format!("{}:{}:{}", self.root, self.id, self.depth)
    }

    /// What changes of this execution carry: who, through what, and why.
    pub fn context(&self) -> String {
        json!({ "caller": self.caller, "origin": "xflow", "cause": self.cause() }).to_string()
    }
}

fn object(row: &Row, column: &str) -> Result<Map<String, Value>> {
    let text: Option<RawJsonRef<'_>> = row.try_get(column).map_err(Error::bug)?;
    match text {
        Some(text) => serde_json::from_slice(text.0).map_err(Error::bug),
        None => Ok(Map::new()),
    }
}

/// Input and trigger as expressions see them: entities by the outside names of today.
fn seen(
    application: &Application,
    kind: &str,
    mut given: Map<String, Value>,
    told: &Map<String, Value>,
    caller: &str,
) -> (Value, Value) {
    let number = told.get("entity_type_id").and_then(Value::as_i64);
    let entity_type = number
        .and_then(|number| i32::try_from(number).ok())
        .and_then(|number| application.type_by_id(number));
    let Some(entity_type) = entity_type else {
        let mut trigger = told.clone();
        trigger.insert("type".to_owned(), Value::from(kind));
        trigger.insert("caller".to_owned(), Value::from(caller));
        return (Value::Object(given), Value::Object(trigger));
    };
    let after = given.remove("entity").unwrap_or_default();
    let old = given.remove("before").unwrap_or_default();
    let op = told.get("op").and_then(Value::as_str).unwrap_or_default();
    let whole = |stored: Map<String, Value>, version: Option<i64>| {
        let mut entity = Map::new();
        entity.insert(
            "id".to_owned(),
            told.get("entity_id").cloned().unwrap_or_default(),
        );
        entity.extend(outside_form(entity_type, stored));
        if let Some(version) = version {
            entity.insert("version".to_owned(), Value::from(version));
        }
        Value::Object(entity)
    };
    let version = told.get("version").and_then(Value::as_i64);
    // An update records the values that changed: before it, the others were what they are.
    let before = match (op, &after, old) {
        ("update", Value::Object(after), Value::Object(old)) => {
            let mut before = after.clone();
            before.extend(old);
            before.retain(|_, value| !value.is_null());
            whole(before, version.map(|version| version - 1))
        }
        ("delete", _, Value::Object(old)) => whole(old, version),
        _ => Value::Null,
    };
    let entity = match after {
        Value::Object(after) => whole(after, version),
        _ => Value::Null,
    };
    let input = json!({ "entity": entity, "before": before });
    let trigger = json!({
        "type": kind, "caller": caller, "op": op, "entity_type": entity_type.name, "entity": entity, "before": before,
    });
    (input, trigger)
}

/// What the server's other loops tell an execution that runs here.
pub struct Running {
    /// Its application.
    pub application: Uuid,
    /// The statements there.
    pub statements: Arc<Statements>,
    stop: CancellationToken,
    is_lost: AtomicBool,
}

impl Running {
    /// An execution that begins.
    pub fn of(job: &Job) -> Self {
        Self {
            application: job.application.id,
            statements: Arc::clone(&job.statements),
            stop: CancellationToken::new(),
            is_lost: AtomicBool::new(false),
        }
    }

    /// Somebody wants its end.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// It is somebody else's now.
    pub fn lose(&self) {
        self.is_lost.store(true, Ordering::Release);
        self.stop.cancel();
    }

    /// Whether it is somebody else's.
    pub fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Acquire)
    }

    /// Waits until it shall end.
    pub async fn stopped(&self) {
        self.stop.cancelled().await;
    }
}
