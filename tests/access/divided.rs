//! Applications at an origin of their own: by another port, and by another name.

use crate::access::private;
use crate::support::TestServer;
use crate::support::http;
use crate::support::http::Response;
use serde_json::json;
use std::process::Command;

async fn get(address: &str, path: &str, host: &str) -> Response {
    let headers = [("host", host), ("accept", "text/html")];
    http::request(address, "GET", path, &headers, b"").await.unwrap()
}

/// What the command line says of a server's database, with the server's settings.
fn said(torque: &TestServer, settings: &[&str], arguments: &[&str]) -> String {
    let output = Command::new(crate::support::cluster::TORQUE)
        .args(arguments)
        .args(settings)
        .current_dir(std::env::temp_dir())
        .env("TORQUE_DATABASE_URL", &torque.database.url)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Where the server says that the TODO application is.
async fn printed(torque: &TestServer) -> String {
    let line = torque.line("TODO List ").await;
    line.split_whitespace().last().unwrap().to_owned()
}

#[tokio::test]
async fn a_second_address_serves_applications_and_the_first_everything_else() {
    let torque = TestServer::start_with(&["--set", "server.app_bind=127.0.0.1:0"]).await;
    let application = printed(&torque).await;
    let address = application
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/app/todo_list"))
        .unwrap_or_else(|| panic!("{application}"));
    assert_ne!(address, torque.address);
    for (address, path, status) in [
        (address, "/app/todo_list", 200),
        (address, "/", 404),
        (address, "/jsonrpc", 404),
        (address, "/sign-in", 200),
        (torque.address.as_str(), "/app/todo_list", 404),
        (torque.address.as_str(), "/", 200),
        (torque.address.as_str(), "/health/live", 200),
    ] {
        let answer = get(address, path, address).await;
        assert_eq!(answer.status, status, "{address}{path}: {}", answer.text());
    }
    // Whoever stands in front of the wrong door is shown the other one.
    let front = get(&torque.address, "/", &torque.address).await;
    assert!(front.text().contains(&application), "{}", front.text());
    let listed = torque.call_server("listApplications", json!({})).await.unwrap();
    assert_eq!(listed["applications"][0]["path"], application);
    // The two origins are strangers: a page of one cannot call the other.
    let origin = format!("http://{address}");
    let call = br#"{"jsonrpc":"2.0","id":1,"method":"whoami","params":{}}"#;
    let headers = [("content-type", "application/json"), ("origin", origin.as_str())];
    let answer = http::request(&torque.address, "POST", "/jsonrpc", &headers, call)
        .await
        .unwrap();
    assert_eq!(answer.status, 403, "{}", answer.text());
}

#[tokio::test]
async fn a_name_of_their_own_serves_applications_and_links_lead_there() {
    let setting = ["--set", "server.app_host=apps.torque.test"];
    let torque = TestServer::start_with(&setting).await;
    private::open(&torque).await;
    let (_, port) = torque.address.rsplit_once(':').unwrap();
    let apps = format!("apps.torque.test:{port}");
    assert_eq!(printed(&torque).await, format!("http://{apps}/app/todo_list"));
    for (host, path, status) in [
        (apps.as_str(), "/app/todo_list", 200),
        (apps.as_str(), "/", 404),
        (torque.address.as_str(), "/app/todo_list", 404),
        (torque.address.as_str(), "/", 200),
        ("other.torque.test", "/app/todo_list", 403),
    ] {
        let answer = get(&torque.address, path, host).await;
        assert_eq!(answer.status, status, "{host}{path}: {}", answer.text());
    }
    let bind = format!("server.bind={}", torque.address);
    let settings = [setting[0], setting[1], "--set", &bind];
    let opened = said(&torque, &settings, &["app", "open", "todo_list", "--print"]);
    assert_eq!(opened.trim(), format!("http://{apps}/app/todo_list"));
    let arguments = [
        "token",
        "create",
        "--link",
        "--permission",
        "write",
        "--application",
    ];
    let link = said(&torque, &settings, &[&arguments[..], &[private::SLUG]].concat());
    let link = link.lines().last().unwrap();
    let secret = link
        .strip_prefix(&format!("http://{apps}/sign-in#"))
        .unwrap_or_else(|| panic!("{link}"));
    // Opened there it signs in and leads to the application, on that origin.
    let origin = format!("http://{apps}");
    let headers = [
        ("host", apps.as_str()),
        ("origin", origin.as_str()),
        ("content-type", "application/json"),
    ];
    let body = json!({ "credential": secret }).to_string();
    let signed_in = http::request(&torque.address, "POST", "/sign-in", &headers, body.as_bytes())
        .await
        .unwrap();
    assert_eq!(signed_in.status, 200, "{}", signed_in.text());
    assert_eq!(signed_in.json()["path"], format!("/app/{}", private::SLUG));
}
