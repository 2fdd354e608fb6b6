//! Executions that wait for a signal: it comes before, meanwhile, again, too late or never.

use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::application::deployed;
use crate::xflow::bed::SLUG;
use crate::xflow::bed::call;
use crate::xflow::bed::enter;
use crate::xflow::bed::let_leases_run_out;
use crate::xflow::bed::node;
use crate::xflow::bed::until;
use crate::xflow::bed::xflow;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;

const WAITING: &str =
    "select count(*) from works_data.xflow_executions where status = 'waiting' and worker is null";
const SUCCEEDED: &str = "select count(*) from works_data.xflow_execution_history where status = 'succeeded'";

fn model() -> Value {
    let text = json!({ "type": "String", "max_length": 100 });
    let wait = |time: Value| {
        let mut kind = json!({ "type": "Wait", "signal": "approved {{ input.order }}" });
        if !time.is_null() {
            kind["timeout_ms"] = time;
        }
        node(kind)
    };
    let ways = [
        ("start", "out", "asked"),
        ("asked", "out", "wait"),
        ("wait", "out", "told"),
        ("told", "out", "end"),
    ];
    let told = enter("{{ nodes.wait.by }}", "{{ nodes.wait.data.comment }}");
    let approve = xflow(
        "approve",
        json!({ "asked": enter("{{ input.order }}", "asked"), "wait": wait(Value::Null), "told": told }),
        &ways,
    );
    let slow = xflow(
        "slow",
        json!({ "asked": node(json!({ "type": "Delay", "milliseconds": 900 })), "wait": wait(Value::Null), "told": told }),
        &ways,
    );
    let late = xflow(
        "late",
        json!({ "asked": enter("{{ input.order }}", "asked"), "wait": wait(json!(300)), "told": told,
                "over": enter("{{ input.order }}", "nobody came") }),
        &[
            ways[0],
            ways[1],
            ways[2],
            ways[3],
            ("wait", "timeout", "over"),
            ("over", "out", "end"),
        ],
    );
    let strict = xflow(
        "strict",
        json!({ "asked": enter("{{ input.order }}", "asked"), "wait": wait(json!(300)), "told": told }),
        &ways,
    );
    let first = xflow(
        "first",
        json!({ "asked": enter("{{ input.order }}", "asked"), "wait": wait(Value::Null),
                "rest": node(json!({ "type": "Delay", "milliseconds": 1200 })),
                "told": node(json!({ "type": "Join", "mode": "any" })) }),
        &[
            ("start", "out", "asked"),
            ("asked", "out", "wait"),
            ("asked", "out", "rest"),
            ("wait", "out", "told"),
            ("rest", "out", "told"),
            ("told", "out", "end"),
        ],
    );
    let mut first = first;
    first["durable"] = json!(true);
    json!({
        "name": "Works",
        "entities": [{ "id": "entry", "name": "Entry", "properties": [
            { "name": "job", "property_type": text, "required": true },
            { "name": "step", "property_type": text, "required": true } ] }],
        "xflows": [approve, slow, late, strict, first],
    })
}

async fn open(torque: &TestServer) {
    deployed(torque, &[SLUG], model()).await;
}

async fn start(torque: &TestServer, xflow: &str) -> Value {
    let params = json!({ "xflowId": xflow, "input": { "order": "o1" } });
    call(torque, "executeXFlow", params).await.unwrap()
}

fn signal(execution: &Value, name: &str) -> Value {
    json!({ "executionId": execution["executionId"], "signal": name, "data": { "comment": "fine" } })
}

#[tokio::test]
async fn a_signal_wakes_what_waits_for_it_and_another_one_does_not() {
    let torque = TestServer::start().await;
    open(&torque).await;
    let sql = torque.database.connect().await;
    let execution = start(&torque, "approve").await;
    assert_eq!(
        execution["status"], "waiting",
        "also in a call that waits for its answer"
    );
    until(&sql, WAITING, 1).await;
    call(&torque, "signalExecution", signal(&execution, "approved o2"))
        .await
        .unwrap();
    // It looked, and it waits again.
    until(
        &sql,
        "select count(*) from works_data.xflow_executions where status = 'waiting' and fence = 2",
        1,
    )
    .await;
    let id = json!({ "executionId": execution["executionId"] });
    let waits = call(&torque, "getExecution", id.clone()).await.unwrap();
    let begun = (waits["nodes"].as_array().unwrap().iter())
        .find(|entry| entry["status"] == "started")
        .unwrap();
    assert_eq!(begun["output"]["waits_for"], "approved o1", "{waits}");
    let sent = call(&torque, "signalExecution", signal(&execution, "approved o1"))
        .await
        .unwrap();
    assert_eq!(sent["isNew"], true);
    until(&sql, SUCCEEDED, 1).await;
    let over = call(&torque, "getExecution", id).await.unwrap();
    let taken = (over["nodes"].as_array().unwrap().iter())
        .find(|entry| entry["node"] == "wait" && entry["status"] == "succeeded")
        .unwrap();
    assert_eq!(taken["output"]["id"], sent["signalId"], "{over}");
    until(
        &sql,
        "select count(*) from works_data.entity_entry where data ->> 'step' = 'fine'",
        1,
    )
    .await;
    let refusal = call(&torque, "signalExecution", signal(&execution, "approved o1"))
        .await
        .unwrap_err();
    assert_eq!(refusal.code, 404, "{refusal:?}");
    let refusal = call(&torque, "signalExecution", signal(&execution, ""))
        .await
        .unwrap_err();
    assert_eq!(refusal.data["path"], "params.signal", "{refusal:?}");
}

#[tokio::test]
async fn a_signal_may_come_before_its_node_and_twice_and_is_taken_once() {
    let torque = TestServer::start().await;
    open(&torque).await;
    let sql = torque.database.connect().await;
    let params = json!({ "xflowId": "slow", "input": { "order": "o1" }, "timeoutMs": 100 });
    let execution = call(&torque, "executeXFlow", params).await.unwrap();
    assert_eq!(execution["status"], "running");
    let mut early = signal(&execution, "approved o1");
    early["signalId"] = json!("0192d3a0-0000-7000-8000-000000000001");
    let sent = call(&torque, "signalExecution", early.clone()).await.unwrap();
    let again = call(&torque, "signalExecution", early).await.unwrap();
    assert_eq!((&sent["isNew"], &again["isNew"]), (&json!(true), &json!(false)));
    until(&sql, SUCCEEDED, 1).await;
    until(&sql, "select count(*) from works_data.entity_entry", 1).await;
}

#[tokio::test]
async fn what_nobody_sends_in_time_leaves_by_its_port_or_fails() {
    let torque = TestServer::start().await;
    open(&torque).await;
    let sql = torque.database.connect().await;
    start(&torque, "late").await;
    until(&sql, SUCCEEDED, 1).await;
    until(
        &sql,
        "select count(*) from works_data.entity_entry where data ->> 'step' = 'nobody came'",
        1,
    )
    .await;
    start(&torque, "strict").await;
    let failed =
        "select count(*) from works_data.xflow_execution_history where error_data ->> 'code' = 'timeout'";
    until(&sql, failed, 1).await;
    until(
        &sql,
        "select count(*) from works_data.entity_entry where data ->> 'step' = 'fine'",
        0,
    )
    .await;
}

#[tokio::test]
async fn a_wait_that_lost_against_another_branch_keeps_nothing_waiting() {
    let torque = TestServer::start().await;
    open(&torque).await;
    let sql = torque.database.connect().await;
    start(&torque, "first").await;
    until(&sql, SUCCEEDED, 1).await;
    let cancelled = "select count(*) from works_data.xflow_node_executions where node_id = 'wait' and status = 'cancelled'";
    until(&sql, cancelled, 1).await;
}

#[tokio::test]
async fn signals_of_many_and_a_killed_server_end_every_execution_once() {
    let database = Arc::new(TestDatabase::new().await);
    let mut server = TestServer::on(Arc::clone(&database), &[]).await;
    open(&server).await;
    let sql = database.connect().await;
    let mut executions = Vec::new();
    for _ in 0..30 {
        let params = json!({ "xflowId": "approve", "input": { "order": "o1" }, "wait": false });
        executions.push(call(&server, "executeXFlow", params).await.unwrap());
    }
    for (index, execution) in executions.iter().enumerate() {
        call(&server, "signalExecution", signal(execution, "approved o1"))
            .await
            .unwrap();
        if index == 15 {
            server.kill();
            server = TestServer::on(Arc::clone(&database), &[]).await;
            let_leases_run_out(&sql).await;
        }
    }
    until(&sql, SUCCEEDED, 30).await;
    until(
        &sql,
        "select count(*) from works_data.entity_entry where data ->> 'step' = 'fine'",
        30,
    )
    .await;
    until(&sql, "select count(*) from works_data.xflow_executions", 0).await;
}
