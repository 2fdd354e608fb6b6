//! Nothing depends on a notification: one that cannot be sent or is lost delays, and loses nothing.

use crate::feed::follower::Follower;
use crate::support::TestServer;
use serde_json::json;
use std::time::Duration;
use std::time::Instant;
use tokio_postgres::Client;

/// Waits until the loop sleeps behind an armed bell.
async fn asleep(sql: &Client) {
    // Servers stop asking their own statements when they sleep: the bell stays armed over two looks.
    let armed = "select last_value = 2 from todo_list_data.bell";
    let mut held = 0;
    for _ in 0..200 {
        let is_armed: bool = sql.query_one(armed, &[]).await.unwrap().get(0);
        held = if is_armed { held + 1 } else { 0 };
        if held == 30 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the bell is not armed");
}

/// R1: no writer on the server's path needs the right to notify.
#[tokio::test]
async fn a_server_that_may_not_notify_writes_and_tells_its_sockets_all_the_same() {
    let server = TestServer::start().await;
    let sql = server.database.connect().await;
    sql.batch_execute(
        "revoke execute on function pg_catalog.pg_notify(text, text) from public;
         grant execute on function pg_catalog.pg_notify(text, text) to torque_owner",
    )
    .await
    .unwrap();
    let mut follower = Follower::of(&server).await;
    follower.subscribe(json!({ "entityType": "todo" })).await;
    for label in ["awake", "asleep"] {
        if label == "asleep" {
            asleep(&sql).await;
        }
        let data = json!({ "entityType": "todo", "data": { "label": label } });
        server.call("createEntity", data).await.unwrap();
        assert_eq!(follower.changes(1).await[0]["entity"]["label"], label);
    }
}

/// R1: what a lost notification costs is a poll.
#[tokio::test]
async fn a_lost_notification_delays_a_write_by_a_poll_and_loses_nothing() {
    let server = TestServer::start().await;
    let sql = server.database.connect().await;
    let mut follower = Follower::of(&server).await;
    follower.subscribe(json!({ "entityType": "todo" })).await;
    for number in 0..3 {
        asleep(&sql).await;
        let label = format!("unheard {number}");
        // Unarmed behind the sleeping loop's back, the bell does not ring.
        let insert = format!(
            "select setval('todo_list_data.bell', 1); insert into todo_list.todo (label) values ('{label}')"
        );
        sql.batch_execute(&insert).await.unwrap();
        let begun = Instant::now();
        assert_eq!(follower.changes(1).await[0]["entity"]["label"], label.as_str());
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
}
