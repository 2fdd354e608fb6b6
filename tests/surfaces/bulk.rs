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

#[tokio::test]
async fn a_refused_bulk_write_lists_every_row_that_is_in_the_way_up_to_ten() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let create = |names: Vec<Value>| {
        let entities: Vec<Value> = names
            .iter()
            .map(|name| json!({ "data": { "name": name } }))
            .collect();
        json!({ "entityType": "tag", "entities": entities })
    };
    let refused = async |names: Vec<Value>| -> Vec<u64> {
        let refusal = shop.call("bulkCreateEntities", create(names)).await.unwrap_err();
        let listed = refusal.data["refused"].as_array().unwrap().clone();
        assert_eq!(listed[0]["index"], refusal.data["index"]);
        assert!(
            listed.iter().all(|one| one["fields"][0]["field"] == "name"),
            "{listed:?}"
        );
        listed.iter().map(|one| one["index"].as_u64().unwrap()).collect()
    };
    let names = |count: usize, wrong: &[usize]| -> Vec<Value> {
        let name = |n: usize| {
            if wrong.contains(&n) {
                Value::Null
            } else {
                json!(format!("t{n}"))
            }
        };
        (0..count).map(name).collect()
    };
    for wrong in [&[0][..], &[6], &[0, 6], &[1, 2, 5], &[3], &[0, 1, 2, 3, 4, 5, 6]] {
        let found: Vec<usize> = refused(names(7, wrong))
            .await
            .iter()
            .map(|n| *n as usize)
            .collect();
        assert_eq!(found, wrong);
    }
    // The same name twice: the second is in the way, wherever the others stand.
    let twice = vec![
        json!("a"),
        json!("b"),
        Value::Null,
        json!("a"),
        json!("c"),
        json!("b"),
    ];
    assert_eq!(refused(twice).await, [2, 3, 5]);
    assert_eq!(
        refused(vec![Value::Null; 30]).await,
        (0..10).collect::<Vec<u64>>()
    );
    assert_eq!(total(&shop).await, 0);
}

#[tokio::test]
async fn a_bulk_delete_is_undone_at_once_with_every_value_or_not_at_all() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let mut ids = Vec::new();
    for (title, remark) in [("a", "first"), ("b", "second"), ("c", "third")] {
        let made = shop
            .create(
                "order",
                json!({ "title": title, "remarks": remark, "total": "1.50" }),
            )
            .await;
        ids.push(made["id"].clone());
    }
    let of = |ids: &[Value]| json!({ "entityType": "order", "ids": ids });
    let none_deleted = shop.call("bulkRestoreEntities", of(&ids[..1])).await.unwrap_err();
    assert_eq!((none_deleted.code, &none_deleted.data["index"]), (404, &json!(0)));
    shop.call("bulkDeleteEntities", of(&ids)).await.unwrap();
    let stranger = json!("01a210a7-b619-72e1-9730-2656d57458f6");
    let refusal = shop
        .call("bulkRestoreEntities", of(&[ids[0].clone(), stranger]))
        .await
        .unwrap_err();
    assert_eq!((refusal.code, &refusal.data["index"]), (404, &json!(1)));
    assert_eq!(shop.list(json!({})).await["pagination"]["total"], 0);

    let back = shop.call("bulkRestoreEntities", of(&ids)).await.unwrap();
    let back = back["entities"].as_array().unwrap();
    assert_eq!(
        (&back[1]["id"], &back[1]["remarks"], &back[1]["total"]),
        (&ids[1], &json!("second"), &json!("1.50"))
    );
    assert_eq!(back[1]["version"], 2, "it goes on from its history");
    let there_already = shop.call("bulkRestoreEntities", of(&ids[2..])).await.unwrap_err();
    assert_eq!(there_already.data["index"], 0, "{there_already:?}");
}
