//! A model's next version: renamed properties keep their values, removed ones are not shown.

use crate::support::TestServer;
use crate::support::application::next_version;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;

async fn next_order(torque: &TestServer, change: impl FnOnce(&mut Vec<Value>)) {
    next_version(torque, SLUG, |document| {
        let entities = document["entities"].as_array_mut().unwrap();
        let order = entities.iter_mut().find(|entity| entity["id"] == "order");
        change(order.unwrap()["properties"].as_array_mut().unwrap());
    })
    .await;
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
    next_order(&torque, |properties| {
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

#[tokio::test]
async fn what_links_carry_goes_by_the_names_of_today_too() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let order = shop.create("order", json!({ "title": "one" })).await;
    let tag = shop.create("tag", json!({ "name": "gift" })).await;
    let link = |data: Value| json!({ "relationship": "order_tags", "sourceId": order["id"], "targetId": tag["id"], "data": data });
    shop.call("link", link(json!({ "note": "ribbon" })))
        .await
        .unwrap();
    next_version(&torque, SLUG, |document| {
        document["relationships"][0]["properties"][0]["name"] = json!("remark");
    })
    .await;

    let linked = json!({ "relationship": "order_tags", "entityId": order["id"] });
    let of_order = json!({ "entityType": "tag", "linked": linked });
    let tags = shop.call("loadEntityData", of_order).await.unwrap();
    let id = tag["id"].as_str().unwrap();
    assert_eq!(tags["links"][id], json!({ "remark": "ribbon" }));
    let changed = shop.call("link", link(json!({ "remark": "bow" }))).await.unwrap();
    assert_eq!(changed["data"], json!({ "remark": "bow" }));
    let refusal = shop.call("link", link(json!({ "note": "x" }))).await.unwrap_err();
    assert_eq!(refusal.data["fields"][0]["code"], "unknown", "{refusal:?}");
    let connected = json!({ "entityId": order["id"], "entityType": "order" });
    let connected = shop.call("getEntityRelationships", connected).await.unwrap();
    let connection = &connected["relationships"][0];
    assert_eq!(
        connection["relationshipData"],
        json!({ "remark": "bow" }),
        "{connected}"
    );
    let ends = json!({ "relationship": "order_tags", "sourceId": order["id"], "targetId": id });
    let unlinked = shop.call("unlink", ends).await.unwrap();
    assert_eq!(unlinked["data"], json!({ "remark": "bow" }));
}
