//! A lock that somebody holds delays whoever needs what it guards, and nobody else.

use crate::support::TestServer;
use crate::support::database::connect;
use crate::support::server::Refusal;
use crate::surfaces::shop::SLUG;
use crate::surfaces::shop::Shop;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::Client;

/// As many as two pages of a browser and a handful of people send at once.
const LOCKED: usize = 24;

type Call = JoinHandle<Result<Value, Refusal>>;

async fn entity(torque: &TestServer) -> String {
    let made = torque
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "held" } }),
        )
        .await
        .unwrap();
    made["id"].as_str().unwrap().to_owned()
}

fn asked(torque: &Arc<TestServer>, method: &'static str, params: Value) -> Call {
    let torque = Arc::clone(torque);
    tokio::spawn(async move { torque.call(method, params).await })
}

/// Waits until the database says that so many wait for a lock.
async fn until_waiting(client: &Client, least: i64) {
    let waiting = "select count(*) from pg_locks where not granted and database is not distinct from
        coalesce(database, (select oid from pg_database where datname = current_database()))";
    while client.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) < least {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until one has waited longer than a shared connection does: it has gone to a connection of its own.
async fn until_waiting_apart(watcher: &Client) {
    let patient = "select count(*) from pg_stat_activity
        where wait_event_type = 'Lock' and xact_start < clock_timestamp() - interval '100 ms'";
    while watcher.query_one(patient, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_locked_row_stops_nobody_elses_requests() {
    let torque = Arc::new(TestServer::start().await);
    let id = entity(&torque).await;
    let holder = connect(&torque.database.url).await;
    holder
        .batch_execute(&format!(
            "begin; select from todo_list_data.entity_todo where id = '{id}' for update"
        ))
        .await
        .unwrap();
    let update = json!({ "entityType": "todo", "entityId": id, "data": { "label": "waits" } });
    let mut locked: Vec<Call> = (0..LOCKED)
        .map(|_| asked(&torque, "updateEntity", update.clone()))
        .collect();
    for kind in ["deleteEntity", "upsertEntity", "restoreEntity"] {
        let params = match kind {
            "upsertEntity" => json!({ "entityType": "todo", "id": id, "data": { "label": "waits" } }),
            "restoreEntity" => json!({ "entityType": "todo", "entityId": id, "version": 1 }),
            _ => json!({ "entityType": "todo", "entityId": id, "idempotencyKey": "the one delete" }),
        };
        locked.push(asked(&torque, kind, params));
    }
    until_waiting(&holder, 1).await;
    for number in 0..100 {
        torque
            .call("loadEntityData", json!({ "entityType": "todo", "limit": 5 }))
            .await
            .unwrap();
        if number % 5 == 0 {
            entity(&torque).await;
        }
    }
    let waiting = locked.iter().filter(|call| !call.is_finished()).count();
    assert!(
        waiting > 0,
        "a hundred others were answered before the lock's wait was over"
    );
    holder.batch_execute("rollback").await.unwrap();
    for call in locked {
        if let Err(refusal) = call.await.unwrap() {
            // Deleted by one of them, or told to come again.
            assert!([404, 409, 503].contains(&refusal.code), "{refusal:?}");
        }
    }
}

#[tokio::test]
async fn a_locked_table_stops_only_those_who_need_it() {
    let torque = Arc::new(TestServer::start().await);
    let holder = connect(&torque.database.url).await;
    holder
        .batch_execute("begin; lock table todo_list_data.entity_todo in access exclusive mode")
        .await
        .unwrap();
    let locked: Vec<Call> = (0..LOCKED)
        .map(|_| {
            asked(
                &torque,
                "loadEntityData",
                json!({ "entityType": "todo", "limit": 5 }),
            )
        })
        .collect();
    until_waiting(&holder, 1).await;
    for _ in 0..100 {
        torque.call_server("listModels", json!({})).await.unwrap();
    }
    let waiting = locked.iter().filter(|call| !call.is_finished()).count();
    assert!(
        waiting > 0,
        "a hundred others were answered before the lock's wait was over"
    );
    holder.batch_execute("rollback").await.unwrap();
    for call in locked {
        if let Err(refusal) = call.await.unwrap() {
            assert_eq!(refusal.code, 503, "{refusal:?}");
        }
    }
}

#[tokio::test]
async fn a_write_that_waits_for_a_lock_is_done_when_it_is_let_go() {
    let torque = Arc::new(TestServer::start().await);
    let id = entity(&torque).await;
    let holder = connect(&torque.database.url).await;
    // Within a transaction what the others do is seen as it was at the first look.
    let watcher = connect(&torque.database.url).await;
    holder
        .batch_execute(&format!(
            "begin; select from todo_list_data.entity_todo where id = '{id}' for update"
        ))
        .await
        .unwrap();
    for key in [Value::Null, json!("a key of its own, kept")] {
        let mut params = json!({ "entityType": "todo", "entityId": id, "data": { "label": "done" } });
        if !key.is_null() {
            params["idempotencyKey"] = key;
        }
        let waits = asked(&torque, "updateEntity", params);
        until_waiting_apart(&watcher).await;
        holder.batch_execute("rollback").await.unwrap();
        let done = waits.await.unwrap().unwrap();
        assert_eq!(done["label"], "done");
        holder
            .batch_execute(&format!(
                "begin; select from todo_list_data.entity_todo where id = '{id}' for update"
            ))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn an_administrators_call_waits_for_a_lock_as_well() {
    let torque = Arc::new(TestServer::start().await);
    let holder = connect(&torque.database.url).await;
    holder
        .batch_execute("begin; select from torque.applications for update")
        .await
        .unwrap();
    let server = Arc::clone(&torque);
    let stopping = tokio::spawn(async move {
        let named = json!({ "applicationId": "todo_list" });
        server.call_server("stopApplication", named).await
    });
    let client = connect(&torque.database.url).await;
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    while client.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        assert!(!stopping.is_finished(), "it was refused");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Longer than a single statement waits on a shared connection.
    tokio::time::sleep(Duration::from_millis(100)).await;
    holder.batch_execute("commit").await.unwrap();
    assert_eq!(stopping.await.unwrap().unwrap()["status"], "stopped");
}

#[tokio::test]
async fn links_and_creates_that_are_locked_out_stop_nobody_and_are_done_when_they_may_be() {
    let torque = Arc::new(TestServer::start().await);
    let shop = Shop::open(&torque).await;
    let tags = [
        shop.create("tag", json!({ "name": "red" })).await["id"].clone(),
        shop.create("tag", json!({ "name": "blue" })).await["id"].clone(),
    ];
    let order = shop.create("order", json!({ "title": "one" })).await["id"].clone();
    let of = |tag: &Value| {
        json!({
            "applicationId": SLUG, "relationship": "order_tags",
            "sourceId": order, "targetId": tag,
        })
    };
    torque.call_server("link", of(&tags[0])).await.unwrap();
    let holder = connect(&torque.database.url).await;
    let watcher = connect(&torque.database.url).await;
    let customer = json!({ "name": "Ada", "email": "ada@example.org" });
    for (method, params, taken) in [
        (
            "link",
            of(&tags[1]),
            "lock table shop_data.link_order_tags in access exclusive mode",
        ),
        (
            "unlink",
            of(&tags[0]),
            "lock table shop_data.link_order_tags in access exclusive mode",
        ),
        // Somebody else's customer, not yet committed, has the value that has to be unique.
        (
            "createEntity",
            json!({ "applicationId": SLUG, "entityType": "customer", "data": customer }),
            "insert into shop.customer (name, email) values ('Ada', 'ada@example.org')",
        ),
    ] {
        holder.batch_execute(&format!("begin; {taken}")).await.unwrap();
        let waits = {
            let torque = Arc::clone(&torque);
            tokio::spawn(async move { torque.call_server(method, params).await })
        };
        until_waiting_apart(&watcher).await;
        for number in 0..50 {
            shop.list(json!({ "entityType": "tag" })).await;
            if number % 5 == 0 {
                shop.create("order", json!({ "title": "another" })).await;
            }
        }
        assert!(
            !waits.is_finished(),
            "{method} waits while fifty others were answered"
        );
        holder.batch_execute("rollback").await.unwrap();
        waits.await.unwrap().unwrap();
    }
}
