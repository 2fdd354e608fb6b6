//! HTTP requests of xflows: peers that misbehave, refused addresses, one key for every attempt.

use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::application::deployed;
use crate::xflow::bed::SLUG;
use crate::xflow::bed::call;
use crate::xflow::bed::until;
use crate::xflow::peer::Peer;
use crate::xflow::peer::TOGETHER;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use tokio::net::TcpListener;

/// An xflow of one request, whose settings are given.
fn flow(id: &str, request: Value) -> Value {
    let mut node = json!({ "type": "HttpRequest", "url": "{{ input.url }}" });
    node.as_object_mut()
        .unwrap()
        .extend(request.as_object().unwrap().clone());
    json!({
        "id": id, "durable": true, "retry": { "max_attempts": 3, "backoff": 50 },
        "nodes": {
            "start": { "node_type": { "type": "Start" } },
            "ask": { "node_type": node },
            "end": { "node_type": { "type": "End" } },
        },
        "edges": [{ "source": "start", "target": "ask" }, { "source": "ask", "target": "end" }],
    })
}

async fn open(torque: &TestServer) {
    let mut caught = flow("caught", json!({}));
    caught["nodes"]["told"] = json!({ "node_type": { "type": "Transform", "mapping": "{{ nodes.ask.error.code }} {{ nodes.ask.error.status }}" } });
    caught["edges"] = json!([
        { "source": "start", "target": "ask" },
        { "source": "ask", "port": "error", "target": "told" },
        { "source": "told", "target": "end" },
    ]);
    let model = json!({
        "name": "Works",
        "entities": [{ "id": "job", "name": "Job", "properties": [
            { "name": "label", "property_type": { "type": "String", "max_length": 100 } } ] }],
        "xflows": [
            flow("get", json!({})),
            flow("quick", json!({ "timeout_ms": 300 })),
            flow("once", json!({ "method": "POST", "body": "x", "at_most_once": true })),
            flow("post", json!({
                "url": "{{ input.url }}/people/{{ input.name }}?key={{ input.key }}", "method": "POST",
                "headers": { "X-Api-Key": "k-{{ input.key }}", "X-None": "{{ input.nothing }}" },
                "body": { "name": "{{ input.name }}", "count": "{{ 1 + 1 }}" },
            })),
            caught,
        ],
    });
    deployed(torque, &[SLUG], model).await;
}

/// A server that may reach the peer, and an application on it.
async fn server(peer: &Peer) -> TestServer {
    let allow = format!("egress.allow={SLUG}={}", peer.address);
    let torque = TestServer::start_with(&["--set", &allow]).await;
    open(&torque).await;
    torque
}

async fn answer(torque: &TestServer, xflow: &str, input: Value) -> Value {
    let params = json!({ "xflowId": xflow, "input": input });
    call(torque, "executeXFlow", params).await.unwrap()
}

/// How an execution that does not succeed ends, after its last attempt.
async fn end(torque: &TestServer, xflow: &str, input: Value) -> Value {
    let params = json!({ "xflowId": xflow, "input": input, "wait": false });
    let started = call(torque, "executeXFlow", params).await.unwrap();
    let id = started["executionId"].as_str().unwrap().to_owned();
    let sql = torque.database.connect().await;
    let over = format!("select count(*) from works_data.xflow_execution_history where id = '{id}'");
    until(&sql, &over, 1).await;
    call(torque, "getExecution", json!({ "executionId": id }))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_request_is_filled_in_and_its_answer_read_and_private_things_are_masked() {
    let peer = Peer::start().await;
    let torque = server(&peer).await;
    let input = json!({ "url": peer.url(""), "name": "a/../b c", "key": "hush-hush" });
    let done = answer(&torque, "post", input).await;
    let output = &done["output"];
    assert_eq!(output["status"], 200, "{done}");
    assert_eq!(output["body"], json!({ "said": "hello" }));
    assert_eq!(output["headers"]["set-cookie"], "[masked]");
    assert_eq!(output["request"]["headers"]["x-api-key"], "[masked]");
    let seen = peer.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].line, "POST /people/a%2F..%2Fb%20c?key=hush-hush HTTP/1.1");
    assert_eq!(seen[0].header("x-api-key"), Some("k-hush-hush"));
    assert_eq!(seen[0].header("x-none"), None);
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    let id = done["executionId"].as_str().unwrap();
    assert_eq!(
        seen[0].header("idempotency-key"),
        Some(format!("{id}.ask.").as_str())
    );
    assert_eq!(
        seen[0].header("torque-cause"),
        Some(format!("{id}:{id}:0").as_str())
    );
    assert_eq!(
        serde_json::from_str::<Value>(&seen[0].body).unwrap(),
        json!({ "name": "a/../b c", "count": 2 })
    );
    let execution = call(&torque, "getExecution", json!({ "executionId": id }))
        .await
        .unwrap();
    assert!(
        !execution["nodes"].to_string().contains("hush-hush"),
        "{execution}"
    );
    assert!(!torque.log().contains("hush-hush"));
}

#[tokio::test]
async fn peers_that_misbehave_are_told_apart_and_cost_no_more_than_their_time() {
    let peer = Peer::start().await;
    let torque = server(&peer).await;
    for (xflow, path, status, code) in [
        ("quick", "/silent", "dead", "timeout"),
        ("quick", "/drip", "dead", "timeout"),
        ("get", "/reset", "dead", "broken_off"),
        ("get", "/half", "dead", "broken_off"),
        ("get", "/flood", "dead", "broken_off"),
        ("get", "/large", "failed", "too_large"),
        ("get", "/endless", "failed", "too_large"),
        ("get", "/zipped", "failed", "compressed"),
        ("get", "/circle", "failed", "redirect"),
        ("get", "/no-json", "failed", "body"),
        ("get", "/missing", "failed", "http_status"),
        ("get", "/nothing-readable", "failed", "http_status"),
        ("get", "/busy", "dead", "http_status"),
    ] {
        peer.forget();
        let execution = end(&torque, xflow, json!({ "url": peer.url(path) })).await;
        assert_eq!(execution["status"], status, "{path}: {execution}");
        assert_eq!(execution["error"]["code"], code, "{path}: {execution}");
        assert_eq!(execution["error"]["node"], "ask");
        let tries = peer.seen().len();
        let expected = match (status, path) {
            ("dead", _) => 3,
            (_, "/circle") => 4,
            _ => 1,
        };
        assert_eq!(tries, expected, "{path}");
        let keys = peer.keys();
        assert_eq!(keys.len(), 1, "{path}: one key for every attempt, {keys:?}");
    }
    let caught = answer(&torque, "caught", json!({ "url": peer.url("/missing") })).await;
    assert_eq!(caught["output"], "http_status 404");
    let moved = answer(&torque, "get", json!({ "url": peer.url("/moved") })).await;
    assert_eq!(moved["output"]["body"], json!({ "said": "hello" }));
    let health = torque.call_server("checkHealth", json!({})).await;
    assert!(health.is_ok(), "the server lives");
}

#[tokio::test]
async fn a_refused_address_never_sees_a_connection() {
    let peer = Peer::start().await;
    let torque = server(&peer).await;
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = trap.local_addr().unwrap().port();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        peer.url(&format!("/to?{port}")),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        let execution = end(&torque, "get", json!({ "url": url })).await;
        assert_eq!(execution["status"], "failed", "{url}: {execution}");
        assert_eq!(
            execution["error"]["code"], "refused_address",
            "{url}: {execution}"
        );
    }
    let knocked =
        std::future::poll_fn(|context| std::task::Poll::Ready(trap.poll_accept(context).is_ready()));
    assert!(!knocked.await, "nobody knocked");
}

#[tokio::test]
async fn after_a_crash_a_request_carries_the_same_key_and_one_that_may_not_be_repeated_is_not() {
    let peer = Peer::start().await;
    let allow = format!("egress.allow={}", peer.address);
    let database = Arc::new(TestDatabase::new().await);
    let mut torque = TestServer::on(Arc::clone(&database), &["--set", &allow]).await;
    open(&torque).await;
    let sql = database.connect().await;
    // Both are with the peer, which answers at the second time only, when the server dies.
    let started = json!({ "xflowId": "get", "input": { "url": peer.url("/second") }, "wait": false });
    call(&torque, "executeXFlow", started).await.unwrap();
    peer.until_seen(1).await;
    let once = json!({ "xflowId": "once", "input": { "url": peer.url("/silent") }, "wait": false });
    let once = call(&torque, "executeXFlow", once).await.unwrap();
    peer.until_seen(2).await;
    torque.kill();
    sql.execute(
        "update works_data.xflow_executions set lease_until = now() where status = 'running'",
        &[],
    )
    .await
    .unwrap();
    torque = TestServer::on(Arc::clone(&database), &["--set", &allow]).await;
    let over = "select count(*) from works_data.xflow_execution_history where status = ";
    until(&sql, &format!("{over} 'succeeded'"), 1).await;
    until(&sql, &format!("{over} 'failed'"), 1).await;
    let seen = peer.seen();
    let of = |path: &str| seen.iter().filter(|request| request.line.contains(path)).count();
    assert_eq!((of("/second"), of("/silent")), (2, 1));
    assert_eq!(peer.keys().len(), 2, "one key each");
    let id = once["executionId"].clone();
    let execution = call(&torque, "getExecution", json!({ "executionId": id }))
        .await
        .unwrap();
    assert_eq!(execution["error"]["code"], "unknown_outcome", "{execution}");
}

#[tokio::test]
async fn executions_that_wait_for_a_peer_hold_no_connection_to_the_database() {
    let peer = Peer::start().await;
    let allow = format!("egress.allow={}", peer.address);
    let few = ["--set", &allow, "--set", "database.max_connections=2"];
    let torque = TestServer::start_with(&few).await;
    open(&torque).await;
    for _ in 0..TOGETHER {
        let start = json!({ "xflowId": "get", "input": { "url": peer.url("/together") }, "wait": false });
        call(&torque, "executeXFlow", start).await.unwrap();
    }
    // The peer answers nobody before all of them have asked.
    let sql = torque.database.connect().await;
    let over = "select count(*) from works_data.xflow_execution_history where status = 'succeeded'";
    until(&sql, over, i64::try_from(TOGETHER).unwrap()).await;
    assert_eq!(peer.keys().len(), TOGETHER);
}

#[tokio::test]
async fn a_cancelled_execution_lets_its_peer_go() {
    let peer = Peer::start().await;
    let torque = server(&peer).await;
    let start = json!({ "xflowId": "get", "input": { "url": peer.url("/silent") }, "wait": false });
    let started = call(&torque, "executeXFlow", start).await.unwrap();
    peer.until_seen(1).await;
    let id = started["executionId"].clone();
    call(&torque, "cancelExecution", json!({ "executionId": id }))
        .await
        .unwrap();
    let sql = torque.database.connect().await;
    let over = "select count(*) from works_data.xflow_execution_history where status = 'cancelled'";
    until(&sql, over, 1).await;
    assert_eq!(peer.seen().len(), 1);
}
