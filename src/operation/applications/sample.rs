//! Sample data: what a model brings along to look at.
//!
//! Each row has an id made from the application, the type and its number, so
//! that loading again adds nothing twice.

use crate::db::Db;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::relationship::RelationshipDefinition;
use crate::model::relationship::SAMPLE_SOURCE as SOURCE;
use crate::model::relationship::SAMPLE_TARGET as TARGET;
use crate::operation::applications::Application;
use crate::operation::caller::Caller;
use crate::operation::caller::Origin;
use crate::operation::models;
use serde::Deserialize;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;
use std::collections::BTreeMap;
use uuid::Builder;
use uuid::Uuid;
use uuid::Variant;
use uuid::Version;

const ENTITY_TYPES: &str = include_str!("../../../sql/queries/application/entity_types.sql");
const LOAD: &str = include_str!("../../../sql/queries/application/load_sample.sql");
const LOAD_LINKS: &str = include_str!("../../../sql/queries/application/load_sample_links.sql");
const RELATIONSHIPS: &str = include_str!("../../../sql/queries/directory/relationships.sql");

/// What is read of a property's row.
#[derive(Deserialize)]
struct Stored {
    name: String,
    key: String,
}

/// Adds the live version's sample data; how many entities and links are new, by type and relationship.
pub async fn load(db: &Db, caller: &Caller, application: &Application) -> Result<Map<String, Value>> {
    let Some(version) = application.model_version else {
        let message = format!("{} has no version yet; deploy one first", application.slug);
        return Err(Error::new(Code::Conflict, message));
    };
    let model = models::published(db, application.model_id, version).await?;
    let mut types = BTreeMap::new();
    for row in db.query(ENTITY_TYPES, &[&application.id]).await? {
        let properties: Vec<Stored> = serde_json::from_str(row.get("properties")).map_err(Error::bug)?;
        types.insert(
            row.get::<_, String>("name"),
            (row.get::<_, String>("leaf"), properties),
        );
    }
    let tables: BTreeMap<String, String> = db
        .query(RELATIONSHIPS, &[&application.id])
        .await?
        .iter()
        .filter_map(|row| Some((row.get("key"), row.get::<_, Option<String>>("link_table")?)))
        .collect();
    let mut caller = caller.clone();
    caller.origin = Origin::Import;
    let ctx = caller.ctx();
    let mut loaded = Map::new();
    let transaction = db.transaction().await?;
    for name in referred_first(&model) {
        let (Some(rows), Some((leaf, properties))) = (model.sample_data.get(&name), types.get(&name)) else {
            continue;
        };
        let rows: Vec<Value> = rows
            .iter()
            .enumerate()
            .map(|(index, row)| stored_row(application.id, &name, index, row, properties))
            .collect();
        let statement = LOAD.replace("{leaf}", leaf);
        let count = transaction
            .execute(&statement, &[&Value::Array(rows).to_string(), &ctx])
            .await?;
        loaded.insert(name, count.into());
    }
    // Links last: both their ends must be there.
    for relationship in &model.relationships {
        let key = relationship.storage_key();
        let (Some(rows), Some(table)) = (model.sample_data.get(&relationship.id), tables.get(key)) else {
            continue;
        };
        let rows: Vec<Value> = rows.iter().map(|row| stored_link(relationship, row)).collect();
        let statement = LOAD_LINKS.replace("{link_table}", table);
        let count = transaction
            .execute(&statement, &[&Value::Array(rows).to_string(), &ctx])
            .await?;
        loaded.insert(relationship.id.clone(), count.into());
    }
    transaction.commit().await?;
    Ok(loaded)
}

/// A link's row: its two ends, and what it carries under the storage keys.
fn stored_link(relationship: &RelationshipDefinition, row: &Map<String, Value>) -> Value {
    let data: Map<String, Value> = relationship
        .properties
        .iter()
        .filter_map(|property| {
            let value = row.get(&property.name)?;
            Some((property.storage_key().to_owned(), value.clone()))
        })
        .collect();
    json!({ "source_id": row.get(SOURCE), "target_id": row.get(TARGET), "data": data })
}

fn stored_row(
    application: Uuid,
    name: &str,
    index: usize,
    row: &Map<String, Value>,
    properties: &[Stored],
) -> Value {
    let data: Map<String, Value> = row
        .iter()
        .filter_map(|(outside, value)| {
            let property = properties.iter().find(|property| property.name == *outside)?;
            Some((property.key.clone(), value.clone()))
        })
        .collect();
    let id = row
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| Uuid::try_parse(id).ok())
        .unwrap_or_else(|| made_id(application, name, index));
    json!({ "id": id, "data": data })
}

/// The same id for the same row of the same application, every time; as old as the application, in the rows' order.
fn made_id(application: Uuid, name: &str, index: usize) -> Uuid {
    let digest = Sha256::digest(format!("{application}/{name}/{index}"));
    let mut bytes = *application.as_bytes();
    let number = u16::try_from(index % 4_096).unwrap_or_default().to_be_bytes();
    bytes[6..8].copy_from_slice(&number);
    bytes[8..].copy_from_slice(&digest[..8]);
    Builder::from_bytes(bytes)
        .with_version(Version::SortRand)
        .with_variant(Variant::RFC4122)
        .into_uuid()
}

/// The entity types in an order in which what is referred to comes first.
fn referred_first(model: &Model) -> Vec<String> {
    fn visit(model: &Model, name: &str, done: &mut Vec<String>, open: &mut Vec<String>) {
        if done.iter().chain(open.iter()).any(|known| known == name) {
            return;
        }
        open.push(name.to_owned());
        if let Some(entity) = model.entity(name) {
            for target in entity
                .properties
                .iter()
                .filter_map(|property| property.property_type.target_entity())
            {
                visit(model, target, done, open);
            }
        }
        open.pop();
        done.push(name.to_owned());
    }
    let mut done = Vec::new();
    for entity in &model.entities {
        visit(model, &entity.id, &mut done, &mut Vec::new());
    }
    done
}
