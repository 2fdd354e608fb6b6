//! Webhooks of a model: what is wrong with one is told before it is live.

use crate::support::TestServer;
use crate::xflow::webhook::flow;
use serde_json::Value;
use serde_json::json;

#[tokio::test]
async fn a_webhook_that_anybody_or_nobody_could_start_is_refused_at_publish() {
    let torque = TestServer::start().await;
    let hook = |settings: Value| {
        let mut hook = json!({ "type": "webhook", "id": "hook", "path": "a" });
        hook.as_object_mut()
            .unwrap()
            .extend(settings.as_object().unwrap().clone());
        hook
    };
    for (index, (settings, place)) in [
        (json!({}), "secrets"),
        (json!({ "secrets": ["a"], "unsigned": true }), "secrets"),
        (json!({ "secrets": ["a", "b", "c"] }), "secrets"),
        (json!({ "secrets": ["a-b"] }), "secrets[0]"),
        (json!({ "unsigned": true, "path": "" }), "path"),
        (json!({ "unsigned": true, "path": "a/../b" }), "path"),
        (json!({ "unsigned": true, "path": "twice" }), "path"),
        (json!({ "unsigned": true, "methods": [] }), "methods"),
        (json!({ "unsigned": true, "methods": ["TRACE"] }), "methods[0]"),
        (
            json!({ "unsigned": true, "tolerance_seconds": 0 }),
            "tolerance_seconds",
        ),
        (json!({ "unsigned": true, "timeout_ms": 60_000 }), "timeout_ms"),
        (
            json!({ "unsigned": true, "signature_header": "a b" }),
            "signature_header",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let twice = hook(json!({ "unsigned": true, "path": "twice" }));
        let document = json!({
            "name": format!("Hooks {index}"),
            "xflows": [
                flow("one", hook(settings.clone()), json!({}), &[("start", "end")]),
                flow("two", twice, json!({}), &[("start", "end")]),
            ],
        });
        let reply = torque
            .call_server("importModel", json!({ "document": document }))
            .await;
        let id = json!({ "modelId": reply.unwrap()["id"] });
        let checked = torque.call_server("validateModel", id).await.unwrap();
        let path = format!("xflows[0].triggers[0].{place}");
        let problems = checked["problems"].as_array().unwrap();
        assert!(
            problems.iter().any(|problem| problem["path"] == path.as_str()),
            "{settings}: {checked}"
        );
    }
}
