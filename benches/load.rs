//! A load generator for JSON-RPC over HTTP/1.1 with kept connections.
//!
//! It shares the machine with what it measures, so it does as little as a
//! client can: requests are put together before the clock starts, one thread
//! drives every connection, and of a reply only its length and its success are
//! read.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use std::time::Instant;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// What is asked, by how many connections at once, for how long.
pub struct Load {
    /// Where the server listens.
    pub address: SocketAddr,
    /// Connections, each with one request on its way.
    pub connections: usize,
    /// How long.
    pub time: Duration,
    /// The whole requests; each connection goes round them from a place of its own.
    pub requests: Vec<Vec<u8>>,
}

/// What came of a load.
pub struct Outcome {
    /// Replies with a result.
    pub replies: u64,
    /// Bytes of all replies' bodies.
    pub bytes: u64,
    /// How long it took in fact.
    pub time: Duration,
    /// The time of each reply, sorted.
    pub latencies: Vec<Duration>,
}

impl Outcome {
    /// Replies a second.
    pub fn rate(&self) -> f64 {
        self.replies as f64 / self.time.as_secs_f64()
    }

    /// The latency that this share of the replies did not exceed.
    pub fn percentile(&self, share: f64) -> Duration {
        percentile(&self.latencies, share)
    }
}

/// The value that this share of the sorted values does not exceed.
pub fn percentile(sorted: &[Duration], share: f64) -> Duration {
    let last = sorted.len().saturating_sub(1);
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).copied().unwrap_or_default()
}

/// A JSON-RPC request as it stands on the wire.
pub fn request(path: &str, host: &str, credential: Option<&str>, body: &str) -> Vec<u8> {
    let authorization = credential.map_or(String::new(), |key| format!("authorization: Bearer {key}\r\n"));
    format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n{authorization}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Puts the load on and waits for its end. A reply that is no result ends the process: such a figure would mean nothing.
pub fn run(load: Load) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let load = Rc::new(load);
    let tasks = LocalSet::new();
    tasks.block_on(&runtime, async {
        let began = Instant::now();
        let until = began + load.time;
        let connections: Vec<_> = (0..load.connections)
            .map(|number| tokio::task::spawn_local(drive(load.clone(), number, until)))
            .collect();
        let mut outcome = Outcome {
            replies: 0,
            bytes: 0,
            time: load.time,
            latencies: Vec::new(),
        };
        for connection in connections {
            let (latencies, bytes) = connection.await.expect("the connection's task ends");
            outcome.replies += latencies.len() as u64;
            outcome.bytes += bytes;
            outcome.latencies.extend(latencies);
        }
        outcome.time = began.elapsed();
        outcome.latencies.sort_unstable();
        outcome
    })
}

async fn drive(load: Rc<Load>, number: usize, until: Instant) -> (Vec<Duration>, u64) {
    let mut stream = TcpStream::connect(load.address)
        .await
        .expect("the server accepts");
    stream.set_nodelay(true).expect("a TCP socket");
    let mut buffer = Vec::with_capacity(64 * 1024);
    let mut latencies = Vec::with_capacity(64 * 1024);
    let mut bytes = 0;
    let mut next = number * load.requests.len() / load.connections;
    loop {
        let began = Instant::now();
        if began >= until {
            return (latencies, bytes);
        }
        stream
            .write_all(&load.requests[next % load.requests.len()])
            .await
            .expect("the server reads");
        bytes += reply(&mut stream, &mut buffer).await as u64;
        latencies.push(began.elapsed());
        next += 1;
    }
}

/// Reads one reply and gives its body's length.
async fn reply(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> usize {
    buffer.clear();
    loop {
        let read = stream.read_buf(buffer).await.expect("the server answers");
        assert!(read > 0, "the server closed a kept connection");
        let Some(head) = find(buffer, b"\r\n\r\n") else {
            continue;
        };
        let length = content_length(&buffer[..head]);
        if buffer.len() >= head + 4 + length {
            let body = &buffer[head + 4..];
            // Both ends are enough: an error stands at one of them, rows need not be searched.
            let (start, end) = (
                &body[..body.len().min(64)],
                &body[body.len().saturating_sub(64)..],
            );
            let is_result = buffer.starts_with(b"HTTP/1.1 200")
                && (find(start, b"\"result\"").is_some() || find(end, b"\"result\"").is_some());
            assert!(is_result, "not a result: {}", String::from_utf8_lossy(buffer));
            return length;
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = std::str::from_utf8(head).expect("a head in ASCII");
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .expect("a reply says its length")
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}
