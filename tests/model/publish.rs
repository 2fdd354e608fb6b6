//! Drafts and versions: locked optimistically, frozen when published, hard to delete by mistake.

use crate::model::project::Project;
use crate::model::project::add_property;
use serde_json::json;
use torque::error::Code;

#[tokio::test]
async fn a_draft_that_somebody_else_changed_is_not_overwritten() {
    let project = Project::new().await;
    let model = project
        .ask("getModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap();
    project
        .change(|document| document["description"] = json!("first"))
        .await;
    let late =
        json!({ "modelId": "TODO List", "revision": model["revision"], "document": model["document"] });
    let error = project.ask("updateModel", late).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    assert_eq!(error.data["expectedRevision"], model["revision"]);
    let now = project
        .ask("getModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap();
    assert_eq!(error.data["currentRevision"], now["revision"]);
    assert_eq!(now["document"]["description"], json!("first"));
}

#[tokio::test]
async fn publishing_counts_versions_and_a_draft_that_is_one_stays_it() {
    let project = Project::new().await;
    let again = project
        .ask("publishModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap();
    assert_eq!(
        (again["version"].as_i64(), again["unchanged"].as_bool()),
        (Some(1), Some(true))
    );
    project
        .change(|document| document["description"] = json!("second"))
        .await;
    let second = project
        .ask("publishModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap();
    assert_eq!(
        (second["version"].as_i64(), second["unchanged"].as_bool()),
        (Some(2), Some(false))
    );
    let first = project
        .ask("getModel", json!({ "modelId": "TODO List", "version": 1 }))
        .await
        .unwrap();
    assert_ne!(
        first["document"]["description"],
        json!("second"),
        "a version is frozen"
    );
    assert_eq!(first["versions"].as_array().unwrap().len(), 2);
    let by = project
        .value("select created_by from torque.model_versions where version = 2")
        .await;
    assert!(!by.is_empty(), "a version says who published it");
}

#[tokio::test]
async fn a_draft_with_problems_is_kept_and_not_published() {
    let project = Project::new().await;
    project
        .change(|document| {
            document["start_page"] = json!("nowhere");
            document["time_zone"] = json!("Atlantis/Harbour");
            document["forms"][0]["entity_type"] = json!("tood");
        })
        .await;
    let error = project
        .ask("publishModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::Invalid);
    let mut places: Vec<&str> = error.fields.iter().map(|field| field.field.as_str()).collect();
    places.sort_unstable();
    assert_eq!(places, ["forms[0].entity_type", "start_page", "time_zone"]);
    let checked = project
        .ask("validateModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap();
    assert_eq!(checked["valid"], json!(false));
    assert_eq!(checked["problems"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn two_who_publish_at_once_make_one_version() {
    let project = Project::new().await;
    project
        .change(|document| document["description"] = json!("raced"))
        .await;
    let publish = || project.ask("publishModel", json!({ "modelId": "TODO List" }));
    let (one, other) = tokio::join!(publish(), publish());
    for refused in [&one, &other]
        .into_iter()
        .filter_map(|ended| ended.as_ref().err())
    {
        assert_eq!(refused.code, Code::Conflict);
    }
    assert!(one.is_ok() || other.is_ok());
    assert_eq!(
        project
            .value("select count(*) from torque.model_versions where version > 1")
            .await,
        "1"
    );
}

#[tokio::test]
async fn a_model_that_applications_run_is_deleted_only_with_them() {
    let project = Project::new().await;
    let error = project
        .ask("deleteModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    assert!(error.message.contains("todo_list"), "{}", error.message);
    assert_eq!(
        error.data["applications"],
        json!([{ "slug": "todo_list", "entities": 3 }])
    );

    let gone = project
        .ask("deleteModel", json!({ "modelId": "TODO List", "cascade": true }))
        .await
        .unwrap();
    assert_eq!(gone["applications"], json!(["todo_list"]));
    let schemas = "select count(*) from pg_namespace where nspname in ('todo_list', 'todo_list_data')";
    assert_eq!(project.value(schemas).await, "0");
    let missing = project
        .ask("getModel", json!({ "modelId": "TODO List" }))
        .await
        .unwrap_err();
    assert_eq!(missing.code, Code::NotFound);
    assert_eq!(
        project.value("select count(*) from torque.models").await,
        "1",
        "hidden, not removed"
    );

    project
        .ask("createModel", json!({ "name": "TODO List" }))
        .await
        .expect("the name is free again");
    let purge = json!({ "modelId": gone["id"], "purge": true });
    project.ask("deleteModel", purge).await.unwrap();
    assert_eq!(project.value("select count(*) from torque.models").await, "1");
}

#[tokio::test]
async fn a_name_belongs_to_one_model() {
    let project = Project::new().await;
    let error = project
        .ask("createModel", json!({ "name": "TODO List" }))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    assert!(error.message.contains("TODO List"), "{}", error.message);
}

#[tokio::test]
async fn running_a_model_that_runs_shows_the_application_there_is() {
    let project = Project::new().await;
    let run = json!({ "modelId": "TODO List" });
    let again = project.ask("createApplication", run).await.unwrap();
    assert_eq!(
        (again["slug"].as_str(), again["created"].as_bool()),
        (Some("todo_list"), Some(false))
    );
    let second = json!({ "modelId": "TODO List", "slug": "second_list" });
    let made = project.ask("createApplication", second.clone()).await.unwrap();
    assert_eq!(made["created"], json!(true));
    let same = project.ask("createApplication", second).await.unwrap();
    assert_eq!(
        (same["created"].as_bool(), &same["id"]),
        (Some(false), &made["id"])
    );
    for wrong in [
        "",
        "Second",
        "a-b",
        "x_data",
        "torque",
        "public",
        "pg_x",
        "a\"; drop schema torque; --",
    ] {
        let asked = json!({ "modelId": "TODO List", "slug": wrong });
        let error = project.ask("createApplication", asked).await.unwrap_err();
        assert_eq!(
            (error.code, error.fields[0].field.as_str()),
            (Code::Invalid, "slug"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_slug_that_another_model_has_is_not_taken_from_it() {
    let project = Project::new().await;
    project
        .ask("createModel", json!({ "name": "Other" }))
        .await
        .unwrap();
    let taken = json!({ "modelId": "Other", "slug": "todo_list" });
    assert_eq!(
        project.ask("createApplication", taken).await.unwrap_err().code,
        Code::Conflict
    );
    let named = json!({ "modelId": "Other", "name": "TODO List" });
    let made = project.ask("createApplication", named).await.unwrap();
    assert_eq!(made["slug"], json!("todo_list_2"));
    let early = json!({ "applicationId": "todo_list_2" });
    let error = project.ask("deployApplication", early).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict, "nothing is published yet");
}

#[tokio::test]
async fn a_published_model_keeps_a_json_schema_of_its_entities() {
    let project = Project::new().await;
    project
        .live(|document| {
            add_property(
                document,
                json!({ "name": "due", "property_type": { "type": "Date" } }),
            )
        })
        .await
        .unwrap();
    let schema = project
        .value("select schema_json #>> '{$defs,todo,properties,due,format}' from torque.model_versions where version = 2")
        .await;
    assert_eq!(schema, "date");
}
