//! Applications of a model's document, and their next versions, as an administrator makes them.

use crate::support::TestServer;
use serde_json::Value;
use serde_json::json;

/// Makes a model of a document and an application of it under each slug, deployed.
pub async fn deployed(server: &TestServer, slugs: &[&str], document: Value) {
    let model = ask(server, "importModel", json!({ "document": document })).await;
    let id = &model["id"];
    ask(server, "publishModel", json!({ "modelId": id })).await;
    for slug in slugs {
        let application = json!({ "slug": slug, "name": slug, "modelId": id });
        ask(server, "createApplication", application).await;
        ask(server, "deployApplication", json!({ "applicationId": slug })).await;
    }
}

/// Changes the draft of an application's model, publishes and deploys it; its version.
pub async fn next_version(server: &TestServer, slug: &str, change: impl FnOnce(&mut Value)) -> i64 {
    let application = ask(server, "getApplication", json!({ "applicationId": slug })).await;
    let id = &application["modelId"];
    let model = ask(server, "getModel", json!({ "modelId": id })).await;
    let mut document = model["document"].clone();
    change(&mut document);
    let update = json!({ "modelId": id, "document": document, "revision": model["revision"] });
    ask(server, "updateModel", update).await;
    let published = ask(server, "publishModel", json!({ "modelId": id })).await;
    ask(server, "deployApplication", json!({ "applicationId": slug })).await;
    published["version"].as_i64().unwrap()
}

async fn ask(server: &TestServer, method: &str, params: Value) -> Value {
    server.call_server(method, params).await.unwrap()
}
