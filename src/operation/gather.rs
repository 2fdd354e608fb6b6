//! Statements that carry several requests: what arrives while one is under way goes out together.
//!
//! No timer and no added wait: with nothing under way a request is sent at once,
//! alone. Under load a statement's round trip, its wake-ups and its parsing are
//! shared by all that it carries. What a statement cannot decide for one of its
//! requests is asked again alone.

use crate::db::Db;
use crate::db::is_locked_out;
use crate::db::sqlstate;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::telemetry;
use futures_util::future;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::collections::VecDeque;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::oneshot;

/// The most requests of one statement.
const TOGETHER: usize = 32;

/// A request that may share its statement with others.
pub trait Request: Send + Sync + Sized + 'static {
    /// What those that may travel together have in common.
    type Key: Copy + Eq + Hash + Send + Sync + 'static;
    /// What it is answered.
    type Answer: Send + 'static;
    /// The most statements of one queue under way at once.
    const UNDER_WAY: usize;

    /// The queue it waits in.
    fn queue(&self) -> Self::Key;

    /// Whether it may go with these, the first of which is in the queue longest.
    fn fits(&self, batch: &[Waiting<Self>]) -> bool;

    /// Sends it as a statement of its own.
    fn alone(&self, db: &Db) -> impl Future<Output = Result<Self::Answer>> + Send;

    /// Sends at least two as one statement and answers those that it decides; gives back those that have to ask alone.
    ///
    /// # Errors
    /// The statement's, with all that it carried.
    fn together(db: &Db, batch: Batch<Self>) -> impl Future<Output = Together<Self>> + Send;
}

/// The requests of one statement.
pub type Batch<R> = Vec<Waiting<R>>;

/// What became of a statement: those that have to ask alone, or why it failed and whom it carried.
pub type Together<R> = std::result::Result<Batch<R>, (Error, Batch<R>)>;

/// A request that waits for its statement.
pub struct Waiting<R: Request> {
    /// The request.
    pub request: R,
    answer: oneshot::Sender<Result<R::Answer>>,
}

impl<R: Request> Waiting<R> {
    /// Answers it. Whoever asked may have gone.
    pub fn tell(self, result: Result<R::Answer>) {
        let _ = self.answer.send(result);
    }
}

/// What a request finds.
enum Entered<R: Request> {
    /// It may be sent.
    Turn(R),
    /// It goes with the next statement.
    Queue(oneshot::Receiver<Result<R::Answer>>),
}

struct Queue<R: Request> {
    under_way: usize,
    waiting: VecDeque<Waiting<R>>,
}

/// The requests of a server that wait for their statement. Cheap to clone.
pub struct Gather<R: Request> {
    queues: Arc<Mutex<HashMap<R::Key, Queue<R>>>>,
    /// Counts what travelled with others.
    counter: &'static str,
}

impl<R: Request> Clone for Gather<R> {
    fn clone(&self) -> Self {
        Self {
            queues: Arc::clone(&self.queues),
            counter: self.counter,
        }
    }
}

impl<R: Request> Gather<R> {
    /// Nobody waits yet. The counter's name is that of what travelled with others.
    #[must_use]
    pub fn new(counter: &'static str) -> Self {
        Self {
            queues: Arc::default(),
            counter,
        }
    }

    /// Sends a request, now or with the next statement.
    ///
    /// # Errors
    /// What the database refuses, as if it had been sent alone.
    pub async fn ask(&self, db: &Db, request: R) -> Result<R::Answer> {
        if db.is_patient() {
            return request.alone(db).await;
        }
        let key = request.queue();
        match self.enter(key, request) {
            Entered::Turn(request) => {
                // Dropped with its request, it still lets the next ones go.
                let _turn = Turn {
                    gather: self.clone(),
                    db: db.clone(),
                    key,
                };
                request.alone(db).await
            }
            Entered::Queue(told) => waited(told).await,
        }
    }

    fn enter(&self, key: R::Key, request: R) -> Entered<R> {
        let mut queues = self.queues.lock();
        let queue = queues.entry(key).or_insert_with(|| Queue {
            under_way: 0,
            waiting: VecDeque::new(),
        });
        if queue.under_way < R::UNDER_WAY {
            queue.under_way += 1;
            return Entered::Turn(request);
        }
        let (answer, told) = oneshot::channel();
        queue.waiting.push_back(Waiting { request, answer });
        Entered::Queue(told)
    }

    /// The next requests of a queue that may travel together; none ends a turn.
    fn next(&self, key: R::Key) -> Option<Batch<R>> {
        let mut queues = self.queues.lock();
        let queue = queues.get_mut(&key)?;
        let mut batch: Batch<R> = Vec::new();
        while batch.len() < TOGETHER
            && let Some(waiting) = queue.waiting.pop_front()
        {
            if waiting.answer.is_closed() {
                continue;
            }
            if !batch.is_empty() && !waiting.request.fits(&batch) {
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

    /// Sends requests as one statement, or the only one as its own, and answers each.
    async fn send(&self, db: &Db, batch: Batch<R>) {
        if batch.len() == 1 {
            return answer_alone(db, batch).await;
        }
        telemetry::count_of(self.counter, batch.len() as u64);
        match R::together(db, batch).await {
            Ok(rest) => answer_alone(db, rest).await,
            // The database refused the statement as a whole, so that nothing of it is done.
            Err((error, batch))
                if sqlstate(&error).is_some_and(is_of_the_statement) || is_locked_out(&error) =>
            {
                answer_alone(db, batch).await;
            }
            Err((error, batch)) => tell_all(&error, batch),
        }
    }
}

/// One statement's place in a queue. When it has ended, the place goes to those who came meanwhile.
struct Turn<R: Request> {
    gather: Gather<R>,
    db: Db,
    key: R::Key,
}

impl<R: Request> Drop for Turn<R> {
    fn drop(&mut self) {
        let Some(batch) = self.gather.next(self.key) else {
            return;
        };
        let (gather, db, key) = (self.gather.clone(), self.db.clone(), self.key);
        tokio::spawn(async move {
            let mut batch = Some(batch);
            while let Some(together) = batch {
                gather.send(&db, together).await;
                batch = gather.next(key);
            }
        });
    }
}

async fn waited<T>(told: oneshot::Receiver<Result<T>>) -> Result<T> {
    let started = Instant::now();
    let answer = told.await;
    telemetry::spent_in_database(started.elapsed());
    answer.unwrap_or_else(|_| {
        Err(Error::new(
            Code::Unavailable,
            "the server stopped before the request reached the database",
        ))
    })
}

/// Answers every request of a statement with what became of all of them.
pub fn tell_all<R: Request>(error: &Error, batch: Batch<R>) {
    for waiting in batch {
        waiting.tell(Err(error.clone()));
    }
}

/// Whether an SQLSTATE says that the statement failed, and not the connection or the server.
fn is_of_the_statement(state: &str) -> bool {
    !["08", "57", "58"].contains(&state.get(..2).unwrap_or_default())
}

async fn answer_alone<R: Request>(db: &Db, batch: Batch<R>) {
    future::join_all(batch.into_iter().map(|waiting| async move {
        let result = waiting.request.alone(db).await;
        waiting.tell(result);
    }))
    .await;
}
