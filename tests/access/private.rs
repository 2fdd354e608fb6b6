//! Private applications to be kept out of, and the callers who try.

use crate::support::TestServer;
use crate::support::application::deployed;
use crate::support::http;
use crate::support::http::Response;
use serde_json::Value;
use serde_json::json;

/// The application that the callers are asked about.
pub const SLUG: &str = "vault";
/// Another one, with keys of its own.
pub const OTHER: &str = "elsewhere";

/// Deploys two private applications of the TODO model.
pub async fn open(torque: &TestServer) {
    let mut document: Value =
        serde_json::from_str(include_str!("../../src/model/templates/todo_list.json")).unwrap();
    document["access"] = json!("private");
    document["name"] = json!("Vault");
    deployed(torque, &[SLUG, OTHER], document).await;
}

/// A new API key; for the whole server without an application.
pub async fn key(torque: &TestServer, application: Option<&str>, permission: &str) -> String {
    let name = format!("{permission} of {}", application.unwrap_or("all"));
    let mut ask = json!({ "name": name, "permission": permission });
    if let Some(application) = application {
        ask["application"] = json!(application);
    }
    let made = torque.call_server("createApiKey", ask).await.unwrap();
    made["key"].as_str().unwrap().to_owned()
}

/// One call, with this key or none.
pub async fn call(
    torque: &TestServer,
    path: &str,
    key: Option<&str>,
    method: &str,
    params: Value,
) -> Response {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let bearer = key.map(|key| format!("Bearer {key}"));
    let mut headers = vec![("content-type", "application/json")];
    if let Some(bearer) = &bearer {
        headers.push(("authorization", bearer.as_str()));
    }
    http::request(&torque.address, "POST", path, &headers, body.as_bytes())
        .await
        .unwrap()
}

/// The code of a refusal: of the JSON-RPC error if there is one, else the HTTP status.
pub fn code(answer: &Response) -> i64 {
    if answer.status != 200 {
        return i64::from(answer.status);
    }
    answer.json()["error"]["code"].as_i64().unwrap_or(200)
}
