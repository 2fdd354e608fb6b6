//! Deploys that are killed, left, raced: each ends, once.

use crate::model::project::Project;
use crate::model::project::rename_label;
use crate::support::TestServer;
use crate::support::cluster::TORQUE;
use serde_json::json;
use std::process::Command;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use torque::error::Code;

const STATE: &str = "select state from torque.deployments where version = 2";

/// A project whose second version was being deployed by a program that was killed in the middle.
async fn killed_half_way() -> Project {
    let project = Project::new().await;
    project.change(|document| rename_label(document, "task")).await;
    project
        .ask("publishModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap();
    // Somebody holds what the flip needs, so the deploy waits and can be killed in the middle.
    let holder = project.database.connect().await;
    holder
        .batch_execute("begin; lock table todo_list_data.entity_todo in access share mode")
        .await
        .unwrap();
    holder
        .batch_execute("lock table todo_list.todo in access share mode")
        .await
        .unwrap();
    let mut deploying = Command::new(TORQUE)
        .args(["app", "deploy", "todo_list"])
        .env("TORQUE_DATABASE_URL", &project.database.url)
        .current_dir(std::env::temp_dir())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun =
        "select count(*) from torque.deploy_steps s join torque.deployments d on d.id = s.deployment_id
      where d.version = 2 and d.state = 'running' and s.state = 'done'";
    for _ in 0..200 {
        if project.value(begun).await != "0" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    deploying.kill().unwrap();
    deploying.wait().unwrap();
    assert_eq!(project.value(STATE).await, "running");
    project
        .run("insert into todo_list.todo (label) values ('meanwhile')")
        .await;
    holder.batch_execute("rollback").await.unwrap();
    project
}

/// The second version is live, with what was written meanwhile, and nothing is half built.
async fn is_live(project: &Project) {
    for (question, answer) in [
        (STATE, "succeeded"),
        (
            "select count(*) from todo_list.todo where task = 'meanwhile'",
            "1",
        ),
        ("select count(*) from pg_index where not indisvalid", "0"),
        ("select model_version from torque.applications", "2"),
    ] {
        assert_eq!(project.value(question).await, answer, "{question}");
    }
}

#[tokio::test]
async fn a_killed_deploy_is_taken_up_where_it_was() {
    let project = killed_half_way().await;
    for _ in 0..100 {
        torque::operation::deploy::resume(&project.torque).await.unwrap();
        if project.value(STATE).await == "succeeded" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    is_live(&project).await;
}

#[tokio::test]
async fn a_server_that_starts_finishes_the_deploy_that_a_kill_left_and_serves_its_version() {
    let Project {
        database,
        torque,
        sql,
    } = killed_half_way().await;
    let server = TestServer::on(Arc::new(database), &[]).await;
    let mut said = json!(null);
    for _ in 0..200 {
        let listed = server.call(
            "loadEntityData",
            json!({ "entityType": "todo", "filters": { "task": "meanwhile" } }),
        );
        if let Ok(listed) = listed.await {
            said = listed["data"][0]["task"].clone();
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(said, json!("meanwhile"), "{}", server.log());
    assert!(
        server.log().contains("taking up a deploy that was left"),
        "{}",
        server.log()
    );
    drop((torque, sql));
}

#[tokio::test]
async fn another_version_replaces_a_deploy_that_was_left() {
    let project = Project::new().await;
    project.change(|document| rename_label(document, "task")).await;
    project
        .ask("publishModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap();
    project
        .run("select torque.plan_deploy(id, 2) from torque.applications")
        .await;
    project
        .live(|document| document["description"] = json!("third"))
        .await
        .unwrap();
    assert_eq!(
        project
            .value("select state from torque.deployments where version = 2")
            .await,
        "undone"
    );
    assert_eq!(
        project
            .value("select model_version from torque.applications")
            .await,
        "3"
    );
}

#[tokio::test]
async fn two_who_deploy_the_same_version_at_once_both_see_it_live() {
    let project = Project::new().await;
    project.change(|document| rename_label(document, "task")).await;
    project
        .ask("publishModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap();
    let (one, other) = tokio::join!(project.deploy(None), project.deploy(None));
    assert_eq!(one.unwrap()["state"], json!("succeeded"));
    assert_eq!(other.unwrap()["state"], json!("succeeded"));
    assert_eq!(
        project
            .value("select count(*) from torque.deployments where version = 2")
            .await,
        "1"
    );
}

#[tokio::test]
async fn a_stopped_application_says_so_until_it_is_started() {
    let project = Project::new().await;
    let named = json!({ "applicationId": "todo_list" });
    let stopped = project.ask("stopApplication", named.clone()).await.unwrap();
    assert_eq!(stopped["status"], json!("stopped"));
    let application = project.torque.directory.find("todo_list").unwrap();
    assert_eq!(application.answers().unwrap_err().code, Code::Unavailable);
    project.ask("startApplication", named.clone()).await.unwrap();
    assert!(
        project
            .torque
            .directory
            .find("todo_list")
            .unwrap()
            .answers()
            .is_ok()
    );
    project.ask("deleteApplication", named.clone()).await.unwrap();
    assert!(project.torque.directory.find("todo_list").is_none());
    assert_eq!(
        project.ask("startApplication", named).await.unwrap_err().code,
        Code::NotFound
    );
}

#[tokio::test]
async fn an_index_that_a_kill_left_half_built_is_dropped_and_built_again() {
    let project = Project::new().await;
    project
        .run("create index half_built on todo_list_data.entity_todo (created_at)")
        .await;
    // What a kill in the middle of `create index concurrently` leaves behind.
    project
        .run(
            "update pg_index set indisvalid = false where indexrelid = 'todo_list_data.half_built'::regclass",
        )
        .await;
    project
        .live(|document| {
            let due = json!({ "name": "due", "indexed": true, "property_type": { "type": "Date" } });
            document["entities"][0]["properties"]
                .as_array_mut()
                .unwrap()
                .push(due);
        })
        .await
        .unwrap();
    assert_eq!(
        project
            .value("select to_regclass('todo_list_data.half_built') is null")
            .await,
        "t"
    );
    let serving = "select count(*) from torque.leaf_indexes where property_keys @> '{due}'";
    assert_eq!(project.value(serving).await, "1");
    project.deploy(Some(1)).await.unwrap();
    assert_eq!(
        project.value(serving).await,
        "0",
        "what the older version does not ask for goes"
    );
}
