//! Xflows that run other xflows: once, for each item of a list, or only started.

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

const ENTRIES: &str = "select count(*) from works_data.entity_entry";

/// An xflow of one node between its start and its end.
fn single(id: &str, kind: Value) -> Value {
    xflow(
        id,
        json!({ "only": node(kind) }),
        &[("start", "out", "only"), ("only", "out", "end")],
    )
}

fn model() -> Value {
    let text = json!({ "type": "String", "max_length": 100 });
    let mut charge = xflow(
        "charge",
        json!({
            "enter": enter("{{ input.item }}", "charge {{ input.index }}"),
            "end": node(json!({ "type": "End", "output": { "charged": "{{ nodes.enter.job }}" } })),
        }),
        &[("start", "out", "enter"), ("enter", "out", "end")],
    );
    charge["input_schema"] = json!({ "type": "object", "required": ["item"] });
    let each = |parallel: u32| {
        json!({ "type": "ForEach", "items": "input.jobs", "xflow_id": "charge",
        "parallel": parallel })
    };
    let fetch = xflow(
        "fetch",
        json!({
            "all": node(each(4)),
            "told": node(json!({ "type": "Transform", "mapping": "{{ nodes.all.error }}" })),
        }),
        &[
            ("start", "out", "all"),
            ("all", "out", "end"),
            ("all", "error", "told"),
            ("told", "out", "end"),
        ],
    );
    let deep = single(
        "deep",
        json!({ "type": "ForEach", "items": "{{ input.groups }}", "xflow_id": "group" }),
    );
    let group = single(
        "group",
        json!({ "type": "ForEach", "items": "input.item", "xflow_id": "charge" }),
    );
    let outer = single(
        "outer",
        json!({ "type": "SubFlow", "xflow_id": "charge",
        "input_mapping": { "item": "{{ input.job }}", "index": 7 }, "output_mapping": "{{ output.charged }}!" }),
    );
    let over = single("over", json!({ "type": "SubFlow", "xflow_id": "outer" }));
    let started = single(
        "started",
        json!({ "type": "SubFlow", "xflow_id": "charge",
        "input_mapping": { "item": "started", "index": 0 }, "async_execution": true }),
    );
    let nap = xflow(
        "nap",
        json!({
            "before": enter("{{ input.item }}", "before"),
            "rest": node(json!({ "type": "Delay", "milliseconds": 1200 })),
            "after": enter("{{ input.item }}", "after"),
        }),
        &[
            ("start", "out", "before"),
            ("before", "out", "rest"),
            ("rest", "out", "after"),
            ("after", "out", "end"),
        ],
    );
    let mut naps = single(
        "naps",
        json!({ "type": "ForEach", "items": "input.jobs", "xflow_id": "nap", "parallel": 2 }),
    );
    naps["durable"] = json!(true);
    naps["max_execution_time_ms"] = json!(60_000);
    let mut charges = single("charges", each(3));
    charges["durable"] = json!(true);
    let without = json!({ "type": "SubFlow", "xflow_id": "charge", "input_mapping": { "index": 1 } });
    json!({
        "name": "Works",
        "entities": [{ "id": "entry", "name": "Entry", "properties": [
            { "name": "job", "property_type": text, "required": true },
            { "name": "step", "property_type": text, "required": true } ] }],
        "xflows": [charge, fetch, deep, group, outer, over, started, nap, naps, charges, single("without", without)],
    })
}

async fn open(torque: &TestServer) {
    deployed(torque, &[SLUG], model()).await;
}

async fn execute(torque: &TestServer, xflow: &str, input: Value) -> Value {
    let params = json!({ "xflowId": xflow, "input": input });
    call(torque, "executeXFlow", params).await.unwrap()
}

#[tokio::test]
async fn items_give_their_results_in_order_however_many_run_at_once_and_however_deep_they_nest() {
    let torque = TestServer::start().await;
    open(&torque).await;
    let jobs: Vec<String> = (0..50).map(|n| format!("job {n}")).collect();
    let all = execute(&torque, "fetch", json!({ "jobs": jobs })).await;
    let charged: Vec<Value> = jobs.iter().map(|job| json!({ "charged": job })).collect();
    assert_eq!(all["output"], Value::Array(charged));
    let none = execute(&torque, "fetch", json!({ "jobs": [] })).await;
    assert_eq!(none["output"], json!([]));
    let deep = execute(&torque, "deep", json!({ "groups": [["a", "b"], [], ["c"]] })).await;
    let given = json!([[{ "charged": "a" }, { "charged": "b" }], [], [{ "charged": "c" }]]);
    assert_eq!(deep["output"], given);
    let id = json!({ "executionId": deep["executionId"] });
    let execution = call(&torque, "getExecution", id).await.unwrap();
    let mut paths: Vec<&str> = (execution["nodes"].as_array().unwrap().iter())
        .filter(|entry| entry["node"] == "enter")
        .map(|entry| entry["iteration"].as_str().unwrap())
        .collect();
    paths.sort_unstable();
    assert_eq!(paths, ["only.0/only.0", "only.0/only.1", "only.2/only.0"]);
    let sql = torque.database.connect().await;
    until(&sql, ENTRIES, 53).await;
}

#[tokio::test]
async fn a_subflow_is_given_and_gives_what_its_mappings_say_and_its_failure_is_its_nodes() {
    let torque = TestServer::start().await;
    open(&torque).await;
    let outer = execute(&torque, "outer", json!({ "job": "a" })).await;
    assert_eq!(outer["output"], "a!");
    let over = execute(&torque, "over", json!({ "job": "b" })).await;
    assert_eq!(over["output"], "b!");
    let told = execute(&torque, "fetch", json!({ "jobs": ["c", "x".repeat(101)] })).await;
    let error = &told["output"];
    assert_eq!(
        (&error["index"], &error["within"]),
        (&json!(1), &json!("enter")),
        "{error}"
    );
    assert_eq!(error["fields"][0]["field"], "job", "{error}");
    assert!(
        error["message"].as_str().unwrap().starts_with("item 1: "),
        "{error}"
    );
    let told = execute(&torque, "fetch", json!({ "jobs": "no list" })).await;
    assert_eq!(told["output"]["message"], "what it shall go through is no list");
    let params = json!({ "xflowId": "without", "input": {} });
    let refusal = call(&torque, "executeXFlow", params).await.unwrap_err();
    assert_eq!(refusal.data["error"]["code"], "input_schema", "{refusal:?}");
    assert_eq!(refusal.data["error"]["node"], "only", "{refusal:?}");
}

#[tokio::test]
async fn an_xflow_that_is_only_started_is_an_execution_of_its_own_with_the_same_root() {
    let torque = TestServer::start().await;
    open(&torque).await;
    let started = execute(&torque, "started", json!({})).await;
    let child = json!({ "executionId": started["output"]["execution_id"] });
    let sql = torque.database.connect().await;
    until(&sql, "select count(*) from works_data.xflow_execution_history", 2).await;
    let child = call(&torque, "getExecution", child).await.unwrap();
    assert_eq!(
        (&child["status"], &child["trigger"]),
        (&json!("succeeded"), &json!("xflow"))
    );
    assert_eq!(child["root"], started["executionId"]);
    assert_eq!(
        (&child["depth"], &child["triggerData"]["node"]),
        (&json!(1), &json!("only"))
    );
    until(&sql, ENTRIES, 1).await;
}

#[tokio::test]
async fn items_that_wait_park_the_execution_and_the_next_begin_when_they_are_done() {
    let torque = TestServer::start().await;
    open(&torque).await;
    let naps = execute(&torque, "naps", json!({ "jobs": ["a", "b", "c"] })).await;
    assert_eq!(naps["status"], "waiting");
    let sql = torque.database.connect().await;
    let parked =
        "select count(*) from works_data.xflow_executions where status = 'waiting' and worker is null";
    until(&sql, parked, 1).await;
    // Two at a time: the third has not begun.
    until(&sql, ENTRIES, 2).await;
    let over = "select count(*) from works_data.xflow_execution_history where status = 'succeeded'";
    until(&sql, over, 1).await;
    until(&sql, ENTRIES, 6).await;
}

#[tokio::test]
async fn a_server_killed_among_the_items_repeats_and_loses_none() {
    let database = Arc::new(TestDatabase::new().await);
    let mut server = TestServer::on(Arc::clone(&database), &[]).await;
    open(&server).await;
    let jobs: Vec<String> = (0..400).map(|n| format!("job {n}")).collect();
    let start = json!({ "xflowId": "charges", "input": { "jobs": jobs }, "wait": false });
    call(&server, "executeXFlow", start).await.unwrap();
    let sql = database.connect().await;
    for round in 1..=3 {
        until(
            &sql,
            &format!(
                "select (count(*) >= {})::int::bigint from works_data.entity_entry",
                round * 100
            ),
            1,
        )
        .await;
        server.kill();
        server = TestServer::on(Arc::clone(&database), &[]).await;
        let_leases_run_out(&sql).await;
    }
    let over = "select count(*) from works_data.xflow_execution_history where status = 'succeeded'";
    until(&sql, over, 1).await;
    until(&sql, ENTRIES, 400).await;
    until(
        &sql,
        "select count(distinct data ->> 'job') from works_data.entity_entry",
        400,
    )
    .await;
}

#[tokio::test]
async fn an_execution_runs_so_many_nodes_as_it_may_and_no_more() {
    let few = ["--set", "xflow.max_node_runs=40"];
    let torque = TestServer::start_with(&few).await;
    open(&torque).await;
    let jobs: Vec<String> = (0..10).map(|n| format!("job {n}")).collect();
    execute(&torque, "charges", json!({ "jobs": jobs })).await;
    let jobs: Vec<String> = (0..30).map(|n| format!("job {n}")).collect();
    let params = json!({ "xflowId": "charges", "input": { "jobs": jobs } });
    let refusal = call(&torque, "executeXFlow", params).await.unwrap_err();
    assert_eq!(refusal.data["error"]["code"], "too_many_nodes", "{refusal:?}");
    assert!(
        refusal.message.contains("xflow.max_node_runs"),
        "{}",
        refusal.message
    );
}

#[tokio::test]
async fn an_xflow_that_leads_back_to_itself_is_refused_with_its_place() {
    let torque = TestServer::start().await;
    open(&torque).await;
    let document = single(
        "outer",
        json!({ "type": "ForEach", "items": "input.jobs", "xflow_id": "over", "parallel": 99 }),
    );
    let found = call(&torque, "validateXFlow", json!({ "document": document }))
        .await
        .unwrap();
    let said: Vec<(&str, &str)> = (found["problems"].as_array().unwrap().iter())
        .map(|problem| {
            (
                problem["path"].as_str().unwrap(),
                problem["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert!(
        said.contains(&("nodes.only.node_type.xflow_id", "recursion")),
        "{said:?}"
    );
    assert!(
        said.contains(&("nodes.only.node_type.parallel", "max")),
        "{said:?}"
    );
}
