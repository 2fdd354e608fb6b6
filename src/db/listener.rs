//! The listener: one connection that hears what other transactions announce.
//!
//! LISTEN comes first, then whoever is woken reads the state, so nothing can be
//! missed in between. A notification is a hint only: every loop polls as well.
//! The connection is never shared: a pool would run someone else's query
//! between two notifications.

use crate::db::Logins;
use crate::db::backoff::Backoff;
use crate::db::connection;
use crate::db::refusal;
use crate::db::url::DatabaseUrl;
use crate::telemetry;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_postgres::AsyncMessage;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// Models, applications, types, callers or settings changed.
    Directory,
    /// Something was written in this application.
    Application(Uuid),
    /// A value that Cache nodes keep was changed.
    Kept {
        /// The server that changed it.
        server: Uuid,
        /// Whose value it is.
        application: Uuid,
        /// The number of its key.
        number: u64,
    },
    /// The listener is connected again, or read too slowly: anything may have been missed, read the state.
    Reconnected,
}

impl Wake {
    fn from_payload(payload: &str) -> Self {
        if let Ok(application) = payload.parse() {
            return Wake::Application(application);
        }
        Self::kept(payload).unwrap_or(Wake::Directory)
    }

    fn kept(payload: &str) -> Option<Self> {
        let mut words = payload.strip_prefix("cache ")?.split(' ');
        Some(Wake::Kept {
            application: words.next()?.parse().ok()?,
            number: words.next()?.parse().ok()?,
            server: words.next()?.parse().ok()?,
        })
    }
}

/// How often a quiet connection is asked whether it still lives, and how long it may take to answer.
const PROBE_EVERY: Duration = Duration::from_secs(10);
const PROBE_WITHIN: Duration = Duration::from_secs(2);

/// Listens until `stop`.
pub fn start(logins: &Logins, wakeups: broadcast::Sender<Wake>, stop: CancellationToken) {
    let listening = listen(logins.listener(), wakeups);
    tokio::spawn(async move {
        tokio::select! {
            () = listening => {}
            () = stop.cancelled() => {}
        }
    });
}

async fn listen(url: DatabaseUrl, wakeups: broadcast::Sender<Wake>) {
    let mut backoff = Backoff::default();
    loop {
        if let Err(error) = listen_once(&url, &wakeups, &mut backoff).await {
            tracing::warn!(
                error = refusal::reason(&error),
                "the listener lost its connection"
            );
        }
        telemetry::gauge("torque_listener_connected", 0.0);
        tokio::time::sleep(backoff.next()).await;
    }
}

/// Listens until the connection breaks or is in doubt.
async fn listen_once(
    url: &DatabaseUrl,
    wakeups: &broadcast::Sender<Wake>,
    backoff: &mut Backoff,
) -> Result<(), tokio_postgres::Error> {
    let heard = wakeups.clone();
    let (client, mut ended) = connection::open_listening(url, move |message| {
        if let AsyncMessage::Notification(note) = message {
            let _ = heard.send(Wake::from_payload(note.payload()));
        }
    })
    .await?;
    client.batch_execute("listen torque").await?;
    telemetry::gauge("torque_listener_connected", 1.0);
    let _ = wakeups.send(Wake::Reconnected);
    backoff.reset();
    loop {
        tokio::select! {
            _ = &mut ended => return Ok(()),
            () = tokio::time::sleep(PROBE_EVERY) => {
                match tokio::time::timeout(PROBE_WITHIN, client.simple_query("select 1")).await {
                    Ok(answer) => drop(answer?),
                    Err(_) => {
                        tracing::warn!("the listener's connection does not answer");
                        return Ok(());
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wake;

    #[test]
    fn a_payload_names_an_application_a_kept_value_or_the_directory() {
        let id = uuid::Uuid::now_v7();
        assert_eq!(Wake::from_payload(&id.to_string()), Wake::Application(id));
        assert_eq!(Wake::from_payload("directory"), Wake::Directory);
        let (application, server, number) = (id, uuid::Uuid::now_v7(), 7);
        let kept = Wake::Kept {
            server,
            application,
            number,
        };
        assert_eq!(Wake::from_payload(&format!("cache {id} 7 {server}")), kept);
        assert_eq!(Wake::from_payload("cache x"), Wake::Directory);
    }
}
