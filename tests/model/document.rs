//! The document: read strictly, written one way.

use crate::model::project::Project;
use serde_json::Value;
use serde_json::json;
use torque::model::Model;
use torque::model::canonical;
use torque::model::check;
use torque::model::normalise::normalise;
use torque::model::template;

#[test]
fn the_todo_template_has_no_problem() {
    let mut model = template::model("todo_list").unwrap();
    normalise(&mut model, None);
    assert_eq!(check::check(&model), vec![]);
}

#[test]
fn writing_and_reading_gives_the_same_bytes() {
    let mut model = template::model("todo_list").unwrap();
    normalise(&mut model, None);
    let once = canonical::write(&model).unwrap();
    let mut again = canonical::read(&once).unwrap();
    normalise(&mut again, None);
    assert_eq!(canonical::write(&again).unwrap(), once);
}

#[tokio::test]
async fn an_export_that_is_imported_and_exported_again_is_byte_equal() {
    let project = Project::new().await;
    let exported = async |model: &str| {
        let reply = project
            .ask("getModel", json!({ "modelId": model }))
            .await
            .unwrap();
        canonical::write(&canonical::read_value(reply["document"].clone()).unwrap()).unwrap()
    };
    let first = exported("TODO List").await;
    project
        .ask("deleteModel", json!({ "modelId": "TODO List", "cascade": true }))
        .await
        .unwrap();
    let document: Value = serde_json::from_str(&first).unwrap();
    project
        .ask("importModel", json!({ "document": document }))
        .await
        .unwrap();
    assert_eq!(exported("TODO List").await, first);
}

#[test]
fn an_unknown_key_is_refused_wherever_it_stands() {
    let text = template::document("todo_list").unwrap();
    let places = [
        "",
        "/entities/0",
        "/entities/0/properties/0",
        "/entities/0/properties/0/property_type",
        "/entities/0/properties/0/ui",
        "/forms/0",
        "/forms/0/fields/0",
        "/forms/0/layout",
        "/pages/0",
        "/pages/0/components/0",
        "/pages/0/components/0/position",
        "/pages/0/components/0/props",
        "/pages/0/components/0/props/onClick",
        "/pages/0/components/1/props/columns/0",
        "/pages/2/components/0/props/components/0",
    ];
    for place in places {
        let mut document = text.clone();
        document.pointer_mut(place).unwrap()["suprise"] = json!(1);
        let error = canonical::read_value(document).unwrap_err();
        assert!(error.message.contains("suprise"), "{place}: {}", error.message);
    }
}

#[test]
fn a_component_with_a_wrong_key_is_named() {
    let mut document: Value = template::document("todo_list").unwrap();
    document["pages"][2]["components"][0]["props"]["components"][1]["props"]["lable"] = json!("x");
    let error = canonical::read_value(document).unwrap_err();
    assert!(
        error.message.contains("component export_button"),
        "{}",
        error.message
    );
}

#[test]
fn an_enum_value_is_written_as_shortly_as_it_can_be() {
    let text = r#"{"type":"Enum","values":["a",{"value":"b"},{"value":"c","label":"C"}]}"#;
    let kind: torque::model::property_type::PropertyType = serde_json::from_str(text).unwrap();
    assert_eq!(
        serde_json::to_string(&kind).unwrap(),
        r#"{"type":"Enum","values":["a","b",{"value":"c","label":"C"}]}"#
    );
}

#[test]
fn a_minimal_document_is_completed() {
    let model = canonical::read(r#"{"name": "Empty"}"#).unwrap();
    assert_eq!(model, Model::new("Empty"));
    assert!(canonical::read(r#"{"description": "nameless"}"#).is_err());
}
