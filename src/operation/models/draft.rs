//! Drafts: found, made, saved under an optimistic lock, deleted.

use crate::db::Db;
use crate::db::Row;
use crate::db::sqlstate;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::canonical;
use crate::model::entity_schema;
use crate::model::normalise::normalise;
use crate::operation::models::Deleted;
use crate::operation::models::Version;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

const LIST: &str = include_str!("../../../sql/queries/model/list.sql");
const FIND: &str = include_str!("../../../sql/queries/model/find.sql");
const FIND_DELETED: &str = include_str!("../../../sql/queries/model/find_deleted.sql");
const CREATE: &str = include_str!("../../../sql/queries/model/create.sql");
const UPDATE: &str = include_str!("../../../sql/queries/model/update.sql");
const VERSIONS: &str = include_str!("../../../sql/queries/model/versions.sql");
const APPLICATIONS: &str = include_str!("../../../sql/queries/model/applications.sql");
const DELETE: &str = include_str!("../../../sql/queries/model/delete.sql");
const PURGE: &str = include_str!("../../../sql/queries/model/purge.sql");
const COUNT_ENTITIES: &str = include_str!("../../../sql/queries/application/count_entities.sql");
const DROP_APPLICATION: &str = include_str!("../../../sql/queries/application/drop.sql");

/// The most bytes of a document as it is stored.
const MAX_DOCUMENT: usize = 8 << 20;

/// A model without its document.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The latest published version; 0 before the first.
    pub version: i32,
    /// The draft's revision: the lock that a change sends back.
    pub revision: i64,
    /// How many applications run it.
    pub applications: i64,
    /// When it was made.
    pub created_at: String,
    /// When its draft was last changed.
    pub updated_at: String,
}

impl Summary {
    fn from_row(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            name: row.get("name"),
            description: row.get("description"),
            version: row.get("version"),
            revision: row.get("revision"),
            applications: row.get("applications"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

/// Every model.
pub async fn list(db: &Db) -> Result<Vec<Summary>> {
    Ok(db.query(LIST, &[]).await?.iter().map(Summary::from_row).collect())
}

/// A model and its draft, by id or name.
pub async fn find(db: &Db, id_or_name: &str) -> Result<(Summary, Model)> {
    let row = db
        .query_opt(FIND, &[&id_or_name])
        .await?
        .ok_or_else(|| missing(id_or_name))?;
    let draft = canonical::read(row.get("document")).map_err(Error::bug)?;
    Ok((Summary::from_row(&row), draft))
}

/// The published versions of a model, the newest first.
pub async fn versions(db: &Db, id: Uuid) -> Result<Vec<Version>> {
    let rows = db.query(VERSIONS, &[&id]).await?;
    Ok(rows
        .iter()
        .map(|row| Version {
            version: row.get("version"),
            created_by: row.get("created_by"),
            created_at: row.get("created_at"),
        })
        .collect())
}

/// Makes a model with its first draft.
pub async fn create(db: &Db, mut document: Model) -> Result<(Summary, Model)> {
    normalise(&mut document, None);
    let (text, schema) = stored(&document)?;
    let name = &document.name;
    let row = db
        .write_one(CREATE, &[name, &document.description, &text, &schema])
        .await
        .map_err(|error| name_taken(error, name))?;
    let id: Uuid = row.get("id");
    find(db, &id.to_string()).await
}

/// Saves a draft that was read at `revision`.
pub async fn update(
    db: &Db,
    id_or_name: &str,
    mut document: Model,
    revision: i64,
) -> Result<(Summary, Model)> {
    let (summary, previous) = find(db, id_or_name).await?;
    normalise(&mut document, Some(&previous));
    let (text, schema) = stored(&document)?;
    let name = &document.name;
    let saved = db
        .write_opt(
            UPDATE,
            &[
                &summary.id,
                &revision,
                name,
                &document.description,
                &text,
                &schema,
            ],
        )
        .await
        .map_err(|error| name_taken(error, name))?;
    if saved.is_none() {
        let (now, _) = find(db, id_or_name).await?;
        return Err(moved_on(&now, revision));
    }
    find(db, &summary.id.to_string()).await
}

/// Hides a model, or removes it for good.
pub async fn delete(db: &Db, id_or_name: &str, cascade: bool, purge: bool) -> Result<Deleted> {
    let found = db.query_opt(FIND, &[&id_or_name]).await?;
    let row = match (found, purge) {
        (Some(row), _) => row,
        (None, true) => db
            .query_opt(FIND_DELETED, &[&id_or_name])
            .await?
            .ok_or_else(|| missing(id_or_name))?,
        (None, false) => return Err(missing(id_or_name)),
    };
    let (id, name): (Uuid, String) = (row.get("id"), row.get("name"));
    let owner = db.owner().await?;
    let applications: Vec<(Uuid, String)> = owner
        .query(APPLICATIONS, &[&id])
        .await?
        .iter()
        .map(|row| (row.get("id"), row.get("slug")))
        .collect();
    if !applications.is_empty() && !cascade {
        return Err(in_use(&owner, &name, &applications).await?);
    }
    for (application, _) in &applications {
        owner.query(DROP_APPLICATION, &[application]).await?;
    }
    owner.execute(DELETE, &[&id]).await?;
    if purge {
        owner.execute(PURGE, &[&id]).await?;
    }
    let applications = applications.into_iter().map(|(_, slug)| slug).collect();
    Ok(Deleted {
        id,
        name,
        deleted: true,
        purged: purge,
        applications,
    })
}

/// The refusal of a delete that would take applications along, with what they hold.
async fn in_use(
    owner: &crate::db::OwnerConnection,
    name: &str,
    applications: &[(Uuid, String)],
) -> Result<Error> {
    let mut counted = Vec::new();
    let mut named = Vec::new();
    for (id, slug) in applications {
        let entities: i64 = owner.query_one(COUNT_ENTITIES, &[id]).await?.get("entities");
        named.push(format!("{slug} ({entities} entities)"));
        counted.push(serde_json::json!({ "slug": slug, "entities": entities }));
    }
    let message = format!(
        "the model {name} is run by {}; delete them first, or with it: cascade",
        named.join(", ")
    );
    Ok(Error::new(Code::Conflict, message).with("applications", Value::Array(counted)))
}

/// The document and the schema of its entities, as they are stored.
pub(super) fn stored(document: &Model) -> Result<(String, String)> {
    let text = canonical::write_compact(document)?;
    if text.len() > MAX_DOCUMENT {
        return Err(Error::new(
            Code::TooLarge,
            format!("a model has at most {MAX_DOCUMENT} bytes"),
        ));
    }
    if document.name.trim().is_empty() || document.name.chars().count() > 200 {
        return Err(Error::new(
            Code::Invalid,
            "a model's name has 1 to 200 characters",
        ));
    }
    let schema = entity_schema::of(document);
    Ok((text, schema.to_string()))
}

/// The refusal of a change to a draft that is not what it was.
pub(super) fn moved_on(now: &Summary, expected: i64) -> Error {
    let message = format!(
        "the draft of {} was changed by somebody else: it is at revision {}",
        now.name, now.revision
    );
    Error::new(Code::Conflict, message)
        .with("expectedRevision", expected)
        .with("currentRevision", now.revision)
}

fn missing(id_or_name: &str) -> Error {
    Error::new(Code::NotFound, format!("there is no model {id_or_name}")).with("modelId", id_or_name)
}

fn name_taken(error: Error, name: &str) -> Error {
    if sqlstate(&error) == Some("23505") {
        let message =
            format!("there is already a model called {name}; import into it by naming it as modelId");
        return Error::new(Code::Conflict, message).with("name", name);
    }
    error
}
