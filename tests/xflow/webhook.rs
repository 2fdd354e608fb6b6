//! Webhooks over a running server: who may start what, once, and what a sender is answered.

use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::application::deployed;
use crate::support::http;
use crate::support::http::Response;
use crate::xflow::bed::SLUG;
use crate::xflow::bed::call;
use crate::xflow::bed::until;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Hmac;
use hmac::Mac;
use serde_json::Value;
use serde_json::json;
use sha2::Sha256;
use std::sync::Arc;
use std::time::Duration;
use std::time::SystemTime;
use std::time::UNIX_EPOCH;

/// The key of the secrets.
const KEY: &str = "secrets.key=0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a";
/// What senders sign with.
const SECRETS: [&str; 2] = ["the old secret", "the new secret"];

/// An xflow that a webhook starts; it gives what its expressions see of the request.
pub fn flow(id: &str, trigger: Value, nodes: Value, edges: &[(&str, &str)]) -> Value {
    let mut nodes = nodes;
    nodes["start"] = json!({ "type": "Start" });
    nodes["end"] = json!({ "type": "End", "output": "{{ trigger }}" });
    let nodes: serde_json::Map<String, Value> = (nodes.as_object().unwrap().iter())
        .map(|(id, kind)| (id.clone(), json!({ "node_type": kind })))
        .collect();
    let edges: Value = (edges.iter())
        .map(|(source, target)| json!({ "source": source, "target": target }))
        .collect();
    json!({ "id": id, "triggers": [trigger], "nodes": nodes, "edges": edges })
}

fn model() -> Value {
    let hook = |path: &str, more: Value| {
        let mut hook = json!({ "type": "webhook", "id": "hook", "path": path });
        hook.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        hook
    };
    let entry = json!({ "type": "EntityWrite", "entity_type": "entry", "operation": "Create",
                        "data_mapping": { "job": "{{ input.job }}", "step": "{{ trigger.query.step }}" } });
    let delay = |milliseconds: u64| json!({ "type": "Delay", "milliseconds": milliseconds });
    let said = json!({ "type": "Respond", "status": 201, "headers": { "X-Job": "{{ input.job }}", "X-None": null },
                       "body": { "job": "{{ input.job }}", "at": "{{ execution.id }}" } });
    let signed = json!({ "secrets": ["old", "new"], "methods": ["POST", "PUT"] });
    let respond = json!({ "unsigned": true, "timeout_ms": 20_000 });
    let text = json!({ "type": "String", "max_length": 100 });
    json!({
        "name": "Works",
        "entities": [{ "id": "entry", "name": "Entry", "properties": [
            { "name": "job", "property_type": text, "required": true },
            { "name": "step", "property_type": text } ] }],
        "xflows": [
            flow("signed", hook("orders/paid", signed), json!({ "enter": entry }),
                 &[("start", "enter"), ("enter", "end")]),
            flow("github", hook("push", json!({ "secrets": ["old"], "scheme": "github" })), json!({}),
                 &[("start", "end")]),
            flow("open", hook("open", json!({ "unsigned": true, "methods": ["POST", "GET"] })), json!({}),
                 &[("start", "end")]),
            flow("said", hook("said", respond.clone()), json!({ "said": said, "rest": delay(300), "enter": entry, "again": said }),
                 &[("start", "said"), ("said", "rest"), ("rest", "enter"), ("enter", "again"), ("again", "end")]),
            flow("late", hook("late", json!({ "unsigned": true, "timeout_ms": 200 })), json!({ "rest": delay(900), "said": said }),
                 &[("start", "rest"), ("rest", "said"), ("said", "end")]),
            flow("fails", hook("fails", respond), json!({ "no": { "type": "Error", "message": "no" }, "said": said }),
                 &[("start", "no"), ("start", "said"), ("said", "end")]),
            flow("off", hook("off", json!({ "unsigned": true, "enabled": false })), json!({}), &[("start", "end")]),
        ],
    })
}

async fn open(torque: &TestServer) {
    deployed(torque, &[SLUG], model()).await;
    for (name, value) in [("old", SECRETS[0]), ("new", SECRETS[1])] {
        let params = json!({ "name": name, "value": value });
        call(torque, "setSecret", params).await.unwrap();
    }
}

async fn send(
    torque: &TestServer,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Response {
    let path = format!("/hooks/{SLUG}/{path}");
    http::request(&torque.address, method, &path, headers, body)
        .await
        .unwrap()
}

fn mac(secret: &str, signed: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.chain_update(signed).finalize().into_bytes().to_vec()
}

/// A request in the manner of Standard Webhooks, signed some seconds from now.
async fn signed(torque: &TestServer, id: &str, secret: &str, seconds: i64, body: &str) -> Response {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let at = (i64::try_from(now).unwrap() + seconds).to_string();
    let signature = mac(secret, format!("{id}.{at}.{body}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(signature));
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", id),
        ("webhook-timestamp", at.as_str()),
        ("webhook-signature", signature.as_str()),
        ("authorization", "Bearer not-for-torque"),
    ];
    send(torque, "POST", "orders/paid?step=one", &headers, body.as_bytes()).await
}

async fn ended(torque: &TestServer, id: &Value) -> Value {
    for _ in 0..2_000 {
        let params = json!({ "executionId": id });
        let execution = call(torque, "getExecution", params).await.unwrap();
        if execution["status"] != "running" && execution["status"] != "waiting" {
            return execution;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{id} never ends");
}

#[tokio::test]
async fn a_signed_request_starts_one_execution_however_often_it_comes() {
    let torque = TestServer::start_with(&["--set", KEY]).await;
    open(&torque).await;
    let body = json!({ "job": "a" }).to_string();
    let mut first = None;
    let all =
        futures_util::future::join_all((0..50).map(|_| signed(&torque, "msg_1", SECRETS[0], 0, &body))).await;
    for answer in all {
        assert_eq!(answer.status, 202, "{}", answer.text());
        let id = answer.json()["execution"].clone();
        assert_eq!(
            *first.get_or_insert(id.clone()),
            id,
            "everyone gets the same execution"
        );
    }
    let execution = ended(&torque, first.as_ref().unwrap()).await;
    assert_eq!(execution["status"], "succeeded", "{execution}");
    assert_eq!(execution["input"], json!({ "job": "a" }));
    let trigger = &execution["output"];
    assert_eq!(trigger["type"], "webhook");
    assert_eq!(trigger["method"], "POST");
    assert_eq!(trigger["path"], "orders/paid");
    assert_eq!(trigger["query"], json!({ "step": "one" }));
    assert_eq!(trigger["body"], json!({ "job": "a" }));
    assert_eq!(trigger["headers"]["webhook-id"], "msg_1");
    let whole = execution.to_string();
    assert!(
        !whole.contains("not-for-torque") && !whole.contains("v1,"),
        "{whole}"
    );
    let sql = torque.database.connect().await;
    until(&sql, "select count(*) from works_data.xflow_execution_history", 1).await;
    until(&sql, "select count(*) from works_data.entity_entry", 1).await;
    // The other secret counts as well, and another id is another request.
    let other = signed(&torque, "msg_2", SECRETS[1], 0, &body).await;
    assert_eq!(other.status, 202);
    assert_ne!(other.json()["execution"], *first.as_ref().unwrap());
    until(&sql, "select count(*) from works_data.entity_entry", 2).await;

    let reply = call(&torque, "listDeliveries", json!({ "xflowId": "signed" }))
        .await
        .unwrap();
    let deliveries = reply["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 2, "{reply}");
    assert_eq!(deliveries[1]["times"], 50);
    assert_eq!(deliveries[1]["executionId"], *first.as_ref().unwrap());
    assert_eq!(deliveries[1]["size"], body.len());
    let replay = json!({ "deliveryId": deliveries[1]["deliveryId"] });
    let again = call(&torque, "replayDelivery", replay).await.unwrap();
    let again = ended(&torque, &again["executionId"]).await;
    assert_eq!(again["input"], json!({ "job": "a" }));
    assert_eq!(again["output"]["replay_of"], deliveries[1]["deliveryId"]);
    until(&sql, "select count(*) from works_data.entity_entry", 3).await;
}

#[tokio::test]
async fn what_is_not_signed_now_by_who_has_the_secret_starts_nothing() {
    let torque = TestServer::start_with(&["--set", KEY]).await;
    open(&torque).await;
    let body = json!({ "job": "a" }).to_string();
    for (secret, seconds) in [("another secret", 0), (SECRETS[0], -301), (SECRETS[0], 305)] {
        let answer = signed(&torque, "msg_1", secret, seconds, &body).await;
        assert_eq!(answer.status, 401, "{secret} {seconds}: {}", answer.text());
    }
    let answer = send(&torque, "POST", "orders/paid", &[], body.as_bytes()).await;
    assert_eq!(answer.status, 401);
    assert!(
        answer.text().contains("webhook-signature is missing"),
        "{}",
        answer.text()
    );
    let answer = send(&torque, "GET", "orders/paid", &[], b"").await;
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("POST, PUT"));
    for path in ["nothing", "orders", "orders/paid/more", "off"] {
        assert_eq!(
            send(&torque, "POST", path, &[], b"{}").await.status,
            404,
            "{path}"
        );
    }
    let nowhere = http::request(&torque.address, "POST", "/hooks/nowhere/open", &[], b"{}").await;
    assert_eq!(nowhere.unwrap().status, 404);
    let large = vec![b'x'; 1_100_000];
    assert_eq!(send(&torque, "POST", "open", &[], &large).await.status, 413);
    let headers = [("content-type", "application/json")];
    assert_eq!(send(&torque, "POST", "open", &headers, b"{").await.status, 400);
    assert_eq!(
        send(&torque, "POST", "open", &headers, b"\"a\\u0000\"")
            .await
            .status,
        400
    );
    let sql = torque.database.connect().await;
    let none = "select (select count(*) from works_data.xflow_executions)
      + (select count(*) from works_data.xflow_execution_history)
      + (select count(*) from works_data.trigger_firings)";
    until(&sql, none, 0).await;
    let reply = call(&torque, "listDeliveries", json!({})).await.unwrap();
    let refused = reply["deliveries"].as_array().unwrap();
    assert_eq!(refused.len(), 4, "{reply}");
    assert!(
        refused
            .iter()
            .all(|delivery| delivery["status"] == 401 && delivery["canReplay"] == false)
    );
    // As GitHub signs.
    let signature = mac(SECRETS[0], b"{\"a\":1}");
    let digits: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    let signature = format!("sha256={digits}");
    let mut headers = vec![
        ("x-hub-signature-256", signature.as_str()),
        ("x-github-delivery", "d1"),
    ];
    headers.push(("content-type", "application/json"));
    assert_eq!(
        send(&torque, "POST", "push", &headers, b"{\"a\":1}").await.status,
        202
    );
    assert_eq!(
        send(&torque, "POST", "push", &headers, b"{\"a\":2}").await.status,
        401
    );
    // A paused trigger asks to come again, a stopped application too.
    sql.execute(
        "update works_data.xflow_triggers set enabled = false where key = 'open.hook'",
        &[],
    )
    .await
    .unwrap();
    let paused = send(&torque, "POST", "open", &[], b"x").await;
    assert_eq!(paused.status, 503);
    assert!(paused.text().contains("paused"), "{}", paused.text());
}

#[tokio::test]
async fn json_forms_texts_and_bytes_come_as_what_they_are() {
    let torque = TestServer::start_with(&["--set", KEY]).await;
    open(&torque).await;
    for (kind, body, expected, input) in [
        (
            "application/json",
            &b"[1,2]"[..],
            json!([1, 2]),
            json!({ "body": [1, 2] }),
        ),
        (
            "application/x-www-form-urlencoded",
            b"a=1&b=%C3%BC&a=2",
            json!({ "a": ["1", "2"], "b": "\u{fc}" }),
            json!({ "a": ["1", "2"], "b": "\u{fc}" }),
        ),
        (
            "text/plain",
            "gr\u{fc}n".as_bytes(),
            json!("gr\u{fc}n"),
            json!({ "body": "gr\u{fc}n" }),
        ),
        (
            "application/octet-stream",
            &[0xff, 0x00],
            json!("/wA="),
            json!({ "body": "/wA=" }),
        ),
    ] {
        let answer = send(&torque, "POST", "open?a=1", &[("content-type", kind)], body).await;
        assert_eq!(answer.status, 202, "{kind}: {}", answer.text());
        let execution = ended(&torque, &answer.json()["execution"]).await;
        assert_eq!(execution["output"]["body"], expected, "{kind}");
        assert_eq!(execution["input"], input, "{kind}");
        assert_eq!(execution["output"]["query"], json!({ "a": "1" }));
    }
    let answer = send(&torque, "GET", "open", &[("idempotency-key", "k1")], b"").await;
    let again = send(&torque, "GET", "open", &[("idempotency-key", "k1")], b"").await;
    assert_eq!(answer.json(), again.json());
    // The last fifty are kept, however many come.
    for _ in 0..60 {
        assert_eq!(send(&torque, "POST", "open", &[], b"x").await.status, 202);
    }
    let reply = call(
        &torque,
        "listDeliveries",
        json!({ "xflowId": "open", "limit": 500 }),
    )
    .await;
    assert_eq!(reply.unwrap()["deliveries"].as_array().unwrap().len(), 50);
}

#[tokio::test]
async fn a_respond_node_answers_while_the_execution_goes_on_and_the_answer_stays() {
    let database = Arc::new(TestDatabase::new().await);
    let mut torque = TestServer::on(Arc::clone(&database), &["--set", KEY]).await;
    open(&torque).await;
    let headers = [("content-type", "application/json"), ("idempotency-key", "k1")];
    let answer = send(&torque, "POST", "said?step=two", &headers, b"{\"job\":\"a\"}").await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(answer.header("x-job"), Some("a"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let id = answer.json()["at"].clone();
    let sql = database.connect().await;
    until(&sql, "select count(*) from works_data.entity_entry", 0).await;
    let execution = ended(&torque, &id).await;
    assert_eq!(execution["status"], "succeeded", "{execution}");
    let gave = |node: &str| {
        let mut nodes = execution["nodes"].as_array().unwrap().iter();
        nodes.find(|entry| entry["node"] == node).unwrap()["output"].clone()
    };
    assert_eq!(gave("said"), json!({ "responded": true, "status": 201 }));
    assert_eq!(gave("again")["responded"], false);
    until(&sql, "select count(*) from works_data.entity_entry", 1).await;

    let late = send(&torque, "POST", "late", &[("idempotency-key", "k2")], b"").await;
    assert_eq!(late.status, 202, "{}", late.text());
    let id = late.json()["execution"].clone();
    assert_eq!(ended(&torque, &id).await["status"], "succeeded");
    let later = send(&torque, "POST", "late", &[("idempotency-key", "k2")], b"").await;
    assert_eq!(
        later.status, 201,
        "what was said too late is said to whoever asks again"
    );
    let failed = send(&torque, "POST", "fails", &headers, b"{\"job\":\"a\"}").await;
    assert!([201, 202].contains(&failed.status), "{}", failed.text());

    // Another server gives the same answer.
    torque.kill();
    torque = TestServer::on(Arc::clone(&database), &["--set", KEY]).await;
    let again = send(&torque, "POST", "said?step=two", &headers, b"{\"job\":\"a\"}").await;
    assert_eq!((again.status, again.text()), (answer.status, answer.text()));
    assert_eq!(again.header("x-job"), Some("a"));
    until(&sql, "select count(*) from works_data.entity_entry", 1).await;

    // Without a webhook there is nobody to answer.
    let params = json!({ "xflowId": "said", "input": { "job": "b" } });
    let done = call(&torque, "executeXFlow", params).await.unwrap();
    let execution = call(
        &torque,
        "getExecution",
        json!({ "executionId": done["executionId"] }),
    )
    .await
    .unwrap();
    assert!(
        execution["nodes"]
            .to_string()
            .contains("not started by a webhook"),
        "{execution}"
    );
}
