//! Everything a filter finds, as CSV or JSON lines, part after part in constant memory.
//!
//! An [`Export`] goes through a list by comparing keys, as cursors do: it holds
//! a part's rows and no connection between two parts, so a reader who is slow
//! or gone holds up nothing. What is written meanwhile shows as it stands when
//! its part is read. The same parts answer a JSON-RPC call one at a time and
//! make the download of `surface/download.rs` as one stream.

pub mod cell;
mod record;

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::filter::Filter;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::Torque;
use crate::operation::cursor::Cursor;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::entity_list::Sort;
use crate::operation::entity_list::read_filter;
use crate::operation::entity_list::sort_keys;
use crate::operation::entity_sql::list::Include;
use crate::operation::entity_sql::list::Page;
use crate::operation::entity_sql::list::PageStatement;
use crate::operation::entity_sql::list::Place;
use crate::operation::entity_sql::sort::Order;
use crate::operation::export::record::Records;
use crate::operation::operation;
use bytes::Bytes;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;

/// The most entities in a part.
const MAX_PART: u32 = 1_000;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "exportEntities",
    "Gives a part of everything a filter finds as CSV or JSON lines; GET …/export/{entityType} streams the whole.",
    Read,
    Application,
    ExportEntities => ExportedPart,
    export_entities
)];

/// Which entities, in what order, and how they are written down.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportEntities {
    /// The entity type.
    pub entity_type: String,
    /// Which entities, in the filter language.
    #[serde(default)]
    pub filters: Option<Value>,
    /// Words that must all stand in the entity's searchable properties.
    #[serde(default)]
    pub search: Option<String>,
    /// The properties to sort by; without it, in the order of creation.
    #[serde(default)]
    pub sort: Option<Vec<Sort>>,
    /// The properties to write, in this order; without it `id`, all properties and the other system properties.
    #[serde(default)]
    pub fields: Option<Vec<String>>,
    /// `csv` (the default) or `jsonl`.
    #[serde(default)]
    pub format: ExportFormat,
    /// `data` (the default) or, in CSV, `readable`.
    #[serde(default)]
    pub style: ExportStyle,
    /// Whether CSV begins with a byte order mark, by which Excel knows UTF-8.
    #[serde(default)]
    pub bom: bool,
    /// Entities in a part: 1,000 unless said otherwise, which is the most.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where an earlier part ended. A part with a cursor has no head.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// How an export is written down.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// A head and a line for each entity, as RFC 4180 has it. A text that a spreadsheet would run as a formula has
    /// an apostrophe in front.
    #[default]
    Csv,
    /// An entity's JSON on each line.
    Jsonl,
}

/// Whom CSV is written for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportStyle {
    /// Programs: names of properties, stored values, ids of references.
    #[default]
    Data,
    /// People: labels of properties and choices, references by what stands for their entity.
    Readable,
}

/// A part of an export.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportedPart {
    /// The part's lines; of the first part of CSV, the head as well.
    pub text: String,
    /// How many entities it holds.
    pub count: usize,
    /// Where the export goes on; null at its end.
    pub next_cursor: Option<String>,
}

async fn export_entities(ask: Ask<'_>, params: ExportEntities) -> Result<Reply> {
    let mut export = Export::begin(ask, params)?;
    let part = export.next(ask.torque).await?;
    let (bytes, count) = part.map_or_else(|| (Bytes::new(), 0), |part| (part.bytes, part.count));
    Reply::of(&ExportedPart {
        text: String::from_utf8(bytes.into()).map_err(Error::bug)?,
        count,
        next_cursor: export.cursor()?,
    })
}

/// An export under way.
pub struct Export {
    application: Arc<Application>,
    entity_type: Arc<EntityType>,
    filter: Filter,
    search: Option<String>,
    order: Order,
    records: Records,
    limit: u32,
    /// Where the next part begins; none when there is none.
    place: Option<Place>,
}

/// A part of an export.
pub struct Part {
    /// Whole lines.
    pub bytes: Bytes,
    /// How many entities they hold.
    pub count: usize,
}

impl Export {
    /// Begins an export for a caller who is admitted to it; nothing is read yet.
    pub fn begin(ask: Ask<'_>, params: ExportEntities) -> Result<Self> {
        let application = Arc::clone(ask.application()?);
        let entity_type = Arc::clone(application.entity_type(&params.entity_type)?);
        let limit = match params.limit {
            None => MAX_PART,
            Some(limit @ 1..=MAX_PART) => limit,
            Some(_) => return Err(refused("limit", &format!("must be between 1 and {MAX_PART}"))),
        };
        let filter = read_filter(&application, &entity_type, params.filters.as_ref())?;
        let order = Order::new(
            &entity_type,
            sort_keys(&entity_type, params.sort.as_deref(), None)?,
        )?;
        let records = Records::new(&application, &entity_type, &params)?;
        let mut export = Self {
            application,
            entity_type,
            filter,
            search: params.search,
            order,
            records,
            limit,
            place: Some(Place::FromStart(0)),
        };
        if let Some(text) = &params.cursor {
            let cursor = Cursor::decode(text, &export.list(), export.order.keys().len())?;
            export.place = Some(Place::Behind(cursor.values));
            export.records.skip_head();
        }
        Ok(export)
    }

    /// The next part; none at the end. The first one is there even when nothing is found, for its head.
    pub async fn next(&mut self, torque: &Torque) -> Result<Option<Part>> {
        let Some(place) = self.place.take() else {
            return Ok(None);
        };
        let page = Page {
            application: &self.application,
            entity_type: &self.entity_type,
            filter: &self.filter,
            search: self.search.as_deref(),
            linked: None,
            order: &self.order,
            fields: Some(self.records.properties(&self.entity_type)),
            include: self.includes()?,
            place,
            // One more than the part has tells whether there is another.
            limit: i64::from(self.limit) + 1,
            total: false,
        };
        let PageStatement {
            statement,
            keys,
            includes,
            ..
        } = page.statement()?;
        let mut rows = statement.rows_slow(&torque.db).await?;
        let goes_on = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        if let Some(last) = rows.last().filter(|_| goes_on) {
            let values = (keys..keys + self.order.keys().len())
                .map(|column| last.try_get(column).map_err(Error::bug))
                .collect::<Result<Vec<Option<String>>>>()?;
            self.place = Some(Place::Behind(values));
        }
        Ok(Some(Part {
            count: rows.len(),
            bytes: self.records.write(&rows, includes)?,
        }))
    }

    /// Where the export goes on, for a caller who asks part by part.
    pub fn cursor(&self) -> Result<Option<String>> {
        match &self.place {
            Some(Place::Behind(values)) => Cursor {
                backwards: false,
                values: values.clone(),
            }
            .encode(&self.list())
            .map(Some),
            _ => Ok(None),
        }
    }

    fn list(&self) -> String {
        format!("export {} {}", self.entity_type.id, self.order.clause(false))
    }

    /// References that are written by what stands for their entity.
    fn includes(&self) -> Result<Vec<Include<'_>>> {
        self.records
            .referred()
            .map(|(reference, target)| {
                let gone = || Error::bug(format!("the type has no property {reference}"));
                Ok(Include {
                    reference: self.entity_type.properties.get(reference).ok_or_else(gone)?,
                    target,
                })
            })
            .collect()
    }
}

fn refused(param: &str, sentence: &str) -> Error {
    Error::new(Code::BadRequest, format!("{param} {sentence}")).with("path", format!("params.{param}"))
}
