//! The database is away: every surface says so with a reason, and recovers by itself.

use crate::feed::follower::Follower;
use crate::support::TestServer;
use crate::support::cluster::cluster;
use crate::support::database::connect;
use crate::support::http;
use crate::support::http::Response;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;
use std::time::Instant;

/// A reading call as JSON-RPC has it.
fn read_call(path_is_the_servers: bool) -> Value {
    let mut params = json!({ "entityType": "todo", "limit": 1 });
    if path_is_the_servers {
        params["applicationId"] = json!("todo_list");
    }
    json!({ "jsonrpc": "2.0", "id": 1, "method": "loadEntityData", "params": params })
}

/// What every surface answers, by its name: its code and its sentence.
async fn answers(server: &TestServer, follower: &mut Follower) -> Vec<(&'static str, i64, String)> {
    let write = json!({ "jsonrpc": "2.0", "id": 1, "method": "createEntity",
        "params": { "entityType": "todo", "data": { "label": "refused or kept" } } });
    let app = "/app/todo_list/jsonrpc";
    let batch = json!([read_call(false), read_call(false)]);
    let mut answers = Vec::new();
    for (name, path, call) in [
        ("a read", app, read_call(false)),
        ("a write", app, write),
        ("the server's endpoint", "/jsonrpc", read_call(true)),
        ("a batch", app, batch),
    ] {
        let answer = server.request("POST", path, call.to_string().as_bytes()).await;
        answers.push(said(name, &answer));
    }
    let export = server.request("GET", "/app/todo_list/export/todo", b"").await;
    answers.push(said("an export", &export));
    let ready = http::request(&server.address, "GET", "/health/ready", &[], b"")
        .await
        .unwrap();
    answers.push(said("readiness", &ready));
    let key = json!({ "credential": server.admin_key }).to_string();
    let own = format!("http://{}", server.address);
    let headers = [("content-type", "application/json"), ("origin", own.as_str())];
    let sign_in = http::request(&server.address, "POST", "/sign-in", &headers, key.as_bytes())
        .await
        .unwrap();
    answers.push(said("a sign-in", &sign_in));
    let call = read_call(false)["params"].clone();
    let over_a_socket = match follower.call("loadEntityData", call).await {
        Ok(_) => ("a socket", 200, String::new()),
        Err(error) => (
            "a socket",
            error["code"].as_i64().unwrap(),
            error["message"].as_str().unwrap().to_owned(),
        ),
    };
    answers.push(over_a_socket);
    answers
}

/// An answer's code (JSON-RPC's own where it has one) and its reason.
fn said(name: &'static str, answer: &Response) -> (&'static str, i64, String) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let reply = body.get(0).unwrap_or(&body);
    let error = &reply["error"];
    let code = error["code"].as_i64().unwrap_or(i64::from(answer.status));
    let reason = error["message"].as_str().or(reply["detail"].as_str());
    (name, code, reason.map_or_else(|| answer.text(), str::to_owned))
}

#[tokio::test]
async fn without_its_database_every_surface_answers_503_with_a_reason_and_then_recovers() {
    let server = TestServer::start().await;
    let mut follower = Follower::of(&server).await;
    for (name, code, reason) in answers(&server, &mut follower).await {
        assert_eq!(code, 200, "{name}: {reason}");
    }
    let client = connect(&cluster().url("postgres")).await;
    let name = &server.database.name;
    client
        .batch_execute(&format!(
            r#"alter database "{name}" allow_connections false;
               select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"#
        ))
        .await
        .unwrap();
    // Twice: the first meets broken connections, the second none.
    for round in ["first", "then"] {
        for (name, code, reason) in answers(&server, &mut follower).await {
            assert_eq!(code, 503, "{round}, {name}: {reason}");
            assert!(reason.contains("database"), "{round}, {name}: {reason}");
            assert!(!reason.contains("panic"), "{reason}");
        }
    }
    // What needs no database goes on: the process lives, and an open page keeps its program.
    for path in ["/health/live", "/app/todo_list"] {
        let answer = http::request(&server.address, "GET", path, &[], b"")
            .await
            .unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    client
        .batch_execute(&format!(r#"alter database "{name}" allow_connections true"#))
        .await
        .unwrap();
    let started = Instant::now();
    loop {
        let still: Vec<_> = answers(&server, &mut follower)
            .await
            .into_iter()
            .filter(|(_, code, _)| *code != 200)
            .collect();
        if still.is_empty() {
            break;
        }
        assert!(still.iter().all(|(_, code, _)| *code == 503), "{still:?}");
        assert!(started.elapsed() < Duration::from_secs(15), "{still:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
