//! A connection pooler in transaction mode, as strict as one can be.
//!
//! Written here and not taken: it has to run wherever the tests do, and it gives
//! every transaction the session that has rested longest, so that whoever relies
//! on a session fails at once. As pgbouncer does, it refuses what a session would
//! have to begin with.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::net::UnixStream;
use tokio::sync::Mutex;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What a client asks before anything else when it would like TLS.
const SSL_REQUEST: u32 = 80_877_103;

/// A pooler for one database and one login. Ends when dropped.
pub struct Pooler {
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
    /// Transactions that were given a session.
    pub transactions: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Pooler {
    /// In front of the server behind this socket.
    pub async fn start(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared::default());
        let transactions = Arc::clone(&shared.transactions);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (shared, socket) = (Arc::clone(&shared), socket.clone());
                // A connection that ends in the middle of something is the other side's business.
                tokio::spawn(async move { serve(Side::new(client), &socket, &shared).await });
            }
        });
        Self {
            port,
            transactions,
            task,
        }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The sessions that rest, the one that has rested longest first.
#[derive(Default)]
struct Shared {
    resting: Mutex<VecDeque<Side<UnixStream>>>,
    came: Notify,
    transactions: Arc<AtomicUsize>,
}

impl Shared {
    async fn take(&self) -> Side<UnixStream> {
        self.transactions.fetch_add(1, Ordering::Relaxed);
        loop {
            let came = self.came.notified();
            if let Some(session) = self.resting.lock().await.pop_front() {
                return session;
            }
            came.await;
        }
    }

    async fn give(&self, session: Side<UnixStream>) {
        self.resting.lock().await.push_back(session);
        self.came.notify_one();
    }
}

/// One side's bytes, taken message by message.
struct Side<S> {
    stream: S,
    received: Vec<u8>,
}

impl<S: AsyncReadExt + AsyncWriteExt + Unpin> Side<S> {
    fn new(stream: S) -> Self {
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// The next whole message; `head` bytes stand before its length. None when the other side has gone.
    async fn message(&mut self, head: usize) -> Option<Vec<u8>> {
        loop {
            if let Some(length) = self.received.get(head..head + 4) {
                let end = head + u32::from_be_bytes(length.try_into().expect("four bytes")) as usize;
                if self.received.len() >= end {
                    return Some(self.received.drain(..end).collect());
                }
            }
            if self.stream.read_buf(&mut self.received).await.ok()? == 0 {
                return None;
            }
        }
    }

    async fn send(&mut self, bytes: &[u8]) -> Option<()> {
        self.stream.write_all(bytes).await.ok()
    }
}

async fn serve(mut client: Side<TcpStream>, socket: &PathBuf, shared: &Shared) -> Option<()> {
    let mut startup = client.message(0).await?;
    if startup.get(4..8) == Some(&SSL_REQUEST.to_be_bytes()) {
        client.send(b"N").await?;
        startup = client.message(0).await?;
    }
    if startup.windows(9).any(|part| part == b"\0options\0") {
        let fields = b"SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: options\0\0";
        return client.send(&message(b'E', fields)).await;
    }
    // Each client signs in with a session of its own, which then is everybody's.
    let mut session = Side::new(UnixStream::connect(socket).await.ok()?);
    session.send(&startup).await?;
    if relay(&mut client, &mut session, 1).await? {
        shared.give(session).await;
    }
    loop {
        let first = client.message(1).await?;
        if first[0] == b'X' {
            return Some(());
        }
        let mut session = shared.take().await;
        session.send(&first).await?;
        if !relay(&mut client, &mut session, usize::from(asks(&first))).await? {
            return None;
        }
        shared.give(session).await;
    }
}

/// Passes messages both ways until the session is outside any transaction and owes no answer; false when the
/// session has ended instead.
async fn relay(client: &mut Side<TcpStream>, session: &mut Side<UnixStream>, owed: usize) -> Option<bool> {
    let mut owed = owed;
    loop {
        tokio::select! {
            asked = client.message(1) => {
                let asked = asked?;
                owed += usize::from(asks(&asked));
                session.send(&asked).await?;
            }
            told = session.message(1) => {
                let Some(told) = told else { return Some(false) };
                client.send(&told).await?;
                if told[0] == b'Z' {
                    owed = owed.saturating_sub(1);
                    if owed == 0 && told.get(5) == Some(&b'I') {
                        return Some(true);
                    }
                }
            }
        }
    }
}

/// Whether a message is answered by saying that one is ready for the next: a simple query, a sync.
fn asks(message: &[u8]) -> bool {
    matches!(message[0], b'Q' | b'S')
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a short message");
    [&[kind], &length.to_be_bytes()[..], body].concat()
}
