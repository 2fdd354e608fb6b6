//! The connections: lost ones come back by themselves, and nothing is missed in silence.

use crate::support::TestDatabase;
use std::time::Duration;
use std::time::Instant;
use torque::db::Db;
use torque::db::Wake;
use torque::error::Code;
use uuid::Uuid;

async fn next(wakeups: &mut tokio::sync::broadcast::Receiver<Wake>, wanted: Wake) -> Option<Duration> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(3) {
        match tokio::time::timeout(Duration::from_secs(3), wakeups.recv()).await {
            Ok(Ok(wake)) if wake == wanted => return Some(started.elapsed()),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
    None
}

/// Waits until the listener listens: that it says so may have been before anyone could hear it.
async fn listening(client: &tokio_postgres::Client) {
    let started = Instant::now();
    loop {
        let found: bool = client
            .query_one(
                "select exists (select from pg_stat_activity
                   where datname = current_database() and query = 'listen torque')",
                &[],
            )
            .await
            .unwrap()
            .get(0);
        if found {
            return;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "nothing listens");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Notifies and waits for it; what was said before has been heard then.
async fn hears(client: &tokio_postgres::Client, wakeups: &mut tokio::sync::broadcast::Receiver<Wake>) {
    let application = Uuid::now_v7();
    client
        .execute("select pg_notify('torque', $1)", &[&application.to_string()])
        .await
        .unwrap();
    next(wakeups, Wake::Application(application))
        .await
        .expect("it hears");
}

#[tokio::test]
async fn the_listener_terminated_every_second_hears_again_within_a_second() {
    let database = TestDatabase::new().await;
    let db = Db::connect(&database.config()).await.unwrap();
    let client = database.connect().await;
    let mut wakeups = db.wakeups();
    listening(&client).await;
    hears(&client, &mut wakeups).await;
    for _ in 0..5 {
        let ended: i64 = client
            .query_one(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity
                 where datname = current_database() and query = 'listen torque'",
                &[],
            )
            .await
            .unwrap()
            .get(0);
        assert!(ended >= 1, "there is a listener to end");
        let after = next(&mut wakeups, Wake::Reconnected)
            .await
            .expect("it listens again");
        assert!(after < Duration::from_secs(1), "{after:?}");
        hears(&client, &mut wakeups).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test]
async fn every_connection_terminated_over_and_over_leaves_requests_answered() {
    let database = TestDatabase::new().await;
    let db = Db::connect(&database.config()).await.unwrap();
    let client = database.connect().await;
    let mut answered = 0;
    for round in 0..30 {
        if round % 10 == 0 {
            client
                .execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity
                     where datname = current_database() and pid <> pg_backend_pid()",
                    &[],
                )
                .await
                .unwrap();
        }
        match db.query_one("select 1", &[]).await {
            Ok(_) => answered += 1,
            Err(error) => assert_eq!(error.code, Code::Unavailable, "{error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(answered > 20, "{answered} of 30");
}

#[tokio::test]
async fn a_pool_in_full_use_refuses_in_time_instead_of_letting_everybody_wait() {
    let database = TestDatabase::new().await;
    let mut config = database.config();
    config.database.max_connections = 1;
    config.database.acquire_timeout_ms = 200;
    let db = Db::connect(&config).await.unwrap();
    let held = db.transaction().await.unwrap();
    let started = Instant::now();
    let refusal = db.transaction().await.err().unwrap();
    assert_eq!(refusal.code, Code::Unavailable);
    assert!(refusal.data.contains_key("retryAfter"));
    assert!(started.elapsed() < Duration::from_secs(1));
    held.rollback().await.unwrap();
    db.transaction().await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn a_dropped_transaction_is_undone_and_its_connection_used_again() {
    let database = TestDatabase::new().await;
    database
        .connect()
        .await
        .batch_execute("create table public.t (n int); grant all on public.t to public")
        .await
        .unwrap();
    let mut config = database.config();
    config.database.max_connections = 1;
    let db = Db::connect(&config).await.unwrap();
    let transaction = db.transaction().await.unwrap();
    transaction
        .execute("insert into public.t values (1)", &[])
        .await
        .unwrap();
    drop(transaction);
    let transaction = db.transaction().await.unwrap();
    let row = transaction
        .query_one("select count(*) from public.t", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
    transaction.rollback().await.unwrap();
}

#[tokio::test]
async fn prepared_statements_are_bounded_and_outlive_a_changed_table() {
    let database = TestDatabase::new().await;
    let client = database.connect().await;
    client
        .batch_execute(
            "create table public.t (n int); grant all on public.t to public; insert into public.t values (1)",
        )
        .await
        .unwrap();
    let mut config = database.config();
    config.database.statement_cache_size = 5;
    config.database.shared_connections = 1;
    let db = Db::connect(&config).await.unwrap();
    for number in 0..20 {
        db.query(&format!("select {number}"), &[]).await.unwrap();
    }
    let row = db
        .query_one("select count(*) from pg_prepared_statements", &[])
        .await
        .unwrap();
    assert!(
        row.get::<_, i64>(0) <= 6,
        "closed when they fall out of the cache"
    );
    db.query("select * from public.t", &[]).await.unwrap();
    client
        .batch_execute("alter table public.t alter column n type text")
        .await
        .unwrap();
    let rows = db.query("select * from public.t", &[]).await.unwrap();
    assert_eq!(rows[0].get::<_, String>(0), "1");
}

#[tokio::test]
async fn the_servers_role_is_limited_in_time_by_its_own_settings() {
    let database = TestDatabase::new().await;
    let db = Db::connect(&database.config()).await.unwrap();
    for (setting, value) in [
        ("statement_timeout", "30s"),
        ("lock_timeout", "20ms"),
        ("idle_in_transaction_session_timeout", "10s"),
    ] {
        let row = db
            .query_one("select current_setting($1)", &[&setting])
            .await
            .unwrap();
        assert_eq!(row.get::<_, String>(0), value, "{setting}");
    }
}

#[tokio::test]
async fn refusals_of_the_database_come_as_torques_errors() {
    let database = TestDatabase::new().await;
    let db = Db::connect(&database.config()).await.unwrap();
    for (state, detail, code) in [
        (
            "TQ422",
            r#"[{"field":"label","code":"required","message":"m"}]"#,
            Code::Invalid,
        ),
        ("TQ404", r#"{"entity_id":"x"}"#, Code::NotFound),
        ("TQ409", r#"{"expected_version":2}"#, Code::Conflict),
        ("TQ403", "{}", Code::Forbidden),
        ("TQ400", "not json", Code::BadRequest),
        ("40001", "", Code::Conflict),
        ("40P01", "", Code::Conflict),
        ("55P03", "", Code::Unavailable),
        ("57014", "", Code::Unavailable),
        ("53300", "", Code::Unavailable),
        ("22P02", "", Code::BadRequest),
        ("XX000", "", Code::Bug),
    ] {
        let sql = format!(
            "do $do$ begin raise exception using errcode = '{state}', message = 'said', detail = $detail${detail}$detail$; end $do$"
        );
        let refusal = db.execute(&sql, &[]).await.unwrap_err();
        assert_eq!(refusal.code, code, "{state}: {refusal:?}");
        match state {
            "TQ422" => assert_eq!(refusal.fields[0].code, "required"),
            "TQ404" => assert_eq!(refusal.data["entityId"], "x"),
            "TQ409" => assert_eq!(refusal.data["expectedVersion"], 2),
            "XX000" => assert!(!refusal.message.contains("said"), "{}", refusal.message),
            _ => {}
        }
    }
}
