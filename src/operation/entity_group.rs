//! Group writes: what arrives while a statement is on its way goes out together as the next.
//!
//! No timer and no added wait: an entity type with nothing under way sends a
//! write at once, alone. With 64 clients a transaction a row reaches 11,400 rows
//! a second, groups of up to 32 on two connections 45,000–50,000. Every row keeps
//! its own errors, caller, cause, version and reply; what a group cannot decide
//! for a row (a duplicate, another version, a lock) is asked again alone.

use crate::db::Db;
use crate::db::Row;
use crate::db::Transaction;
use crate::db::is_locked_out;
use crate::db::refused_values;
use crate::db::sqlstate;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::directory::EntityType;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::group;
use crate::operation::entity_sql::write;
use crate::telemetry;
use futures_util::future;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::collections::HashSet;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::oneshot;
use uuid::Uuid;

/// The most rows of one statement.
const ROWS: usize = 32;

/// The most statements of one kind and entity type under way at once.
const UNDER_WAY: usize = 2;

/// One write of one entity.
pub struct Single {
    /// The entity's type.
    pub entity_type: Arc<EntityType>,
    /// Its id.
    pub id: Uuid,
    /// The values, in their stored form.
    pub data: String,
    /// What it does.
    pub kind: Kind,
    /// Who writes, and why: the value of `torque.ctx`.
    pub context: String,
}

/// What a single write does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It creates the entity.
    Create,
    /// It changes the entity, at this version where one is expected.
    Update(Option<i64>),
}

/// A row that was written, and the column its entity begins at.
pub type Written = (Row, usize);

impl Single {
    fn statement(&self) -> Statement {
        let (data, context) = (self.data.clone(), self.context.clone());
        match self.kind {
            Kind::Create => write::create(&self.entity_type, self.id, data, context),
            Kind::Update(version) => write::update(&self.entity_type, self.id, data, version, context),
        }
    }

    /// Runs it as a statement of its own.
    async fn alone(&self, db: &Db) -> Result<Option<Written>> {
        let statement = self.statement();
        Ok(statement.row_written(db).await?.map(|row| (row, 0)))
    }

    /// Runs it within a transaction.
    pub async fn within(&self, transaction: &Transaction) -> Result<Option<Written>> {
        let statement = self.statement();
        Ok(statement.row_in(transaction).await?.map(|row| (row, 0)))
    }

    /// Which writes may travel with it.
    fn queue(&self) -> Key {
        (self.entity_type.id, matches!(self.kind, Kind::Create))
    }
}

type Key = (i32, bool);

struct Waiting {
    single: Single,
    answer: oneshot::Sender<Result<Option<Written>>>,
}

/// What a write finds.
enum Entered {
    /// It may be sent.
    Turn(Single),
    /// It goes with the next statement.
    Queue(oneshot::Receiver<Result<Option<Written>>>),
}

#[derive(Default)]
struct Queue {
    under_way: usize,
    waiting: VecDeque<Waiting>,
}

/// The writes of a server that wait for their statement. Cheap to clone.
#[derive(Clone, Default)]
pub struct Groups {
    queues: Arc<Mutex<HashMap<Key, Queue>>>,
}

impl Groups {
    /// Writes one entity; none: there is no such entity at that version.
    ///
    /// # Errors
    /// What the database refuses, as if it had been written alone.
    pub async fn write(&self, db: &Db, single: Single) -> Result<Option<Written>> {
        if db.is_patient() {
            return single.alone(db).await;
        }
        let key = single.queue();
        match self.enter(key, single) {
            Entered::Turn(single) => {
                // Dropped with its request, it still lets the next ones go.
                let _turn = Turn {
                    groups: self.clone(),
                    db: db.clone(),
                    key,
                };
                single.alone(db).await
            }
            Entered::Queue(told) => waited(told).await,
        }
    }

    fn enter(&self, key: Key, single: Single) -> Entered {
        let mut queues = self.queues.lock();
        let queue = queues.entry(key).or_default();
        if queue.under_way < UNDER_WAY {
            queue.under_way += 1;
            return Entered::Turn(single);
        }
        let (answer, told) = oneshot::channel();
        queue.waiting.push_back(Waiting { single, answer });
        Entered::Queue(told)
    }

    /// The next writes of a queue that may travel together; none ends a turn.
    fn next(&self, key: Key) -> Option<Vec<Waiting>> {
        let mut queues = self.queues.lock();
        let queue = queues.get_mut(&key)?;
        let mut batch: Vec<Waiting> = Vec::new();
        let mut ids = HashSet::new();
        while batch.len() < ROWS
            && let Some(waiting) = queue.waiting.pop_front()
        {
            if waiting.answer.is_closed() {
                continue;
            }
            let fits = batch
                .first()
                .is_none_or(|first| Arc::ptr_eq(&first.single.entity_type, &waiting.single.entity_type));
            // One statement changes a row once: its second change is of the next group.
            if !fits || !ids.insert(waiting.single.id) {
                queue.waiting.push_front(waiting);
                break;
            }
            batch.push(waiting);
        }
        if !batch.is_empty() {
            return Some(batch);
        }
        queue.under_way -= 1;
        if queue.under_way == 0 {
            queues.remove(&key);
        }
        None
    }
}

/// One statement's place in a queue. When it has ended, the place goes to those who came meanwhile.
struct Turn {
    groups: Groups,
    db: Db,
    key: Key,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(batch) = self.groups.next(self.key) else {
            return;
        };
        let (groups, db, key) = (self.groups.clone(), self.db.clone(), self.key);
        tokio::spawn(async move {
            let mut batch = Some(batch);
            while let Some(together) = batch {
                send(&db, together).await;
                batch = groups.next(key);
            }
        });
    }
}

async fn waited(told: oneshot::Receiver<Result<Option<Written>>>) -> Result<Option<Written>> {
    let started = Instant::now();
    let answer = told.await;
    telemetry::spent_in_database(started.elapsed());
    answer.unwrap_or_else(|_| {
        Err(Error::new(
            Code::Unavailable,
            "the server stopped before the write was sent",
        ))
    })
}

/// Sends writes as one statement, or the only one as its own, and answers each.
async fn send(db: &Db, mut batch: Vec<Waiting>) {
    if batch.len() == 1 {
        return answer_alone(db, batch).await;
    }
    // Rows are locked in the order of their ids, so that two groups wait for each other instead of dying.
    batch.sort_unstable_by_key(|waiting| waiting.single.id);
    telemetry::count_of("torque_grouped_writes_total", batch.len() as u64);
    match together(&batch).rows_written(db).await {
        Ok(rows) => {
            let (decided, rest) = decide(rows, batch);
            for (answer, result) in decided {
                // Whoever asked may have gone.
                let _ = answer.send(result);
            }
            answer_alone(db, rest).await;
        }
        // The database refused the statement as a whole, so that nothing of it is done.
        Err(error) if sqlstate(&error).is_some_and(is_of_the_statement) || is_locked_out(&error) => {
            answer_alone(db, batch).await;
        }
        Err(error) => tell_all(error, batch),
    }
}

/// Answers every write of a statement with what became of all of them.
fn tell_all(error: Error, batch: Vec<Waiting>) {
    let cause: Option<Arc<dyn std::error::Error + Send + Sync>> = error.cause.map(Arc::from);
    for waiting in batch {
        let mut told = Error::new(error.code, error.message.clone());
        told.data = error.data.clone();
        if let Some(cause) = &cause {
            told = told.because(Arc::clone(cause));
        }
        let _ = waiting.answer.send(Err(told));
    }
}

/// Whether an SQLSTATE says that the statement failed, and not the connection or the server.
fn is_of_the_statement(state: &str) -> bool {
    !["08", "57", "58"].contains(&state.get(..2).unwrap_or_default())
}

async fn answer_alone(db: &Db, batch: Vec<Waiting>) {
    future::join_all(batch.into_iter().map(|waiting| async move {
        let result = waiting.single.alone(db).await;
        let _ = waiting.answer.send(result);
    }))
    .await;
}

fn together(batch: &[Waiting]) -> Statement {
    let ids = batch.iter().map(|waiting| waiting.single.id).collect();
    let data = batch.iter().map(|waiting| waiting.single.data.clone()).collect();
    let Some(first) = batch.first() else {
        return Statement::default();
    };
    let context = context_of_all(batch);
    let entity_type = &first.single.entity_type;
    match first.single.kind {
        Kind::Create => group::create(entity_type, ids, data, context),
        Kind::Update(_) => {
            let versions = batch
                .iter()
                .map(|waiting| match waiting.single.kind {
                    Kind::Update(version) => version,
                    Kind::Create => None,
                })
                .collect();
            group::update(entity_type, ids, data, versions, context)
        }
    }
}

/// The context of a group: what all share, or each one's by the entity's id.
fn context_of_all(batch: &[Waiting]) -> String {
    let mut contexts = batch.iter().map(|waiting| waiting.single.context.as_str());
    let first = contexts.next().unwrap_or("{}");
    let mut all = Map::new();
    if contexts.all(|context| context == first) {
        all = serde_json::from_str(first).unwrap_or_default();
    } else {
        let by: Map<String, Value> = batch
            .iter()
            .filter_map(|waiting| {
                let context = serde_json::from_str(&waiting.single.context).ok()?;
                Some((waiting.single.id.to_string(), context))
            })
            .collect();
        all.insert("by".to_owned(), Value::Object(by));
    }
    all.insert("keep".to_owned(), Value::Bool(true));
    Value::Object(all).to_string()
}

/// What a statement kept of a row that breaks a rule.
#[derive(Deserialize)]
struct Refused {
    id: Uuid,
    message: String,
    errors: Box<RawValue>,
}

type Answers = Vec<(oneshot::Sender<Result<Option<Written>>>, Result<Option<Written>>)>;

/// Gives each write the row or the refusal that is its own; the rest has to ask alone.
fn decide(rows: Vec<Row>, batch: Vec<Waiting>) -> (Answers, Vec<Waiting>) {
    let mut results: HashMap<Uuid, Result<Option<Written>>> = HashMap::with_capacity(batch.len());
    for row in rows {
        match (
            row.try_get::<_, Option<String>>(0),
            row.try_get::<_, Option<Uuid>>(1),
        ) {
            (Ok(None), Ok(Some(id))) => {
                results.insert(id, Ok(Some((row, 1))));
            }
            (Ok(Some(refused)), _) => {
                let refused: Vec<Refused> = serde_json::from_str(&refused).unwrap_or_default();
                for one in refused {
                    results.insert(one.id, Err(refused_values(&one.message, one.errors.get())));
                }
            }
            _ => {}
        }
    }
    let mut decided = Vec::with_capacity(batch.len());
    let mut rest = Vec::new();
    for waiting in batch {
        match results.remove(&waiting.single.id) {
            Some(result) => decided.push((waiting.answer, result)),
            None => rest.push(waiting),
        }
    }
    (decided, rest)
}
