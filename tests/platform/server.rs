//! The server as a process: it starts, answers, drains, and refuses what is unsafe.

use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::cluster::TORQUE;
use crate::support::cluster::cluster;
use crate::support::cluster::temporary_folder;
use crate::support::database::connect;
use crate::support::http;
use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;
use serde_json::json;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn a_server_starts_answers_and_stops_within_its_time() {
    let mut server = TestServer::start().await;
    assert!(server.url.starts_with("http://127.0.0.1:"), "loopback by default");
    let ready = server.request("GET", "/health/ready", b"").await;
    assert_eq!(ready.status, 200, "{}", ready.text());
    let whoami = server.call_server("whoami", json!({})).await.unwrap();
    assert_eq!(whoami["permission"], "admin", "{whoami}");
    server.signal(Signal::TERM);
    let status = server.wait(Duration::from_secs(10)).expect("it stops");
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn a_signal_while_it_starts_stops_it_in_good_order() {
    let database = Arc::new(TestDatabase::new().await);
    let holder = connect(&database.url).await;
    holder
        .batch_execute("begin; lock table torque.installation in access exclusive mode")
        .await
        .unwrap();
    let starting = Command::new(TORQUE)
        .args(["server", "--bind", "127.0.0.1:0"])
        .env("TORQUE_DATABASE_URL", &database.url)
        .current_dir(temporary_folder("early"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let waiting = "select exists (select from pg_locks
        where not granted and relation = 'torque.installation'::regclass)";
    while !holder.query_one(waiting, &[]).await.unwrap().get::<_, bool>(0) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let pid = Pid::from_raw(i32::try_from(starting.id()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    holder.batch_execute("rollback").await.unwrap();
    let output = tokio::task::spawn_blocking(|| starting.wait_with_output().unwrap())
        .await
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{log}");
}

#[tokio::test]
async fn the_second_signal_stops_at_once() {
    let mut server = TestServer::start().await;
    // A request that is never finished keeps the drain waiting.
    let mut hanging = tokio::net::TcpStream::connect(&server.address).await.unwrap();
    let head = format!(
        "POST /app/todo_list/jsonrpc HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{{",
        server.address
    );
    hanging.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.signal(Signal::TERM);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let asked = Instant::now();
    server.signal(Signal::TERM);
    server.wait(Duration::from_secs(5)).expect("it stops");
    assert!(asked.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn five_servers_started_at_once_on_an_empty_database_all_serve() {
    let database = Arc::new(TestDatabase::empty().await);
    let starting: Vec<_> = (0..5)
        .map(|_| {
            let database = Arc::clone(&database);
            tokio::spawn(async move { TestServer::on(database, &[]).await })
        })
        .collect();
    for server in starting {
        let server = server.await.unwrap();
        let ready = server.request("GET", "/health/ready", b"").await;
        assert_eq!(ready.status, 200, "{}", ready.text());
        let page = http::request(&server.address, "GET", "/app/todo_list", &[], b"")
            .await
            .unwrap();
        assert_eq!(page.status, 200, "{}", page.text());
    }
    let count = "select (select count(*) from torque.models), (select count(*) from torque.applications),
        (select count(*) from todo_list.todo)";
    let row = connect(&database.url).await.query_one(count, &[]).await.unwrap();
    let samples = row.get::<_, i64>(2);
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 1));
    assert!((1..20).contains(&samples), "once: {samples}");
}

#[tokio::test]
async fn an_empty_database_of_ones_own_gets_the_projects_model_or_nothing_as_the_settings_say() {
    let nothing = TestServer::on(
        Arc::new(TestDatabase::empty().await),
        &[
            "--database",
            "postgres",
            "--set",
            "server.first_application=false",
        ],
    )
    .await;
    let counted = "select count(*) from torque.models";
    let client = nothing.database.connect().await;
    assert_eq!(client.query_one(counted, &[]).await.unwrap().get::<_, i64>(0), 0);

    let folder = temporary_folder("first-application");
    let mut model: serde_json::Value =
        serde_json::from_str(include_str!("../../src/model/templates/todo_list.json")).unwrap();
    model["name"] = json!("Errands");
    std::fs::write(folder.join("model.json"), model.to_string()).unwrap();
    std::fs::write(folder.join("torque.toml"), "").unwrap();
    let file = folder.join("torque.toml").display().to_string();
    let own = TestServer::on(
        Arc::new(TestDatabase::empty().await),
        &["--database", "postgres", "--config", &file],
    )
    .await;
    own.line("Errands").await;
    let page = http::request(&own.address, "GET", "/app/errands", &[], b"")
        .await
        .unwrap();
    assert_eq!(page.status, 200, "{}", page.text());
}

#[tokio::test]
async fn a_superuser_is_refused_as_the_servers_login_unless_that_is_said() {
    let database = Arc::new(TestDatabase::new().await);
    let output = Command::new(TORQUE)
        .args(["server", "--bind", "127.0.0.1:0"])
        .env("TORQUE_DATABASE_URL", &database.url)
        .env("TORQUE_DATABASE_DIRECT_URL", &database.url)
        .current_dir(temporary_folder("unsafe"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("is a superuser"), "{said}");
    assert!(said.contains("--allow-unsafe-role"), "{said}");
    let direct = format!("database.direct_url={}", database.url);
    let server = TestServer::on(
        Arc::clone(&database),
        &["--allow-unsafe-role", "--set", direct.as_str()],
    )
    .await;
    assert!(server.log().contains("UNSAFE ROLE"));
    let ready = server.request("GET", "/health/ready", b"").await;
    assert!(
        ready.text().contains("unsafe") || ready.text().contains("role"),
        "{}",
        ready.text()
    );
}

#[tokio::test]
async fn the_servers_own_role_owns_nothing_and_its_password_is_derived() {
    let database = TestDatabase::new().await;
    let torque = database.torque().await;
    assert_eq!(torque.db.logins().server.user(), "torque_server");
    let client = connect(&database.url).await;
    let row = client
        .query_one(
            "select r.rolsuper or r.rolcreaterole or r.rolbypassrls or r.rolcreatedb,
               exists (select from pg_class c where c.relowner = r.oid),
               (select rolpassword is not null from pg_authid a where a.oid = r.oid)
             from pg_roles r where rolname = 'torque_server'",
            &[],
        )
        .await
        .unwrap();
    assert!(!row.get::<_, bool>(0), "no powers");
    assert!(!row.get::<_, bool>(1), "no tables");
    assert!(row.get::<_, bool>(2), "a password");
    let wrong = cluster()
        .url(&database.name)
        .replacen("postgres:", "torque_server:x", 1);
    drop(wrong);
}
