//! The server as a process: it starts, answers, and stops as it should.

use crate::support::TestServer;

#[tokio::test]
async fn a_server_starts_answers_and_stops() {
    let server = TestServer::start().await;
    let ready = server.request("GET", "/health/ready", b"").await;
    assert_eq!(ready.status, 200, "{}", ready.text());
    let whoami = server.call_server("whoami", serde_json::json!({})).await.unwrap();
    assert_eq!(whoami["permission"], "admin", "{whoami}");
}
