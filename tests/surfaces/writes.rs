//! Single writes: versions, ids made by clients, and writes that are sent again.

use crate::support::TestServer;
use crate::support::http;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;

#[tokio::test]
async fn a_stale_version_is_refused_with_both_versions_and_the_entity_as_it_is() {
    let torque = TestServer::start().await;
    let made = torque
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "one" } }),
        )
        .await
        .unwrap();
    assert_eq!(made["version"], 1);
    let id = &made["id"];
    let update =
        |label: &str, version: i64| json!({ "entityId": id, "data": { "label": label }, "version": version });
    let second = torque.call("updateEntity", update("two", 1)).await.unwrap();
    assert_eq!(second["version"], 2);
    let refusal = torque.call("updateEntity", update("three", 1)).await.unwrap_err();
    assert_eq!(refusal.code, 409);
    assert_eq!(refusal.data["code"], "conflict");
    assert_eq!(refusal.data["expectedVersion"], 1);
    assert_eq!(refusal.data["currentVersion"], 2);
    assert_eq!(refusal.data["current"]["label"], "two");
    let delete = json!({ "entityId": id, "version": 1 });
    let refusal = torque.call("deleteEntity", delete).await.unwrap_err();
    assert_eq!((refusal.code, &refusal.data["currentVersion"]), (409, &json!(2)));

    // What changes nothing makes no version; null clears, what is absent stays.
    let same = torque.call("updateEntity", update("two", 2)).await.unwrap();
    assert_eq!(
        (&same["version"], &same["updated_at"]),
        (&json!(2), &second["updated_at"])
    );
    let cleared = torque
        .call(
            "updateEntity",
            json!({ "entityId": id, "data": { "label": null } }),
        )
        .await
        .unwrap_err();
    assert_eq!(cleared.data["fields"][0]["code"], "required");
    let deleted = torque
        .call("deleteEntity", json!({ "entityId": id, "version": 2 }))
        .await
        .unwrap();
    assert_eq!(
        deleted,
        json!({ "id": id, "entity_type": "todo", "deleted": true, "version": 2 })
    );
}

#[tokio::test]
async fn a_create_with_its_own_id_makes_one_entity_however_often_it_is_sent() {
    let torque = TestServer::start().await;
    let id = "0190c5a1-0000-7000-8000-000000000001";
    let create = |label: &str| json!({ "entityType": "todo", "id": id, "data": { "label": label } });
    let first = torque.call("createEntity", create("one")).await.unwrap();
    assert_eq!(first["id"], id);
    assert_eq!(torque.call("createEntity", create("one")).await.unwrap(), first);
    let refusal = torque.call("createEntity", create("other")).await.unwrap_err();
    assert_eq!(refusal.code, 409);
    assert_eq!(refusal.data["current"]["label"], "one");
    let upper = json!({ "entityType": "todo", "id": id.to_uppercase(), "data": { "label": "one" } });
    assert_eq!(torque.call("createEntity", upper).await.unwrap(), first);
}

#[tokio::test]
async fn twenty_racing_submits_with_one_key_make_one_entity() {
    let torque = TestServer::start().await;
    let create = json!({ "entityType": "todo", "data": { "label": "once" }, "idempotencyKey": "submit-1" });
    let submits = (0..20).map(|_| torque.call("createEntity", create.clone()));
    let replies = futures_util::future::join_all(submits).await;
    let first = replies[0].as_ref().unwrap();
    assert!(
        replies.iter().all(|reply| reply.as_ref() == Ok(first)),
        "{replies:?}"
    );
    let made = json!({ "entityType": "todo", "filters": { "label": "once" } });
    let made = torque.call("loadEntityData", made).await.unwrap();
    assert_eq!(made["pagination"]["total"], 1);

    let other = json!({ "entityType": "todo", "data": { "label": "twice" }, "idempotencyKey": "submit-1" });
    assert_eq!(torque.call("createEntity", other).await.unwrap_err().code, 409);
    let spaced = r#"{"idempotencyKey":"submit-1","data":{"label":"once"},"entityType":"todo"}"#;
    let spaced: Value = serde_json::from_str(spaced).unwrap();
    assert_eq!(torque.call("createEntity", spaced).await.as_ref(), Ok(first));

    // A refused write keeps no key: it can be mended and sent again.
    let bad = json!({ "entityType": "todo", "data": {}, "idempotencyKey": "submit-2" });
    assert_eq!(torque.call("createEntity", bad).await.unwrap_err().code, 422);
    let good = json!({ "entityType": "todo", "data": { "label": "mended" }, "idempotencyKey": "submit-2" });
    torque.call("createEntity", good).await.unwrap();

    // Every other write answers as the first time as well.
    let id = first["id"].clone();
    let update = json!({ "entityId": id, "data": { "label": "new" }, "version": 1, "idempotencyKey": "u" });
    let updated = torque.call("updateEntity", update.clone()).await.unwrap();
    assert_eq!(torque.call("updateEntity", update).await.unwrap(), updated);
    let delete = json!({ "entityId": id, "idempotencyKey": "d" });
    let deleted = torque.call("deleteEntity", delete.clone()).await.unwrap();
    assert_eq!(torque.call("deleteEntity", delete).await.unwrap(), deleted);
}

#[tokio::test]
async fn an_upsert_creates_once_and_then_changes_only_what_it_names() {
    let torque = TestServer::start().await;
    let id = "0190c5a1-0000-7000-8000-000000000002";
    let upsert = |data: Value| json!({ "entityType": "todo", "id": id, "data": data });
    let made = torque
        .call(
            "upsertEntity",
            upsert(json!({ "label": "one", "status": "closed" })),
        )
        .await
        .unwrap();
    assert_eq!((&made["created"], &made["version"]), (&json!(true), &json!(1)));
    // The default of status must not come over the value that is there.
    let changed = torque
        .call("upsertEntity", upsert(json!({ "label": "two" })))
        .await
        .unwrap();
    assert_eq!(
        (&changed["created"], &changed["status"]),
        (&json!(false), &json!("closed"))
    );
    let racing = "0190c5a1-0000-7000-8000-000000000003";
    let submits = (0..10).map(|n| {
        let params = json!({ "entityType": "todo", "id": racing, "data": { "label": format!("r{n}") } });
        torque.call("upsertEntity", params)
    });
    let replies = futures_util::future::join_all(submits).await;
    let created = replies
        .iter()
        .filter(|reply| reply.as_ref().unwrap()["created"] == true)
        .count();
    assert_eq!(created, 1);
}

#[tokio::test]
async fn every_type_of_value_comes_back_in_its_one_form() {
    let torque = TestServer::start().await;
    let shop = Shop::open(&torque).await;
    let given = json!({
        "title": "t", "remarks": "", "n": 5.0, "total": 7, "done": false, "tags": ["b", "a", "b"],
        "day": "2024-02-29", "at": "2024-07-10T11:15:00+02:00",
        "code": "0190C5A1-0000-7000-8000-00000000000A", "extra": { "deep": [1, null, { "x": "y" }] }
    });
    let made = shop.create("order", given).await;
    let read = shop
        .call("getEntity", json!({ "entityId": made["id"] }))
        .await
        .unwrap();
    assert_eq!(made, read);
    for (name, value) in [
        ("remarks", json!("")),
        ("n", json!(5)),
        ("total", json!("7.00")),
        ("done", json!(false)),
        ("state", json!("new")),
        ("tags", json!(["b", "a"])),
        ("day", json!("2024-02-29")),
        ("at", json!("2024-07-10T09:15:00.000000Z")),
        ("code", json!("0190c5a1-0000-7000-8000-00000000000a")),
        ("extra", json!({ "deep": [1, null, { "x": "y" }] })),
    ] {
        assert_eq!(read[name], value, "{name}");
    }
    assert!(read.get("customer").is_none(), "what has no value is absent");
    let wrong = json!({ "entityType": "order", "data": {
        "title": 1, "n": 1001, "total": "1.234", "done": "yes", "state": "lost", "tags": ["z"],
        "day": "2023-02-29", "at": "yesterday", "code": "x", "customer": "x", "nothing": 1, "id": "x"
    } });
    let refusal = shop.call("createEntity", wrong).await.unwrap_err();
    let mut fields: Vec<_> = refusal.data["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["field"].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    fields.dedup();
    assert_eq!(
        fields,
        [
            "at", "code", "customer", "day", "done", "id", "n", "nothing", "state", "tags", "title", "total"
        ]
    );
}

#[tokio::test]
async fn callers_without_a_credential_need_keys_that_no_two_of_them_come_upon() {
    let torque = TestServer::start().await;
    let create = async |label: &str, key: &str| {
        let params = json!({ "entityType": "todo", "data": { "label": label }, "idempotencyKey": key });
        let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "createEntity", "params": params });
        let headers = [("content-type", "application/json")];
        let path = "/app/todo_list/jsonrpc";
        http::request(
            &torque.address,
            "POST",
            path,
            &headers,
            call.to_string().as_bytes(),
        )
        .await
        .unwrap()
        .json()
    };
    let weak = create("one", "1").await;
    assert_eq!(weak["error"]["code"], -32602, "{weak}");
    assert_eq!(weak["error"]["data"]["path"], "params.idempotencyKey");
    let key = "0d7a7a06-4c1b-4a6e-9d0f-5f3c6a0b9c11";
    let first = create("one", key).await;
    assert_eq!(create("one", key).await, first, "sent again");
    assert_eq!(create("two", key).await["error"]["code"], 409, "another request");
    // Whoever has a credential has keys of his own, short ones too.
    let own = json!({ "entityType": "todo", "data": { "label": "own" }, "idempotencyKey": key });
    assert_eq!(torque.call("createEntity", own).await.unwrap()["label"], "own");
}
