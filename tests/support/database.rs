//! A database for one test.

use crate::support::cluster;
use crate::support::cluster::cluster;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use tokio_postgres::Client;
use tokio_postgres::NoTls;
use torque::cli::assemble;
use torque::config::Config;
use torque::operation::Torque;

/// A database of its own, gone when dropped.
pub struct TestDatabase {
    /// Its name.
    pub name: String,
    /// The administrator's URL.
    pub url: String,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

impl TestDatabase {
    /// A clone of the template: installed, with the TODO application deployed as `todo_list`.
    pub async fn new() -> Self {
        Self::make(true).await
    }

    /// An empty database, nothing installed.
    pub async fn empty() -> Self {
        Self::make(false).await
    }

    async fn make(from_template: bool) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        // Starting the cluster blocks; a test's only thread may have more to do.
        let cluster = tokio::task::spawn_blocking(cluster).await.expect("a cluster");
        cluster.create(&name, from_template).await;
        Self {
            url: cluster.url(&name),
            name,
        }
    }

    /// Settings that lead here.
    pub fn config(&self) -> Config {
        cluster::config(&self.url)
    }

    /// A connection of the administrator's.
    pub async fn connect(&self) -> Client {
        connect(&self.url).await
    }

    /// A Torque inside this process.
    pub async fn torque(&self) -> Torque {
        assemble::torque(self.config()).await.expect("a Torque")
    }

    /// An administrator's API key; in clones of the template only.
    pub fn admin_key(&self) -> &'static str {
        &cluster().admin_key
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        cluster().drop(&self.name);
    }
}

/// A connection; a bad URL fails the test.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}
