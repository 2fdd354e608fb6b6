//! Examples 1 to 10 of the specification: each request byte for byte, each reply key by key.

use crate::support::TestServer;
use crate::surfaces::compare::differences;
use serde_json::Value;
use serde_json::json;

const PAGE_REQUEST: &str = include_str!("examples/01_request.json");
const PAGE_REPLY: &str = include_str!("examples/02_reply.json");
const SETTINGS_REQUEST: &str = include_str!("examples/03_request.json");
const FORM_REQUEST: &str = include_str!("examples/04_request.json");
const FORM_REPLY: &str = include_str!("examples/05_reply.json");
const DATA_REQUEST: &str = include_str!("examples/06_request.json");
const DATA_REPLY: &str = include_str!("examples/07_reply.json");
const CREATE_REQUEST: &str = include_str!("examples/08_request.json");
const CREATE_REPLY: &str = include_str!("examples/09_reply.json");
const DASHBOARD_REPLY: &str = include_str!("examples/10_reply.json");

async fn exchange(torque: &TestServer, request: &str) -> Value {
    let response = torque
        .request("POST", "/app/todo_list/jsonrpc", request.as_bytes())
        .await;
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(response.header("content-type"), Some("application/json"));
    response.json()
}

fn holds(example: &str, reply: &Value) {
    let expected: Value = serde_json::from_str(example).unwrap();
    let found = differences(&expected, reply);
    assert!(found.is_empty(), "{found:#?}\n{reply:#}");
}

#[tokio::test]
async fn the_specifications_examples_are_answered_as_it_says() {
    let torque = TestServer::start().await;
    let application = torque.call("listPages", json!({})).await.unwrap()["app"].clone();

    // 1, 2: the start page.
    let page = exchange(&torque, PAGE_REQUEST).await;
    holds(PAGE_REPLY, &page);
    assert_eq!(page["result"]["meta"]["appId"], application["id"]);
    let default = torque.call("loadPage", json!({})).await.unwrap();
    assert_eq!(default["id"], "start_page");

    // 3: another page.
    let settings = exchange(&torque, SETTINGS_REQUEST).await;
    assert_eq!(settings["result"]["id"], "settings_page", "{settings}");
    assert_eq!(settings["id"], 2);

    // 4, 5: the form.
    holds(FORM_REPLY, &exchange(&torque, FORM_REQUEST).await);

    // 6, 7: the grid's data. The latest is first; the sample data makes room.
    let samples = torque
        .call("queryEntities", json!({ "entityType": "todo" }))
        .await
        .unwrap();
    let samples: Vec<&Value> = samples["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|todo| &todo["id"])
        .collect();
    torque
        .call(
            "bulkDeleteEntities",
            json!({ "entityType": "todo", "ids": samples }),
        )
        .await
        .unwrap();
    for (label, status) in [
        ("Schedule team meeting", "open"),
        ("Finish project documentation", "closed"),
        ("Buy groceries", "open"),
    ] {
        let data = json!({ "entityType": "todo", "data": { "label": label, "status": status } });
        torque.call("createEntity", data).await.unwrap();
    }
    holds(DATA_REPLY, &exchange(&torque, DATA_REQUEST).await);

    // 8, 9: a new entity.
    holds(CREATE_REPLY, &exchange(&torque, CREATE_REQUEST).await);

    // 10: the dashboard.
    let request = r#"{"jsonrpc":"2.0","method":"loadPage","params":{"pageId":"dashboard_page"},"id":6}"#;
    holds(DASHBOARD_REPLY, &exchange(&torque, request).await);
}

#[tokio::test]
async fn the_examples_xflow_gives_every_todo() {
    let torque = TestServer::start().await;
    let exported = torque
        .call("executeXFlow", json!({ "xflowId": "export_todos", "input": {} }))
        .await
        .unwrap();
    assert_eq!(exported["status"], "succeeded");
    let todos = torque
        .call("queryEntities", json!({ "entityType": "todo" }))
        .await
        .unwrap();
    assert_eq!(exported["output"], todos["data"]);
    let missing = torque
        .call("executeXFlow", json!({ "xflowId": "nothing" }))
        .await
        .unwrap_err();
    assert_eq!(missing.code, 404);
}
