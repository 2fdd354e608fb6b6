//! What subscribers hear of a deploy.

use crate::feed::follower::Follower;
use crate::feed::follower::Heard;
use crate::support::TestServer;
use crate::support::application::next_version;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_deploy_that_makes_the_application_private_closes_the_sockets_of_those_without_a_credential() {
    // A ping would come too late to be what closes them.
    let server = TestServer::start_with(&["--set", "limits.socket_ping=600"]).await;
    let mut anonymous = Follower::anonymous(&server, "/app/todo_list/ws").await;
    anonymous.subscribe(json!({ "entityType": "todo" })).await;
    let mut known = Follower::of(&server).await;
    known.subscribe(json!({ "entityType": "todo" })).await;
    next_version(&server, "todo_list", |document| {
        document["access"] = json!("private")
    })
    .await;
    let closed = loop {
        // The deploy itself is still told.
        if let Heard::Closed(code, reason) = anonymous.hear(Duration::from_secs(10)).await {
            break (code, reason);
        }
    };
    assert_eq!(
        closed,
        (1008, "the application now asks for a credential".to_owned())
    );
    let create = json!({ "entityType": "todo", "data": { "label": "for those who may" } });
    server.call("createEntity", create).await.unwrap();
    let changes = known.changes(2).await;
    assert_eq!(changes[1]["entity"]["label"], "for those who may");
}

#[tokio::test]
async fn a_deploy_is_told_to_every_subscriber_within_a_second_and_what_follows_is_of_the_new_model() {
    let server = TestServer::start().await;
    let mut follower = Follower::of(&server).await;
    follower
        .subscribe(json!({ "entityType": "todo", "filters": { "label": { "startsWith": "seen" } } }))
        .await;
    let version = next_version(&server, "todo_list", |document| {
        let property = json!({ "name": "due", "label": "Due", "property_type": { "type": "Date" } });
        document["entities"][0]["properties"]
            .as_array_mut()
            .unwrap()
            .push(property);
    })
    .await;
    let deployed = std::time::Instant::now();
    let changes = follower.changes(1).await;
    assert!(
        deployed.elapsed() < Duration::from_secs(1),
        "{:?}",
        deployed.elapsed()
    );
    assert_eq!(changes[0]["kind"], "model");
    assert_eq!(changes[0]["op"], "deploy");
    assert_eq!(changes[0]["model"]["version"], version);
    let described = server
        .call("describeEntityType", json!({ "entityType": "todo" }))
        .await
        .unwrap();
    assert!(
        described["properties"]
            .as_array()
            .unwrap()
            .iter()
            .any(|property| property["name"] == "due")
    );

    let data = json!({ "label": "seen", "due": "2030-01-01" });
    server
        .call("createEntity", json!({ "entityType": "todo", "data": data }))
        .await
        .unwrap();
    assert_eq!(follower.changes(1).await[0]["entity"]["due"], "2030-01-01");
}

#[tokio::test]
async fn a_renamed_property_is_shown_by_its_new_name_and_a_filter_by_its_old_one_ends() {
    let server = TestServer::start().await;
    let mut all = Follower::of(&server).await;
    all.subscribe(json!({ "entityType": "todo" })).await;
    let mut filtered = Follower::of(&server).await;
    filtered
        .subscribe(json!({ "entityType": "todo", "filters": { "label": { "null": false } } }))
        .await;
    next_version(&server, "todo_list", |document| {
        let renamed = document
            .to_string()
            .replace("\"label\",\"label\"", "\"task\",\"label\"");
        *document = serde_json::from_str(&renamed).unwrap();
        let mut text = document.to_string();
        for (old, new) in [
            ("\"field\":\"label\"", "\"field\":\"task\""),
            ("\"name\":\"label\"", "\"name\":\"task\""),
            ("\"display_property\":\"label\"", "\"display_property\":\"task\""),
            ("\"label\":\"Buy", "\"task\":\"Buy"),
        ] {
            text = text.replace(old, new);
        }
        *document = serde_json::from_str(&text).unwrap();
        for entity in document["sample_data"]["todo"]
            .as_array_mut()
            .into_iter()
            .flatten()
        {
            let label = entity.as_object_mut().unwrap().remove("label");
            if let Some(label) = label {
                entity["task"] = label;
            }
        }
    })
    .await;
    assert_eq!(all.changes(1).await[0]["kind"], "model");
    let mut ended = false;
    while let Heard::Frame(frame) = filtered.hear(Duration::from_secs(3)).await {
        if frame["method"] == "resync" {
            assert!(frame["params"]["reason"].as_str().unwrap().contains("filter"));
            ended = true;
            break;
        }
    }
    assert!(ended, "the filter speaks of a property that is no more");
    let data = json!({ "task": "renamed" });
    server
        .call("createEntity", json!({ "entityType": "todo", "data": data }))
        .await
        .unwrap();
    let change = all.changes(1).await.remove(0);
    assert_eq!(change["entity"]["task"], "renamed");
    assert!(change["entity"].get("label").is_none());
}
