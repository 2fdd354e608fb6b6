//! Relationships: links in both directions, references, and what stands in the way of a delete.

use crate::support::TestServer;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;

#[tokio::test]
async fn entities_are_linked_and_found_from_both_sides() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let order = shop.create("order", json!({ "title": "one" })).await;
    let tag = shop.create("tag", json!({ "name": "urgent" })).await;
    let ends = json!({ "relationship": "order_tags", "sourceId": order["id"], "targetId": tag["id"] });

    let first = shop.call("link", ends.clone()).await.unwrap();
    let again = shop.call("link", ends.clone()).await.unwrap();
    assert_eq!(first, again, "linking again changes nothing");

    let of =
        |entity: &Value, entity_type: &str| json!({ "entityId": entity["id"], "entityType": entity_type });
    let from_order = shop
        .call("getEntityRelationships", of(&order, "order"))
        .await
        .unwrap();
    let from_tag = shop
        .call("getEntityRelationships", of(&tag, "tag"))
        .await
        .unwrap();
    for (found, direction, other) in [(from_order, "outgoing", "tag"), (from_tag, "incoming", "order")] {
        let found = found["relationships"].as_array().unwrap().clone();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["relationshipType"], "order_tags");
        assert_eq!(found[0]["direction"], direction);
        assert_eq!(found[0]["entityType"], other);
        assert_eq!(found[0]["sourceEntityId"], order["id"]);
        assert_eq!(found[0]["targetEntityId"], tag["id"]);
    }

    let unlinked = shop.call("unlink", ends.clone()).await.unwrap();
    assert_eq!(unlinked["unlinked"], true);
    let again = shop.call("unlink", ends).await.unwrap();
    assert_eq!(again["unlinked"], false);
    let missing = json!({ "relationship": "order_tags", "sourceId": order["id"],
        "targetId": "01a210a7-b619-72e1-9730-2656d57458f6" });
    let refusal = shop.call("link", missing).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.data["code"].as_str()),
        (422, Some("invalid"))
    );
}

#[tokio::test]
async fn a_list_shows_what_an_entity_is_linked_with_from_both_sides() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let order = shop.create("order", json!({ "title": "one" })).await;
    shop.create("order", json!({ "title": "two" })).await;
    let urgent = shop.create("tag", json!({ "name": "urgent" })).await;
    let gift = shop.create("tag", json!({ "name": "gift" })).await;
    shop.create("tag", json!({ "name": "unused" })).await;
    for tag in [&urgent, &gift] {
        let ends = json!({ "relationship": "order_tags", "sourceId": order["id"], "targetId": tag["id"] });
        shop.call("link", ends).await.unwrap();
    }
    let linked = |entity: &Value| json!({ "relationship": "order_tags", "entityId": entity["id"] });
    let tags = shop
        .call(
            "loadEntityData",
            json!({ "entityType": "tag", "linked": linked(&order), "sortBy": "name" }),
        )
        .await
        .unwrap();
    let names: Vec<&Value> = tags["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| &tag["name"])
        .collect();
    assert_eq!(names, ["gift", "urgent"]);
    assert_eq!(tags["pagination"]["total"], 2);
    // What each link carries comes along.
    assert_eq!(tags["links"].as_object().unwrap().len(), 2);
    assert_eq!(tags["links"][urgent["id"].as_str().unwrap()], json!({}));
    let ends = json!({
        "relationship": "order_tags", "sourceId": order["id"], "targetId": gift["id"],
        "data": { "note": "ribbon" },
    });
    shop.call("link", ends).await.unwrap();
    let of_gift = json!({ "entityType": "order", "linked": linked(&gift) });
    let orders = shop.call("loadEntityData", of_gift).await.unwrap();
    assert_eq!(
        orders["links"],
        json!({ order["id"].as_str().unwrap(): { "note": "ribbon" } })
    );
    let described = shop
        .call("describeEntityType", json!({ "entityType": "tag" }))
        .await
        .unwrap();
    let carried = &described["relationships"][0]["properties"];
    assert_eq!(
        (&carried[0]["name"], &carried[0]["type"]),
        (&json!("note"), &json!("String"))
    );

    let orders = shop
        .call(
            "loadEntityData",
            json!({ "entityType": "order", "linked": linked(&urgent), "filters": { "title": "one" } }),
        )
        .await
        .unwrap();
    assert_eq!(orders["data"][0]["id"], order["id"]);
    assert_eq!(orders["pagination"]["total"], 1);

    let mut wrong_way = linked(&order);
    wrong_way["direction"] = json!("incoming");
    for linked in [
        wrong_way,
        json!({ "relationship": "customer", "entityId": order["id"] }),
    ] {
        let refusal = shop
            .call("loadEntityData", json!({ "entityType": "tag", "linked": linked }))
            .await
            .unwrap_err();
        assert_eq!(refusal.data["path"], "params.linked", "{refusal:?}");
    }
}

#[tokio::test]
async fn a_reference_is_a_relationship_with_its_propertys_name() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let ada = shop.create("customer", json!({ "name": "Ada" })).await;
    let order = shop.create("order", json!({ "title": "one" })).await;
    let ends = json!({ "relationship": "customer", "sourceId": order["id"], "targetId": ada["id"] });
    shop.call("link", ends.clone()).await.unwrap();
    let found = shop
        .call("getEntity", json!({ "entityId": order["id"] }))
        .await
        .unwrap();
    assert_eq!(found["customer"], ada["id"]);

    let refusal = shop
        .call(
            "deleteEntity",
            json!({ "entityId": ada["id"], "entityType": "customer" }),
        )
        .await
        .unwrap_err();
    assert_eq!(refusal.code, 409, "{refusal:?}");
    assert_eq!(refusal.data["count"], 1);

    assert_eq!(shop.call("unlink", ends).await.unwrap()["unlinked"], true);
    shop.call(
        "deleteEntity",
        json!({ "entityId": ada["id"], "entityType": "customer" }),
    )
    .await
    .unwrap();
    let dangling = json!({ "entityType": "order", "data": { "title": "x", "customer": ada["id"] } });
    let refusal = shop.call("createEntity", dangling).await.unwrap_err();
    assert_eq!(refusal.data["fields"][0]["field"], "customer");
    assert_eq!(refusal.data["fields"][0]["code"], "reference");
}

#[tokio::test]
async fn the_connections_of_an_entity_that_is_not_there_are_not_found() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let alone = shop.create("tag", json!({ "name": "alone" })).await;
    let of = |id: &Value, entity_type: Option<&str>| {
        let mut params = json!({ "entityId": id });
        if let Some(entity_type) = entity_type {
            params["entityType"] = json!(entity_type);
        }
        params
    };
    let found = shop
        .call("getEntityRelationships", of(&alone["id"], Some("tag")))
        .await
        .unwrap();
    assert_eq!(
        found["relationships"],
        json!([]),
        "there, and connected with nothing"
    );

    let elsewhere = torque
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "x" } }),
        )
        .await
        .unwrap();
    let missing = json!("01a210a7-b619-72e1-9730-2656d57458f6");
    let mut refusals = Vec::new();
    for id in [&missing, &elsewhere["id"]] {
        for entity_type in [Some("tag"), None] {
            let mut refusal = shop
                .call("getEntityRelationships", of(id, entity_type))
                .await
                .unwrap_err();
            assert_eq!(refusal.code, 404, "{refusal:?}");
            assert_eq!(refusal.data["entityId"], *id);
            refusal.data["entityId"] = Value::Null;
            refusals.push((refusal.message.replace(id.as_str().unwrap(), "…"), refusal.data));
        }
    }
    assert!(refusals.windows(2).all(|two| two[0] == two[1]), "{refusals:?}");
}

#[tokio::test]
async fn linking_and_unlinking_with_a_key_answer_as_the_first_time() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let order = shop.create("order", json!({ "title": "one" })).await;
    let tag = shop.create("tag", json!({ "name": "urgent" })).await;
    let ada = shop.create("customer", json!({ "name": "Ada" })).await;
    for (relationship, target) in [("order_tags", &tag), ("customer", &ada)] {
        let ends = |key: &str| {
            json!({ "relationship": relationship, "sourceId": order["id"],
            "targetId": target["id"], "idempotencyKey": format!("{relationship} {key}") })
        };
        let linked = shop.call("link", ends("on")).await.unwrap();
        let unlinked = shop.call("unlink", ends("off")).await.unwrap();
        assert_eq!(unlinked["unlinked"], true, "{relationship}");
        // Both are sent again, late: neither is done a second time.
        assert_eq!(shop.call("link", ends("on")).await.unwrap(), linked);
        assert_eq!(shop.call("unlink", ends("off")).await.unwrap(), unlinked);
        let of = json!({ "entityId": order["id"], "entityType": "order" });
        let found = shop.call("getEntityRelationships", of).await.unwrap();
        assert_eq!(found["relationships"], json!([]), "{relationship}");
        let other = shop.call("unlink", ends("on")).await.unwrap_err();
        assert_eq!(other.code, 409, "a key stands for one request");
    }
}
