//! What executions answer and leave behind.

use crate::support::TestServer;
use crate::xflow::bed;
use crate::xflow::bed::call;
use crate::xflow::bed::until;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;
use std::time::Instant;

async fn execute(torque: &TestServer, xflow: &str, input: Value) -> Value {
    let params = json!({ "xflowId": xflow, "input": input });
    call(torque, "executeXFlow", params).await.unwrap()
}

#[tokio::test]
async fn an_xflow_reads_decides_writes_and_answers() {
    let torque = TestServer::start().await;
    bed::open(&torque).await;
    let sum = execute(&torque, "sum", json!({ "state": "old" })).await;
    assert_eq!(sum["status"], "succeeded");
    assert_eq!(sum["output"], json!({ "jobs": 0 }));
    for label in ["a", "b"] {
        let job = json!({ "entityType": "job", "data": { "label": label, "state": "old" } });
        call(&torque, "createEntity", job).await.unwrap();
    }
    let sum = execute(&torque, "sum", json!({ "state": "old" })).await;
    assert_eq!(sum["output"], "many: 2");
    let both = execute(&torque, "both", json!({ "job": "b" })).await;
    assert_eq!(both["output"], json!(["left", "right"]));
    let caught = execute(&torque, "caught", json!({})).await;
    assert_eq!(caught["output"], "not_found");

    let id = both["executionId"].clone();
    let execution = call(&torque, "getExecution", json!({ "executionId": id }))
        .await
        .unwrap();
    assert_eq!(execution["status"], "succeeded");
    assert_eq!(execution["xflowId"], "both");
    let steps: Vec<&str> = (execution["nodes"].as_array().unwrap().iter())
        .map(|node| node["output"]["step"].as_str().unwrap())
        .collect();
    assert_eq!(steps.len(), 2, "{execution}");
    let listed = call(&torque, "listExecutions", json!({ "xflowId": "sum" }))
        .await
        .unwrap();
    assert_eq!(listed["executions"].as_array().unwrap().len(), 2, "{listed}");
    let sql = torque.database.connect().await;
    let row = sql
        .query_one(
            "select origin, cause from works_data.changes where data ->> 'step' = 'left' union all \
             select origin, cause from works_data.outbox where data ->> 'step' = 'left'",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, &str>(0), "xflow");
    let id = id.as_str().unwrap();
    assert_eq!(row.get::<_, &str>(1), format!("{id}:{id}:0"));
}

#[tokio::test]
async fn a_failure_is_told_with_its_node_and_nothing_is_called_succeeded() {
    let torque = TestServer::start().await;
    bed::open(&torque).await;
    let params = json!({ "xflowId": "refused", "input": { "label": "x", "count": 5000 } });
    let refusal = call(&torque, "executeXFlow", params).await.unwrap_err();
    assert_eq!(refusal.code, 422, "{refusal:?}");
    assert!(
        refusal.message.starts_with("“refused” did not succeed"),
        "{}",
        refusal.message
    );
    assert_eq!(refusal.data["error"]["node"], "wrong");
    assert_eq!(
        refusal.data["error"]["fields"][0]["field"], "count",
        "{refusal:?}"
    );
    let id = refusal.data["executionId"].clone();
    let execution = call(&torque, "getExecution", json!({ "executionId": id }))
        .await
        .unwrap();
    assert_eq!(execution["status"], "failed");
    let again = call(&torque, "retryExecution", json!({ "executionId": id }))
        .await
        .unwrap();
    let sql = torque.database.connect().await;
    let failed = "select count(*) from works_data.xflow_execution_history where status = 'failed'";
    until(&sql, failed, 2).await;
    let execution = call(
        &torque,
        "getExecution",
        json!({ "executionId": again["executionId"] }),
    )
    .await
    .unwrap();
    assert_eq!(execution["retryOf"], id);
    // It went on at the failure: what was entered before is not entered again.
    until(&sql, "select count(*) from works_data.entity_entry", 1).await;

    let refusal = call(
        &torque,
        "executeXFlow",
        json!({ "xflowId": "later", "input": {} }),
    )
    .await
    .unwrap_err();
    assert_eq!(refusal.code, 422);
    assert!(refusal.message.contains("schema"), "{}", refusal.message);
    let refusal = call(&torque, "executeXFlow", json!({ "xflowId": "nothing" }))
        .await
        .unwrap_err();
    assert_eq!(refusal.code, 404);
}

#[tokio::test]
async fn a_change_by_plain_sql_starts_the_xflow_and_one_that_is_not_meant_does_not() {
    let torque = TestServer::start().await;
    bed::open(&torque).await;
    let sql = torque.database.connect().await;
    sql.batch_execute("insert into works.job (label) values ('one'); insert into works.job (label, state) values ('two', 'old')")
        .await
        .unwrap();
    until(
        &sql,
        "select count(*) from works.job where state = 'done' and count = 1",
        1,
    )
    .await;
    until(
        &sql,
        "select count(*) from works_data.xflow_execution_history where status = 'succeeded'",
        1,
    )
    .await;
    until(
        &sql,
        "select count(*) from works_data.entity_entry where data ->> 'job' = 'one'",
        2,
    )
    .await;
    until(
        &sql,
        "select count(*) from works_data.entity_entry where data ->> 'job' = 'two'",
        0,
    )
    .await;
    let listed = call(&torque, "listXFlows", json!({})).await.unwrap();
    let work = (listed["xflows"].as_array().unwrap().iter())
        .find(|xflow| xflow["xflowId"] == "work")
        .unwrap();
    assert_eq!(work["triggers"][0]["type"], "OnCreate", "{work}");
    let valid = call(&torque, "validateXFlow", json!({ "xflowId": "work" }))
        .await
        .unwrap();
    assert_eq!(valid, json!({ "valid": true, "problems": [] }));
    let document = json!({ "id": "new", "nodes": { "start": { "node_type": { "type": "Strat" } } } });
    assert_eq!(
        call(&torque, "validateXFlow", json!({ "document": document }))
            .await
            .unwrap_err()
            .code,
        -32602
    );
    let document = json!({ "id": "new", "nodes": { "a": { "node_type": { "type": "Log" } } }, "edges": [{ "source": "a", "target": "b" }] });
    let wrong = call(&torque, "validateXFlow", json!({ "document": document }))
        .await
        .unwrap();
    let paths: Vec<&str> = (wrong["problems"].as_array().unwrap().iter())
        .map(|found| found["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["edges[0].target", "nodes"]);
}

#[tokio::test]
async fn an_execution_that_waits_holds_nothing_and_goes_on_when_it_is_due() {
    let torque = TestServer::start().await;
    bed::open(&torque).await;
    let later = execute(&torque, "later", json!({ "job": "later" })).await;
    assert_eq!(later["status"], "waiting");
    let sql = torque.database.connect().await;
    until(
        &sql,
        "select count(*) from works_data.xflow_executions where status = 'waiting' and worker is null",
        1,
    )
    .await;
    until(
        &sql,
        "select count(*) from works_data.xflow_execution_history where status = 'succeeded'",
        1,
    )
    .await;
    until(&sql, "select count(*) from works_data.entity_entry", 2).await;
}

#[tokio::test]
async fn executions_are_found_by_entity_by_text_and_by_time() {
    let torque = TestServer::start().await;
    bed::open(&torque).await;
    let job = json!({ "entityType": "job", "data": { "label": "searched" } });
    let job = call(&torque, "createEntity", job).await.unwrap();
    execute(&torque, "both", json!({ "job": "other" })).await;
    let sql = torque.database.connect().await;
    let over = "select count(*) from works_data.xflow_execution_history where status = 'succeeded'";
    until(&sql, over, 2).await;
    let count = async |params: Value| {
        let listed = call(&torque, "listExecutions", params).await.unwrap();
        listed["executions"].as_array().unwrap().len()
    };
    assert_eq!(count(json!({ "entityId": job["id"] })).await, 1);
    let entry = "select id from works.entry where job = 'other' limit 1";
    let entry: uuid::Uuid = sql.query_one(entry, &[]).await.unwrap().get(0);
    until(&sql, "select count(*) from works_data.outbox", 0).await;
    assert_eq!(
        count(json!({ "entityId": entry })).await,
        1,
        "what it made is touched by it"
    );
    assert_eq!(count(json!({ "text": "SEARCHED" })).await, 1);
    assert_eq!(count(json!({ "text": "nowhere to be found" })).await, 0);
    assert_eq!(count(json!({ "since": "2020-01-01T00:00:00Z" })).await, 2);
    assert_eq!(count(json!({ "until": "2020-01-01T00:00:00Z" })).await, 0);
    let refusal = call(&torque, "listExecutions", json!({ "since": "yesterday" }))
        .await
        .unwrap_err();
    assert_eq!(refusal.data["path"], "params.since", "{refusal:?}");
}

#[tokio::test]
async fn what_nodes_did_before_an_effect_that_was_given_up_is_written_down_all_the_same() {
    let torque = TestServer::start().await;
    bed::open(&torque).await;
    let job = json!({ "entityType": "job", "data": { "label": "held", "state": "old" } });
    call(&torque, "createEntity", job).await.unwrap();
    let sql = torque.database.connect().await;
    let hold = async {
        until(
            &sql,
            "select count(*) from works_data.xflow_executions where status = 'running'",
            1,
        )
        .await;
        // Its journal cannot be written while somebody has its row.
        sql.batch_execute("begin; select from works_data.xflow_executions for update")
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(1_800)).await;
        sql.batch_execute("rollback").await.unwrap();
    };
    let (done, ()) = tokio::join!(execute(&torque, "given_up", json!({})), hold);
    assert_eq!(done["status"], "succeeded", "{done}");
    let id = json!({ "executionId": done["executionId"] });
    let execution = call(&torque, "getExecution", id).await.unwrap();
    // In the order in which they ended, although the first came into the database with the last.
    let nodes: Vec<(&str, &str)> = (execution["nodes"].as_array().unwrap().iter())
        .map(|entry| (entry["node"].as_str().unwrap(), entry["status"].as_str().unwrap()))
        .collect();
    let all = [
        ("jobs", "succeeded"),
        ("rest", "succeeded"),
        ("late", "failed"),
        ("after", "succeeded"),
    ];
    assert_eq!(nodes, all, "{execution}");
    let began = |place: usize| execution["nodes"][place]["startedAt"].as_str().unwrap();
    assert!(began(0) < began(2), "{execution}");
    let rest = json!({ "executionId": done["executionId"], "skipNodes": 3 });
    let rest = call(&torque, "getExecution", rest).await.unwrap();
    assert_eq!(
        (&rest["nodes"][0]["node"], &rest["nodeRuns"]),
        (&json!("after"), &json!(4)),
        "{rest}"
    );
}

#[tokio::test]
async fn a_cancelled_execution_ends_wherever_it_stands() {
    let torque = TestServer::start().await;
    bed::open(&torque).await;
    let start = json!({ "xflowId": "long", "input": {}, "timeoutMs": 200 });
    let running = call(&torque, "executeXFlow", start).await.unwrap();
    assert_eq!(running["status"], "running");
    let began = Instant::now();
    let id = running["executionId"].clone();
    call(&torque, "cancelExecution", json!({ "executionId": id }))
        .await
        .unwrap();
    let sql = torque.database.connect().await;
    until(
        &sql,
        "select count(*) from works_data.xflow_execution_history where status = 'cancelled'",
        1,
    )
    .await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "it does not wait for its end"
    );
    let refusal = call(&torque, "cancelExecution", json!({ "executionId": id }))
        .await
        .unwrap_err();
    assert_eq!(refusal.code, 404);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_ends_as_dead_after_the_last_attempt() {
    let torque = TestServer::start().await;
    bed::open(&torque).await;
    let job = json!({ "entityType": "job", "data": { "label": "a", "state": "old" } });
    let job = call(&torque, "createEntity", job).await.unwrap();
    let start = json!({ "xflowId": "stubborn", "input": { "job": job["id"] }, "wait": false });
    let started = call(&torque, "executeXFlow", start).await.unwrap();
    assert_eq!(started["status"], "waiting");
    let sql = torque.database.connect().await;
    until(
        &sql,
        "select count(*) from works_data.xflow_execution_history where status = 'dead'",
        1,
    )
    .await;
    let id = json!({ "executionId": started["executionId"] });
    let execution = call(&torque, "getExecution", id).await.unwrap();
    assert_eq!(execution["attempts"], 3, "{execution}");
    assert_eq!(execution["error"]["node"], "wrong");
    assert_eq!(execution["error"]["code"], "conflict");
    let of = |node: &str| {
        let nodes = execution["nodes"].as_array().unwrap().iter();
        nodes.filter(|entry| entry["node"] == node).count()
    };
    assert_eq!((of("first"), of("wrong")), (1, 3), "{execution}");
    until(&sql, "select count(*) from works_data.entity_entry", 1).await;
}
