//! Lost connections, killed and restored databases: nothing acknowledged is lost.

use crate::feed::follower::Follower;
use crate::feed::follower::Heard;
use crate::feed::follower::cursor_at;
use crate::feed::follower::position;
use crate::feed::follower::settle;
use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::cluster;
use serde_json::Value;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;
use torque::db::embedded::Embedded;

const SECOND: Duration = Duration::from_secs(1);

/// Ends connections of a database: all but the asking one's, or those that listen.
async fn terminate(sql: &tokio_postgres::Client, which: &str) {
    let terminate = format!(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid() and {which}"
    );
    sql.query_one(&terminate, &[]).await.unwrap();
}

/// Creates entities over HTTP until told the time; answers the labels of those that were acknowledged.
async fn write_for(server: &TestServer, time: Duration, name: &str) -> Vec<String> {
    let begun = Instant::now();
    let mut acknowledged = Vec::new();
    let mut number = 0;
    while begun.elapsed() < time {
        number += 1;
        let label = format!("{name} {number}");
        let data = json!({ "entityType": "todo", "data": { "label": label } });
        match server.call("createEntity", data).await {
            Ok(_) => acknowledged.push(label),
            Err(refusal) => {
                assert_eq!(refusal.data["code"], "unavailable", "{refusal:?}");
                assert!(!refusal.message.is_empty());
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    acknowledged
}

/// Hears frames until all of these labels were in them.
async fn hear_all(follower: &mut Follower, acknowledged: Vec<String>) {
    let mut missing: BTreeSet<String> = acknowledged.into_iter().collect();
    while !missing.is_empty() {
        match follower.hear(10 * SECOND).await {
            Heard::Frame(frame) => {
                assert_eq!(frame["method"], "changes", "{frame}");
                for change in frame["params"]["changes"].as_array().unwrap() {
                    missing.remove(change["entity"]["label"].as_str().unwrap_or_default());
                }
            }
            other => panic!("{} never came: {other:?}", missing.len()),
        }
    }
}

#[tokio::test]
async fn every_connection_is_ended_each_second_for_a_minute_and_no_acknowledged_write_is_lost() {
    let server = TestServer::start().await;
    let mut follower = Follower::of(&server).await;
    follower.subscribe(json!({ "entityType": "todo" })).await;
    let sql = server.database.connect().await;
    let ending = tokio::spawn(async move {
        for _ in 0..60 {
            tokio::time::sleep(SECOND).await;
            terminate(&sql, "true").await;
        }
    });
    // In rounds, so that the follower is no slow client.
    for round in 0..12 {
        let acknowledged = write_for(&server, 5 * SECOND, &format!("round {round}")).await;
        assert!(acknowledged.len() > 50, "{}", acknowledged.len());
        hear_all(&mut follower, acknowledged).await;
    }
    ending.await.unwrap();
    let one_more = write_for(&server, SECOND, "afterwards").await;
    assert!(!one_more.is_empty(), "it recovers by itself");
    hear_all(&mut follower, one_more).await;
}

#[tokio::test]
async fn a_listener_that_is_ended_again_and_again_delays_nothing_by_more_than_a_second() {
    let server = TestServer::start().await;
    let mut follower = Follower::of(&server).await;
    follower.subscribe(json!({ "entityType": "todo" })).await;
    let sql = server.database.connect().await;
    for n in 0..50 {
        // The loop has fallen asleep now and then: only the bell, or a look, can wake it.
        tokio::time::sleep(Duration::from_millis(if n % 10 == 9 { 3_000 } else { 900 })).await;
        terminate(&sql, "query ilike 'listen%'").await;
        let begun = Instant::now();
        sql.execute("insert into todo_list.todo (label) values ('heard')", &[])
            .await
            .unwrap();
        follower.changes(1).await;
        assert!(begun.elapsed() < SECOND, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_restored_database_is_a_new_life_and_every_subscriber_is_told() {
    let database = Arc::new(TestDatabase::new().await);
    let server = TestServer::on(Arc::clone(&database), &[]).await;
    settle(&server).await;
    let admin = crate::support::database::connect(&cluster::cluster().url("postgres")).await;
    let name = &database.name;
    // A backup: nobody may be connected to what is copied.
    let block = format!(
        "alter database \"{name}\" allow_connections false; \
         select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'"
    );
    admin.batch_execute(&block).await.unwrap();
    copied(
        &admin,
        &format!("create database \"{name}_backup\" template \"{name}\""),
    )
    .await;
    admin
        .batch_execute(&format!("alter database \"{name}\" allow_connections true"))
        .await
        .unwrap();

    let mut follower = Follower::of(&server).await;
    let subscribed = follower.subscribe(json!({ "entityType": "todo" })).await;
    let written = write_for(&server, SECOND / 2, "lost by the restore").await;
    assert!(!written.is_empty());
    hear_all(&mut follower, written).await;
    let before = follower.position();

    admin.batch_execute(&block).await.unwrap();
    copied(
        &admin,
        &format!("alter database \"{name}\" rename to \"{name}_old\""),
    )
    .await;
    admin
        .batch_execute(&format!("alter database \"{name}_backup\" rename to \"{name}\""))
        .await
        .unwrap();

    let told = loop {
        match follower.hear(15 * SECOND).await {
            Heard::Frame(frame) if frame["method"] == "resync" => break frame,
            Heard::Frame(_) => {}
            other => panic!("silence about the restore: {other:?}"),
        }
    };
    let cursor = &told["params"]["cursor"];
    assert!(position(cursor) < before);
    let epoch = |cursor: &Value| cursor.as_str().unwrap().split_once(':').unwrap().0.to_owned();
    assert_ne!(epoch(cursor), epoch(&subscribed["cursor"]));
    // It goes on in the new life, and the old cursor is not believed.
    let mut back = Follower::at(&server, "/app/todo_list/ws").await;
    back.subscribe(json!({ "entityType": "todo", "since": cursor_at(&subscribed["cursor"], before) }))
        .await;
    let Heard::Frame(frame) = back.hear(5 * SECOND).await else {
        panic!("no resync")
    };
    assert_eq!(frame["method"], "resync");
    let afterwards = write_for(&server, Duration::from_millis(50), "in the new life").await;
    hear_all(&mut follower, afterwards).await;
    admin
        .batch_execute(&format!("drop database \"{name}_old\" with (force)"))
        .await
        .unwrap();
}

/// Until the last connections are gone.
async fn copied(admin: &tokio_postgres::Client, statement: &str) {
    for _ in 0..100 {
        if admin.batch_execute(statement).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{statement}");
}

#[tokio::test]
async fn a_killed_postgres_comes_back_and_the_server_goes_on_by_itself() {
    let folder = cluster::temporary_folder("killed");
    let (ready, readiness) = std::sync::mpsc::channel();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let own = folder.clone();
    let keeper = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut settings = cluster::settings(&own);
            settings.fsync = true;
            let embedded = Embedded::start(settings).await.unwrap();
            let key = cluster::fill_template(&embedded.url()).await;
            ready
                .send((embedded.url(), embedded.process_id().unwrap(), key))
                .unwrap();
            tokio::task::spawn_blocking(move || stopped.recv())
                .await
                .unwrap()
                .unwrap();
            embedded.stop().await;
        });
    });
    let (url, postmaster, key) = tokio::task::spawn_blocking(move || readiness.recv().unwrap())
        .await
        .unwrap();
    let database = TestDatabase {
        name: "nothing_of_the_shared_cluster".to_owned(),
        url,
    };
    let mut server = TestServer::on(Arc::new(database), &[]).await;
    server.admin_key = key;
    let mut follower = Follower::of(&server).await;
    follower.subscribe(json!({ "entityType": "todo" })).await;
    let before = write_for(&server, SECOND / 2, "before").await;

    let postmaster = rustix::process::Pid::from_raw(i32::try_from(postmaster).unwrap()).unwrap();
    rustix::process::kill_process(postmaster, rustix::process::Signal::KILL).unwrap();
    // Recovery takes as long as it takes; each try before it is refused with a reason, which is checked there.
    let mut meanwhile = Vec::new();
    for round in 0..60 {
        meanwhile.extend(write_for(&server, SECOND / 2, &format!("meanwhile {round}")).await);
        if meanwhile.len() > 10 {
            break;
        }
    }
    assert!(
        !meanwhile.is_empty(),
        "no write succeeded after the database was back"
    );
    hear_all(&mut follower, before.into_iter().chain(meanwhile).collect()).await;
    let ready = server.request("GET", "/health/ready", b"").await;
    assert_eq!(ready.status, 200);
    drop(follower);
    drop(server);
    stop.send(()).unwrap();
    tokio::task::spawn_blocking(move || keeper.join().unwrap())
        .await
        .unwrap();
    let _ = std::fs::remove_dir_all(folder);
}
