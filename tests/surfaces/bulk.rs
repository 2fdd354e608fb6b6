//! Many entities at once: all, or none and the place of the first that was refused.

use crate::support::TestServer;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;

async fn total(shop: &Shop<'_>) -> Value {
    shop.list(json!({ "entityType": "tag" })).await["pagination"]["total"].clone()
}

#[tokio::test]
async fn a_bulk_write_is_all_or_nothing_and_names_the_first_that_was_refused() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let named = |names: &[&str]| -> Vec<Value> {
        names
            .iter()
            .map(|name| json!({ "data": { "name": name } }))
            .collect()
    };
    let create = |entities: Vec<Value>| json!({ "entityType": "tag", "entities": entities });

    let made = shop
        .call("bulkCreateEntities", create(named(&["a", "b", "c", "d"])))
        .await
        .unwrap();
    let made = made["entities"].as_array().unwrap().clone();
    let names: Vec<_> = made.iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);

    // In each other's way, in the way of what is there, against a rule, the same id twice.
    let mut lacking = named(&["e", "f"]);
    lacking.push(json!({ "data": {} }));
    lacking.push(json!({ "data": { "name": 1 } }));
    let twice = json!({ "id": made[0]["id"], "data": { "name": "z" } });
    for (entities, index, code) in [
        (named(&["e", "f", "g", "f", "h", "e"]), 3, 422),
        (named(&["e", "f", "g", "h", "i", "j", "k", "c"]), 7, 422),
        (named(&["a"]), 0, 422),
        (lacking, 2, 422),
        (vec![json!({ "data": { "name": "e" } }), twice.clone()], 1, 409),
        (
            vec![json!({ "data": { "name": "e" } }), json!({ "data": 1 })],
            1,
            -32602,
        ),
    ] {
        let refusal = shop
            .call("bulkCreateEntities", create(entities.clone()))
            .await
            .unwrap_err();
        assert_eq!(refusal.code, code, "{entities:?}: {refusal:?}");
        assert_eq!(refusal.data["index"], index, "{entities:?}: {refusal:?}");
        assert_eq!(total(&shop).await, 4);
    }
    let refusal = shop
        .call("bulkCreateEntities", create(vec![twice.clone(), twice]))
        .await
        .unwrap_err();
    assert_eq!((refusal.code, &refusal.data["index"]), (-32602, &json!(1)));

    // Updates: in the order of the request, at versions, or not at all.
    let change = |index: usize, name: &str, version: Option<i64>| json!({ "id": made[index]["id"], "data": { "name": name }, "version": version });
    let changed = shop
        .call(
            "bulkUpdateEntities",
            create(vec![change(2, "C", Some(1)), change(0, "A", None)]),
        )
        .await
        .unwrap();
    assert_eq!(changed["entities"][0]["name"], "C");
    assert_eq!(changed["entities"][1]["version"], 2);
    let stale = create(vec![change(1, "B", None), change(2, "CC", Some(1))]);
    let refusal = shop.call("bulkUpdateEntities", stale).await.unwrap_err();
    assert_eq!((refusal.code, &refusal.data["index"]), (409, &json!(1)));
    assert_eq!(refusal.data["currentVersion"], 2);
    let clash = create(vec![
        change(0, "x", None),
        change(1, "y", None),
        change(3, "x", None),
    ]);
    let refusal = shop.call("bulkUpdateEntities", clash).await.unwrap_err();
    assert_eq!((refusal.code, &refusal.data["index"]), (422, &json!(2)));
    let unchanged = shop
        .call("getEntity", json!({ "entityId": made[1]["id"] }))
        .await
        .unwrap();
    assert_eq!(unchanged["version"], 1);

    // Deletes.
    let missing = json!("01a210a7-b619-72e1-9730-2656d57458f6");
    let delete = |ids: Value| json!({ "entityType": "tag", "ids": ids });
    let refusal = shop
        .call("bulkDeleteEntities", delete(json!([made[0]["id"], missing])))
        .await
        .unwrap_err();
    assert_eq!((refusal.code, &refusal.data["index"]), (404, &json!(1)));
    assert_eq!(total(&shop).await, 4);
    let deleted = shop
        .call(
            "bulkDeleteEntities",
            delete(json!([made[1]["id"], made[0]["id"]])),
        )
        .await
        .unwrap();
    assert_eq!(deleted["entities"][0]["id"], made[1]["id"]);
    assert_eq!(total(&shop).await, 2);
    let mut keyed = create(named(&["k1", "k2"]));
    keyed["idempotencyKey"] = json!("import-7");
    let first = shop.call("bulkCreateEntities", keyed.clone()).await.unwrap();
    assert_eq!(shop.call("bulkCreateEntities", keyed).await.unwrap(), first);
    assert_eq!(total(&shop).await, 4);
    let none = shop.call("bulkDeleteEntities", delete(json!([]))).await.unwrap();
    assert_eq!(none["entities"], json!([]));
}
