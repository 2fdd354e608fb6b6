//! Cache nodes: what one server keeps the others see, and no other application.

use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::application::deployed;
use crate::xflow::bed::SLUG;
use crate::xflow::bed::node;
use crate::xflow::bed::until;
use crate::xflow::bed::xflow;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

fn model() -> Value {
    let cache = |id: &str, operation: &str, seconds: u64| {
        let mut kind = json!({ "type": "Cache", "key_template": "rate {{ input.of }}", "operation": operation,
            "ttl_seconds": seconds });
        if operation == "Set" {
            kind["value"] = json!({ "rate": "{{ input.rate }}" });
        }
        let ways = [("start", "out", "cache"), ("cache", "out", "end")];
        xflow(id, json!({ "cache": node(kind) }), &ways)
    };
    json!({
        "name": "Works",
        "entities": [{ "id": "job", "name": "Job", "properties": [
            { "name": "label", "property_type": { "type": "String" } } ] }],
        "xflows": [cache("get", "Get", 0), cache("set", "Set", 600), cache("brief", "Set", 1),
                   cache("delete", "Delete", 0), cache("exists", "Exists", 0)],
    })
}

async fn ask(torque: &TestServer, application: &str, xflow: &str, input: Value) -> Value {
    let params = json!({ "applicationId": application, "xflowId": xflow, "input": input });
    torque.call_server("executeXFlow", params).await.unwrap()["output"].clone()
}

/// Asks again until it is answered so: word between servers takes a moment.
async fn becomes(torque: &TestServer, xflow: &str, expected: Value) {
    let mut found = Value::Null;
    for _ in 0..200 {
        found = ask(torque, SLUG, xflow, json!({ "of": "eur" })).await;
        if found == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{found}, never {expected}");
}

#[tokio::test]
async fn what_one_server_keeps_changes_and_deletes_the_other_sees_and_no_other_application() {
    let database = Arc::new(TestDatabase::new().await);
    let one = TestServer::on(Arc::clone(&database), &[]).await;
    deployed(&one, &[SLUG, "others"], model()).await;
    let two = TestServer::on(Arc::clone(&database), &[]).await;
    let eur = json!({ "of": "eur" });
    assert_eq!(ask(&one, SLUG, "exists", eur.clone()).await, false);
    for rate in [1, 2, 3] {
        let kept = ask(&one, SLUG, "set", json!({ "of": "eur", "rate": rate })).await;
        assert_eq!(kept, json!({ "rate": rate }));
        // It holds the one before in its memory.
        becomes(&two, "get", json!({ "rate": rate })).await;
        assert_eq!(ask(&two, SLUG, "get", eur.clone()).await, json!({ "rate": rate }));
    }
    assert_eq!(ask(&two, SLUG, "exists", eur.clone()).await, true);
    assert_eq!(ask(&one, "others", "get", eur.clone()).await, Value::Null);
    assert_eq!(ask(&one, SLUG, "get", json!({ "of": "usd" })).await, Value::Null);
    assert_eq!(ask(&two, SLUG, "delete", eur.clone()).await, true);
    becomes(&one, "get", Value::Null).await;
    ask(&one, "others", "set", json!({ "of": "eur", "rate": 1 })).await;
    let params = json!({ "applicationId": "others" });
    one.call_server("deleteApplication", params).await.unwrap();
    let sql = database.connect().await;
    until(&sql, "select count(*) from torque.kept_values", 0).await;
    assert_eq!(ask(&two, SLUG, "delete", eur).await, false);
}

#[tokio::test]
async fn what_is_over_is_not_given_any_more_and_leaves_no_row() {
    let torque = TestServer::start().await;
    deployed(&torque, &[SLUG], model()).await;
    ask(&torque, SLUG, "brief", json!({ "of": "eur", "rate": 1 })).await;
    assert_eq!(ask(&torque, SLUG, "exists", json!({ "of": "eur" })).await, true);
    becomes(&torque, "exists", json!(false)).await;
    let sql = torque.database.connect().await;
    sql.execute("select works_data.prune()", &[]).await.unwrap();
    until(&sql, "select count(*) from torque.kept_values", 0).await;
}

#[tokio::test]
async fn memory_that_may_hold_nothing_is_no_loss() {
    let torque = TestServer::start_with(&["--set", "xflow.cache_bytes=0"]).await;
    deployed(&torque, &[SLUG], model()).await;
    ask(&torque, SLUG, "set", json!({ "of": "eur", "rate": 1 })).await;
    let sql = torque.database.connect().await;
    // Nothing stands between the node and the table: what is changed there is what it gives.
    sql.execute("update torque.kept_values set value = '{\"rate\": 9}'", &[])
        .await
        .unwrap();
    assert_eq!(
        ask(&torque, SLUG, "get", json!({ "of": "eur" })).await,
        json!({ "rate": 9 })
    );
}

#[tokio::test]
async fn a_key_or_a_time_that_cannot_be_is_refused() {
    let torque = TestServer::start().await;
    deployed(&torque, &[SLUG], model()).await;
    let params = json!({ "applicationId": SLUG, "xflowId": "get", "input": { "of": "x".repeat(600) } });
    let refusal = torque.call_server("executeXFlow", params).await.unwrap_err();
    assert_eq!(refusal.data["error"]["code"], "key", "{refusal:?}");
    let kind = json!({ "type": "Cache", "key_template": " ", "operation": "Set", "ttl_seconds": 0 });
    let document = xflow(
        "wrong",
        json!({ "cache": node(kind) }),
        &[("start", "out", "cache"), ("cache", "out", "end")],
    );
    let params = json!({ "applicationId": SLUG, "document": document });
    let found = torque.call_server("validateXFlow", params).await.unwrap();
    let paths: Vec<&str> = (found["problems"].as_array().unwrap().iter())
        .map(|problem| problem["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            "nodes.cache.node_type.key_template",
            "nodes.cache.node_type.ttl_seconds"
        ]
    );
}
