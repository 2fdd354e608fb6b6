//! A database with the TODO application, and whoever designs it.

use crate::support::TestDatabase;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use tokio_postgres::Client;
use torque::error::Error;
use torque::operation;
use torque::operation::Torque;
use torque::operation::caller::Caller;
use torque::operation::caller::Origin;

/// The TODO application and its model, to change and deploy.
pub struct Project {
    pub database: TestDatabase,
    pub torque: Torque,
    /// The administrator, in `psql`'s place.
    pub sql: Client,
}

impl Project {
    pub async fn new() -> Self {
        let database = TestDatabase::new().await;
        let torque = database.torque().await;
        let sql = database.connect().await;
        Self {
            database,
            torque,
            sql,
        }
    }

    /// Asks an operation as the system does.
    pub async fn ask(&self, name: &str, params: Value) -> Result<Value, Error> {
        let operation = operation::by_name(name).expect("an operation");
        let params = RawValue::from_string(params.to_string()).expect("JSON");
        let caller = Caller::system(Origin::Cli);
        let reply = operation::perform(&self.torque, &caller, None, operation, &params).await?;
        Ok(serde_json::from_slice(&reply.0).expect("JSON"))
    }

    /// Changes the TODO model's draft.
    pub async fn change(&self, edit: impl FnOnce(&mut Value)) {
        let model = self
            .ask("getModel", json!({ "modelId": "TODO List" }))
            .await
            .unwrap();
        let mut document = model["document"].clone();
        edit(&mut document);
        let changed = json!({ "modelId": "TODO List", "revision": model["revision"], "document": document });
        self.ask("updateModel", changed).await.unwrap();
    }

    /// Changes the draft, publishes it and makes it live.
    pub async fn live(&self, edit: impl FnOnce(&mut Value)) -> Result<i64, Error> {
        self.change(edit).await;
        let published = self
            .ask("publishModel", json!({ "modelId": "TODO List" }))
            .await?;
        let version = published["version"].as_i64().expect("a version");
        self.deploy(Some(version)).await?;
        Ok(version)
    }

    /// Deploys a version of the TODO application; without one, the latest.
    pub async fn deploy(&self, version: Option<i64>) -> Result<Value, Error> {
        self.ask(
            "deployApplication",
            json!({ "applicationId": "todo_list", "version": version }),
        )
        .await
    }

    /// The one value of a query.
    pub async fn value(&self, sql: &str) -> String {
        let rows = self
            .sql
            .simple_query(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
        let row = rows.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        row.and_then(|row| row.get(0)).unwrap_or_default().to_owned()
    }

    /// Statements whose answer does not matter.
    pub async fn run(&self, sql: &str) {
        self.sql
            .batch_execute(sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    }
}

/// Renames the TODO model's `label` wherever the document names it.
pub fn rename_label(document: &mut Value, name: &str) {
    fn grids(value: &mut Value, name: &str) {
        match value {
            Value::Object(members) => {
                if members.get("field") == Some(&json!("label")) {
                    members.insert("field".to_owned(), json!(name));
                }
                members.values_mut().for_each(|value| grids(value, name));
            }
            Value::Array(items) => items.iter_mut().for_each(|value| grids(value, name)),
            _ => {}
        }
    }
    document["entities"][0]["properties"][0]["name"] = json!(name);
    document["entities"][0]["display_property"] = json!(name);
    document["forms"][0]["fields"][0]["name"] = json!(name);
    grids(document, name);
    for row in document["sample_data"]["todo"].as_array_mut().expect("rows") {
        let members = row.as_object_mut().expect("a row");
        let label = members.remove("label").expect("a label");
        members.insert(name.to_owned(), label);
    }
}

/// Adds a property to the TODO entity.
pub fn add_property(document: &mut Value, property: Value) {
    document["entities"][0]["properties"]
        .as_array_mut()
        .expect("properties")
        .push(property);
}
