//! An HTTP peer of the tests' own: each path misbehaves in its own way, and all it hears is kept.

use serde_json::Value;
use serde_json::json;
use std::collections::BTreeSet;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// How many must have asked for `/together` before any of them is answered.
pub const TOGETHER: usize = 60;

/// A request that it got.
#[derive(Debug, Clone)]
pub struct Heard {
    /// The first line.
    pub line: String,
    /// Names in lower case.
    headers: HashMap<String, String>,
    /// The body.
    pub body: String,
}

impl Heard {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// All of it, as JSON.
    fn told(&self) -> String {
        let body = serde_json::from_str(&self.body).unwrap_or_else(|_| Value::from(self.body.as_str()));
        json!({ "line": self.line, "headers": self.headers, "body": body }).to_string()
    }
}

/// A peer on a free port of loopback; it ends when it is dropped.
pub struct Peer {
    /// `127.0.0.1:port`.
    pub address: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    work: JoinHandle<()>,
}

impl Peer {
    /// Starts it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let all = Arc::clone(&heard);
        let work = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(talk(stream, Arc::clone(&all)));
            }
        });
        Self { address, heard, work }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What it has heard.
    pub fn seen(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// The idempotency keys among it.
    pub fn keys(&self) -> BTreeSet<String> {
        let seen = self.seen();
        let keys = seen
            .iter()
            .filter_map(|request| request.header("idempotency-key"));
        keys.map(str::to_owned).collect()
    }

    /// Forgets what it has heard.
    pub fn forget(&self) {
        self.heard.lock().unwrap().clear();
    }

    /// Waits until it has heard so many requests.
    pub async fn until_seen(&self, number: usize) {
        for _ in 0..3_000 {
            if self.seen().len() >= number {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?}, never {number}", self.seen());
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.work.abort();
    }
}

async fn talk(mut stream: TcpStream, all: Arc<Mutex<Vec<Heard>>>) {
    while let Some(request) = hear(&mut stream).await {
        let path = request.line.split(' ').nth(1).unwrap_or_default().to_owned();
        let line = request.line.clone();
        let same = || {
            all.lock()
                .unwrap()
                .iter()
                .filter(|heard| heard.line == line)
                .count()
        };
        let before = same();
        let echo = request.told();
        all.lock().unwrap().push(request);
        while path == "/together" && same() < TOGETHER {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        if answer(&mut stream, &path, before, &echo).await.is_err() {
            return;
        }
    }
}

async fn hear(stream: &mut TcpStream) -> Option<Heard> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let line = lines.next()?.to_owned();
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
    Some(Heard { line, headers, body })
}

async fn answer(stream: &mut TcpStream, path: &str, before: usize, echo: &str) -> std::io::Result<()> {
    let gone = || Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    let whole = |status: &str, headers: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let hello = || {
        let headers = "content-type: application/json; charset=utf-8\r\nset-cookie: session=hush-hush\r\n";
        whole("200 OK", headers, "{\"said\": \"hello\"}")
    };
    let place = path.split('?').next().unwrap_or_default();
    let text = match place {
        "/silent" => return std::future::pending().await,
        "/second" if before == 0 => return std::future::pending().await,
        "/reset" => {
            stream.set_zero_linger()?;
            return gone();
        }
        "/half" => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")
                .await?;
            return gone();
        }
        "/drip" => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
                .await?;
            loop {
                stream.write_all(b".").await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        "/flood" => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            for number in 0..100_000 {
                stream
                    .write_all(format!("x-{number}: {number}\r\n").as_bytes())
                    .await?;
            }
            return gone();
        }
        "/endless" => {
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
                .await?;
            let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
            loop {
                stream.write_all(chunk.as_bytes()).await?;
            }
        }
        "/large" => whole("200 OK", "", &"x".repeat(2 << 20)),
        "/nothing-readable" => whole(
            "404 Not Found",
            "content-type: application/json\r\n",
            "{\"a\": \"\\u0000\"}",
        ),
        "/zipped" => whole("200 OK", "content-encoding: gzip\r\n", "\u{1f}"),
        "/circle" => whole("302 Found", "location: /circle\r\n", ""),
        "/moved" => whole("302 Found", "location: /hello\r\n", ""),
        "/to" => {
            let port = path.split('?').nth(1).unwrap_or_default();
            whole(
                "302 Found",
                &format!("location: http://127.0.0.1:{port}/\r\n"),
                "",
            )
        }
        "/no-json" => whole("200 OK", "content-type: application/json\r\n", "<html>"),
        "/echo" => whole(
            "200 OK",
            "content-type: application/json\r\nx-echo: yes\r\n",
            echo,
        ),
        "/echo-failure" => whole("404 Not Found", "content-type: application/json\r\n", echo),
        "/missing" => whole("404 Not Found", "", "nothing here"),
        "/busy" => whole("503 Service Unavailable", "retry-after: 0\r\n", ""),
        _ => hello(),
    };
    stream.write_all(text.as_bytes()).await
}
