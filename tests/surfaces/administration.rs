//! What the administration asks: contents, deploys, deleted entities, numbers, health.

use crate::support::TestServer;
use serde_json::Value;
use serde_json::json;
use std::time::Duration;

/// Asks until the answer is as it should be, for what a loop of the server has to do first.
async fn until(torque: &TestServer, method: &str, params: Value, is_right: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let answer = torque.call_server(method, params.clone()).await.unwrap();
        if is_right(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{method} never answers as it should");
}

#[tokio::test]
async fn an_application_from_a_template_tells_what_it_holds_and_how_it_was_deployed() {
    let torque = TestServer::start().await;
    let templates = torque.call_server("listTemplates", json!({})).await.unwrap();
    let templates = templates["templates"].as_array().unwrap();
    let names: Vec<&str> = torque::model::template::names().collect();
    let listed: Vec<&str> = templates
        .iter()
        .map(|one| one["template"].as_str().unwrap())
        .collect();
    assert_eq!(listed, names);
    let tracker = templates
        .iter()
        .find(|one| one["template"] == "issue_tracker")
        .unwrap();
    let create = json!({ "name": "Issues", "template": "issue_tracker" });
    torque.call_server("createModel", create).await.unwrap();
    torque
        .call_server("publishModel", json!({ "modelId": "Issues" }))
        .await
        .unwrap();
    let made = torque
        .call_server("createApplication", json!({ "modelId": "Issues" }))
        .await
        .unwrap();
    let this = json!({ "applicationId": made["slug"] });
    let empty = torque.call_server("getApplication", this.clone()).await.unwrap();
    assert_eq!(
        (&empty["entities"], &empty["entityTypes"]),
        (&json!(0), &json!([]))
    );

    let deploy = json!({ "applicationId": made["slug"], "sampleData": true });
    torque.call_server("deployApplication", deploy).await.unwrap();
    let full = torque.call_server("getApplication", this.clone()).await.unwrap();
    assert_eq!(full["entities"], tracker["sampleEntities"]);
    assert_eq!(
        full["entityTypes"].as_array().unwrap().len(),
        tracker["entityTypes"].as_array().unwrap().len()
    );
    let past = torque.call_server("listDeployments", this).await.unwrap();
    let past = past["deployments"].as_array().unwrap();
    assert_eq!(past.len(), 1);
    assert_eq!(past[0]["state"], "succeeded");
    assert_eq!(past[0]["done"], past[0]["steps"]);
    assert!(past[0]["finishedAt"].is_string());
}

#[tokio::test]
async fn what_was_deleted_is_found_until_it_is_back() {
    let torque = TestServer::start().await;
    for label in ["one of two", "two of two"] {
        let create = json!({ "entityType": "todo", "data": { "label": label } });
        let id = torque.call("createEntity", create).await.unwrap()["id"].clone();
        torque
            .call("deleteEntity", json!({ "entityId": id }))
            .await
            .unwrap();
    }
    let list = json!({ "applicationId": "todo_list", "entityType": "todo" });
    let method = "listDeletedEntities";
    let found = until(&torque, method, list.clone(), |found| {
        found["entities"].as_array().unwrap().len() == 2
    })
    .await;
    let latest = &found["entities"][0];
    assert_eq!(latest["data"]["label"], "two of two");
    assert!(latest["caller"].is_string());
    assert_eq!(found["nextBefore"], Value::Null);

    let mut one = list.clone();
    one["search"] = json!("ONE of");
    let found = torque.call_server(method, one).await.unwrap();
    assert_eq!(found["entities"].as_array().unwrap().len(), 1);
    let mut first = list.clone();
    first["limit"] = json!(1);
    let page = torque.call_server(method, first.clone()).await.unwrap();
    first["before"] = page["nextBefore"].clone();
    let page = torque.call_server(method, first).await.unwrap();
    assert_eq!(page["entities"][0]["data"]["label"], "one of two");

    let back = json!({ "entityType": "todo", "entityId": latest["id"] });
    torque.call("restoreEntity", back).await.unwrap();
    let found = torque.call_server(method, list).await.unwrap();
    assert_eq!(found["entities"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn numbers_are_told_as_they_are_and_as_they_were_recorded() {
    let torque = TestServer::start().await;
    // The first answer says nothing about itself yet.
    torque.call_server("getMetrics", json!({})).await.unwrap();
    let now = torque.call_server("getMetrics", json!({})).await.unwrap();
    let text = now["text"].as_str().unwrap();
    for name in ["torque_operation_seconds_bucket", "torque_memory_bytes"] {
        assert!(text.contains(name), "{name}");
    }
    let sql = torque.database.connect().await;
    sql.batch_execute(
        "insert into torque.performance_metrics (metric_type, metric_name, metric_value, labels, recorded_at)
         select 'counter', 'torque_operations_total', value, labels::jsonb, now() - make_interval(secs => ago)
         from (values
           (100, '{\"operation\": \"a\", \"server\": \"x\"}', 180), (160, '{\"operation\": \"a\", \"server\": \"x\"}', 120),
           (20, '{\"operation\": \"b\", \"server\": \"x\"}', 120), (5, '{\"operation\": \"a\", \"server\": \"x\"}', 60),
           (9000, '{\"operation\": \"a\", \"server\": \"y\"}', 119)) as made (value, labels, ago)",
    )
    .await
    .unwrap();
    let asked = json!({ "names": ["torque_operations_total"], "minutes": 30 });
    let recorded = torque.call_server("listRecordedMetrics", asked).await.unwrap();
    let points = recorded["series"][0]["points"].as_array().unwrap();
    // 100 to 180 within a minute, then a new start: no growth is below zero, and another server is no jump.
    let values: Vec<f64> = points.iter().map(|point| point[1].as_f64().unwrap()).collect();
    assert_eq!(values.len(), 2, "{points:?}");
    assert!((values[0] - 80.0 / 60.0).abs() < 0.001, "{values:?}");
    assert!(values[1].abs() < f64::EPSILON, "{values:?}");
    let wrong = json!({ "names": [], "minutes": 0 });
    assert_eq!(
        torque
            .call_server("listRecordedMetrics", wrong)
            .await
            .unwrap_err()
            .code,
        -32602
    );
}

#[tokio::test]
async fn health_is_what_doctor_says_with_what_to_do() {
    let torque = TestServer::start().await;
    let health = torque.call_server("checkHealth", json!({})).await.unwrap();
    let findings = health["findings"].as_array().unwrap();
    // The tests' cluster runs without fsync.
    assert_eq!(health["ok"], false);
    let ill: Vec<&Value> = findings.iter().filter(|finding| finding["ok"] == false).collect();
    assert_eq!(ill.len(), 1, "{ill:?}");
    assert!(ill[0]["what"].as_str().unwrap().contains("fsync"));
    assert!(!ill[0]["mend"].as_str().unwrap().is_empty());
    for area in ["database", "roles", "partitions", "feed", "server"] {
        assert!(findings.iter().any(|finding| finding["area"] == area), "{area}");
    }
}
