//! Effects of nodes: each commits together with the row of the journal that says so.

use crate::engine::flow::Flow;
use crate::engine::journal::Entry;
use crate::engine::run::Run;
use crate::engine::run::Stop;
use crate::engine::run::before::Before;
use crate::engine::run::nested;
use crate::engine::run::region::Ended;
use crate::engine::step::Doing;
use crate::engine::step::Failure;
use crate::engine::step::Outcome;
use crate::engine::step::Start;
use crate::engine::step::cache;
use crate::engine::step::entity;
use crate::engine::step::entity::Write;
use crate::engine::step::http;
use crate::engine::step::http::Send;
use crate::engine::step::script;
use crate::engine::step::unfit;
use crate::engine::webhook;
use crate::error::Code;
use serde_json::Value;
use std::time::Duration;
use std::time::Instant;

/// How long a node may take unless it says otherwise.
const NODE_TIME: Duration = Duration::from_secs(30);
/// How often a write is run again that others stood in the way of.
const WRITES: usize = 5;

impl Run<'_> {
    /// Does what a node asks for, within its time.
    pub(super) async fn effect(
        &self,
        own: &Flow,
        doing: Doing,
        timeout: Option<Duration>,
        entry: Entry,
        began: Instant,
    ) -> Result<Ended, Stop> {
        let time = timeout.unwrap_or(NODE_TIME);
        let unwritten = |outcome| {
            Ok(Ended {
                outcome,
                is_written: false,
            })
        };
        let late = || {
            let message = format!("it took longer than its {} ms", time.as_millis());
            let mut failure = Failure::new("timeout", message);
            failure.may_pass = true;
            failure
        };
        match doing {
            Doing::Read(read) => {
                let value = tokio::time::timeout(time, entity::read(self.torque, self.job, read)).await;
                match value {
                    Ok(Ok(value)) => unwritten(Ok(Outcome::out(value))),
                    Ok(Err(failure)) => unwritten(Err(failure)),
                    Err(_) => unwritten(Err(late())),
                }
            }
            Doing::Keep(keep) => {
                let kept = cache::perform(&self.engine.inner.cache, self.torque, self.job, keep);
                match tokio::time::timeout(time, kept).await {
                    Ok(kept) => unwritten(kept.map(Outcome::out).map_err(Failure::from)),
                    Err(_) => unwritten(Err(late())),
                }
            }
            Doing::Write(write) => {
                let written = self.in_transaction(own, Effect::Write(write), entry, began);
                (tokio::time::timeout(time, written).await).unwrap_or_else(|_| unwritten(Err(late())))
            }
            Doing::Start(start) => {
                let started = self.in_transaction(own, Effect::Start(start), entry, began);
                (tokio::time::timeout(time, started).await).unwrap_or_else(|_| unwritten(Err(late())))
            }
            Doing::Respond(answer) => {
                let responded = self.in_transaction(own, Effect::Respond(answer), entry, began);
                (tokio::time::timeout(time, responded).await).unwrap_or_else(|_| unwritten(Err(late())))
            }
            // What is nested has the time of the execution, unless the node says otherwise.
            Doing::Nest(nest) => {
                let path = nested::path(&entry.iteration, &entry.node_id);
                let work = self.nested(own, nest, path);
                let ended = match timeout {
                    Some(time) => tokio::time::timeout(time, work)
                        .await
                        .unwrap_or_else(|_| Ok(Err(late()))),
                    None => work.await,
                };
                unwritten(ended?.map(Outcome::out))
            }
            Doing::Script(call) => {
                let work = script::run(&self.engine.inner.scripts, self.job, &entry.node_id, *call);
                let Ok((outcome, lines)) = tokio::time::timeout(time, work).await else {
                    return unwritten(Err(late()));
                };
                self.said.keep(&entry.node_id, &entry.iteration, lines);
                unwritten(outcome.map(Outcome::out))
            }
            Doing::Send(send) => self.send(&send, time, entry, began).await,
            Doing::Fill(filling) => match filling.filled(self.torque, self.job).await {
                Ok(send) => self.send(&send, time, entry, began).await,
                Err(failure) => unwritten(Err(failure)),
            },
            Doing::Sleep(time) => {
                tokio::time::sleep(time).await;
                unwritten(Ok(Outcome::out(Value::Null)))
            }
            Doing::Done(outcome) => unwritten(Ok(outcome)),
            Doing::Park(due, _) => Err(Stop::Parked(due)),
        }
    }

    /// Sends an HTTP request while no connection to the database is held, and writes down at once what came of it.
    async fn send(
        &self,
        send: &Send,
        time: Duration,
        mut entry: Entry,
        began: Instant,
    ) -> Result<Ended, Stop> {
        if send.at_most_once {
            let mut begun = entry.clone();
            (begun.status, begun.port) = ("started", None);
            self.journal_now(begun).await?;
        }
        let sent = http::send(&self.engine.inner.egress, self.job, send);
        let value = match tokio::time::timeout(time, sent).await {
            Ok(Ok(value)) => value,
            Ok(Err(failure)) => {
                return Ok(Ended {
                    outcome: Err(failure),
                    is_written: false,
                });
            }
            Err(_) => {
                let mut failure = http::unknown();
                if !send.at_most_once {
                    let message = format!("it took longer than its {} ms", time.as_millis());
                    failure = Failure::new("timeout", message);
                    failure.may_pass = true;
                }
                return Ok(Ended {
                    outcome: Err(failure),
                    is_written: false,
                });
            }
        };
        let is_written = unfit(&value, "its result").is_none();
        if is_written {
            entry.gave(&value, began);
            self.journal_now(entry).await?;
        }
        Ok(Ended {
            outcome: Ok(Outcome::out(value)),
            is_written,
        })
    }

    /// Writes down what this and the nodes before it did.
    async fn journal_now(&self, entry: Entry) -> Result<(), Stop> {
        let before = Before::take(&self.pending);
        let entries = before.and(entry);
        let (job, db) = (self.job, &self.torque.db);
        match job.statements.journal(db, job.id, job.fence, &entries).await {
            Ok(true) => {
                before.written();
                Ok(())
            }
            Ok(false) => Err(Stop::Lost),
            Err(error) => Err(Stop::Interrupted(error)),
        }
    }

    /// Does what is done in the database, and in the same transaction writes down what this and the nodes before it did.
    async fn in_transaction(
        &self,
        own: &Flow,
        effect: Effect,
        entry: Entry,
        began: Instant,
    ) -> Result<Ended, Stop> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.once(own, &effect, entry.clone(), began).await {
                Err(Refused::Node(error)) if entity::may_run_again(&error) && tries < WRITES => {}
                Err(Refused::Node(error)) if error.code == Code::Unavailable => {
                    return Err(Stop::Interrupted(error));
                }
                Err(Refused::Node(error)) => {
                    let outcome = Err(Failure::from(error));
                    return Ok(Ended {
                        outcome,
                        is_written: false,
                    });
                }
                Err(Refused::Stop(stop)) => return Err(stop),
                Ok(value) => {
                    match &effect {
                        Effect::Write(_) => self.torque.feed.poke(self.job.application.id),
                        Effect::Start(_) => self.engine.poke(self.job.application.id),
                        Effect::Respond(answer) if value["responded"] == true => {
                            self.engine.answer(self.job.id, answer.clone());
                        }
                        Effect::Respond(_) => {}
                    }
                    let outcome = Ok(Outcome::out(value));
                    return Ok(Ended {
                        outcome,
                        is_written: true,
                    });
                }
            }
        }
    }

    async fn once(
        &self,
        own: &Flow,
        effect: &Effect,
        mut entry: Entry,
        began: Instant,
    ) -> Result<Value, Refused> {
        let job = self.job;
        let transaction = self.torque.db.transaction().await.map_err(Refused::Node)?;
        let value = match effect {
            Effect::Write(write) => entity::write(&transaction, job, write).await,
            Effect::Respond(answer) => webhook::respond(&transaction, job, answer).await,
            Effect::Start(start) => job.statements.start(&transaction, job, own.row, start).await,
        }
        .map_err(Refused::Node)?;
        entry.gave(&value, began);
        let before = Before::take(&self.pending);
        let entries = before.and(entry);
        let held = (job.statements).journal_in(&transaction, job.id, job.fence, &entries);
        if !held.await.map_err(Refused::Node)? {
            return Err(Refused::Stop(Stop::Lost));
        }
        // When it is not known to last, the execution stops here and is resumed from what the database has.
        let committed = transaction.commit().await;
        committed.map_err(|error| Refused::Stop(Stop::Interrupted(error)))?;
        before.written();
        Ok(value)
    }
}

/// What is done in the database.
enum Effect {
    Write(Write),
    Start(Start),
    Respond(Value),
}

/// Why a write did not come about.
enum Refused {
    /// The node failed.
    Node(crate::error::Error),
    /// The execution stops.
    Stop(Stop),
}
