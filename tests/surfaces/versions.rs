//! A model's next version: renamed properties keep their values, removed ones are not shown.

use crate::support::TestServer;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;

async fn next_version(torque: &TestServer, change: impl FnOnce(&mut Vec<Value>)) {
    let model = torque
        .call_server("getModel", json!({ "modelId": "Shop" }))
        .await
        .unwrap();
    let mut document = model["document"].clone();
    let order = document["entities"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|entity| entity["id"] == "order")
        .unwrap();
    change(order["properties"].as_array_mut().unwrap());
    let update = json!({ "modelId": "Shop", "document": document, "revision": model["revision"] });
    torque.call_server("updateModel", update).await.unwrap();
    torque
        .call_server("publishModel", json!({ "modelId": "Shop" }))
        .await
        .unwrap();
    torque
        .call_server("deployApplication", json!({ "applicationId": SLUG }))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_renamed_property_keeps_its_values_and_a_removed_one_is_not_shown() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let made = shop
        .create(
            "order",
            json!({ "title": "one", "remarks": "kept", "n": 1, "extra": { "a": null } }),
        )
        .await;
    next_version(&torque, |properties| {
        for property in properties.iter_mut() {
            if property["name"] == "title" {
                property["name"] = json!("subject");
            }
        }
        properties.retain(|property| property["name"] != "remarks");
    })
    .await;

    let id = &made["id"];
    let read = shop.call("getEntity", json!({ "entityId": id })).await.unwrap();
    assert_eq!(read["subject"], "one");
    assert!(
        read.get("title").is_none() && read.get("remarks").is_none() && read.get("notes").is_none(),
        "{read}"
    );
    assert_eq!(read["extra"], json!({ "a": null }), "nulls inside a value stay");
    assert_eq!(read["version"], 1, "a rename rewrites nothing");

    let page = shop
        .list(json!({ "filters": { "subject": "one" }, "sortBy": "subject", "fields": ["subject"] }))
        .await;
    assert_eq!(page["data"][0], json!({ "id": id, "subject": "one" }));
    let update = json!({ "entityId": id, "data": { "subject": "two", "n": null } });
    let changed = shop.call("updateEntity", update).await.unwrap();
    assert_eq!(changed["subject"], "two");
    assert!(changed.get("n").is_none());
    for gone in ["title", "remarks", "notes"] {
        let write = json!({ "entityId": id, "data": { gone: "x" } });
        let refusal = shop.call("updateEntity", write).await.unwrap_err();
        assert_eq!(refusal.data["fields"][0]["code"], "unknown", "{gone}");
        let refusal = shop
            .call(
                "loadEntityData",
                json!({ "entityType": "order", "filters": { gone: "x" } }),
            )
            .await
            .unwrap_err();
        assert_eq!(refusal.code, -32602, "{gone}");
    }
    let back = json!({ "entityType": "order", "entityId": id, "version": 1 });
    let back = shop.call("restoreEntity", back).await.unwrap();
    assert_eq!((&back["subject"], &back["n"]), (&json!("one"), &json!(1)));
    let created = shop.create("order", json!({ "subject": "three" })).await;
    assert_eq!(created["subject"], "three");
}
