//! Publishing: every problem named, storage keys given out, a version frozen.

use crate::db::Db;
use crate::db::sqlstate;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::canonical;
use crate::model::check;
use crate::model::check::Problem;
use crate::model::normalise::UsedKeys;
use crate::model::normalise::assign_keys;
use crate::model::normalise::links_of;
use crate::model::property_type::PropertyType;
use crate::operation::models::Published;
use crate::operation::models::draft;
use crate::operation::script_check;
use crate::script::Pool;
use uuid::Uuid;

const VERSION: &str = include_str!("../../../sql/queries/model/version.sql");
const STORAGE_KEYS: &str = include_str!("../../../sql/queries/model/storage_keys.sql");
const LOCK: &str = include_str!("../../../sql/queries/model/lock.sql");
const PUBLISH: &str = include_str!("../../../sql/queries/model/publish.sql");
const PUBLISHED: &str = include_str!("../../../sql/queries/model/published.sql");
const TIME_ZONE: &str = include_str!("../../../sql/queries/model/time_zone.sql");
const JSONPATH: &str = include_str!("../../../sql/queries/model/jsonpath.sql");
const PATTERN: &str = include_str!("../../../sql/queries/model/pattern.sql");

/// Everything that is wrong with a document, what only the database knows included.
pub async fn problems(db: &Db, scripts: &Pool, document: &Model) -> Result<Vec<Problem>> {
    let mut problems = check::check(document);
    if !problems.iter().any(|problem| problem.path == "time_zone") {
        match db.query_one(TIME_ZONE, &[&document.time_zone]).await {
            Ok(_) => {}
            Err(error) if sqlstate(&error) == Some("22023") => problems.push(Problem {
                path: "time_zone".to_owned(),
                code: "unknown".to_owned(),
                message: format!("the database knows no time zone {}", document.time_zone),
            }),
            Err(error) => return Err(error),
        }
    }
    for (index, entity) in document.entities.iter().enumerate() {
        for (place, property) in entity.properties.iter().enumerate() {
            let PropertyType::String {
                pattern: Some(pattern),
                ..
            } = &property.property_type
            else {
                continue;
            };
            let path = format!("entities[{index}].properties[{place}].property_type.pattern");
            if problems.iter().any(|problem| problem.path == path) {
                continue;
            }
            match db.query_one(PATTERN, &[pattern]).await {
                Ok(_) => {}
                Err(error) if sqlstate(&error) == Some("2201B") => problems.push(Problem {
                    path,
                    code: "pattern".to_owned(),
                    message: "the pattern cannot be read by the database".to_owned(),
                }),
                Err(error) => return Err(error),
            }
        }
    }
    conditions(db, document, &mut problems).await?;
    script_check::check(scripts, document, &mut problems).await;
    Ok(problems)
}

/// Conditions of hooks, which the database evaluates.
async fn conditions(db: &Db, document: &Model, problems: &mut Vec<Problem>) -> Result<()> {
    for (index, entity) in document.entities.iter().enumerate() {
        for (place, hook) in entity.lifecycle_hooks.iter().enumerate() {
            let Some(condition) = &hook.condition else {
                continue;
            };
            match db.query_one(JSONPATH, &[condition]).await {
                Ok(_) => {}
                Err(error)
                    if sqlstate(&error)
                        .is_some_and(|state| state.starts_with("22") || state.starts_with("42")) =>
                {
                    problems.push(Problem {
                        path: format!("entities[{index}].lifecycle_hooks[{place}].condition"),
                        code: "condition".to_owned(),
                        message: "the condition is no jsonpath predicate".to_owned(),
                    });
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}

/// A published version's document.
pub async fn published(db: &Db, model: Uuid, version: i32) -> Result<Model> {
    let row = db.query_opt(VERSION, &[&model, &version]).await?.ok_or_else(|| {
        Error::new(
            Code::NotFound,
            format!("the model has no published version {version}"),
        )
        .with("version", version)
    })?;
    canonical::read(row.get("document")).map_err(Error::bug)
}

/// Freezes a draft as the next version; a draft that is the latest version already stays it.
pub async fn publish(
    db: &Db,
    scripts: &Pool,
    id_or_name: &str,
    revision: Option<i64>,
    by: &str,
) -> Result<Published> {
    let (summary, mut document) = draft::find(db, id_or_name).await?;
    if revision.is_some_and(|revision| revision != summary.revision) {
        return Err(draft::moved_on(&summary, revision.unwrap_or_default()));
    }
    let latest = match summary.version {
        0 => None,
        version => Some(published(db, summary.id, version).await?),
    };
    assign_keys(&mut document, latest.as_ref(), &used_keys(db, summary.id).await?);
    if latest.as_ref() == Some(&document) {
        return Ok(Published {
            model_id: summary.id,
            version: summary.version,
            revision: summary.revision,
            unchanged: true,
        });
    }
    let problems = problems(db, scripts, &document).await?;
    if !problems.is_empty() {
        return Err(check::refusal(&problems));
    }
    let (text, schema) = draft::stored(&document)?;
    let transaction = db.transaction().await?;
    let Some(row) = transaction
        .query_opt(LOCK, &[&summary.id, &summary.revision])
        .await?
    else {
        let (now, _) = draft::find(db, id_or_name).await?;
        return Err(draft::moved_on(&now, summary.revision));
    };
    let version = row.get::<_, i32>("version") + 1;
    transaction
        .execute(PUBLISH, &[&summary.id, &version, &text, &schema, &by])
        .await?;
    let row = transaction
        .query_one(PUBLISHED, &[&summary.id, &version, &text, &schema])
        .await?;
    let revision = row.get("revision");
    transaction.commit().await?;
    Ok(Published {
        model_id: summary.id,
        version,
        revision,
        unchanged: false,
    })
}

async fn used_keys(db: &Db, model: Uuid) -> Result<UsedKeys> {
    let mut used = UsedKeys::default();
    for row in db.query(STORAGE_KEYS, &[&model]).await? {
        let owner: Option<String> = row.get("owner");
        let key: Option<String> = row.get("key");
        match (row.get::<_, &str>("kind"), owner, key) {
            ("entity", Some(owner), _) => used.entity(&owner),
            ("relationship", Some(owner), _) => used.relationship(&owner),
            ("property", Some(owner), Some(key)) => used.property(&owner, &key),
            ("link", Some(owner), Some(key)) => used.property(&links_of(&owner), &key),
            _ => {}
        }
    }
    Ok(used)
}
