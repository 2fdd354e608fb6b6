//! WebSocket: JSON-RPC both ways on one connection, and the frames of subscriptions.
//!
//! One task an open socket. It alone waits for its client: the feed only puts
//! frames into the socket's bounded queue. Calls run side by side and are
//! answered as they finish; a subscription's frames begin after its reply. A
//! client that does not answer two pings is gone, one that cannot keep up is
//! told to resync and then closed with 1013, and a stopping server closes with
//! 1012 and the cursor to go on from. The credential is asked again with each
//! ping, so a revoked one does not live on in an open socket.

mod session;

use crate::error::Code;
use crate::error::Error;
use crate::feed::Next;
use crate::operation::caller::Caller;
use crate::operation::caller::Permission;
use crate::surface::Surface;
use crate::surface::authenticate::Place;
use crate::surface::authenticate::presented;
use crate::surface::jsonrpc;
use crate::surface::problem;
use crate::surface::socket::session::Answered;
use crate::surface::socket::session::Farewell;
use crate::surface::socket::session::Session;
use crate::telemetry;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::CloseFrame;
use axum::extract::ws::Message;
use axum::extract::ws::Utf8Bytes;
use axum::extract::ws::WebSocket;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::close_code;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use futures_util::SinkExt;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use futures_util::stream::SplitSink;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Calls of one socket that are worked on at once.
const CALLS_AT_ONCE: usize = 16;
/// Pings without an answer after which a client is gone.
const UNANSWERED: u32 = 2;
/// How long a closing frame may wait for the client to read what is before it.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// How long what is due may take when the server stops.
const FAREWELL_WITHIN: Duration = Duration::from_secs(2);
/// Bytes that the WebSocket layer gathers before it writes: small, since there may be thousands of sockets.
const BUFFER: usize = 8 << 10;

/// The server restarts; come back with the cursor.
const RESTARTING: u16 = close_code::RESTART;
/// The client is too slow, or the server too busy; come back later.
const TRY_AGAIN: u16 = close_code::AGAIN;

static OPEN: AtomicUsize = AtomicUsize::new(0);

/// One of the open sockets, for as long as it is held.
struct Open;

impl Open {
    fn within(limit: usize) -> Option<Self> {
        let open = OPEN.fetch_add(1, Ordering::AcqRel) + 1;
        let held = Open;
        telemetry::gauge("torque_sockets", open as f64);
        (open <= limit).then_some(held)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let open = OPEN.fetch_sub(1, Ordering::AcqRel) - 1;
        telemetry::gauge("torque_sockets", open as f64);
    }
}

/// Opens a socket, of one application or of all.
pub async fn open(
    State(surface): State<Arc<Surface>>,
    Extension(place): Extension<Place>,
    caller: Caller,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let granted = place
        .application
        .as_ref()
        .map(|application| (application.id, application.granted_to_anyone()));
    if place.is_named && place.application.is_none() {
        return jsonrpc::respond(Some(jsonrpc::no_application(&caller)));
    }
    let welcome = caller.require(Permission::Read, granted).inspect_err(|error| {
        let application = granted.map(|(id, _)| id);
        let audit = &surface.torque.audit;
        audit.refused(&caller, application, "openSocket", error);
    });
    let answers = || match &place.application {
        Some(application) => application.answers(),
        None => Ok(()),
    };
    if let Err(error) = welcome.and_then(|()| answers()) {
        return problem::respond(&error, "opening a socket", &caller.request_id);
    }
    let Some(open) = Open::within(surface.config().limits.sockets) else {
        let error = Error::new(Code::Unavailable, "too many sockets are open; try again later");
        return problem::respond(&error, "opening a socket", &caller.request_id);
    };
    let largest = surface.body_limit(&caller);
    let upgrade = upgrade
        .max_message_size(largest)
        .max_frame_size(largest)
        .write_buffer_size(BUFFER)
        .max_write_buffer_size(largest.max(2 << 20));
    let under_way = surface.drain.enter();
    let presented = presented(&headers, &place);
    let session = Session::new(surface, place, caller, presented);
    upgrade.on_upgrade(move |socket| async move {
        serve(socket, session).await;
        drop((open, under_way));
    })
}

/// Why a socket is closed by the server.
struct Close {
    code: u16,
    reason: String,
}

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}

type Sink = SplitSink<WebSocket, Message>;

async fn serve(socket: WebSocket, session: Arc<Session>) {
    let (mut sink, stream) = socket.split();
    let close = talk(&mut sink, stream, &session).await;
    session.end();
    if let Some(close) = close {
        let frame = CloseFrame {
            code: close.code,
            reason: close.reason.into(),
        };
        let _ = tokio::time::timeout(CLOSE_WITHIN, sink.send(Message::Close(Some(frame)))).await;
        let _ = tokio::time::timeout(CLOSE_WITHIN, sink.close()).await;
    }
}

/// Talks until either side ends it; nothing when the client is gone already.
async fn talk(
    sink: &mut Sink,
    mut stream: impl futures_util::Stream<Item = Result<Message, axum::Error>> + Unpin,
    session: &Arc<Session>,
) -> Option<Close> {
    let stopping = session.stopping();
    let stopped = session.stopped();
    let mut narrowed = session.narrowed(true);
    let mut calls = FuturesUnordered::new();
    let mut ping = tokio::time::interval(session.ping_every());
    ping.tick().await;
    let mut unanswered = 0;
    loop {
        tokio::select! {
            () = stopping.cancelled() => return farewell(sink, session).await,
            () = stopped.cancelled() => {
                return Some(Close::new(close_code::POLICY, session.why_it_stopped()));
            }
            () = narrowed.cancelled() => {
                if let Err(reason) = session.is_still_welcome().await {
                    return Some(Close::new(close_code::POLICY, reason));
                }
                narrowed = session.narrowed(false);
            }
            next = session.queue.next() => match next {
                Next::TooSlow => return Some(too_slow()),
                Next::Frames(frames) => {
                    for frame in frames {
                        if let Some(end) = send(sink, text(frame), session).await {
                            return end;
                        }
                    }
                }
            },
            Some(Answered { body, begun }) = calls.next(), if !calls.is_empty() => {
                if let Some(body) = body
                    && let Some(end) = send(sink, text(body), session).await
                {
                    return end;
                }
                session.release(begun);
            }
            message = stream.next(), if calls.len() < CALLS_AT_ONCE => {
                unanswered = 0;
                match message {
                    Some(Ok(Message::Text(call))) => calls.push(Arc::clone(session).answer(Bytes::from(call))),
                    Some(Ok(Message::Binary(_))) => {
                        return Some(Close::new(close_code::UNSUPPORTED, "JSON-RPC is sent as text"));
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_))) | None => return None,
                    Some(Err(error)) => return broken(&error),
                }
            }
            _ = ping.tick() => {
                if unanswered >= UNANSWERED {
                    return None;
                }
                unanswered += 1;
                if let Err(reason) = session.is_still_welcome().await {
                    return Some(Close::new(close_code::POLICY, reason));
                }
                if let Some(end) = send(sink, Message::Ping(Bytes::new()), session).await {
                    return end;
                }
            }
        }
    }
}

/// Sends one message; something when the socket has come to its end by it.
async fn send(sink: &mut Sink, message: Message, session: &Session) -> Option<Option<Close>> {
    let patience = session.ping_every() * UNANSWERED;
    tokio::select! {
        sent = sink.send(message) => sent.is_err().then_some(None),
        () = session.queue.given_up() => Some(Some(too_slow())),
        () = tokio::time::sleep(patience) => Some(None),
    }
}

/// What is due is sent, then the cursors to go on from; the closing frame has room for one.
async fn farewell(sink: &mut Sink, session: &Session) -> Option<Close> {
    let Farewell { notice, least } = session.farewell();
    let sending = async {
        for frame in session.queue.take().into_iter().chain(notice) {
            sink.send(text(frame)).await?;
        }
        Ok::<(), axum::Error>(())
    };
    let _ = tokio::time::timeout(FAREWELL_WITHIN, sending).await;
    Some(Close::new(
        RESTARTING,
        least.map(|cursor| cursor.to_string()).unwrap_or_default(),
    ))
}

fn too_slow() -> Close {
    Close::new(TRY_AGAIN, "this client reads more slowly than the feed grows")
}

fn broken(error: &axum::Error) -> Option<Close> {
    let told = error.to_string();
    let is_too_large = told.contains("too long") || told.contains("too large");
    is_too_large.then(|| Close::new(close_code::SIZE, "the message is larger than this server takes"))
}

/// Frames and replies are UTF-8 by construction; one that were not would be a bug and is sent empty.
fn text(bytes: Bytes) -> Message {
    Message::Text(Utf8Bytes::try_from(bytes).unwrap_or_default())
}
