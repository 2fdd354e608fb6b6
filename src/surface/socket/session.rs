//! What one socket is: its caller, its queue, its subscriptions.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::feed::Cursor;
use crate::feed::Queue;
use crate::feed::Subscription;
use crate::feed::Tail;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Performing;
use crate::operation::Reply;
use crate::operation::caller::Caller;
use crate::operation::caller::Permission;
use crate::operation::credential;
use crate::operation::read_params;
use crate::operation::subscription;
use crate::operation::subscription::Begun;
use crate::operation::subscription::Subscribe;
use crate::operation::subscription::Unsubscribe;
use crate::operation::subscription::Unsubscribed;
use crate::surface::Surface;
use crate::surface::authenticate::Place;
use crate::surface::jsonrpc;
use crate::surface::jsonrpc::Site;
use crate::telemetry;
use bytes::Bytes;
use parking_lot::Mutex;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

static SUBSCRIPTIONS: AtomicUsize = AtomicUsize::new(0);

/// One socket.
pub struct Session {
    surface: Arc<Surface>,
    place: Place,
    caller: Caller,
    presented: Option<Arc<str>>,
    /// What waits to be sent.
    pub queue: Arc<Queue>,
    held: Mutex<HashMap<String, Held>>,
}

/// A subscription of this socket, and the reader that it keeps alive.
struct Held {
    tail: Arc<Tail>,
    subscription: Arc<Subscription>,
    joining: Option<AbortHandle>,
}

impl Held {
    fn new(tail: Arc<Tail>, subscription: Arc<Subscription>) -> Self {
        count(SUBSCRIPTIONS.fetch_add(1, Ordering::AcqRel) + 1);
        Self {
            tail,
            subscription,
            joining: None,
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.subscription.end();
        if let Some(joining) = &self.joining {
            joining.abort();
        }
        count(SUBSCRIPTIONS.fetch_sub(1, Ordering::AcqRel) - 1);
    }
}

fn count(subscriptions: usize) {
    telemetry::gauge("torque_subscriptions", subscriptions as f64);
}

/// Says of a closure that it performs whatever is asked, for however long that lives.
fn for_any_ask<F>(performs: F) -> F
where
    F: for<'a> Fn(Ask<'a>, &'static Operation) -> Option<Performing<'a>>,
{
    performs
}

/// What one text came to: the reply, and the subscriptions whose frames may begin once it is sent.
pub struct Answered {
    /// The reply, if there is one.
    pub body: Option<Bytes>,
    /// The ids of the subscriptions that began with it.
    pub begun: Vec<String>,
}

/// What a socket hears before a stopping server closes it.
#[derive(Default)]
pub struct Farewell {
    /// The notification with the cursor of each subscription, if there are any.
    pub notice: Option<Bytes>,
    /// The cursor that goes back furthest.
    pub least: Option<Cursor>,
}

impl Session {
    /// The session of a socket that is about to be opened.
    pub fn new(
        surface: Arc<Surface>,
        place: Place,
        caller: Caller,
        presented: Option<Arc<str>>,
    ) -> Arc<Self> {
        let queue = Arc::new(Queue::new(surface.config().limits.socket_queue));
        Arc::new(Self {
            surface,
            place,
            caller,
            presented,
            queue,
            held: Mutex::default(),
        })
    }

    /// Fires when the server begins to stop.
    pub fn stopping(&self) -> CancellationToken {
        self.surface.drain.begun()
    }

    /// Fires when the application that this socket is about is stopped or gone; never for a socket about all.
    pub fn stopped(&self) -> CancellationToken {
        let application = self.place.application.as_ref();
        application.map_or_else(CancellationToken::new, |application| application.stopped.clone())
    }

    /// Fires when the application grants less to those without a credential than when this socket was opened, or
    /// than it does now.
    pub fn narrowed(&self, since_opened: bool) -> CancellationToken {
        let opened = self.place.application.as_ref();
        let application = match since_opened {
            true => opened.cloned(),
            false => opened.and_then(|opened| self.surface.torque.directory.by_id(opened.id)),
        };
        application.map_or_else(CancellationToken::new, |application| application.narrowed.clone())
    }

    /// The sentence for a socket whose application is stopped or gone.
    pub fn why_it_stopped(&self) -> String {
        let opened = self.place.application.as_ref();
        let now = opened.and_then(|opened| self.surface.torque.directory.by_id(opened.id));
        match now.map(|now| now.answers()) {
            Some(Err(error)) => error.message,
            // Started again already: the client comes back and finds it.
            Some(Ok(())) => "the application was stopped".to_owned(),
            None => "the application is gone".to_owned(),
        }
    }

    /// Between two pings.
    pub fn ping_every(&self) -> Duration {
        Duration::from_secs(self.surface.config().limits.socket_ping.max(1))
    }

    /// Answers one text.
    pub async fn answer(self: Arc<Self>, text: Bytes) -> Answered {
        let begun = Arc::new(Mutex::new(Vec::new()));
        let own = {
            let (session, begun) = (Arc::clone(&self), Arc::clone(&begun));
            for_any_ask(move |ask, operation| session.performs(ask, operation, &begun))
        };
        // Another model may be live since the socket was opened.
        let application = match &self.place.application {
            None => None,
            Some(opened) => match self.surface.torque.directory.by_id(opened.id) {
                Some(application) => Some(application),
                None => {
                    let torque = &self.surface.torque;
                    let answer = jsonrpc::nowhere(torque, &self.caller, &text).await;
                    return Answered {
                        body: answer.map(|answer| answer.body),
                        begun: Vec::new(),
                    };
                }
            },
        };
        let site = Site {
            torque: &self.surface.torque,
            caller: &self.caller,
            application: application.as_ref(),
            is_nowhere: false,
            own: Some(&own),
        };
        let _turn = self.surface.working.acquire().await.ok();
        let body = jsonrpc::dispatch(site, &text).await.map(|answer| answer.body);
        let begun = std::mem::take(&mut *begun.lock());
        Answered { body, begun }
    }

    /// `subscribe` and `unsubscribe` are about this socket; everything else is the registry's.
    fn performs<'a>(
        self: &Arc<Self>,
        ask: Ask<'a>,
        operation: &'static Operation,
        begun: &Arc<Mutex<Vec<String>>>,
    ) -> Option<Performing<'a>> {
        let session = Arc::clone(self);
        match operation.name {
            "subscribe" => {
                let begun = Arc::clone(begun);
                Some(Box::pin(async move { session.subscribe(ask, &begun).await }))
            }
            "unsubscribe" => Some(Box::pin(async move { session.unsubscribe(ask) })),
            _ => None,
        }
    }

    async fn subscribe(&self, ask: Ask<'_>, begun: &Mutex<Vec<String>>) -> Result<Reply> {
        let params: Subscribe = read_params(ask.params)?;
        let most = self.surface.config().limits.subscriptions_per_socket;
        if self.held.lock().len() >= most {
            return Err(Error::new(
                Code::RateLimited,
                format!("a socket has at most {most} subscriptions"),
            ));
        }
        let Begun {
            reply,
            tail,
            subscription,
        } = subscription::begin(ask, params, &self.queue).await?;
        begun.lock().push(subscription.id.clone());
        let id = subscription.id.clone();
        self.held.lock().insert(id, Held::new(tail, subscription));
        Ok(reply)
    }

    fn unsubscribe(&self, ask: Ask<'_>) -> Result<Reply> {
        let Unsubscribe { subscription_id } = read_params(ask.params)?;
        match self.held.lock().remove(&subscription_id) {
            Some(_) => Reply::of(&Unsubscribed { subscription_id }),
            None => Err(Error::new(Code::NotFound, "this socket has no such subscription")),
        }
    }

    /// The reply has been sent: frames may follow.
    pub fn release(&self, begun: Vec<String>) {
        let mut held = self.held.lock();
        for id in begun {
            if let Some(held) = held.get_mut(&id) {
                let (tail, subscription) = (Arc::clone(&held.tail), Arc::clone(&held.subscription));
                // A socket of one application is closed with it; on one about all only this ends.
                let application = match &self.place.application {
                    Some(_) => None,
                    None => self.surface.torque.directory.by_id(subscription.application),
                };
                let joining = tokio::spawn(async move {
                    tail.join(Arc::clone(&subscription)).await;
                    if let Some(application) = application {
                        application.stopped.cancelled().await;
                        let reason = format!("the application {} is stopped or gone", application.slug);
                        subscription.resync(subscription.cursor(), &reason);
                        subscription.end();
                    }
                });
                held.joining = Some(joining.abort_handle());
            }
        }
    }

    /// Whether the caller may still be here: the credential counts, the application answers.
    pub async fn is_still_welcome(&self) -> std::result::Result<(), String> {
        let granted = match &self.place.application {
            None => None,
            Some(opened) => match self.surface.torque.directory.by_id(opened.id) {
                Some(application) => {
                    application.answers().map_err(|error| error.message)?;
                    Some((application.id, application.granted_to_anyone()))
                }
                None => return Err("the application is gone".to_owned()),
            },
        };
        let Some(presented) = &self.presented else {
            return self
                .caller
                .require(Permission::Read, granted)
                .map_err(|_| "the application now asks for a credential".to_owned());
        };
        let counts = match credential::holder(&self.surface.torque, presented, None).await {
            Ok(holder) => holder
                .caller(self.caller.origin, None, "")
                .require(Permission::Read, granted),
            // A database that cannot answer says nothing about the credential.
            Err(error) if error.code == Code::Unavailable => Ok(()),
            Err(error) => Err(error),
        };
        counts.map_err(|_| "the credential no longer counts".to_owned())
    }

    /// Ends the subscriptions; answers the cursors to go on from.
    pub fn farewell(&self) -> Farewell {
        let held = self.held.lock();
        let cursors: Vec<(&String, Cursor)> = held
            .iter()
            .map(|(id, held)| (id, held.subscription.say_farewell()))
            .collect();
        if cursors.is_empty() {
            return Farewell::default();
        }
        let named: Map<String, Value> = cursors
            .iter()
            .map(|(id, cursor)| ((*id).clone(), Value::from(cursor.to_string())))
            .collect();
        let notice = json!({
            "jsonrpc": "2.0",
            "method": "closing",
            "params": { "reason": "the server stops", "cursors": named },
        });
        Farewell {
            notice: Some(Bytes::from(notice.to_string())),
            least: cursors
                .into_iter()
                .map(|(_, cursor)| cursor)
                .min_by_key(|cursor| cursor.pos),
        }
    }

    /// Nothing is delivered any more.
    pub fn end(&self) {
        self.held.lock().clear();
    }
}
