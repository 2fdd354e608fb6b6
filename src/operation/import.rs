//! Rows of a file become entities: all of them, or none and every row that was refused.
//!
//! An [`Import`] is one transaction. Rows come in parts, and a part is at most
//! three statements: those that are there already are found by the match key and
//! locked, the rest is created, what differs is changed. A row that breaks a rule
//! is left out by its trigger, as in a group of writes (`entity_sql/group.rs`), so
//! that one pass finds everything that is wrong; at the end it is all or nothing.

mod batch;
mod rows;

use crate::error::Code;
use crate::error::Error;
use crate::error::FieldError;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::caller::Origin;
pub use crate::operation::import::batch::Import;
use crate::operation::import::rows::Rows;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;

/// The most rows in a part.
const PART: usize = 500;

/// The most refused rows that are listed; more are counted.
const MOST_LISTED: usize = 1_000;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "importEntities",
    "Makes entities of the rows of a file, or changes those that a key finds: all, or none.",
    Write,
    Application,
    ImportEntities => Imported,
    import_entities
)];

/// A file, and how its rows become entities.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportEntities {
    /// The entity type.
    pub entity_type: String,
    /// `csv` (the default), whose first line names the columns, or `jsonl`, an object on each line.
    #[serde(default)]
    pub format: ImportFormat,
    /// Which property a column is, by the column's name; an empty name leaves the column out. What is not named here
    /// is the property of that name or label.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// The property that finds the entity a row is about: `id`, or a String, Text, Integer, Uuid or Reference. Without
    /// it every row makes a new entity.
    #[serde(default)]
    pub match_key: Option<String>,
    /// Whether everything is tried and nothing kept.
    #[serde(default)]
    pub dry_run: bool,
    /// The file's text.
    pub text: String,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportFormat {
    /// As RFC 4180 has it. An empty cell is no value; a text that begins like a formula has an apostrophe in front.
    #[default]
    Csv,
    /// An entity's JSON on each line.
    Jsonl,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Imported {
    /// Whether it is kept: not of a dry run, nor where a row was refused.
    pub imported: bool,
    /// Rows of the file.
    pub rows: u64,
    /// Rows that make a new entity.
    pub created: u64,
    /// Rows that change an entity.
    pub updated: u64,
    /// Rows whose entity is as they say already.
    pub unchanged: u64,
    /// Rows that are refused.
    pub refused_count: u64,
    /// The first 1,000 of them.
    pub refused: Vec<RefusedRow>,
}

/// A row that no entity can be made of.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RefusedRow {
    /// The line of the file that it begins on, counted from 1.
    pub line: u64,
    /// Why, as a code.
    pub code: String,
    /// Why, in a sentence.
    pub message: String,
    /// What is wrong with which property.
    #[schemars(with = "Vec<Map<String, Value>>")]
    pub fields: Vec<FieldError>,
}

impl Imported {
    fn refuse(&mut self, line: u64, error: Error) {
        self.refused_count += 1;
        if self.refused.len() < MOST_LISTED {
            self.refused.push(RefusedRow {
                line,
                code: error.code.name().to_owned(),
                message: error.message,
                fields: error.fields,
            });
        }
    }
}

/// Imports all rows of a file; `progress` hears how many were read.
///
/// # Errors
/// When the file cannot be read as what it says it is, or its columns are no properties; a refused row is no error.
pub async fn import(
    ask: Ask<'_>,
    how: &ImportEntities,
    file: impl Read + Send,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Imported> {
    let application = ask.application()?;
    let entity_type = application.entity_type(&how.entity_type)?;
    let mut rows = Rows::open(application, entity_type, how, file)?;
    let mut caller = ask.caller.clone();
    caller.origin = Origin::Import;
    let mut import = Import::begin(ask.torque, &caller, entity_type, how.match_key.as_deref()).await?;
    loop {
        let part = rows.part(PART)?;
        if part.is_empty() {
            break;
        }
        import.take(part).await?;
        progress(import.rows());
    }
    import.finish(how.dry_run).await
}

async fn import_entities(ask: Ask<'_>, params: ImportEntities) -> Result<Reply> {
    let done = import(ask, &params, params.text.as_bytes(), |_| {}).await?;
    if done.refused_count > 0 && !params.dry_run {
        let message = format!(
            "{} of {} rows are refused, so nothing was imported",
            done.refused_count, done.rows
        );
        return Err(Error::new(Code::Invalid, message)
            .with("refusedCount", done.refused_count)
            .with(
                "refused",
                serde_json::to_value(&done.refused).map_err(Error::bug)?,
            ));
    }
    Reply::of(&done)
}
