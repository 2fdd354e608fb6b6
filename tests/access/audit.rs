//! The audit: who signed in, who tried to, and what was refused to whom.

use crate::access::private;
use crate::access::private::SLUG;
use crate::support::TestServer;
use crate::support::http;
use crate::support::http::Response;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;

async fn post(torque: &TestServer, path: &str, cookie: Option<&str>, body: Value) -> Response {
    let mut headers = vec![
        ("content-type", "application/json"),
        ("origin", torque.url.as_str()),
    ];
    headers.extend(cookie.map(|cookie| ("cookie", cookie)));
    http::request(
        &torque.address,
        "POST",
        path,
        &headers,
        body.to_string().as_bytes(),
    )
    .await
    .unwrap()
}

/// The audit log's rows that meet a condition, as soon as there are so many.
async fn audited(torque: &TestServer, condition: &str, count: usize) -> Vec<Value> {
    let sql = torque.database.connect().await;
    let question = format!(
        "select to_jsonb(l) || jsonb_build_object('outcome', a.outcome)
         from torque.audit_log l join torque.audited_calls a on a.id = l.id where {condition} order by a.at"
    );
    let mut found = Vec::new();
    for _ in 0..200 {
        let rows = sql.query(&question, &[]).await.unwrap();
        found = rows.iter().map(|row| row.get::<_, Value>(0)).collect();
        if found.len() >= count {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{count} of {condition} are not noted: {found:?}");
}

#[tokio::test]
async fn sign_ins_failed_ones_and_sign_outs_stand_in_the_audit_log() {
    let torque = TestServer::start().await;
    let key = torque.admin_key.clone();
    let signed = post(&torque, "/sign-in", None, json!({ "credential": key })).await;
    assert_eq!(signed.status, 200, "{}", signed.text());
    let cookie = signed.header("set-cookie").unwrap().to_owned();
    let cookie = cookie.split(';').next().unwrap();
    for _ in 0..3 {
        let wrong = json!({ "credential": "tl_wrong" });
        assert_eq!(post(&torque, "/sign-in", None, wrong).await.status, 401);
    }
    assert_eq!(
        post(&torque, "/sign-out", Some(cookie), json!({})).await.status,
        204
    );

    let done = audited(&torque, "a.operation = 'signIn' and a.outcome = 'done'", 1).await;
    assert_eq!(done[0]["user_id"], "tests");
    assert_eq!(done[0]["origin"], "http");
    assert_eq!(done[0]["new_data"]["permission"], "admin");
    assert_eq!(done[0]["new_data"]["address"], "127.0.0.1");
    let out = audited(&torque, "a.operation = 'signOut'", 1).await;
    assert_eq!(out[0]["user_id"], "tests");
    let refused = audited(&torque, "a.operation = 'signIn' and a.outcome = 'refused'", 1).await;
    let times: i64 = refused
        .iter()
        .map(|row| row["new_data"]["times"].as_i64().unwrap())
        .sum();
    assert_eq!(times, 3, "{refused:?}");
    assert!(refused.iter().all(|row| row["user_id"] == "anonymous"));
    let text = format!("{done:?}{out:?}{refused:?}");
    let secret = key.rsplit_once('_').unwrap().1;
    assert!(!text.contains(secret) && !text.contains("tl_wrong"), "{text}");
}

#[tokio::test]
async fn what_is_refused_to_a_caller_is_noted_with_the_operation_and_the_application() {
    let torque = TestServer::start().await;
    private::open(&torque).await;
    let path = format!("/app/{SLUG}/jsonrpc");
    let reader = private::key(&torque, Some(SLUG), "read").await;
    let create = json!({ "entityType": "todo", "data": { "label": "x" } });
    let refused = private::call(&torque, &path, Some(&reader), "createEntity", create.clone()).await;
    assert_eq!(private::code(&refused), 403);
    let nobody = private::call(&torque, &path, None, "listPages", json!({})).await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.header("www-authenticate"), Some("Bearer realm=\"torque\""));

    let rows = audited(
        &torque,
        "a.outcome = 'refused' and a.operation in ('createEntity', 'listPages')",
        2,
    )
    .await;
    let of = |operation: &str| rows.iter().find(|row| row["operation"] == operation).unwrap();
    let listed = torque.call_server("listApplications", json!({})).await.unwrap();
    let application = listed["applications"]
        .as_array()
        .unwrap()
        .iter()
        .find(|application| application["slug"] == SLUG)
        .unwrap()["id"]
        .clone();
    assert_eq!(of("createEntity")["user_id"], format!("read of {SLUG}"));
    assert_eq!(of("createEntity")["new_data"]["code"], "forbidden");
    assert_eq!(of("createEntity")["application_id"], application);
    assert_eq!(of("listPages")["user_id"], "anonymous");
    assert_eq!(of("listPages")["new_data"]["code"], "unauthenticated");
    // What is simply wrong, or missing, is not the audit's business.
    let wrong = private::call(&torque, &path, Some(&reader), "getEntity", json!({})).await;
    assert_ne!(private::code(&wrong), 200);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let sql = torque.database.connect().await;
    let noted = "select count(*) from torque.audited_calls where operation = 'getEntity'";
    assert_eq!(sql.query_one(noted, &[]).await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_stopping_server_writes_down_what_it_has_seen() {
    let mut torque = TestServer::start().await;
    let wrong = json!({ "credential": "tl_wrong" });
    post(&torque, "/sign-in", None, wrong).await;
    torque.signal(rustix::process::Signal::TERM);
    torque.wait(Duration::from_secs(10)).expect("it ends");
    let sql = torque.database.connect().await;
    let noted = "select count(*) from torque.audited_calls where operation = 'signIn'";
    assert_eq!(sql.query_one(noted, &[]).await.unwrap().get::<_, i64>(0), 1);
}
