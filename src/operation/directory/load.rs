//! Reading the directory: only applications whose stamp has moved are read whole.

use crate::db::Db;
use crate::db::RawJsonRef;
use crate::db::Row;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::directory::Listing;
use crate::operation::directory::Property;
use crate::operation::directory::Relationship;
use crate::operation::entity_sql::identifier;
use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const VERSION: &str = include_str!("../../../sql/queries/directory/version.sql");
const APPLICATIONS: &str = include_str!("../../../sql/queries/directory/applications.sql");
const MODEL: &str = include_str!("../../../sql/queries/directory/model.sql");
const ENTITY_TYPES: &str = include_str!("../../../sql/queries/directory/entity_types.sql");
const RELATIONSHIPS: &str = include_str!("../../../sql/queries/directory/relationships.sql");

/// The listing of the current version, or nothing when the known one is it.
pub async fn listing(db: &Db, known: &Listing) -> Result<Option<Listing>> {
    // The version is read first: what is written while we read moves it again, and is read next time.
    let version: i64 = column(&db.query_one(VERSION, &[]).await?, "version")?;
    if version == known.version {
        return Ok(None);
    }
    let mut by_id = HashMap::new();
    let mut by_slug = HashMap::new();
    for row in db.query(APPLICATIONS, &[]).await? {
        let id: Uuid = column(&row, "id")?;
        let stamp: String = column(&row, "stamp")?;
        let application = match known.by_id.get(&id) {
            Some(same) if same.stamp == stamp => Arc::clone(same),
            known => match application(db, &row, stamp).await {
                Ok(mut application) => {
                    // Whoever waits for its stop waits on under another model.
                    if let Some(known) = known.filter(|known| known.is_running()) {
                        application.stopped = known.stopped.clone();
                    }
                    if let Some(known) =
                        known.filter(|known| known.granted_to_anyone() <= application.granted_to_anyone())
                    {
                        application.narrowed = known.narrowed.clone();
                    }
                    Arc::new(application)
                }
                // One unreadable application must not hide the others.
                Err(error) => {
                    tracing::error!(%error, application = %id, cause = ?error.cause, "an application could not be read");
                    continue;
                }
            },
        };
        by_slug.insert(application.slug.clone(), id);
        by_id.insert(id, application);
    }
    Ok(Some(Listing {
        version,
        by_id,
        by_slug,
    }))
}

async fn application(db: &Db, row: &Row, stamp: String) -> Result<Application> {
    let id: Uuid = column(row, "id")?;
    let name: String = column(row, "name")?;
    let slug: String = column(row, "slug")?;
    let data_schema = identifier(&format!("{slug}_data"));
    let model = match db.query_opt(MODEL, &[&id]).await? {
        Some(row) => json(&row, "model_json")?,
        None => Model::new(name.clone()),
    };
    let mut types = IndexMap::new();
    for row in db.query(ENTITY_TYPES, &[&id]).await? {
        let entity_type = entity_type(&row, id, &data_schema)?;
        types.insert(entity_type.name.clone(), Arc::new(entity_type));
    }
    // In the model's order, as people wrote it.
    types.sort_by_cached_key(|name, _| model.entities.iter().position(|entity| entity.id == *name));
    let mut relationships = Vec::new();
    for row in db.query(RELATIONSHIPS, &[&id]).await? {
        relationships.push(relationship(&row)?);
    }
    Ok(Application {
        id,
        slug,
        name,
        status: column(row, "status")?,
        model_version: column(row, "model_version")?,
        model: Arc::new(model),
        data_schema,
        types,
        relationships,
        stopped: CancellationToken::new(),
        narrowed: CancellationToken::new(),
        stamp,
    })
}

fn entity_type(row: &Row, application_id: Uuid, data_schema: &str) -> Result<EntityType> {
    let properties: Vec<Property> = json(row, "properties")?;
    let keys_ever: Vec<String> = column(row, "keys_ever")?;
    let has_values_of_removed = keys_ever
        .iter()
        .any(|key| properties.iter().all(|property| property.key != *key));
    Ok(EntityType {
        id: column(row, "id")?,
        application_id,
        key: column(row, "key")?,
        name: column(row, "name")?,
        label: column(row, "label")?,
        leaf: column(row, "leaf")?,
        data_schema: data_schema.to_owned(),
        properties: properties
            .into_iter()
            .map(|property| (property.name.clone(), property))
            .collect(),
        has_values_of_removed,
    })
}

fn relationship(row: &Row) -> Result<Relationship> {
    Ok(Relationship {
        key: column(row, "key")?,
        name: column(row, "name")?,
        kind: column(row, "kind")?,
        source_type_id: column(row, "source_type_id")?,
        target_type_id: column(row, "target_type_id")?,
        inverse_name: column(row, "inverse_name")?,
        property_key: column(row, "property_key")?,
        link_table: column(row, "link_table")?,
    })
}

fn column<'r, T: crate::db::FromSql<'r>>(row: &'r Row, name: &str) -> Result<T> {
    row.try_get(name).map_err(Error::bug)
}

fn json<T: DeserializeOwned>(row: &Row, name: &str) -> Result<T> {
    let text: RawJsonRef<'_> = column(row, name)?;
    serde_json::from_slice(text.0).map_err(Error::bug)
}
