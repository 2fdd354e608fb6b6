//! A client on a socket, which checks that it misses nothing.

use crate::support::TestServer;
use futures_util::SinkExt;
use futures_util::StreamExt;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::collections::VecDeque;
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a socket says next.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A notification: `changes`, `resync` or `closing`.
    Frame(Value),
    /// The end: the close code and reason, or code 0 when the connection broke.
    Closed(u16, String),
    /// Nothing in time.
    Silence,
}

/// An open socket.
pub struct Follower {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    waiting: VecDeque<Value>,
    ended: Option<Heard>,
    calls: i64,
    /// By subscription, the `to` of the last frame.
    seen: HashMap<String, i64>,
}

impl Follower {
    /// A socket of the TODO application, as administrator.
    pub async fn of(server: &TestServer) -> Self {
        settle(server).await;
        Self::at(server, "/app/todo_list/ws").await
    }

    /// A socket at a path.
    pub async fn at(server: &TestServer, path: &str) -> Self {
        Self::open(server, path, &[]).await.expect("a socket")
    }

    /// A socket without a credential.
    pub async fn anonymous(server: &TestServer, path: &str) -> Self {
        Self::open(server, path, &[("authorization", "")])
            .await
            .expect("a socket")
    }

    /// A socket that may be refused; an empty header is left out.
    pub async fn open(
        server: &TestServer,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Error> {
        let address: std::net::SocketAddr = server.address.parse().expect("an address");
        let socket = TcpSocket::new_v4()?;
        // Small, so that a client that does not read is soon noticed.
        socket.set_recv_buffer_size(16 << 10)?;
        let stream = MaybeTlsStream::Plain(socket.connect(address).await?);
        let mut request = format!("ws://{}{path}", server.address).into_client_request()?;
        let key = format!("Bearer {}", server.admin_key);
        request
            .headers_mut()
            .insert("authorization", key.parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
            if value.is_empty() {
                request.headers_mut().remove(*name);
            }
        }
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await?;
        Ok(Self {
            socket,
            waiting: VecDeque::new(),
            ended: None,
            calls: 0,
            seen: HashMap::new(),
        })
    }

    /// Sends a text as it is.
    pub async fn send(&mut self, text: &str) {
        self.socket
            .send(Message::text(text))
            .await
            .expect("an open socket");
    }

    /// Calls a method; frames that come first are kept.
    pub async fn call(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.calls += 1;
        let id = self.calls;
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(&call.to_string()).await;
        loop {
            let said = self
                .read(PATIENCE)
                .await
                .unwrap_or_else(|heard| panic!("no reply to {method}: {heard:?}"));
            if said["id"] == id {
                return match said.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(said["result"].clone()),
                };
            }
            self.waiting.push_back(said);
        }
    }

    /// Subscribes and answers the result.
    pub async fn subscribe(&mut self, params: Value) -> Value {
        let subscribed = self.call("subscribe", params).await.expect("a subscription");
        let from = position(&subscribed["cursor"]);
        self.seen
            .insert(subscribed["subscriptionId"].as_str().unwrap().to_owned(), from);
        subscribed
    }

    /// What comes next, checked: a frame begins where the one before ended.
    pub async fn hear(&mut self, within: Duration) -> Heard {
        let said = match self.waiting.pop_front() {
            Some(said) => said,
            None => match self.read(within).await {
                Ok(said) => said,
                Err(heard) => return heard,
            },
        };
        let params = &said["params"];
        if said["method"] == "closing" {
            return Heard::Frame(said);
        }
        let seen = self
            .seen
            .get_mut(params["subscriptionId"].as_str().unwrap())
            .expect("a known subscription");
        match said["method"].as_str().unwrap() {
            "changes" => {
                assert_eq!(params["from"], *seen, "a frame was lost: {said}");
                *seen = params["to"].as_i64().unwrap();
            }
            "resync" => *seen = position(&params["cursor"]),
            other => panic!("an unknown notification {other}"),
        }
        Heard::Frame(said)
    }

    /// The changes of the frames to come, until there are so many.
    pub async fn changes(&mut self, count: usize) -> Vec<Value> {
        let mut changes = Vec::new();
        while changes.len() < count {
            match self.hear(PATIENCE).await {
                Heard::Frame(frame) if frame["method"] == "changes" => {
                    changes.extend(frame["params"]["changes"].as_array().unwrap().iter().cloned());
                }
                other => panic!("after {} of {count} changes: {other:?}", changes.len()),
            }
        }
        changes
    }

    /// The cursor it could come back with, of its only subscription.
    pub fn position(&self) -> i64 {
        *self.seen.values().next().expect("a subscription")
    }

    async fn read(&mut self, within: Duration) -> Result<Value, Heard> {
        if let Some(ended) = &self.ended {
            return Err(ended.clone());
        }
        let ended = loop {
            match tokio::time::timeout(within, self.socket.next()).await {
                Err(_) => return Err(Heard::Silence),
                Ok(Some(Ok(Message::Text(text)))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Ok(Some(Ok(Message::Close(frame)))) => {
                    break frame.map_or(Heard::Closed(1005, String::new()), |frame| {
                        Heard::Closed(frame.code.into(), frame.reason.to_string())
                    });
                }
                Ok(Some(Ok(_))) => {}
                Ok(Some(Err(_)) | None) => break Heard::Closed(0, String::new()),
            }
        };
        self.ended = Some(ended.clone());
        Err(ended)
    }
}

/// Waits until what was written before has its positions; of a clone these are the sample entities.
pub async fn settle(server: &TestServer) {
    let sql = server.database.connect().await;
    let waiting = "select count(*) from todo_list_data.outbox";
    for _ in 0..500 {
        if sql.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the outbox is not emptied");
}

/// The position in a cursor.
pub fn position(cursor: &Value) -> i64 {
    cursor
        .as_str()
        .and_then(|cursor| cursor.split_once(':'))
        .expect("a cursor")
        .1
        .parse()
        .expect("a position")
}

/// A cursor of the same epoch at another position.
pub fn cursor_at(cursor: &Value, pos: i64) -> String {
    let (epoch, _) = cursor.as_str().unwrap().split_once(':').unwrap();
    format!("{epoch}:{pos}")
}
