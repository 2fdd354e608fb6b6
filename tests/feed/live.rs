//! From a committed write to an open socket.

use crate::feed::follower::Follower;
use crate::feed::follower::Heard;
use crate::feed::follower::settle;
use crate::support::TestServer;
use serde_json::json;
use std::time::Duration;
use std::time::Instant;

#[tokio::test]
async fn a_row_inserted_with_plain_sql_reaches_a_socket_within_a_second() {
    let server = TestServer::start().await;
    let sql = server.database.connect().await;
    let mut follower = Follower::of(&server).await;
    follower.subscribe(json!({ "entityType": "todo" })).await;
    // Once while the loop is awake, and once after it has fallen asleep behind the bell.
    for pause in [0, 4_000] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let begun = Instant::now();
        sql.execute("insert into todo_list.todo (label) values ('from psql')", &[])
            .await
            .unwrap();
        let changes = follower.changes(1).await;
        let took = begun.elapsed();
        assert_eq!(changes[0]["op"], "create");
        assert_eq!(changes[0]["entityType"], "todo");
        assert_eq!(changes[0]["version"], 1);
        assert_eq!(changes[0]["entity"]["label"], "from psql");
        assert_eq!(changes[0]["entity"]["id"], changes[0]["entityId"]);
        assert!(
            changes[0]["entity"]["created_at"]
                .as_str()
                .unwrap()
                .ends_with('Z')
        );
        assert!(took < Duration::from_secs(1), "{took:?}");
        eprintln!("psql insert to socket after {pause} ms of quiet: {took:?}");
    }
}

#[tokio::test]
async fn a_frame_has_the_entity_as_a_list_has_it() {
    let server = TestServer::start().await;
    let mut follower = Follower::of(&server).await;
    follower.subscribe(json!({ "entityType": "todo" })).await;
    let made = server
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "one" } }),
        )
        .await
        .unwrap();
    let id = &made["id"];
    server
        .call(
            "updateEntity",
            json!({ "entityType": "todo", "entityId": id, "data": { "status": "closed" } }),
        )
        .await
        .unwrap();
    let changes = follower.changes(2).await;
    let listed = server
        .call(
            "queryEntities",
            json!({ "entityType": "todo", "filters": { "id": id } }),
        )
        .await
        .unwrap();
    assert_eq!(changes[1]["entity"], listed["data"][0]);
    server
        .call("deleteEntity", json!({ "entityType": "todo", "entityId": id }))
        .await
        .unwrap();
    let deleted = follower.changes(1).await;
    assert_eq!(deleted[0]["op"], "delete");
    assert!(deleted[0]["entity"].is_null());
}

#[tokio::test]
async fn a_snapshot_and_the_frames_after_it_miss_nothing() {
    let server = TestServer::start().await;
    let writer = {
        let sql = server.database.connect().await;
        tokio::spawn(async move {
            for n in 0..300 {
                let label = format!("w{n}");
                let insert = "insert into todo_list.todo (label) values ($1)";
                sql.execute(insert, &[&label]).await.unwrap();
            }
        })
    };
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut follower = Follower::of(&server).await;
    let params = json!({ "entityType": "todo", "filters": { "label": { "startsWith": "w" } }, "snapshot": { "limit": 1000 } });
    let subscribed = follower.subscribe(params).await;
    writer.await.unwrap();
    let mut known: std::collections::BTreeSet<String> = subscribed["snapshot"]["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["label"].as_str().unwrap().to_owned())
        .collect();
    while known.len() < 300 {
        for change in follower.changes(1).await {
            known.insert(change["entity"]["label"].as_str().unwrap().to_owned());
        }
    }
}

#[tokio::test]
async fn an_entity_that_leaves_the_filter_is_told_of_once() {
    let server = TestServer::start().await;
    let mut follower = Follower::of(&server).await;
    follower
        .subscribe(json!({ "entityType": "todo", "filters": { "status": "open" } }))
        .await;
    let data = json!({ "label": "one", "status": "open" });
    let made = server
        .call("createEntity", json!({ "entityType": "todo", "data": data }))
        .await
        .unwrap();
    let write = |data| {
        let params = json!({ "entityType": "todo", "entityId": made["id"], "data": data });
        server.call("updateEntity", params)
    };
    write(json!({ "status": "closed" })).await.unwrap();
    write(json!({ "label": "unseen" })).await.unwrap();
    write(json!({ "status": "open" })).await.unwrap();
    let changes = follower.changes(3).await;
    assert_eq!(changes[0]["op"], "create");
    assert_eq!(changes[1]["leave"], true);
    assert!(changes[1]["entity"].is_null());
    assert_eq!(changes[2]["entity"]["label"], "unseen");
    assert_eq!(changes[2]["version"], 4);
}

#[tokio::test]
async fn a_filtered_subscription_moves_on_without_changes() {
    let server = TestServer::start().await;
    let mut follower = Follower::of(&server).await;
    let subscribed = follower
        .subscribe(json!({ "entityType": "todo", "filters": { "label": "never" } }))
        .await;
    server
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "x" } }),
        )
        .await
        .unwrap();
    let heard = follower.hear(Duration::from_secs(9)).await;
    let Heard::Frame(frame) = heard else {
        panic!("{heard:?}")
    };
    assert_eq!(frame["params"]["changes"], json!([]));
    assert_eq!(
        frame["params"]["to"],
        crate::feed::follower::position(&subscribed["cursor"]) + 1
    );
}

#[tokio::test]
async fn one_socket_has_several_subscriptions_and_may_end_each() {
    let server = TestServer::start().await;
    settle(&server).await;
    let mut follower = Follower::at(&server, "/ws").await;
    let all = follower.subscribe(json!({ "applicationId": "todo_list" })).await;
    let some = follower
        .subscribe(json!({ "applicationId": "todo_list", "entityType": "todo" }))
        .await;
    assert_ne!(all["subscriptionId"], some["subscriptionId"]);
    server
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "x" } }),
        )
        .await
        .unwrap();
    assert_eq!(follower.changes(2).await.len(), 2);
    let id = &some["subscriptionId"];
    follower
        .call("unsubscribe", json!({ "subscriptionId": id }))
        .await
        .unwrap();
    let again = follower
        .call("unsubscribe", json!({ "subscriptionId": id }))
        .await
        .unwrap_err();
    assert_eq!(again["data"]["code"], "not_found");
    server
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "y" } }),
        )
        .await
        .unwrap();
    assert_eq!(follower.changes(1).await[0]["entity"]["label"], "y");
    assert_eq!(follower.hear(Duration::from_millis(300)).await, Heard::Silence);
}

#[tokio::test]
async fn wrong_subscriptions_and_texts_are_refused_and_the_socket_lives_on() {
    let server = TestServer::start().await;
    let mut follower = Follower::of(&server).await;
    for (params, code, place) in [
        (json!({ "entityType": "nothing" }), "not_found", "nothing"),
        (
            json!({ "entityType": "todo", "filters": { "labl": 1 } }),
            "bad_request",
            "filters.labl",
        ),
        (
            json!({ "filters": { "label": "x" } }),
            "bad_request",
            "entityType",
        ),
        (
            json!({ "entityType": "todo", "since": "12" }),
            "bad_request",
            "since",
        ),
        (json!({ "entitytype": "todo" }), "bad_request", "entitytype"),
    ] {
        let refusal = follower.call("subscribe", params.clone()).await.unwrap_err();
        assert_eq!(refusal["data"]["code"], code, "{params}: {refusal}");
        assert!(
            refusal["message"].as_str().unwrap().contains(place),
            "{params}: {refusal}"
        );
    }
    let over_http = server
        .call("subscribe", json!({ "entityType": "todo" }))
        .await
        .unwrap_err();
    assert_eq!(over_http.data["code"], "bad_request");
    let listed = follower
        .call("loadEntityData", json!({ "entityType": "todo" }))
        .await
        .unwrap();
    assert!(listed["data"].is_array());
}

#[tokio::test]
async fn a_page_of_a_stranger_cannot_open_a_socket() {
    let server = TestServer::start().await;
    let own = format!("http://{}", server.address);
    for (origin, opens) in [
        ("http://evil.example.org", false),
        ("null", false),
        (own.as_str(), true),
    ] {
        let opened = Follower::open(&server, "/app/todo_list/ws", &[("origin", origin)]).await;
        assert_eq!(opened.is_ok(), opens, "{origin}");
    }
    assert!(Follower::open(&server, "/app/missing/ws", &[]).await.is_err());
    let nobody = [("authorization", "Bearer tq_nothing")];
    assert!(
        Follower::open(&server, "/app/todo_list/ws", &nobody)
            .await
            .is_err()
    );
}
