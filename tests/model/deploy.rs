//! Deploys: values stay through renames, rows that break new rules stop them, kills are survived.

use crate::model::project::Project;
use crate::model::project::add_property;
use crate::model::project::rename_label;
use serde_json::json;
use torque::error::Code;

#[tokio::test]
async fn a_renamed_property_keeps_its_values() {
    let project = Project::new().await;
    project
        .run("insert into todo_list.todo (label) values ('kept')")
        .await;
    project
        .live(|document| rename_label(document, "task"))
        .await
        .unwrap();
    assert_eq!(
        project
            .value("select count(*) from todo_list.todo where task = 'kept'")
            .await,
        "1"
    );
    let stored = "select data->>'label' from todo_list_data.entity_todo where data->>'label' = 'kept'";
    assert_eq!(project.value(stored).await, "kept", "no row was rewritten");
    let versions = "select max(version) from todo_list_data.entity_todo";
    assert_eq!(project.value(versions).await, "1");
}

#[tokio::test]
async fn an_added_property_appears_and_a_default_fills_rows_that_need_it() {
    let project = Project::new().await;
    project
        .live(|document| {
            add_property(document, json!({ "name": "due", "property_type": { "type": "Date" } }));
            add_property(
                document,
                json!({ "name": "priority", "required": true, "default_value": 3, "property_type": { "type": "Integer" } }),
            );
        })
        .await
        .unwrap();
    assert_eq!(
        project
            .value("select count(*) from todo_list.todo where due is null and priority = 3")
            .await,
        "3"
    );
}

#[tokio::test]
async fn a_rule_that_rows_break_stops_the_deploy_with_count_and_ids() {
    let project = Project::new().await;
    let error = project
        .live(|document| {
            add_property(
                document,
                json!({ "name": "owner", "required": true, "property_type": { "type": "String" } }),
            );
            document["sample_data"] = json!({});
        })
        .await
        .unwrap_err();
    assert!(matches!(error.code, Code::Conflict | Code::Invalid), "{error:?}");
    let facts = serde_json::to_value(&error.data).unwrap();
    assert_eq!(facts["count"], json!(3), "{facts}");
    assert_eq!(facts["ids"].as_array().map(Vec::len), Some(3), "{facts}");
    assert_eq!(
        project
            .value("select model_version from torque.applications")
            .await,
        "1"
    );
    assert_eq!(
        project
            .value("select state from torque.deployments where version = 2")
            .await,
        "undone"
    );
    let why = "select error->>'message' from torque.deployments where version = 2";
    assert!(!project.value(why).await.is_empty(), "the deployment says why");
    // What was live still takes writes.
    project
        .run("insert into todo_list.todo (label) values ('after the undo')")
        .await;
}

#[tokio::test]
async fn going_back_is_deploying_the_older_version() {
    let project = Project::new().await;
    project
        .live(|document| rename_label(document, "task"))
        .await
        .unwrap();
    project
        .run("insert into todo_list.todo (task) values ('written under two')")
        .await;
    project.deploy(Some(1)).await.unwrap();
    assert_eq!(
        project
            .value("select count(*) from todo_list.todo where label = 'written under two'")
            .await,
        "1"
    );
    assert_eq!(
        project
            .value("select model_version from torque.applications")
            .await,
        "1"
    );
    let error = project.deploy(Some(7)).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
}

#[tokio::test]
async fn a_removed_property_keeps_its_values_for_the_way_back() {
    let project = Project::new().await;
    project.run("update todo_list.todo set status = 'closed'").await;
    project
        .live(|document| {
            let properties = document["entities"][0]["properties"].as_array_mut().unwrap();
            properties.remove(1);
            document["forms"][0]["fields"].as_array_mut().unwrap().remove(1);
            document["pages"].as_array_mut().unwrap().truncate(1);
            let columns = &mut document["pages"][0]["components"][1]["props"]["columns"];
            columns.as_array_mut().unwrap().remove(1);
            document["sample_data"] = json!({});
        })
        .await
        .unwrap();
    project.deploy(Some(1)).await.unwrap();
    assert_eq!(
        project
            .value("select count(*) from todo_list.todo where status = 'closed'")
            .await,
        "3"
    );
}

#[tokio::test]
async fn what_becomes_unique_is_unique_from_then_on() {
    let project = Project::new().await;
    project
        .live(|document| document["entities"][0]["properties"][0]["unique"] = json!(true))
        .await
        .unwrap();
    let twice = "insert into todo_list.todo (label) values ('same')";
    project.run(twice).await;
    let error = project.sql.batch_execute(twice).await.unwrap_err();
    assert_eq!(error.code().map(|state| state.code()), Some("23505"));
    project.deploy(Some(1)).await.unwrap();
    project.run(twice).await;
}

#[tokio::test]
async fn values_that_stand_twice_stop_a_unique_rule_and_leave_no_broken_index() {
    let project = Project::new().await;
    project
        .run("insert into todo_list.todo (label) values ('same'), ('same')")
        .await;
    let error = project
        .live(|document| document["entities"][0]["properties"][0]["unique"] = json!(true))
        .await
        .unwrap_err();
    assert!(matches!(error.code, Code::Conflict | Code::Invalid), "{error:?}");
    assert_eq!(
        error.data["ids"].as_array().map(Vec::len),
        Some(2),
        "{:?}",
        error.data
    );
    assert_eq!(
        project
            .value("select count(*) from pg_index where not indisvalid")
            .await,
        "0"
    );
    assert_eq!(
        project
            .value("select model_version from torque.applications")
            .await,
        "1"
    );
    project
        .run("insert into todo_list.todo (label) values ('same')")
        .await;
}

#[tokio::test]
async fn a_text_becomes_an_enum_and_a_text_again() {
    let project = Project::new().await;
    project.run("update todo_list.todo set label = 'a'").await;
    project
        .live(|document| {
            document["entities"][0]["properties"][0]["property_type"] =
                json!({ "type": "Enum", "values": ["a", "b"] });
            document["entities"][0]["properties"][0]["searchable"] = json!(false);
            document["forms"][0]["fields"][0]["field_type"] = json!("Select");
            document["sample_data"] = json!({});
        })
        .await
        .unwrap();
    assert!(
        project
            .sql
            .batch_execute("insert into todo_list.todo (label) values ('c')")
            .await
            .is_err()
    );
    project.deploy(Some(1)).await.unwrap();
    project
        .run("insert into todo_list.todo (label) values ('c')")
        .await;
}

#[tokio::test]
async fn a_version_with_every_type_and_relationship_goes_live() {
    let project = Project::new().await;
    let document: serde_json::Value = serde_json::from_str(include_str!("everything.json")).unwrap();
    project
        .ask("importModel", json!({ "document": document }))
        .await
        .unwrap();
    project
        .ask("publishModel", json!({ "modelId": "Everything" }))
        .await
        .unwrap();
    project
        .ask("createApplication", json!({ "modelId": "Everything" }))
        .await
        .unwrap();
    let deployed = project
        .ask(
            "deployApplication",
            json!({ "applicationId": "everything", "sampleData": true }),
        )
        .await
        .unwrap();
    assert_eq!(deployed["state"], json!("succeeded"));
    assert_eq!(deployed["sampleData"], json!({ "author": 2, "book": 2 }));
    assert_eq!(project.value("select count(*) from everything.book").await, "2");
    let again = project
        .ask("loadSampleData", json!({ "applicationId": "everything" }))
        .await
        .unwrap();
    assert_eq!(
        again["loaded"],
        json!({ "author": 0, "book": 0 }),
        "loading twice adds nothing"
    );
}
