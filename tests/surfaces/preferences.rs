//! What callers keep for themselves: their own, in one application, within limits.

use crate::support::TestServer;
use crate::support::http;
use serde_json::Value;
use serde_json::json;

/// A call of the TODO application with a key, or without any.
async fn call(torque: &TestServer, key: Option<&str>, method: &str, params: Value) -> Value {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let bearer = key.map(|key| format!("Bearer {key}"));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    http::request(
        &torque.address,
        "POST",
        "/app/todo_list/jsonrpc",
        &headers,
        body.as_bytes(),
    )
    .await
    .unwrap()
    .json()
}

#[tokio::test]
async fn a_caller_keeps_their_own_and_sees_nobody_elses() {
    let torque = TestServer::start().await;
    let made = torque
        .call_server(
            "createApiKey",
            json!({ "name": "bo", "application": "todo_list", "permission": "read" }),
        )
        .await
        .unwrap();
    let bo = made["key"].as_str().unwrap();
    let ada = torque.admin_key.as_str();
    let save = |name: &str, value: Value| json!({ "name": name, "value": value });

    for (name, value) in [
        ("view a/mine", json!({ "n": 1 })),
        ("view a/mine", json!({ "n": 2 })),
        ("view b/other", json!([])),
    ] {
        let saved = call(&torque, Some(ada), "savePreference", save(name, value)).await;
        assert_eq!(saved["result"]["name"], name, "{saved}");
    }
    // Reading is enough to keep something, and the same name is another's own.
    call(
        &torque,
        Some(bo),
        "savePreference",
        save("view a/mine", json!("bo's")),
    )
    .await;

    let list = async |key, prefix: &str| {
        call(&torque, Some(key), "listPreferences", json!({ "prefix": prefix })).await["result"]["preferences"].clone()
    };
    assert_eq!(
        list(ada, "view a/").await,
        json!([{ "name": "view a/mine", "value": { "n": 2 } }])
    );
    assert_eq!(list(ada, "").await.as_array().unwrap().len(), 2);
    assert_eq!(
        list(bo, "").await,
        json!([{ "name": "view a/mine", "value": "bo's" }])
    );
    assert_eq!(list(ada, "view _").await, json!([]), "a prefix is no pattern");

    let gone = call(
        &torque,
        Some(ada),
        "deletePreference",
        json!({ "name": "view a/mine" }),
    )
    .await;
    assert_eq!(gone["result"]["deleted"], true);
    let again = call(
        &torque,
        Some(ada),
        "deletePreference",
        json!({ "name": "view a/mine" }),
    )
    .await;
    assert_eq!(again["result"]["deleted"], false);
    assert_eq!(list(bo, "").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_in_particular_keeps_nothing_and_nobody_keeps_without_end() {
    let torque = TestServer::start().await;
    let save = |name: &str, value: Value| json!({ "name": name, "value": value });
    let refused = call(&torque, None, "savePreference", save("x", json!(1))).await;
    assert_eq!(refused["error"]["code"], 401, "{refused}");
    for (params, code) in [
        (save("", json!(1)), -32602),
        (save(&"x".repeat(301), json!(1)), -32602),
        (save("x", json!("y".repeat(33_000))), 413),
    ] {
        let refused = call(&torque, Some(&torque.admin_key), "savePreference", params).await;
        assert_eq!(refused["error"]["code"], code, "{refused}");
    }
    let client = torque.database.connect().await;
    client
        .batch_execute(
            "insert into torque.preferences (application_id, caller_id, name, value)
             select a.id, k.caller_id, 'p' || n, '1'
             from torque.applications a, torque.api_keys k, generate_series(1, 1000) n
             where a.slug = 'todo_list'",
        )
        .await
        .unwrap();
    let one_more = call(
        &torque,
        Some(&torque.admin_key),
        "savePreference",
        save("new", json!(1)),
    )
    .await;
    assert_eq!(one_more["error"]["code"], 413, "{one_more}");
    let in_place = call(
        &torque,
        Some(&torque.admin_key),
        "savePreference",
        save("p7", json!(2)),
    )
    .await;
    assert_eq!(in_place["result"]["name"], "p7", "{in_place}");
}
