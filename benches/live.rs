//! From a plain SQL insert to the frame at a WebSocket client.

use crate::bed::Server;
use crate::load::percentile;
use futures_util::SinkExt;
use futures_util::StreamExt;
use std::time::Duration;
use std::time::Instant;
use tokio::sync::mpsc;
use tokio_postgres::NoTls;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

const SUBSCRIBE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"subscribe","params":{"entityType":"todo"}}"#;

/// How long frames took, over all clients.
pub struct Delays {
    /// Sorted.
    pub all: Vec<Duration>,
    /// Frames that never came.
    pub missing: usize,
}

impl Delays {
    /// The delay that this share of the frames did not exceed.
    pub fn percentile(&self, share: f64) -> Duration {
        percentile(&self.all, share)
    }
}

/// Inserts `inserts` rows, one each `pause`, with `clients` sockets subscribed. The clock runs from before the
/// insert is sent until each client has the frame, so the insert itself is in it.
pub fn measure(server: &Server, url: &str, clients: usize, inserts: usize, pause: Duration) -> Delays {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (seen, mut frames) = mpsc::unbounded_channel::<(usize, Instant)>();
        for _ in 0..clients {
            let (mut socket, _) = connect_async(format!("ws://{}/app/todo_list/ws", server.address))
                .await
                .expect("the server accepts sockets");
            socket.send(Message::text(SUBSCRIBE)).await.expect("a request");
            let reply = socket.next().await.expect("a reply").expect("a reply");
            assert!(
                reply
                    .to_text()
                    .is_ok_and(|text| text.contains("\"subscriptionId\"")),
                "{reply}"
            );
            let seen = seen.clone();
            tokio::spawn(async move {
                while let Some(Ok(message)) = socket.next().await {
                    let at = Instant::now();
                    for number in message.to_text().map(numbers).unwrap_or_default() {
                        let _ = seen.send((number, at));
                    }
                }
            });
        }
        let (database, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection");
        tokio::spawn(connection);
        let insert = database
            .prepare("insert into todo_list.todo (label) values ($1)")
            .await
            .expect("the view is there");
        let mut began = Vec::with_capacity(inserts);
        for number in 0..inserts {
            tokio::time::sleep(pause).await;
            began.push(Instant::now());
            database
                .execute(&insert, &[&format!("live {number}.")])
                .await
                .expect("an insert");
        }
        let mut all = Vec::with_capacity(inserts * clients);
        while all.len() < inserts * clients {
            let Ok(Some((number, at))) = tokio::time::timeout(Duration::from_secs(5), frames.recv()).await
            else {
                break;
            };
            all.push(at - began[number]);
        }
        all.sort_unstable();
        Delays {
            missing: inserts * clients - all.len(),
            all,
        }
    })
}

/// The numbers of the inserts that a frame tells of.
fn numbers(frame: &str) -> Vec<usize> {
    frame
        .split("\"live ")
        .skip(1)
        .filter_map(|rest| rest.split('.').next()?.parse().ok())
        .collect()
}
