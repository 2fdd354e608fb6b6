//! Sizes, rates and what is refused before a body is read.

use crate::access::private;
use crate::access::private::SLUG;
use crate::support::TestServer;
use crate::support::http;
use serde_json::json;

const PATH: &str = "/app/todo_list/jsonrpc";

fn todo(label: &str) -> Vec<u8> {
    let params = json!({ "entityType": "todo", "data": { "label": label } });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "createEntity", "params": params })
        .to_string()
        .into_bytes()
}

#[tokio::test]
async fn a_body_is_limited_more_tightly_without_a_credential() {
    let torque = TestServer::start().await;
    let two_megabytes = todo(&"x".repeat(2 << 20));
    let headers = [("content-type", "application/json")];
    let anonymous = http::request(&torque.address, "POST", PATH, &headers, &two_megabytes)
        .await
        .unwrap();
    assert_eq!(anonymous.status, 413, "{}", anonymous.text());
    // With a credential it is read, and refused for what it says.
    let known = torque.request("POST", PATH, &two_megabytes).await;
    assert_eq!(known.status, 200, "{}", known.text());
    assert!(known.json()["error"]["code"].as_i64().is_some());
    let eleven = todo(&"x".repeat(11 << 20));
    assert_eq!(torque.request("POST", PATH, &eleven).await.status, 413);
}

#[tokio::test]
async fn only_json_is_read_and_only_by_the_method_that_fits() {
    let torque = TestServer::start().await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
    ] {
        let headers = [("content-type", kind)];
        let answer = http::request(&torque.address, "POST", PATH, &headers, &todo("x"))
            .await
            .unwrap();
        assert_eq!(answer.status, 415, "{kind}");
    }
    let got = http::request(&torque.address, "GET", PATH, &[], b"")
        .await
        .unwrap();
    assert_eq!(got.status, 405);
}

#[tokio::test]
async fn a_private_application_refuses_before_the_body_is_there() {
    let torque = TestServer::start().await;
    private::open(&torque).await;
    // Only the head is sent: an answer that waited for the body would not come.
    let head = format!(
        "POST /app/{SLUG}/jsonrpc HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
         authorization: Bearer tq_wrong_wrong\r\ncontent-length: 1000\r\nconnection: close\r\n\r\n",
        torque.address
    );
    let answer = http::raw(&torque.address, head.as_bytes()).await.unwrap();
    assert_eq!(answer.status, 401, "{}", answer.text());
}

#[tokio::test]
async fn failed_sign_ins_and_anonymous_writes_are_slowed_down() {
    let torque = TestServer::start_with(&["--set", "limits.anonymous_writes_per_minute=5"]).await;
    let headers = [
        ("content-type", "application/json"),
        ("origin", torque.url.as_str()),
    ];
    let mut last = 0;
    for guess in 0..30 {
        let body = json!({ "credential": format!("tl_guess{guess}") }).to_string();
        let answer = http::request(&torque.address, "POST", "/sign-in", &headers, body.as_bytes())
            .await
            .unwrap();
        last = answer.status;
        if last == 429 {
            assert!(answer.header("retry-after").is_some(), "{:?}", answer.headers);
            break;
        }
        assert_eq!(last, 401, "{}", answer.text());
    }
    assert_eq!(last, 429, "guessing goes on unhindered");
    let mut codes = Vec::new();
    let mut refused = None;
    for n in 0..12 {
        let headers = [("content-type", "application/json")];
        let answer = http::request(&torque.address, "POST", PATH, &headers, &todo(&format!("n{n}")))
            .await
            .unwrap();
        codes.push(private::code(&answer));
        if answer.status == 429 {
            refused = Some(answer);
        }
    }
    assert_eq!(codes[0], 200, "{codes:?}");
    assert!(codes.contains(&429), "{codes:?}");
    let answer = refused.expect("a refusal of HTTP's own");
    let seconds = answer.json()["error"]["data"]["retryAfter"].as_u64().unwrap();
    assert!(
        (1..=13).contains(&seconds),
        "{seconds}: one of five a minute is due"
    );
    assert_eq!(answer.header("retry-after"), Some(seconds.to_string().as_str()));
}

#[tokio::test]
async fn guessing_locks_out_neither_a_known_key_nor_a_browser_with_an_old_cookie() {
    let torque = TestServer::start().await;
    let kind = ("content-type", "application/json");
    let known = format!("Bearer {}", torque.admin_key);
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"listApiKeys","params":{}}"#;
    let ask = async |headers: &[(&str, &str)]| {
        let answer = http::request(&torque.address, "POST", "/jsonrpc", headers, body)
            .await
            .unwrap();
        private::code(&answer)
    };
    assert_eq!(ask(&[kind, ("authorization", &known)]).await, 200);
    for _ in 0..30 {
        let old = ("cookie", "torque=ts_of_an_earlier_database");
        assert_eq!(ask(&[kind, old, ("origin", &torque.url)]).await, 401);
    }
    let mut last = 0;
    for guess in 0..30 {
        last = ask(&[kind, ("authorization", &format!("Bearer tq_guess{guess}"))]).await;
    }
    assert_eq!(last, 429);
    // Whatever moves the directory makes the server ask the database about every credential again.
    torque
        .call_server("createApiKey", json!({ "name": "moves the directory" }))
        .await
        .unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(ask(&[kind, ("authorization", &known)]).await, 200);
}
