//! JSON-RPC 2.0 as specified: calls, notifications, batches, ids, errors.

use crate::support::TestServer;
use crate::support::http::Response;
use serde_json::Value;
use serde_json::json;

async fn post(torque: &TestServer, body: &str) -> Response {
    torque
        .request("POST", "/app/todo_list/jsonrpc", body.as_bytes())
        .await
}

/// What came back in short: `id code`, `id ok`, `nothing`, in order.
fn outline(response: &Response) -> Vec<String> {
    if response.body.is_empty() {
        assert_eq!(response.status, 204);
        return vec!["nothing".to_owned()];
    }
    let one = |reply: &Value| {
        assert_eq!(reply["jsonrpc"], "2.0");
        assert_eq!(reply.as_object().unwrap().len(), 3, "{reply}");
        match reply.get("error") {
            Some(error) => {
                assert!(error["message"].is_string());
                format!("{} {}", reply["id"], error["code"])
            }
            None => format!("{} ok", reply["id"]),
        }
    };
    match response.json() {
        Value::Array(replies) => replies.iter().map(one).collect(),
        reply => vec![one(&reply)],
    }
}

#[tokio::test]
async fn calls_notifications_and_batches_are_answered_as_the_specification_says() {
    let torque = TestServer::start().await;
    let whoami = r#"{"jsonrpc":"2.0","method":"whoami","id":1}"#;
    let noted = r#"{"jsonrpc":"2.0","method":"whoami"}"#;
    let cases: &[(&str, &[&str])] = &[
        // Single calls, with every kind of id, with and without parameters.
        (whoami, &["1 ok"]),
        (
            r#"{"jsonrpc":"2.0","method":"whoami","params":[],"id":"1"}"#,
            &["\"1\" ok"],
        ),
        (
            r#"{"jsonrpc":"2.0","method":"whoami","params":{},"id":null}"#,
            &["null ok"],
        ),
        (r#"{"jsonrpc":"2.0","method":"whoami","id":1.5}"#, &["1.5 ok"]),
        (
            r#"{"jsonrpc":"2.0","method":"loadPage","params":["dashboard_page"],"id":-1}"#,
            &["-1 ok"],
        ),
        // A method that is not there, one of the server asked of an application.
        (
            r#"{"jsonrpc":"2.0","method":"foobar","id":"1"}"#,
            &["\"1\" -32601"],
        ),
        (
            r#"{"jsonrpc":"2.0","method":"listApiKeys","id":1}"#,
            &["1 -32601"],
        ),
        (r#"{"jsonrpc":"2.0","method":"WHOAMI","id":1}"#, &["1 -32601"]),
        // No JSON.
        (
            r#"{"jsonrpc":"2.0","method":"foobar,"params":"bar","baz]"#,
            &["null -32700"],
        ),
        (
            r#"[{"jsonrpc":"2.0","method":"sum","params":[1,2,4],"id":"1"},{"jsonrpc":"2.0","method""#,
            &["null -32700"],
        ),
        (" ", &["null -32700"]),
        ("{} {}", &["null -32700"]),
        // JSON, and no request.
        (r#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#, &["null -32600"]),
        ("1", &["null -32600"]),
        ("null", &["null -32600"]),
        (
            r#"{"jsonrpc":"2.0","method":"whoami","id":[1]}"#,
            &["null -32600"],
        ),
        (
            r#"{"jsonrpc":"2.0","method":"whoami","params":"x","id":7}"#,
            &["7 -32600"],
        ),
        (r#"{"method":"whoami","id":7}"#, &["7 -32600"]),
        // Parameters that do not fit.
        (
            r#"{"jsonrpc":"2.0","method":"loadPage","params":{"page":1},"id":1}"#,
            &["1 -32602"],
        ),
        (
            r#"{"jsonrpc":"2.0","method":"loadPage","params":["a","b"],"id":1}"#,
            &["1 -32602"],
        ),
        (
            r#"{"jsonrpc":"2.0","method":"getFormDefinition","id":1}"#,
            &["1 -32602"],
        ),
        // Notifications.
        (noted, &["nothing"]),
        (r#"{"jsonrpc":"2.0","method":"foobar"}"#, &["nothing"]),
        (
            r#"{"jsonrpc":"2.0","method":"loadPage","params":{"page":1}}"#,
            &["nothing"],
        ),
        // Batches.
        ("[]", &["null -32600"]),
        ("[1]", &["null -32600"]),
        ("[1,2,3]", &["null -32600", "null -32600", "null -32600"]),
        ("[[]]", &["null -32600"]),
    ];
    for (body, expected) in cases {
        assert_eq!(&outline(&post(&torque, body).await), expected, "{body}");
    }
    let mixed = format!(
        r#"[{whoami},{noted},{{"foo":"boo"}},{{"jsonrpc":"2.0","method":"foo.get","params":{{"name":"myself"}},"id":"5"}},
        {{"jsonrpc":"2.0","method":"listPages","id":"9"}}]"#
    );
    assert_eq!(
        outline(&post(&torque, &mixed).await),
        ["1 ok", "null -32600", "\"5\" -32601", "\"9\" ok"]
    );
    let silent = format!("[{noted},{noted}]");
    assert_eq!(outline(&post(&torque, &silent).await), ["nothing"]);
}

#[tokio::test]
async fn a_batch_sees_its_own_writes_in_order() {
    let torque = TestServer::start().await;
    let id = "01a210a7-b619-72e1-9730-2656d57458f6";
    let create = json!({ "jsonrpc": "2.0", "id": 1, "method": "createEntity",
        "params": { "entityType": "todo", "id": id, "data": { "label": "one" } } });
    let read = json!({ "jsonrpc": "2.0", "id": 2, "method": "getEntity", "params": { "entityId": id } });
    let update = json!({ "jsonrpc": "2.0", "id": 3, "method": "updateEntity",
        "params": { "entityId": id, "data": { "label": "two" } } });
    let batch = json!([create, read, read, update, read]);
    let reply = post(&torque, &batch.to_string()).await.json();
    let labels: Vec<_> = reply
        .as_array()
        .unwrap()
        .iter()
        .map(|reply| reply["result"]["label"].as_str().unwrap_or("-").to_owned())
        .collect();
    assert_eq!(labels, ["one", "one", "one", "two", "two"], "{reply}");
}

#[tokio::test]
async fn a_batch_has_a_limit_and_can_be_switched_off() {
    let torque = TestServer::start_with(&["--set", "jsonrpc.max_batch_size=3"]).await;
    let call = r#"{"jsonrpc":"2.0","method":"whoami","id":1}"#;
    let batch = |count: usize| format!("[{}]", vec![call; count].join(","));
    assert_eq!(outline(&post(&torque, &batch(3)).await).len(), 3);
    let refused = post(&torque, &batch(4)).await.json();
    assert_eq!(refused["error"]["code"], -32600);
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("4 calls") && message.contains("at most 3"),
        "{message}"
    );
    assert_eq!(outline(&post(&torque, &batch(10_000)).await), ["null -32600"]);

    let torque = TestServer::start_with(&["--set", "jsonrpc.enable_batch_requests=false"]).await;
    assert_eq!(outline(&post(&torque, &batch(1)).await), ["null -32600"]);
    assert_eq!(outline(&post(&torque, call).await), ["1 ok"]);
}

#[tokio::test]
async fn the_endpoint_for_all_applications_takes_the_application_as_a_parameter() {
    let torque = TestServer::start().await;
    let application = torque.call("listPages", json!({})).await.unwrap()["app"]["id"].clone();
    for named in [json!("todo_list"), application] {
        let page = torque
            .call_server(
                "loadPage",
                json!({ "pageId": "start_page", "applicationId": named }),
            )
            .await
            .unwrap();
        assert_eq!(page["id"], "start_page");
    }
    let unsaid = torque.call_server("loadPage", json!({})).await.unwrap_err();
    assert_eq!(unsaid.code, -32602);
    assert!(unsaid.message.contains("applicationId"), "{}", unsaid.message);
    for unknown in [
        "nothing",
        "01a210a7-b619-72e1-9730-2656d57458f6",
        "todo_list'--",
        "",
    ] {
        let refusal = torque
            .call_server("loadPage", json!({ "applicationId": unknown }))
            .await
            .unwrap_err();
        assert_eq!(refusal.code, 404, "{unknown}");
    }
    let response = torque.request(
        "POST",
        "/app/nothing/jsonrpc",
        br#"{"jsonrpc":"2.0","method":"whoami","id":1}"#,
    );
    let reply = response.await.json();
    assert_eq!(reply["error"]["code"], 404, "{reply}");
}
