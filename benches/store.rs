//! What stands in the database: the TODO List application, its rows, and more applications like it.

use crate::bed::Cluster;
use std::future::Future;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use tokio_postgres::Client;
use tokio_postgres::NoTls;

/// Runs what talks to the cluster's database.
pub fn with<T, F: Future<Output = T>>(
    cluster: &Cluster,
    database: &str,
    talk: impl FnOnce(Client) -> F,
) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(&cluster.url(database), NoTls)
            .await
            .expect("a connection");
        tokio::spawn(connection);
        talk(client).await
    })
}

/// Makes the empty database; the first server installs itself into it.
pub fn make(cluster: &Cluster) {
    with(cluster, "postgres", |client| async move {
        client
            .batch_execute("create database torque")
            .await
            .expect("a database");
    });
}

/// Fills the TODO list up to so many rows, through its view, and waits until the feed has them all.
pub fn fill(cluster: &Cluster, rows: i64) {
    with(cluster, "torque", |client| async move {
        let sql = "select count(*) from todo_list_data.entity_todo";
        let there: i64 = client.query_one(sql, &[]).await.expect("a count").get(0);
        let insert = "insert into todo_list.todo (label, status)
                      select 'Task number ' || n, case when n % 2 = 0 then 'open' else 'closed' end
                      from generate_series($1::bigint, least($1::bigint + 1999, $2::bigint)) n";
        let mut next = there + 1;
        while next <= rows {
            client.execute(insert, &[&next, &rows]).await.expect("rows");
            next += 2000;
        }
        client
            .batch_execute("vacuum analyze todo_list_data.entity_todo")
            .await
            .expect("vacuum");
        let waiting = "select count(*) from todo_list_data.outbox";
        while client
            .query_one(waiting, &[])
            .await
            .expect("a count")
            .get::<_, i64>(0)
            > 0
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        client.batch_execute("checkpoint").await.expect("a checkpoint");
    });
}

/// Publishes the TODO List model, makes its first application, and gives a key to write with: writes without a
/// credential are few by design.
pub fn publish(cluster: &Cluster) -> String {
    torque(cluster, &["model", "create", MODEL, "--template", "todo_list"]);
    torque(cluster, &["model", "publish", MODEL]);
    torque(
        cluster,
        &["app", "create", "--model-id", MODEL, "--slug", "todo_list"],
    );
    let said = torque(
        cluster,
        &["token", "create", "--name", "bench", "--application", "todo_list"],
    );
    said.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .find(|word| word.starts_with("tq_"))
        .map(str::to_owned)
        .expect("a key")
}

/// So many applications of the TODO model, the first included; their slugs.
pub fn applications(cluster: &Cluster, count: usize) -> Vec<String> {
    let mut slugs = vec!["todo_list".to_owned()];
    for number in 2..=count {
        let slug = format!("todo_list_{number}");
        torque(cluster, &["app", "create", "--model-id", MODEL, "--slug", &slug]);
        slugs.push(slug);
    }
    slugs
}

const MODEL: &str = "TODO List";

fn torque(cluster: &Cluster, words: &[&str]) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_torque"))
        .args(words)
        .env("TORQUE_DATABASE_URL", cluster.url("torque"))
        .stderr(Stdio::inherit())
        .output()
        .expect("the torque binary");
    assert!(done.status.success(), "torque {} failed", words.join(" "));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// How long this disk takes to flush a small write, as PostgreSQL's own tool finds it.
pub fn flush_time() -> String {
    let tested = Command::new("pg_test_fsync")
        .args(["--secs-per-test=1", "--filename"])
        .arg(std::env::temp_dir().join("torque-bench-fsync"))
        .output();
    let text = tested
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    text.lines()
        .find(|line| line.trim_start().starts_with("fdatasync"))
        .and_then(|line| line.split("ops/sec").nth(1))
        .map_or("an unknown time".to_owned(), |rest| rest.trim().to_owned())
}
