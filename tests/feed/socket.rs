//! Sockets that cannot keep up, come back, or are sent away.

use crate::feed::follower::Follower;
use crate::feed::follower::Heard;
use crate::feed::follower::cursor_at;
use crate::feed::follower::position;
use crate::support::TestDatabase;
use crate::support::TestServer;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Writes what a slow client does not read, until a counter of the server's has come so far.
async fn write_until(server: &TestServer, quick: &mut Follower, counter: &str, wanted: i64) {
    let sql = server.database.connect().await;
    let label = "x".repeat(250);
    for _ in 0..400 {
        let insert = "insert into todo_list.todo (label) select $1 from generate_series(1, 250)";
        sql.execute(insert, &[&label]).await.unwrap();
        quick.changes(250).await;
        let metrics = server.request("GET", "/metrics", b"").await;
        let metrics = String::from_utf8_lossy(&metrics.body).into_owned();
        let line = metrics.lines().find_map(|line| line.strip_prefix(counter));
        if line.is_some_and(|value| value.trim().parse::<f64>().unwrap() >= wanted as f64) {
            return;
        }
    }
    panic!("{counter} does not come to {wanted}");
}

#[tokio::test]
async fn a_client_that_cannot_keep_up_is_told_to_resync_and_the_second_time_closed() {
    let server = TestServer::start_with(&["--set", "limits.socket_queue=16"]).await;
    let mut slow = Follower::of(&server).await;
    slow.subscribe(json!({ "entityType": "todo" })).await;
    let mut quick = Follower::of(&server).await;
    quick.subscribe(json!({ "entityType": "todo" })).await;

    // Nobody reads the slow socket; what the kernel holds for it fills up first.
    write_until(&server, &mut quick, "torque_socket_overflows_total", 1).await;
    let mut frames = 0;
    let resync = loop {
        match slow.hear(10 * SECOND).await {
            Heard::Frame(frame) if frame["method"] == "resync" => break frame,
            Heard::Frame(_) => frames += 1,
            other => panic!("after {frames} frames: {other:?}"),
        }
    };
    assert!(resync["params"]["reason"].as_str().unwrap().contains("slow"));
    // It goes on from there without a gap, which `hear` checks.
    server
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "on" } }),
        )
        .await
        .unwrap();
    while slow.changes(1).await[0]["entity"]["label"] != "on" {}
    quick.changes(1).await;

    let begun = std::time::Instant::now();
    write_until(&server, &mut quick, "torque_socket_overflows_total", 2).await;
    if begun.elapsed() >= 9 * SECOND {
        // A machine this slow gave the client ten seconds between the two: the third time then.
        write_until(&server, &mut quick, "torque_socket_overflows_total", 3).await;
    }
    loop {
        match slow.hear(10 * SECOND).await {
            Heard::Closed(code, _) => {
                assert_eq!(code, 1013);
                break;
            }
            Heard::Frame(_) => {}
            Heard::Silence => panic!("the socket stays open"),
        }
    }
    server
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "on" } }),
        )
        .await
        .unwrap();
    assert_eq!(quick.changes(1).await.len(), 1, "the others get on");
}

#[tokio::test]
async fn a_killed_servers_clients_go_on_at_another_without_a_loss() {
    let database = Arc::new(TestDatabase::new().await);
    let mut first = TestServer::on(Arc::clone(&database), &[]).await;
    let sql = database.connect().await;
    let mut follower = Follower::of(&first).await;
    let subscribed = follower.subscribe(json!({ "entityType": "todo" })).await;
    for n in 0..20 {
        sql.execute(
            "insert into todo_list.todo (label) values ($1)",
            &[&format!("before {n}")],
        )
        .await
        .unwrap();
    }
    let mut labels: Vec<String> = follower.changes(10).await.iter().map(label).collect();
    first.kill();
    // What this client had not heard of is not lost with the server, nor what is written while there is none.
    while let Heard::Frame(frame) = follower.hear(SECOND).await {
        labels.extend(frame["params"]["changes"].as_array().unwrap().iter().map(label));
    }
    for n in 0..20 {
        sql.execute(
            "insert into todo_list.todo (label) values ($1)",
            &[&format!("between {n}")],
        )
        .await
        .unwrap();
    }
    let second = TestServer::on(Arc::clone(&database), &[]).await;
    let since = cursor_at(&subscribed["cursor"], follower.position());
    let mut back = Follower::of(&second).await;
    let params = json!({ "entityType": "todo", "since": since, "snapshot": { "limit": 1 } });
    let resumed = back.subscribe(params).await;
    assert_eq!(resumed["cursor"], json!(since));
    assert!(
        resumed.get("snapshot").is_none(),
        "nothing has to be loaded again"
    );
    labels.extend(back.changes(40 - labels.len()).await.iter().map(label));
    let expected: Vec<String> = ["before", "between"]
        .iter()
        .flat_map(|when| (0..20).map(move |n| format!("{when} {n}")))
        .collect();
    assert_eq!(labels, expected);
}

fn label(change: &serde_json::Value) -> String {
    change["entity"]["label"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_cursor_of_another_life_or_of_the_future_or_of_what_is_gone_is_answered_with_resync() {
    let server = TestServer::start().await;
    let sql = server.database.connect().await;
    let mut follower = Follower::of(&server).await;
    let here = follower.subscribe(json!({ "entityType": "todo" })).await["cursor"].clone();
    let head = position(&here);
    assert!(head > 1, "the sample entities");
    sql.execute("delete from todo_list_data.changes where pos = 1", &[])
        .await
        .unwrap();
    let other_life = format!("{}:1", uuid::Uuid::new_v4());
    for since in [other_life, cursor_at(&here, head + 100), cursor_at(&here, 0)] {
        let mut back = Follower::of(&server).await;
        let resumed = back
            .subscribe(json!({ "entityType": "todo", "since": since }))
            .await;
        let Heard::Frame(frame) = back.hear(5 * SECOND).await else {
            panic!("nothing after {since}")
        };
        assert_eq!(frame["method"], "resync", "{since}");
        assert!(position(&frame["params"]["cursor"]) >= head, "{since}");
        assert_eq!(frame["params"]["subscriptionId"], resumed["subscriptionId"]);
        assert!(!frame["params"]["reason"].as_str().unwrap().is_empty());
        // From there it goes on.
        sql.execute("insert into todo_list.todo (label) values ('more')", &[])
            .await
            .unwrap();
        assert_eq!(back.changes(1).await[0]["entity"]["label"], "more");
    }
}

#[tokio::test]
async fn a_stopping_server_closes_its_sockets_with_the_cursor_to_go_on_from() {
    let mut server = TestServer::start().await;
    let mut follower = Follower::of(&server).await;
    let subscribed = follower
        .subscribe(json!({ "entityType": "todo", "filters": { "label": "never" } }))
        .await;
    let second = follower.subscribe(json!({})).await;
    server
        .call(
            "createEntity",
            json!({ "entityType": "todo", "data": { "label": "x" } }),
        )
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.signal(rustix::process::Signal::TERM);
    let mut notice = json!(null);
    let closed = loop {
        match follower.hear(5 * SECOND).await {
            Heard::Closed(code, reason) => break (code, reason),
            Heard::Frame(frame) => notice = frame,
            Heard::Silence => panic!("the socket stays open"),
        }
    };
    let expected = cursor_at(&subscribed["cursor"], position(&subscribed["cursor"]) + 1);
    assert_eq!(closed, (1012, expected.clone()));
    // Each subscription's own stands in the last notification.
    assert_eq!(notice["method"], "closing");
    for of in [&subscribed, &second] {
        let id = of["subscriptionId"].as_str().unwrap();
        assert_eq!(notice["params"]["cursors"][id], json!(expected));
    }
    let status = server.wait(10 * SECOND);
    assert!(status.is_some_and(|status| status.success()), "{status:?}");
}

#[tokio::test]
async fn a_socket_whose_key_is_revoked_is_closed_at_the_next_ping() {
    let server = TestServer::start_with(&["--set", "limits.socket_ping=1"]).await;
    let key = json!({ "name": "short", "permission": "read", "application": "todo_list" });
    let made = server.call_server("createApiKey", key).await.unwrap();
    let bearer = format!("Bearer {}", made["key"].as_str().unwrap());
    let mut follower = Follower::open(&server, "/app/todo_list/ws", &[("authorization", &bearer)])
        .await
        .unwrap();
    follower.subscribe(json!({ "entityType": "todo" })).await;
    server
        .call_server("revokeApiKey", json!({ "id": made["id"] }))
        .await
        .unwrap();
    loop {
        match follower.hear(5 * SECOND).await {
            Heard::Closed(code, _) => {
                assert_eq!(code, 1008);
                break;
            }
            Heard::Frame(_) => {}
            Heard::Silence => panic!("the socket stays open"),
        }
    }
}

#[tokio::test]
async fn a_stopped_applications_sockets_are_closed_at_once_and_others_told() {
    // A ping would come too late to be what closes them.
    let server = TestServer::start_with(&["--set", "limits.socket_ping=600"]).await;
    let mut own = Follower::of(&server).await;
    own.subscribe(json!({ "entityType": "todo" })).await;
    let mut of_all = Follower::at(&server, "/ws").await;
    of_all
        .subscribe(json!({ "applicationId": "todo_list", "entityType": "todo" }))
        .await;
    server
        .call_server("stopApplication", json!({ "applicationId": "todo_list" }))
        .await
        .unwrap();
    let closed = own.hear(10 * SECOND).await;
    let reason = "the application todo_list is stopped".to_owned();
    assert_eq!(closed, Heard::Closed(1008, reason));
    let Heard::Frame(told) = of_all.hear(10 * SECOND).await else {
        panic!("nothing is told")
    };
    assert_eq!(told["method"], "resync");
    assert!(told["params"]["reason"].as_str().unwrap().contains("todo_list"));
    assert!(of_all.call("whoami", json!({})).await.is_ok(), "it stays open");

    server
        .call_server("startApplication", json!({ "applicationId": "todo_list" }))
        .await
        .unwrap();
    let mut back = Follower::at(&server, "/app/todo_list/ws").await;
    back.subscribe(json!({ "entityType": "todo" })).await;
    let create = json!({ "entityType": "todo", "data": { "label": "on" } });
    server.call("createEntity", create).await.unwrap();
    assert_eq!(back.changes(1).await[0]["entity"]["label"], "on");
}
