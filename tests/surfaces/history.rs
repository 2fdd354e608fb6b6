//! History and undo.

use crate::support::TestServer;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;

async fn history(torque: &TestServer, id: &Value, changes: usize) -> Value {
    for _ in 0..200 {
        let found = torque
            .call(
                "getEntityHistory",
                json!({ "entityType": "todo", "entityId": id }),
            )
            .await
            .unwrap();
        if found["changes"].as_array().unwrap().len() >= changes {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("the changes do not come");
}

#[tokio::test]
async fn an_entity_goes_back_to_any_version_and_comes_back_from_its_delete() {
    let torque = TestServer::start().await;
    let data = json!({ "entityType": "todo", "data": { "label": "first" } });
    let made = torque.call("createEntity", data).await.unwrap();
    let id = made["id"].clone();
    let update = json!({ "entityId": id, "data": { "label": "second", "status": "closed" } });
    torque.call("updateEntity", update).await.unwrap();

    let back = json!({ "entityType": "todo", "entityId": id, "version": 1 });
    let back = torque.call("restoreEntity", back).await.unwrap();
    assert_eq!(
        (&back["label"], &back["status"], &back["version"]),
        (&json!("first"), &json!("open"), &json!(3))
    );

    torque
        .call("deleteEntity", json!({ "entityId": id }))
        .await
        .unwrap();
    let undone = torque
        .call("restoreEntity", json!({ "entityType": "todo", "entityId": id }))
        .await
        .unwrap();
    assert_eq!(undone["id"], id);
    assert_eq!(undone["label"], "first");

    let found = history(&torque, &id, 5).await;
    let changes = found["changes"].as_array().unwrap();
    let ops: Vec<_> = changes
        .iter()
        .map(|change| change["op"].as_str().unwrap())
        .collect();
    assert_eq!(ops, ["create", "delete", "update", "update", "create"]);
    assert_eq!(changes[3]["old"], json!({ "label": "first", "status": "open" }));
    assert_eq!(
        changes[3]["data"],
        json!({ "label": "second", "status": "closed" })
    );
    assert_eq!(changes[0]["origin"], "jsonrpc");
    assert!(changes.iter().all(|change| change["caller"].is_string()));

    let page = json!({ "entityType": "todo", "entityId": id, "limit": 2 });
    let page = torque.call("getEntityHistory", page).await.unwrap();
    let before = &page["nextBefore"];
    let next = json!({ "entityType": "todo", "entityId": id, "before": before });
    let next = torque.call("getEntityHistory", next).await.unwrap();
    assert_eq!(next["changes"].as_array().unwrap().len(), 3);
    assert_eq!(next["nextBefore"], Value::Null);

    let never = json!({ "entityType": "todo", "entityId": id, "version": 99 });
    assert_eq!(torque.call("restoreEntity", never).await.unwrap_err().code, 404);
}

#[tokio::test]
async fn an_entity_that_is_brought_back_goes_on_from_its_last_version() {
    let torque = TestServer::start().await;
    let create = json!({ "entityType": "todo", "data": { "label": "one" } });
    let id = torque.call("createEntity", create).await.unwrap()["id"].clone();
    let update = json!({ "entityId": id, "data": { "label": "two" } });
    torque.call("updateEntity", update).await.unwrap();
    for version in [3, 4] {
        torque
            .call("deleteEntity", json!({ "entityId": id }))
            .await
            .unwrap();
        if version == 4 {
            // Once from the feed, once while its changes may still wait for their positions.
            history(&torque, &id, 5).await;
        }
        let back = json!({ "entityType": "todo", "entityId": id });
        let back = torque.call("restoreEntity", back).await.unwrap();
        assert_eq!(
            (&back["version"], &back["label"]),
            (&json!(version), &json!("two"))
        );
    }
    let found = history(&torque, &id, 6).await;
    let mut versions: Vec<_> = found["changes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|change| change["op"] != "delete")
        .map(|change| change["version"].as_i64().unwrap())
        .collect();
    versions.reverse();
    assert_eq!(versions, [1, 2, 3, 4]);

    // Nobody but the server says at which version an entity begins.
    let sql = torque.database.connect().await;
    let insert = "insert into todo_list_data.entity_todo (data, version) values ('{\"label\": \"x\"}', 7) returning version";
    let version: i64 = sql.query_one(insert, &[]).await.unwrap().get(0);
    assert_eq!(version, 1);
}
