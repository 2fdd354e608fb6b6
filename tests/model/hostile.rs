//! A model in which every text is an attack is published, deployed and used.

use crate::model::project::Project;
use serde_json::Value;
use serde_json::json;
use torque::error::Code;

/// Texts that end quotes, comments, dollar quotes, format strings, JSON, HTML and lines.
const HOSTILE: &str = "'\"`; drop schema torque cascade; -- /* $$ $body$ %I %L %s {leaf} \\ \u{202e}\n<script>alert(1)</script>";

/// Names that are words of SQL, JavaScript or Torque itself.
const NAMES: &[&str] = &[
    "select",
    "user",
    "order",
    "table",
    "group",
    "null",
    "true",
    "end",
    "begin",
    "new",
    "old",
    "data",
    "leaf",
    "value",
    "values",
    "key",
    "label",
    "type",
    "name",
    "constructor",
    "prototype",
    "current_user",
    "application_id",
    "entity_type_id",
    "from",
    "where",
    "default",
    "check",
    "found",
    "ctx",
    "length",
    "desc",
];

fn document() -> Value {
    let text = |name: &str| {
        json!({
            "name": name, "label": HOSTILE, "description": HOSTILE, "indexed": true,
            "property_type": { "type": "String", "max_length": 200 },
            "messages": { "max_length": HOSTILE, "type": HOSTILE },
            "ui": { "placeholder": HOSTILE, "help": HOSTILE }
        })
    };
    let mut properties: Vec<Value> = NAMES.iter().map(|name| text(name)).collect();
    properties.push(json!({
        "name": "choice", "label": HOSTILE, "indexed": true, "default_value": HOSTILE,
        "property_type": { "type": "Enum", "values": [HOSTILE, { "value": "'", "label": HOSTILE }, "$$", "%s"] }
    }));
    properties.push(json!({
        "name": "choices", "property_type": { "type": "MultiEnum", "values": [HOSTILE, "\"", "{}"] }
    }));
    properties.push(json!({
        "name": "formed", "messages": { "pattern": HOSTILE },
        "property_type": { "type": "String", "pattern": r#"^['"$%;/\\-]+$"# }
    }));
    properties.push(json!({
        "name": "parent", "property_type": { "type": "Reference", "target_entity": "table", "on_delete": "set_null" }
    }));
    let entity = |id: &str, properties: &[Value]| json!({ "id": id, "name": HOSTILE, "plural": HOSTILE, "description": HOSTILE, "properties": properties });
    json!({
        "name": HOSTILE,
        "description": HOSTILE,
        "entities": [entity("table", &properties), entity("select", &[text("select"), text("constraint")])],
        "relationships": [{
            "id": "union", "name": HOSTILE, "kind": "many_to_many", "source_entity": "table", "target_entity": "select",
            "properties": [text("where")]
        }],
        "forms": [{ "id": "form", "name": HOSTILE, "entity_type": "table", "fields": [
            { "name": "select", "field_type": "TextInput", "label": HOSTILE, "placeholder": HOSTILE }
        ] }],
        "pages": [{ "id": "page", "name": HOSTILE, "title": HOSTILE, "components": [
            { "type": "Text", "id": "text", "props": { "content": HOSTILE } },
            { "type": "DataGrid", "id": "grid", "props": { "entityType": "table", "title": HOSTILE,
              "columns": [{ "field": "select", "title": HOSTILE }], "filters": { "choice": HOSTILE } } }
        ] }],
        "translations": { "de": { HOSTILE: HOSTILE } },
        "sample_data": { "table": [{ "select": HOSTILE, "choice": "'", "formed": "'\"" }] }
    })
}

#[tokio::test]
async fn a_hostile_model_is_published_deployed_and_used() {
    let project = Project::new().await;
    let model = project
        .ask("importModel", json!({ "document": document() }))
        .await
        .unwrap();
    let id = model["id"].clone();
    project
        .ask("publishModel", json!({ "modelId": id }))
        .await
        .unwrap();
    let asked = json!({ "modelId": id, "slug": "hostile", "name": HOSTILE });
    project.ask("createApplication", asked).await.unwrap();
    let deploy = json!({ "applicationId": "hostile", "sampleData": true });
    assert_eq!(
        project.ask("deployApplication", deploy).await.unwrap()["sampleData"],
        json!({ "table": 1 })
    );

    let insert = r#"insert into hostile."table" ("select", "user", "order", choices) values ($1, $1, $1, $2::text[])
      returning choice, "select""#;
    let choices = vec![HOSTILE.to_owned(), "\"".to_owned()];
    let row = project
        .sql
        .query_one(insert, &[&HOSTILE, &choices])
        .await
        .unwrap();
    assert_eq!(row.get::<_, &str>(0), HOSTILE, "the default is the text itself");
    assert_eq!(row.get::<_, &str>(1), HOSTILE);

    let found = r#"select count(*) from hostile."table" where "select" = $1 and choice = $1"#;
    assert_eq!(
        project
            .sql
            .query_one(found, &[&HOSTILE])
            .await
            .unwrap()
            .get::<_, i64>(0),
        1
    );

    let refused = r#"insert into hostile."table" ("select", formed) values ($1, 'abc')"#;
    let error = project.sql.execute(refused, &[&HOSTILE]).await.unwrap_err();
    let refusal = error.as_db_error().unwrap();
    assert_eq!(refusal.code().code(), "TQ422");
    let errors: Value = serde_json::from_str(refusal.detail().unwrap()).unwrap();
    assert_eq!(
        errors[0]["message"],
        json!(HOSTILE),
        "the model's own message, as it is"
    );
    assert_eq!(errors[0]["field"], json!("formed"));
}

#[tokio::test]
async fn a_hostile_model_changes_and_goes_back() {
    let project = Project::new().await;
    let model = project
        .ask("importModel", json!({ "document": document() }))
        .await
        .unwrap();
    let id = model["id"].clone();
    project
        .ask("publishModel", json!({ "modelId": id }))
        .await
        .unwrap();
    project
        .ask("createApplication", json!({ "modelId": id, "slug": "hostile" }))
        .await
        .unwrap();
    let deploy = |version: i64| json!({ "applicationId": "hostile", "version": version });
    project.ask("deployApplication", deploy(1)).await.unwrap();
    let mut changed = model["document"].clone();
    changed["entities"][0]["properties"][0]["name"] = json!("union");
    changed["entities"][0]["properties"][1]["property_type"]["max_length"] = json!(100);
    changed["forms"][0]["fields"][0]["name"] = json!("union");
    changed["pages"][0]["components"][1]["props"]["columns"][0]["field"] = json!("union");
    changed["sample_data"] = json!({});
    project
        .ask("importModel", json!({ "document": changed, "modelId": id }))
        .await
        .unwrap();
    project
        .ask("publishModel", json!({ "modelId": id }))
        .await
        .unwrap();
    project.ask("deployApplication", deploy(2)).await.unwrap();
    project
        .run(r#"insert into hostile."table" ("union") values ('x')"#)
        .await;
    project.ask("deployApplication", deploy(1)).await.unwrap();
    assert_eq!(
        project.value(r#"select "select" from hostile."table""#).await,
        "x"
    );
}

#[tokio::test]
async fn names_that_leave_their_quotes_are_refused_before_the_database_sees_them() {
    let project = Project::new().await;
    for name in ["a\"b", "a'b", "a;b", "a b", "A", "ä", "1a", ""] {
        let document = json!({ "name": "N", "entities": [{ "id": name, "name": "N", "properties": [
            { "name": name, "property_type": { "type": "String" } }
        ] }] });
        let checked = project
            .ask("validateModel", json!({ "document": document }))
            .await
            .unwrap();
        assert_eq!(checked["valid"], json!(false), "{name:?}");
    }
    let nul = json!({ "document": { "name": "N", "description": "a\u{0}b" } });
    let error = project.ask("importModel", nul).await.unwrap_err();
    assert!(
        matches!(error.code, Code::BadRequest | Code::Invalid),
        "{error:?}"
    );
}
