//! Settings have effects: a server is started with one changed, and behaves so.
//!
//! What other tests show is not shown again here: `database.*` in
//! `listener.rs`, `embedded.rs` and `server.rs`, limits and origins in the tests
//! of access, batches in those of JSON-RPC.

use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::cluster::TORQUE;
use crate::support::cluster::cluster;
use crate::support::cluster::temporary_folder;
use crate::support::database::connect;
use crate::support::http;
use serde_json::Value;
use serde_json::json;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

fn body(method: &str) -> Vec<u8> {
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": {} })
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn paths_move_what_stands_at_them() {
    let server = TestServer::start_with(&[
        "--jsonrpc-path",
        "/rpc",
        "--set",
        "server.app_path=/apps",
        "--set",
        "metrics.path=/numbers",
    ])
    .await;
    for (path, status) in [
        ("/rpc", 200),
        ("/apps/todo_list/jsonrpc", 200),
        ("/app/todo_list/jsonrpc", 404),
    ] {
        let answer = server.request("POST", path, &body("whoami")).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
    assert_eq!(server.request("GET", "/numbers", b"").await.status, 200);
    assert!(server.log().contains("/apps/todo_list"));
    let page = server.request("GET", "/apps/todo_list", b"").await.text();
    assert!(
        page.contains(r#"name="torque-app-path" content="/apps""#) || page.contains("not built"),
        "the runtime is told: {page}"
    );
}

#[tokio::test]
async fn numbers_are_counted_by_operation_and_can_be_switched_off() {
    let server = TestServer::start().await;
    server
        .call("loadEntityData", json!({ "entityType": "todo", "limit": 1 }))
        .await
        .unwrap();
    server
        .call("loadEntityData", json!({ "entityType": "nothing" }))
        .await
        .unwrap_err();
    let numbers = server.request("GET", "/metrics", b"").await.text();
    for part in [
        r#"torque_operations_total{operation="loadEntityData",surface="jsonrpc"} 2"#,
        r#"torque_errors_total{operation="loadEntityData",surface="jsonrpc",code="not_found"} 1"#,
        "torque_operation_seconds_bucket",
        "torque_operation_database_microseconds_total",
        "torque_reply_bytes_total",
        "torque_statement_seconds_bucket",
        "torque_pool_connections",
        "torque_shared_connections 2",
        "torque_listener_connected 1",
    ] {
        assert!(numbers.contains(part), "{part}:\n{numbers}");
    }
    drop(server);
    let server = TestServer::start_with(&["--set", "metrics.enabled=false"]).await;
    assert_eq!(server.request("GET", "/metrics", b"").await.status, 404);
}

#[tokio::test]
async fn bodies_are_limited_as_the_settings_say() {
    let server = TestServer::start_with(&[
        "--set",
        "server.max_payload_size=2kB",
        "--set",
        "server.max_anonymous_payload_size=1kB",
    ])
    .await;
    let padded = |size: usize| {
        let filler = "x".repeat(size);
        json!({ "jsonrpc": "2.0", "id": 1, "method": "whoami", "params": {}, "filler": filler }).to_string()
    };
    let path = "/app/todo_list/jsonrpc";
    let anonymous = http::request(
        &server.address,
        "POST",
        path,
        &[("content-type", "application/json")],
        padded(1_500).as_bytes(),
    )
    .await;
    assert_eq!(anonymous.unwrap().status, 413);
    assert_ne!(
        server
            .request("POST", path, padded(1_500).as_bytes())
            .await
            .status,
        413
    );
    assert_eq!(
        server
            .request("POST", path, padded(3_000).as_bytes())
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn batches_can_be_bounded_and_forbidden() {
    let two = format!(
        "[{0},{0}]",
        r#"{"jsonrpc":"2.0","id":1,"method":"listPages","params":{}}"#
    );
    for setting in ["jsonrpc.max_batch_size=1", "jsonrpc.enable_batch_requests=false"] {
        let server = TestServer::start_with(&["--set", setting]).await;
        let answer = server
            .request("POST", "/app/todo_list/jsonrpc", two.as_bytes())
            .await
            .json();
        assert_eq!(answer["error"]["code"], -32600, "{setting}: {answer}");
    }
}

#[tokio::test]
async fn replies_are_compressed_for_those_who_ask_unless_that_is_off() {
    let long = json!({ "jsonrpc": "2.0", "id": 1, "method": "rpc.discover", "params": {} }).to_string();
    for (setting, encoding) in [
        ("jsonrpc.enable_compression=true", Some("gzip")),
        ("jsonrpc.enable_compression=false", None),
    ] {
        let server = TestServer::start_with(&["--set", setting]).await;
        let bearer = format!("Bearer {}", server.admin_key);
        let answer = http::request(
            &server.address,
            "POST",
            "/jsonrpc",
            &[
                ("content-type", "application/json"),
                ("authorization", &bearer),
                ("accept-encoding", "gzip"),
            ],
            long.as_bytes(),
        )
        .await
        .unwrap();
        assert_eq!(answer.header("content-encoding"), encoding, "{setting}");
    }
}

#[tokio::test]
async fn the_log_is_text_or_json_and_names_slow_requests() {
    let database = Arc::new(TestDatabase::new().await);
    let server = TestServer::on(
        Arc::clone(&database),
        &[
            "--set",
            "logging.slow_request_ms=50",
            "--set",
            "logging.level=info",
        ],
    )
    .await;
    let client = connect(&database.url).await;
    client
        .batch_execute("begin; lock table todo_list_data.entity_todo in access exclusive mode")
        .await
        .unwrap();
    let unlock = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        client.batch_execute("rollback").await.unwrap();
    };
    let (read, ()) = tokio::join!(
        server.call("loadEntityData", json!({ "entityType": "todo", "limit": 1 })),
        unlock
    );
    read.unwrap();
    let log = server.log();
    let line = log
        .lines()
        .find(|line| line.contains("a slow request"))
        .unwrap_or_else(|| panic!("{log}"));
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["operation"], "loadEntityData");
    assert!(line["took_ms"].as_u64().unwrap() >= 50);
    drop(server);
    for quiet in ["logging.structured=false", "logging.format=text"] {
        let server = TestServer::on(Arc::clone(&database), &["--set", quiet, "--log-level", "debug"]).await;
        let log = server.log();
        assert!(!log.contains("{\"timestamp\""), "{quiet}: {log}");
    }
    let server = TestServer::on(
        database,
        &[
            "--set",
            "logging.performance_logs=false",
            "--set",
            "logging.slow_request_ms=1",
        ],
    )
    .await;
    server.call("rpc.discover", json!({})).await.unwrap();
    assert!(!server.log().contains("a slow request"));
}

#[tokio::test]
async fn workers_are_as_many_threads_as_the_settings_say() {
    let server = TestServer::start_with(&["--set", "server.workers=3"]).await;
    let tasks = std::fs::read_dir(format!("/proc/{}/task", server.process_id())).unwrap();
    let workers = tasks
        .flatten()
        .filter(|task| {
            std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.starts_with("tokio"))
        })
        .count();
    assert!(workers >= 3, "{workers}");
}

#[tokio::test]
async fn a_request_takes_no_longer_than_its_timeout() {
    let database = Arc::new(TestDatabase::new().await);
    let server = TestServer::on(Arc::clone(&database), &["--set", "server.request_timeout=1"]).await;
    let client = connect(&database.url).await;
    client
        .batch_execute("begin; lock table todo_list_data.entity_todo in access exclusive mode")
        .await
        .unwrap();
    let started = std::time::Instant::now();
    let refusal = server
        .call("loadEntityData", json!({ "entityType": "todo", "limit": 1 }))
        .await
        .unwrap_err();
    assert_eq!(refusal.code, 503, "{refusal:?}");
    assert!(
        started.elapsed() < Duration::from_millis(1_900),
        "{:?}",
        started.elapsed()
    );
    client.batch_execute("rollback").await.unwrap();
}

#[tokio::test]
async fn the_public_address_is_the_one_that_is_printed() {
    let database = TestDatabase::new().await;
    let folder = temporary_folder("public");
    let mut child = Command::new(TORQUE)
        .args(["server", "--bind", "127.0.0.1:0", "--json"])
        .args(["--set", "server.public_url=https://torque.example.org"])
        .current_dir(&folder)
        .env("TORQUE_DATABASE_URL", &database.url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut reader = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut reader, &mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert_eq!(said["url"], "https://torque.example.org");
    assert_eq!(
        said["applications"][0]["url"],
        "https://torque.example.org/app/todo_list"
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn binding_beyond_loopback_without_encryption_is_refused_unless_that_is_said() {
    let folder = temporary_folder("beyond");
    for beyond in [
        ["--bind", "0.0.0.0:0", "--set", "server.app_bind="],
        ["--bind", "127.0.0.1:0", "--set", "server.app_bind=0.0.0.0:0"],
    ] {
        let output = Command::new(TORQUE)
            .arg("server")
            .args(beyond)
            .current_dir(&folder)
            .env("TORQUE_DATABASE_URL", cluster().url("torque"))
            .output()
            .unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("--allow-insecure-bind"), "{said}");
    }
}

#[tokio::test]
async fn the_logs_level_changes_with_a_row_and_goes_back_without_it() {
    let server = TestServer::start().await;
    let sql = server.database.connect().await;
    let set = async |value: &str| {
        let update = format!("update torque.system_config set value = '{value}' where key = 'logging.level'");
        assert_eq!(sql.execute(&update, &[]).await.unwrap(), 1);
    };
    let refuse = async || {
        let _ = server.call("getEntity", json!({ "entityId": "x" })).await;
    };
    // The log is one file in the order it was written: once a later line is there, all earlier ones are.
    let lines = async |wanted: &str, count: usize| {
        for _ in 0..200 {
            if server.log().matches(wanted).count() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{wanted}:\n{}", server.log());
    };
    let refusal = r#""message":"params.entityId must be a UUID"#;
    let told = || server.log().matches(refusal).count();
    refuse().await;
    set(r#""debug""#).await;
    lines(r#""level":"debug""#, 1).await;
    assert_eq!(told(), 0, "refusals are told from debug on");
    refuse().await;
    lines(refusal, 1).await;
    set(r#""nonsense=nonsense""#).await;
    lines("logging.level cannot be used", 1).await;
    refuse().await;
    lines(refusal, 2).await;
    set("null").await;
    lines(r#""level":"info","before":"debug""#, 1).await;
    refuse().await;
    set(r#""warn""#).await;
    lines(r#""before":"info""#, 1).await;
    assert_eq!(told(), 2, "back at info, refusals are told no more");
}
