//! Rows as lines: the columns of an export, its head, and each entity below it.

use crate::db::Row;
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::model::entity::EntityDefinition;
use crate::model::property::PropertyDefinition;
use crate::model::property::in_words;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::directory::Property;
use crate::operation::entity_json::COLUMNS;
use crate::operation::entity_json::Shape;
use crate::operation::entity_json::Stored;
use crate::operation::entity_json::instant;
use crate::operation::entity_json::push_entity;
use crate::operation::entity_list::fields;
use crate::operation::export::ExportEntities;
use crate::operation::export::ExportFormat;
use crate::operation::export::ExportStyle;
use crate::operation::export::cell::plain;
use crate::operation::export::cell::unrunnable;
use crate::operation::export::refused;
use bytes::Bytes;
use csv::Terminator;
use csv::Writer;
use csv::WriterBuilder;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// By which Excel knows that a file is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The system properties that stand first and last when no fields are named.
const FIRST: &str = "id";
const LAST: [&str; 3] = ["created_at", "updated_at", "version"];

/// An entity's values by name, each as its JSON text.
type Values<'r> = HashMap<Cow<'r, str>, &'r RawValue>;

/// What stands in a column.
enum Source {
    Id,
    CreatedAt,
    UpdatedAt,
    Version,
    /// A property; texts in it may look like formulas.
    Property {
        name: String,
        is_text: bool,
        labels: Option<HashMap<String, String>>,
    },
    /// A Reference by the display property of the type it leads to.
    Referred {
        name: String,
        target: Arc<EntityType>,
        display: Option<String>,
    },
}

struct Column {
    head: String,
    source: Source,
}

/// How the rows of an export become lines.
pub struct Records {
    columns: Vec<Column>,
    format: ExportFormat,
    shape: Shape<'static>,
    bom: bool,
    has_head: bool,
}

impl Records {
    /// The columns that a request names, or all there are.
    pub fn new(application: &Application, entity_type: &EntityType, params: &ExportEntities) -> Result<Self> {
        let is_readable = params.style == ExportStyle::Readable;
        if params.format == ExportFormat::Jsonl && (is_readable || params.bom) {
            let param = if is_readable { "style" } else { "bom" };
            return Err(refused(param, "goes with csv only"));
        }
        let all: Vec<String>;
        let names = match &params.fields {
            Some(names) if names.is_empty() => return Err(refused("fields", "names nothing")),
            Some(names) => names,
            None => {
                let own = entity_type.properties.keys().map(String::as_str);
                all = std::iter::once(FIRST)
                    .chain(own)
                    .chain(LAST)
                    .map(str::to_owned)
                    .collect();
                &all
            }
        };
        let (_, shape) = fields(entity_type, Some(names))?;
        let columns = names
            .iter()
            .map(|name| column(application, entity_type, name, params.style))
            .collect();
        Ok(Self {
            columns,
            format: params.format,
            shape,
            bom: params.bom,
            has_head: params.format == ExportFormat::Csv,
        })
    }

    /// Leaves the head out: the export goes on where an earlier one ended.
    pub fn skip_head(&mut self) {
        self.has_head = false;
    }

    /// The properties to ask the database for.
    pub fn properties<'t>(&self, entity_type: &'t EntityType) -> Vec<&'t Property> {
        self.columns
            .iter()
            .filter_map(|column| match &column.source {
                Source::Property { name, .. } => entity_type.properties.get(name),
                _ => None,
            })
            .collect()
    }

    /// The references that are written by what stands for their entity, and the types they lead to.
    pub fn referred(&self) -> impl Iterator<Item = (&str, &Arc<EntityType>)> {
        self.columns.iter().filter_map(|column| match &column.source {
            Source::Referred { name, target, .. } => Some((name.as_str(), target)),
            _ => None,
        })
    }

    /// The lines of these rows, below the head when it was not written yet.
    pub fn write(&mut self, rows: &[Row], includes: usize) -> Result<Bytes> {
        match self.format {
            ExportFormat::Jsonl => self.write_json(rows),
            ExportFormat::Csv => self.write_csv(rows, includes),
        }
    }

    fn write_json(&self, rows: &[Row]) -> Result<Bytes> {
        let mut out = Vec::with_capacity(rows.len() * 256);
        for row in rows {
            push_entity(&mut out, &Stored::read(row, 0)?, self.shape);
            out.push(b'\n');
        }
        Ok(out.into())
    }

    fn write_csv(&mut self, rows: &[Row], includes: usize) -> Result<Bytes> {
        let mut out = Vec::with_capacity(256 + rows.len() * 160);
        let has_head = std::mem::take(&mut self.has_head);
        if has_head && self.bom {
            out.extend_from_slice(BYTE_ORDER_MARK);
        }
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        if has_head {
            let heads = self.columns.iter().map(|column| unrunnable(&column.head));
            write_line(&mut writer, heads)?;
        }
        for row in rows {
            let entity = Stored::read(row, 0)?;
            let values = values(entity.data)?;
            let mut include = includes;
            let cells = self
                .columns
                .iter()
                .map(|column| {
                    let at = include;
                    if matches!(column.source, Source::Referred { .. }) {
                        include += COLUMNS;
                    }
                    cell(&column.source, &entity, &values, row, at)
                })
                .collect::<Result<Vec<_>>>()?;
            write_line(&mut writer, cells.into_iter())?;
        }
        let out = writer
            .into_inner()
            .map_err(|error| Error::bug(error.to_string()))?;
        Ok(out.into())
    }
}

fn write_line<'c>(writer: &mut Writer<Vec<u8>>, cells: impl Iterator<Item = Cow<'c, str>>) -> Result<()> {
    for cell in cells {
        writer.write_field(cell.as_bytes()).map_err(Error::bug)?;
    }
    writer.write_record(None::<&[u8]>).map_err(Error::bug)
}

fn column(application: &Application, entity_type: &EntityType, name: &str, style: ExportStyle) -> Column {
    let definition = definition(&application.model, entity_type, name);
    let is_readable = style == ExportStyle::Readable;
    let head = match definition {
        Some(definition) if is_readable => definition.label(),
        None if is_readable => in_words(name),
        _ => name.to_owned(),
    };
    let source = match name {
        "id" => Source::Id,
        "created_at" => Source::CreatedAt,
        "updated_at" => Source::UpdatedAt,
        "version" => Source::Version,
        name => {
            let property = entity_type.properties.get(name);
            let target = property
                .filter(|_| is_readable)
                .and_then(|property| property.target.as_ref())
                .and_then(|target| application.types.get(target));
            match target {
                Some(target) => Source::Referred {
                    name: name.to_owned(),
                    target: Arc::clone(target),
                    display: application
                        .model
                        .entity(&target.name)
                        .and_then(EntityDefinition::display)
                        .map(|display| display.name.clone()),
                },
                None => Source::Property {
                    name: name.to_owned(),
                    is_text: property.is_none_or(|property| is_text(&property.kind)),
                    labels: definition.filter(|_| is_readable).and_then(labels),
                },
            }
        }
    };
    Column { head, source }
}

fn definition<'m>(model: &'m Model, entity_type: &EntityType, name: &str) -> Option<&'m PropertyDefinition> {
    model.entity(&entity_type.name)?.property(name)
}

fn labels(definition: &PropertyDefinition) -> Option<HashMap<String, String>> {
    let values = definition.property_type.enum_values()?;
    Some(
        values
            .iter()
            .map(|value| (value.value.clone(), value.label()))
            .collect(),
    )
}

/// Whether values of this type are people's words; numbers, times and ids cannot be formulas.
fn is_text(kind: &str) -> bool {
    !matches!(
        kind,
        "Integer" | "Decimal" | "Boolean" | "Date" | "DateTime" | "Uuid" | "Reference"
    )
}

fn values(data: &[u8]) -> Result<Values<'_>> {
    serde_json::from_slice(data).map_err(Error::bug)
}

fn cell<'r>(
    source: &Source,
    entity: &Stored<'r>,
    values: &Values<'r>,
    row: &'r Row,
    include: usize,
) -> Result<Cow<'r, str>> {
    Ok(match source {
        Source::Id => entity.id.to_string().into(),
        Source::CreatedAt => instant(entity.created_at).into(),
        Source::UpdatedAt => instant(entity.updated_at).into(),
        Source::Version => entity.version.to_string().into(),
        Source::Property {
            name,
            is_text,
            labels,
        } => {
            let Some(value) = values.get(name.as_str()) else {
                return Ok(Cow::Borrowed(""));
            };
            let text = choices(value, labels.as_ref()).map_or_else(|| plain(value), Cow::Owned);
            match is_text {
                true => Cow::Owned(unrunnable(&text).into_owned()),
                false => text,
            }
        }
        Source::Referred { display, .. } => {
            let id: Option<Uuid> = row.try_get(include).map_err(Error::bug)?;
            let Some(id) = id else {
                return Ok(Cow::Borrowed(""));
            };
            let referred = Stored::read(row, include)?;
            let found = self::values(referred.data)?;
            match display.as_deref().and_then(|display| found.get(display)) {
                Some(value) => Cow::Owned(unrunnable(&plain(value)).into_owned()),
                None => id.to_string().into(),
            }
        }
    })
}

/// Choices by their labels, several behind one another; nothing where the value is no choice or its own name counts.
fn choices(value: &RawValue, labels: Option<&HashMap<String, String>>) -> Option<String> {
    let json = value.get();
    let named = |choice: &String| match labels {
        Some(labels) => labels.get(choice).unwrap_or(choice).clone(),
        None => choice.clone(),
    };
    match json.as_bytes().first() {
        Some(b'[') if labels.is_some() => {
            let chosen: Vec<String> = serde_json::from_str(json).ok()?;
            Some(chosen.iter().map(named).collect::<Vec<_>>().join(", "))
        }
        Some(b'"') if labels.is_some() => serde_json::from_str(json).ok().as_ref().map(named),
        _ => None,
    }
}
