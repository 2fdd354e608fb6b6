//! A second application with every type of property, references and a many-to-many relationship.

use crate::support::TestServer;
use crate::support::application::deployed;
use crate::support::server::Refusal;
use serde_json::Value;
use serde_json::json;

/// The application's slug.
pub const SLUG: &str = "shop";

/// Its model.
pub fn model() -> Value {
    let text = |length: u32| json!({ "type": "String", "max_length": length });
    json!({
        "name": "Shop",
        "access": "public",
        "entities": [
            { "id": "customer", "name": "Customer", "display_property": "name", "properties": [
                { "name": "name", "property_type": text(100), "required": true, "indexed": true, "searchable": true },
                { "name": "email", "unique": true,
                  "property_type": { "type": "String", "max_length": 200, "format": "email" } },
            ] },
            { "id": "order", "name": "Order", "properties": [
                { "name": "title", "property_type": { "type": "String" }, "required": true },
                { "id": "notes", "name": "remarks", "property_type": { "type": "Text" } },
                { "name": "n", "property_type": { "type": "Integer", "min": -1000, "max": 1000 }, "indexed": true },
                { "name": "total", "property_type": { "type": "Decimal", "scale": 2 }, "indexed": true },
                { "name": "done", "property_type": { "type": "Boolean" } },
                { "name": "state", "default_value": "new", "indexed": true,
                  "property_type": { "type": "Enum", "values": ["new", "paid", "sent"] } },
                { "name": "tags", "property_type": { "type": "MultiEnum", "values": ["a", "b", "c"] } },
                { "name": "day", "property_type": { "type": "Date" } },
                { "name": "at", "property_type": { "type": "DateTime" } },
                { "name": "code", "property_type": { "type": "Uuid" } },
                { "name": "extra", "property_type": { "type": "Json" } },
                { "name": "customer", "property_type": { "type": "Reference", "target_entity": "customer",
                    "on_delete": "restrict", "inverse_name": "orders" } },
            ] },
            { "id": "tag", "name": "Tag", "properties": [
                { "name": "name", "property_type": text(50), "required": true, "unique": true },
            ] },
        ],
        "relationships": [
            { "id": "order_tags", "name": "Order tags", "kind": "many_to_many", "source_entity": "order",
              "target_entity": "tag", "inverse_name": "tagged", "on_delete": "cascade",
              "properties": [{ "name": "note", "property_type": { "type": "String" } }] },
        ],
    })
}

/// The shop on a running server.
pub struct Shop<'t> {
    torque: &'t TestServer,
}

impl<'t> Shop<'t> {
    /// Deploys it.
    pub async fn open(torque: &'t TestServer) -> Self {
        deployed(torque, &[SLUG], model()).await;
        Self { torque }
    }

    /// A call, as administrator, through the endpoint for all applications.
    pub async fn call(&self, method: &str, mut params: Value) -> Result<Value, Refusal> {
        params["applicationId"] = json!(SLUG);
        self.torque.call_server(method, params).await
    }

    /// A new entity.
    pub async fn create(&self, entity_type: &str, data: Value) -> Value {
        self.call("createEntity", json!({ "entityType": entity_type, "data": data }))
            .await
            .unwrap()
    }

    /// A list.
    pub async fn list(&self, mut params: Value) -> Value {
        if params.get("entityType").is_none() {
            params["entityType"] = json!("order");
        }
        self.call("loadEntityData", params).await.unwrap()
    }
}
