//! Stopped applications, and a server that is told to stop.

use crate::access::private;
use crate::support::TestServer;
use crate::support::http;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_stopped_application_answers_503_on_every_surface() {
    let torque = TestServer::start().await;
    torque
        .call_server("stopApplication", json!({ "applicationId": "todo_list" }))
        .await
        .unwrap();
    let call = private::call(&torque, "/app/todo_list/jsonrpc", None, "listPages", json!({})).await;
    assert_eq!(private::code(&call), 503, "{}", call.text());
    assert!(call.text().contains("stopped"), "{}", call.text());
    let page = http::request(
        &torque.address,
        "GET",
        "/app/todo_list",
        &[("accept", "text/html")],
        b"",
    )
    .await
    .unwrap();
    assert_eq!(page.status, 503);
    assert!(page.text().contains("stopped"), "{}", page.text());
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let socket = http::request(&torque.address, "GET", "/app/todo_list/ws", &upgrade, b"")
        .await
        .unwrap();
    assert_eq!(socket.status, 503, "before the upgrade: {}", socket.text());
    assert_eq!(socket.header("retry-after"), Some("1"));
    assert!(
        socket.text().contains("the application todo_list is stopped"),
        "{}",
        socket.text()
    );
    torque
        .call_server("startApplication", json!({ "applicationId": "todo_list" }))
        .await
        .unwrap();
    torque.call("listPages", json!({})).await.unwrap();
}

#[tokio::test]
async fn a_server_told_to_stop_says_so_and_ends_in_good_order() {
    let mut torque = TestServer::start().await;
    let ready = torque.request("GET", "/health/ready", b"").await;
    assert_eq!(ready.status, 200, "{}", ready.text());
    torque.signal(rustix::process::Signal::TERM);
    let status = torque
        .wait(Duration::from_secs(10))
        .expect("it ends within ten seconds");
    assert!(status.success(), "{status:?}\n{}", torque.log());
}
