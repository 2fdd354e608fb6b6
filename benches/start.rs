//! How long a server takes to be ready, and what it keeps in memory when idle.

use crate::bed::Cluster;
use crate::bed::Folder;
use crate::bed::Server;
use crate::meter;
use std::time::Duration;
use std::time::Instant;

/// What was found.
pub struct Starts {
    /// The first start in an empty folder, with a PostgreSQL that has to be made.
    pub first_embedded: Duration,
    /// The next start in that folder.
    pub next_embedded: Duration,
    /// A start on a running database that has been installed before.
    pub running: Duration,
    /// The server's memory after it has been idle for ten seconds, in bytes.
    pub idle: u64,
}

/// Starts servers and measures them.
pub fn measure(cluster: &Cluster) -> Starts {
    let embedded = Folder::new("embedded");
    let timed = |folder: &Folder, url: Option<&str>| {
        let began = Instant::now();
        let server = Server::start(&folder.0, url);
        (began.elapsed(), server)
    };
    let (first_embedded, server) = timed(&embedded, None);
    drop(server);
    let (next_embedded, server) = timed(&embedded, None);
    drop(server);

    let folder = Folder::new("running");
    let url = cluster.url("torque");
    drop(Server::start(&folder.0, Some(&url)));
    let (running, server) = timed(&folder, Some(&url));
    std::thread::sleep(Duration::from_secs(10));
    Starts {
        first_embedded,
        next_embedded,
        running,
        idle: meter::memory(server.pid()),
    }
}
