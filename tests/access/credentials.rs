//! Keys, links and sessions: made once, shown once, ended within a second.

use crate::access::private;
use crate::access::private::SLUG;
use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::http;
use crate::support::http::Response;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

async fn sign_in(torque: &TestServer, credential: &str) -> Response {
    let body = json!({ "credential": credential }).to_string();
    let headers = [
        ("content-type", "application/json"),
        ("origin", torque.url.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    http::request(&torque.address, "POST", "/sign-in", &headers, body.as_bytes())
        .await
        .unwrap()
}

/// A server nobody administers yet, and the link that its first start prints.
async fn first_start() -> (TestServer, String) {
    let torque = TestServer::on(Arc::new(TestDatabase::empty().await), &[]).await;
    let started = Instant::now();
    while !torque.log().contains("#tl_") {
        assert!(started.elapsed() < Duration::from_secs(20), "{}", torque.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let log = torque.log();
    let link = log.split("#tl_").nth(1).expect("the first start prints a link");
    let link = format!("tl_{}", link.split_whitespace().next().unwrap());
    (torque, link)
}

async fn who(torque: &TestServer, cookie: &str) -> Value {
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"whoami","params":{}}"#;
    let headers = [
        ("content-type", "application/json"),
        ("cookie", cookie),
        ("origin", torque.url.as_str()),
    ];
    let answer = http::request(&torque.address, "POST", "/jsonrpc", &headers, body)
        .await
        .unwrap();
    answer.json()
}

#[tokio::test]
async fn the_setup_link_becomes_one_administrators_session_and_no_second() {
    let (torque, link) = first_start().await;
    let first = sign_in(&torque, &link).await;
    assert_eq!(first.status, 200, "{}", first.text());
    let cookie = first.header("set-cookie").unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let pair = cookie.split(';').next().unwrap().to_owned();
    let named = who(&torque, &pair).await;
    assert_eq!(named["result"]["permission"], json!("admin"), "{named}");
    let second = sign_in(&torque, &link).await;
    assert_eq!(second.status, 401, "{}", second.text());
    // Neither the link's secret nor the session's stands in the log beyond the printed line.
    let secret = pair.split_once('=').unwrap().1;
    assert!(!torque.log().contains(secret), "a session's secret is in the log");
}

#[tokio::test]
async fn a_session_ends_with_its_sign_out() {
    let (torque, link) = first_start().await;
    let cookie = sign_in(&torque, &link).await;
    let pair = cookie
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let headers = [
        ("content-type", "application/json"),
        ("cookie", pair.as_str()),
        ("origin", torque.url.as_str()),
    ];
    let out = http::request(&torque.address, "POST", "/sign-out", &headers, b"{}")
        .await
        .unwrap();
    assert!(out.status < 300, "{}", out.text());
    let left = Instant::now();
    loop {
        let named = who(&torque, &pair).await;
        if named["result"]["permission"] != json!("admin") {
            break;
        }
        assert!(left.elapsed() < Duration::from_secs(1), "{named}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_within_a_second() {
    let torque = TestServer::start().await;
    private::open(&torque).await;
    let path = format!("/app/{SLUG}/jsonrpc");
    let key = private::key(&torque, Some(SLUG), "read").await;
    let listed = torque.call_server("listApiKeys", json!({})).await.unwrap();
    let text = listed.to_string();
    assert!(!text.contains(&key), "a list shows no key");
    let keys = listed["keys"].as_array().unwrap();
    let id = keys
        .iter()
        .find(|listed| listed["name"] == json!(format!("read of {SLUG}")))
        .expect("the key is listed")["id"]
        .clone();
    let admitted = private::call(&torque, &path, Some(&key), "listPages", json!({})).await;
    assert_eq!(private::code(&admitted), 200, "{}", admitted.text());
    torque
        .call_server("revokeApiKey", json!({ "id": id }))
        .await
        .unwrap();
    let revoked = Instant::now();
    loop {
        let answer = private::call(&torque, &path, Some(&key), "listPages", json!({})).await;
        if private::code(&answer) == 401 {
            break;
        }
        assert!(revoked.elapsed() < Duration::from_secs(1), "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn keys_are_stored_as_digests_and_never_logged() {
    let torque = TestServer::start_with(&["--set", "logging.level=debug"]).await;
    private::open(&torque).await;
    let key = private::key(&torque, Some(SLUG), "write").await;
    let path = format!("/app/{SLUG}/jsonrpc");
    let made = private::call(
        &torque,
        &path,
        Some(&key),
        "createEntity",
        json!({ "entityType": "todo", "data": { "label": "x" } }),
    )
    .await;
    assert_eq!(private::code(&made), 200, "{}", made.text());
    private::call(&torque, &path, Some(&format!("{key}x")), "listPages", json!({})).await;
    let secret = key.rsplit_once('_').unwrap().1;
    assert!(!torque.log().contains(secret), "a key's secret is in the log");
    let client = torque.database.connect().await;
    let rows = client
        .query("select to_jsonb(k)::text from torque.api_keys k", &[])
        .await
        .unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        let text: String = row.get(0);
        assert!(!text.contains(secret), "a key's secret is in the database");
    }
    let caller: String = client
        .query_one(
            "select caller from vault_data.changes where op = 'create' order by pos desc limit 1",
            &[],
        )
        .await
        .map_or_else(|_| String::new(), |row| row.get(0));
    assert!(caller.is_empty() || caller.contains("write of vault"), "{caller}");
}
