//! What the feed's loops do when nothing, or something wrong, happens.

use crate::feed::follower::Follower;
use crate::feed::follower::Heard;
use crate::feed::follower::cursor_at;
use crate::feed::follower::settle;
use crate::support::TestDatabase;
use crate::support::TestServer;
use serde_json::json;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Asks until the answer is as wanted, for some seconds.
async fn becomes(sql: &tokio_postgres::Client, question: &str, wanted: i64) {
    let mut answer = 0;
    for _ in 0..100 {
        answer = sql.query_one(question, &[]).await.unwrap().get::<_, i64>(0);
        if answer == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{question} is {answer}, not {wanted}");
}

#[tokio::test]
async fn the_bell_is_armed_after_two_quiet_seconds_and_an_idle_server_asks_little() {
    let server = TestServer::start().await;
    let sql = server.database.connect().await;
    let bell = "select last_value from todo_list_data.bell";
    becomes(&sql, bell, 2).await;
    let committed = "select xact_commit from pg_stat_database where datname = current_database()";
    // Statistics are reported with a delay of a second.
    tokio::time::sleep(2 * SECOND).await;
    let before: i64 = sql.query_one(committed, &[]).await.unwrap().get(0);
    tokio::time::sleep(4 * SECOND).await;
    let after: i64 = sql.query_one(committed, &[]).await.unwrap().get(0);
    // Polling would be hundreds. A transaction of another database of the cluster keeps the loop looking five times a
    // second, since transaction ids are the cluster's.
    assert!(
        after - before <= 4 * 25,
        "{} transactions in four idle seconds",
        after - before
    );

    sql.execute("insert into todo_list.todo (label) values ('awake')", &[])
        .await
        .unwrap();
    becomes(&sql, bell, 1).await;
    becomes(&sql, "select count(*) from todo_list_data.outbox", 0).await;
    becomes(&sql, bell, 2).await;
}

#[tokio::test]
async fn counters_are_folded_within_seconds_and_totals_stay_exact() {
    let server = TestServer::start().await;
    let sql = server.database.connect().await;
    let insert = "insert into todo_list.todo (label) select 'n' || n from generate_series(1, 100) n";
    sql.execute(insert, &[]).await.unwrap();
    let listed = server
        .call("loadEntityData", json!({ "entityType": "todo" }))
        .await
        .unwrap();
    let counted: i64 = sql
        .query_one("select count(*) from todo_list.todo", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(listed["pagination"]["total"], counted);
    becomes(&sql, "select count(*) from todo_list_data.counter_deltas", 0).await;
    becomes(
        &sql,
        "select sum(total)::bigint from todo_list_data.counters",
        counted,
    )
    .await;
    let listed = server
        .call("loadEntityData", json!({ "entityType": "todo" }))
        .await
        .unwrap();
    assert_eq!(listed["pagination"]["total"], counted);
}

#[tokio::test]
async fn a_setting_changed_with_sql_takes_effect_without_a_restart() {
    let server = TestServer::start().await;
    settle(&server).await;
    let sql = server.database.connect().await;
    let set = |key: &'static str, value: &'static str| {
        let sql = &sql;
        async move {
            let update = format!("update torque.system_config set value = '{value}' where key = '{key}'");
            assert_eq!(sql.execute(&update, &[]).await.unwrap(), 1);
        }
    };
    set("feed.batch_rows", "10").await;
    tokio::time::sleep(6 * SECOND).await;
    let before: i64 = sql
        .query_one("select max(pos) from todo_list_data.feed_steps", &[])
        .await
        .unwrap()
        .get(0);
    let insert = "insert into todo_list.todo (label) select 'n' || n from generate_series(1, 100) n";
    sql.execute(insert, &[]).await.unwrap();
    settle(&server).await;
    let steps = format!("select count(*) from todo_list_data.feed_steps where pos > {before}");
    becomes(&sql, &steps, 10).await;
    becomes(
        &sql,
        &format!("select count(*) from todo_list_data.changes where pos > {before} and last"),
        1,
    )
    .await;

    // Nobody may come back from any distance now; what a server still remembers it would tell.
    let mut follower = Follower::of(&server).await;
    let here = follower.subscribe(json!({})).await["cursor"].clone();
    set("feed.cursor_retention_hours", "0").await;
    let mut back = Follower::of(&server).await;
    back.subscribe(json!({ "since": cursor_at(&here, 1) })).await;
    let Heard::Frame(frame) = back.hear(5 * SECOND).await else {
        panic!("silence")
    };
    assert_eq!(frame["method"], "resync");
    assert!(
        frame["params"]["reason"]
            .as_str()
            .unwrap()
            .contains("no longer kept")
    );
}

#[tokio::test]
async fn partitions_that_cannot_be_made_are_an_alarm_of_readiness() {
    let database = TestDatabase::new().await;
    let sql = database.connect().await;
    // Somebody put a table where the next period's partition belongs, and took all partitions away.
    let broken = "do $$ declare v_name text; begin
        for v_name in select inhrelid::regclass::text from pg_inherits
                      where inhparent = 'todo_list_data.changes'::regclass loop
          execute format('alter table todo_list_data.changes detach partition %s', v_name);
          execute format('alter table %s rename to %I', v_name, 'was_' || right(v_name, 7));
        end loop;
        alter table todo_list_data.changes owner to postgres;
      end $$";
    sql.batch_execute(broken).await.unwrap();
    let server = TestServer::on(std::sync::Arc::new(database), &[]).await;
    for _ in 0..50 {
        let ready = server.request("GET", "/health/ready", b"").await.json();
        let warnings = ready["warnings"].to_string();
        if warnings.contains("partitions for the coming periods") && warnings.contains("todo_list") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("no alarm:\n{}", server.log());
}

#[tokio::test]
async fn what_a_server_measures_is_recorded_with_its_labels() {
    let database = TestDatabase::new().await;
    let torque = database.torque().await;
    // A server makes the partitions when it starts.
    let sql = database.connect().await;
    sql.execute("select torque.maintain_partitions()", &[])
        .await
        .unwrap();
    torque::telemetry::gauge_of("torque_feed_position", "application", "todo_list", 7.0);
    torque.feed.record_numbers().await.unwrap();
    let recorded = "select metric_value, labels ->> 'application', metric_type \
                    from torque.performance_metrics where metric_name = 'torque_feed_position'";
    let row = sql.query_one(recorded, &[]).await.unwrap();
    assert_eq!(row.get::<_, String>(1), "todo_list");
    assert_eq!(row.get::<_, String>(2), "gauge");
    assert!((row.get::<_, f64>(0) - 7.0).abs() < f64::EPSILON);
}

#[tokio::test]
async fn the_lag_is_the_age_of_what_waits_and_nothing_when_nothing_does() {
    let database = TestDatabase::new().await;
    let sql = database.connect().await;
    let question =
        include_str!("../../sql/queries/feed/standing.sql").replace("{data_schema}", "todo_list_data");
    let lag = async || -> f64 { sql.query_one(&question, &[]).await.unwrap().get("lag") };
    let sequence = "select todo_list_data.sequence_changes(1000)";
    sql.query(sequence, &[]).await.unwrap();
    assert_eq!(lag().await, 0.0);
    // An hour of quiet is not an hour of lag.
    sql.execute(
        "update todo_list_data.feed_steps set at = at - interval '1 hour'",
        &[],
    )
    .await
    .unwrap();
    assert_eq!(lag().await, 0.0);
    for write in [
        "insert into todo_list.todo (label) values ('waits')",
        "update todo_list.todo set status = 'closed' where label = 'waits'",
        "delete from todo_list.todo where label = 'waits'",
    ] {
        sql.execute(write, &[]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
        let lag = lag().await;
        assert!((0.05..60.0).contains(&lag), "{write}: {lag}");
        sql.query(sequence, &[]).await.unwrap();
        sql.execute(
            "update todo_list_data.feed_steps set at = at - interval '1 hour'",
            &[],
        )
        .await
        .unwrap();
    }
    // What became visible late waits since the last step, not since its transaction began.
    sql.batch_execute("begin; insert into todo_list.todo (label) values ('slow')")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let other = database.connect().await;
    other
        .execute("insert into todo_list.todo (label) values ('quick')", &[])
        .await
        .unwrap();
    other.query(sequence, &[]).await.unwrap();
    sql.batch_execute("commit").await.unwrap();
    let begun =
        "select extract(epoch from clock_timestamp() - min(updated_at))::float8 from todo_list_data.outbox";
    let lag = lag().await;
    let since: f64 = sql.query_one(begun, &[]).await.unwrap().get(0);
    assert!(lag > 0.0 && lag < since - 1.4, "{lag} of {since}");
}
