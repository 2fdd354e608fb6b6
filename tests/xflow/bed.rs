//! An application whose jobs leave entries in a ledger, so that every effect can be counted.

use crate::support::TestServer;
use crate::support::application::deployed;
use crate::support::server::Refusal;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;

/// The application's slug.
pub const SLUG: &str = "works";

/// A node of a kind.
pub fn node(kind: Value) -> Value {
    json!({ "node_type": kind })
}

/// A node that enters a step of a job into the ledger.
pub fn enter(job: &str, step: &str) -> Value {
    node(
        json!({ "type": "EntityWrite", "entity_type": "entry", "operation": "Create",
                 "data_mapping": { "job": job, "step": step } }),
    )
}

fn edges(ways: &[(&str, &str, &str)]) -> Value {
    ways.iter()
        .map(|(source, port, target)| json!({ "source": source, "port": port, "target": target }))
        .collect()
}

/// An xflow; its start is made, and its end unless it is given.
pub fn xflow(id: &str, nodes: Value, ways: &[(&str, &str, &str)]) -> Value {
    let mut nodes = nodes;
    nodes["start"] = node(json!({ "type": "Start" }));
    nodes["end"] = nodes
        .get("end")
        .cloned()
        .unwrap_or_else(|| node(json!({ "type": "End" })));
    json!({ "id": id, "name": id, "nodes": nodes, "edges": edges(ways) })
}

/// The model.
pub fn model() -> Value {
    let text = json!({ "type": "String", "max_length": 100 });
    let work = xflow(
        "work",
        json!({
            "first": enter("{{ trigger.entity.label }}", "first"),
            "rest": node(json!({ "type": "Delay", "milliseconds": 200 })),
            "second": enter("{{ input.entity.label }}", "second"),
            "done": node(json!({ "type": "EntityWrite", "entity_type": "job", "operation": "Update",
                "entity_id": "{{ trigger.entity.id }}",
                "data_mapping": { "state": "done", "count": "{{ trigger.entity.count + 1 }}" } })),
        }),
        &[
            ("start", "out", "first"),
            ("first", "out", "rest"),
            ("rest", "out", "second"),
            ("second", "out", "done"),
            ("done", "out", "end"),
        ],
    );
    let sum = xflow(
        "sum",
        json!({
            "jobs": node(json!({ "type": "EntityRead", "entity_type": "job", "filters": { "state": "{{ input.state }}" } })),
            "many": node(json!({ "type": "Condition", "expression": "nodes.jobs.length > 1" })),
            "yes": node(json!({ "type": "Transform", "mapping": "many: {{ nodes.jobs.length }}" })),
            "no": node(json!({ "type": "Transform", "mapping": { "jobs": "{{ nodes.jobs.length }}" } })),
        }),
        &[
            ("start", "out", "jobs"),
            ("jobs", "out", "many"),
            ("many", "true", "yes"),
            ("many", "false", "no"),
            ("yes", "out", "end"),
            ("no", "out", "end"),
        ],
    );
    let both = xflow(
        "both",
        json!({
            "all": node(json!({ "type": "Parallel", "branch_nodes": ["left", "right"] })),
            "left": enter("{{ input.job }}", "left"),
            "right": enter("{{ input.job }}", "right"),
            "end": node(json!({ "type": "End", "output": ["{{ nodes.all[0].step }}", "{{ nodes.all[1].step }}"] })),
        }),
        &[("start", "out", "all"), ("all", "out", "end")],
    );
    let refused = xflow(
        "refused",
        json!({
            "enter": enter("x", "first"),
            "wrong": node(json!({ "type": "EntityWrite", "entity_type": "job", "operation": "Create",
                "data_mapping": { "label": "{{ input.label }}", "count": "{{ input.count }}" } })),
        }),
        &[
            ("start", "out", "enter"),
            ("enter", "out", "wrong"),
            ("wrong", "out", "end"),
        ],
    );
    let caught = xflow(
        "caught",
        json!({
            "wrong": node(json!({ "type": "EntityWrite", "entity_type": "job", "operation": "Delete",
                "entity_id": "00000000-0000-0000-0000-000000000001" })),
            "told": node(json!({ "type": "Transform", "mapping": "{{ nodes.wrong.error.code }}" })),
        }),
        &[
            ("start", "out", "wrong"),
            ("wrong", "error", "told"),
            ("told", "out", "end"),
        ],
    );
    let mut later = xflow(
        "later",
        json!({
            "first": enter("{{ input.job }}", "first"),
            "rest": node(json!({ "type": "Delay", "milliseconds": 1500 })),
            "second": enter("{{ input.job }}", "second"),
        }),
        &[
            ("start", "out", "first"),
            ("first", "out", "rest"),
            ("rest", "out", "second"),
            ("second", "out", "end"),
        ],
    );
    later["durable"] = json!(true);
    later["input_schema"] = json!({ "type": "object", "required": ["job"] });
    let mut stubborn = xflow(
        "stubborn",
        json!({
            "first": enter("{{ input.job }}", "first"),
            "wrong": node(json!({ "type": "EntityWrite", "entity_type": "job", "operation": "Update",
                "entity_id": "{{ input.job }}", "version": 99, "data_mapping": { "count": 9 } })),
        }),
        &[
            ("start", "out", "first"),
            ("first", "out", "wrong"),
            ("wrong", "out", "end"),
        ],
    );
    stubborn["retry"] = json!({ "max_attempts": 3, "backoff": 50 });
    let given_up = xflow(
        "given_up",
        json!({
            "jobs": node(json!({ "type": "EntityRead", "entity_type": "job" })),
            "rest": node(json!({ "type": "Delay", "milliseconds": 900 })),
            "late": { "timeout_ms": 300, "node_type": { "type": "EntityWrite", "entity_type": "job",
                "operation": "Update", "entity_id": "{{ nodes.jobs[0].id }}", "data_mapping": { "count": 5 } } },
            "after": enter("given up", "after"),
        }),
        &[
            ("start", "out", "jobs"),
            ("jobs", "out", "rest"),
            ("rest", "out", "late"),
            ("late", "error", "after"),
            ("after", "out", "end"),
        ],
    );
    let long = xflow(
        "long",
        json!({ "rest": node(json!({ "type": "Delay", "milliseconds": 20_000 })) }),
        &[("start", "out", "rest"), ("rest", "out", "end")],
    );
    json!({
        "name": "Works",
        "entities": [
            { "id": "job", "name": "Job", "properties": [
                { "name": "label", "property_type": text, "required": true },
                { "name": "state", "property_type": text, "default_value": "new" },
                { "name": "count", "property_type": { "type": "Integer", "max": 1000 }, "default_value": 0 } ],
              "lifecycle_hooks": [
                { "event": "OnCreate", "xflow_id": "work", "condition": "$.new.state == \"new\"" } ] },
            { "id": "entry", "name": "Entry", "properties": [
                { "name": "job", "property_type": text, "required": true },
                { "name": "step", "property_type": text, "required": true } ] },
        ],
        "xflows": [work, sum, both, refused, caught, later, stubborn, given_up, long],
    })
}

/// Deploys the application.
pub async fn open(torque: &TestServer) {
    deployed(torque, &[SLUG], model()).await;
}

/// A call of the application, as administrator.
pub async fn call(torque: &TestServer, method: &str, mut params: Value) -> Result<Value, Refusal> {
    params["applicationId"] = json!(SLUG);
    torque.call_server(method, params).await
}

/// Waits until a question to the database is answered with this number.
pub async fn until(sql: &tokio_postgres::Client, question: &str, number: i64) {
    let mut found = -1;
    for _ in 0..3_000 {
        found = sql.query_one(question, &[]).await.unwrap().get(0);
        if found == number {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{question}: {found}, never {number}");
}

/// As if so much time had passed that the leases of servers that are gone have run out.
pub async fn let_leases_run_out(sql: &tokio_postgres::Client) {
    sql.execute(
        "update works_data.xflow_executions set lease_until = now() where status = 'running'",
        &[],
    )
    .await
    .unwrap();
}
