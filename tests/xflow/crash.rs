//! Servers that are killed in the middle: every effect happened exactly once all the same.

use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::xflow::bed;
use crate::xflow::bed::let_leases_run_out;
use crate::xflow::bed::until;
use std::sync::Arc;

const JOBS: i64 = 60;

#[tokio::test]
async fn a_server_killed_in_the_middle_again_and_again_loses_and_doubles_no_effect() {
    let database = Arc::new(TestDatabase::new().await);
    let mut server = TestServer::on(Arc::clone(&database), &[]).await;
    bed::open(&server).await;
    let sql = database.connect().await;
    sql.execute(
        "insert into works.job (label) select 'job ' || n from generate_series(1, 60) n",
        &[],
    )
    .await
    .unwrap();
    for round in 1..=4 {
        // Somewhere between the first entries and the last of them.
        let some = format!(
            "select (count(*) >= {})::int::bigint from works_data.entity_entry",
            round * 20
        );
        until(&sql, &some, 1).await;
        server.kill();
        server = TestServer::on(Arc::clone(&database), &[]).await;
        let_leases_run_out(&sql).await;
    }
    let over = "select count(*) from works_data.xflow_execution_history";
    until(&sql, over, JOBS).await;
    until(&sql, &format!("{over} where status = 'succeeded'"), JOBS).await;
    until(&sql, "select count(*) from works_data.entity_entry", 2 * JOBS).await;
    until(
        &sql,
        "select count(distinct (data ->> 'job', data ->> 'step')) from works_data.entity_entry",
        2 * JOBS,
    )
    .await;
    until(
        &sql,
        "select count(*) from works.job where state = 'done' and count = 1 and version = 2",
        JOBS,
    )
    .await;
    until(&sql, "select count(*) from works_data.xflow_executions", 0).await;
}

#[tokio::test]
async fn a_server_that_was_stopped_for_too_long_and_continues_writes_nothing() {
    let database = Arc::new(TestDatabase::new().await);
    let away = TestServer::on(Arc::clone(&database), &[]).await;
    bed::open(&away).await;
    let sql = database.connect().await;
    sql.execute(
        "insert into works.job (label) select 'job ' || n from generate_series(1, 20) n",
        &[],
    )
    .await
    .unwrap();
    until(
        &sql,
        "select (count(*) >= 5)::int::bigint from works_data.entity_entry",
        1,
    )
    .await;
    away.signal(rustix::process::Signal::STOP);
    let_leases_run_out(&sql).await;
    let other = TestServer::on(Arc::clone(&database), &[]).await;
    let over = "select count(*) from works_data.xflow_execution_history where status = 'succeeded'";
    until(&sql, over, 20).await;
    away.signal(rustix::process::Signal::CONT);
    // Whatever it still wanted to write it has tried to write once it takes part again.
    let params = serde_json::json!({ "xflowId": "both", "input": { "job": "after" } });
    bed::call(&away, "executeXFlow", params).await.unwrap();
    until(
        &sql,
        "select count(*) from works_data.entity_entry where data ->> 'job' <> 'after'",
        40,
    )
    .await;
    until(
        &sql,
        "select count(*) from works.job where count = 1 and version = 2",
        20,
    )
    .await;
    drop(other);
}

#[tokio::test]
async fn a_call_whose_server_is_killed_is_seen_as_interrupted_and_a_deadly_execution_is_given_up() {
    let database = Arc::new(TestDatabase::new().await);
    let mut server = TestServer::on(Arc::clone(&database), &[]).await;
    bed::open(&server).await;
    let sql = database.connect().await;
    let start = serde_json::json!({ "xflowId": "long", "input": {}, "timeoutMs": 100 });
    bed::call(&server, "executeXFlow", start).await.unwrap();
    server.kill();
    // Another one has been begun as often as an execution may be, by servers that all died.
    sql.execute(
        "insert into works_data.xflow_executions (xflow_id, trigger_type, status, worker, root, attempts, fence, lease_until) \
         select x.id, 'manual', 'running', gen_random_uuid(), 'r', 5, 5, now() from torque.xflows x where x.key = 'sum'",
        &[],
    )
    .await
    .unwrap();
    let_leases_run_out(&sql).await;
    let _server = TestServer::on(Arc::clone(&database), &[]).await;
    let told =
        "select count(*) from works_data.xflow_execution_history where error_data ->> 'code' = 'interrupted'";
    until(&sql, &format!("{told} and status = 'failed'"), 1).await;
    until(&sql, &format!("{told} and status = 'dead'"), 1).await;
    until(&sql, "select count(*) from works_data.xflow_executions", 0).await;
}
