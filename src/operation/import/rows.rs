//! The rows of a file, each as the values that a create or update takes.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::property::PropertyDefinition;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::export::cell::as_exported;
use crate::operation::import::ImportEntities;
use crate::operation::import::ImportFormat;
use crate::operation::strict_json;
use csv::Reader;
use csv::ReaderBuilder;
use csv::StringRecord;
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;

/// Columns that an export writes and nobody sets.
const NOBODY_SETS: [&str; 4] = ["created_at", "updated_at", "version", "entity_type"];

/// A row of a file.
pub struct FileRow {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// Its values by property, `id` among them; or why it cannot be read.
    pub values: Result<Map<String, Value>>,
}

/// What a column of CSV is.
enum Column {
    LeftOut,
    Id,
    Property {
        name: String,
        kind: String,
        /// The values of an Enum or MultiEnum by their labels.
        labels: HashMap<String, String>,
    },
}

enum Source<R> {
    Csv(Box<Reader<R>>, Vec<Column>),
    Lines(BufReader<R>, BTreeMap<String, String>, u64),
}

/// The rows of a file, read as they are asked for.
pub struct Rows<R> {
    source: Source<R>,
}

impl<R: Read> Rows<R> {
    /// Looks at the file's head.
    ///
    /// # Errors
    /// When it has none, or names a column that is no property.
    pub fn open(
        application: &Application,
        entity_type: &EntityType,
        how: &ImportEntities,
        file: R,
    ) -> Result<Self> {
        for property in how.columns.values().filter(|name| !name.is_empty()) {
            if property != "id" && !entity_type.properties.contains_key(property) {
                return Err(no_property(entity_type, property));
            }
        }
        if how.format == ImportFormat::Jsonl {
            let source = Source::Lines(BufReader::new(file), how.columns.clone(), 0);
            return Ok(Self { source });
        }
        let mut reader = ReaderBuilder::new().flexible(false).from_reader(file);
        let head = reader.headers().map_err(|error| unreadable(&error))?.clone();
        if head.iter().all(|cell| cell.trim().is_empty()) {
            return Err(refused("the file has no head: its first line names the columns"));
        }
        let columns = head
            .iter()
            .map(|cell| column(application, entity_type, how, cell.trim_start_matches('\u{feff}')))
            .collect::<Result<_>>()?;
        Ok(Self {
            source: Source::Csv(Box::new(reader), columns),
        })
    }

    /// The next rows, at most so many; none at the end.
    ///
    /// # Errors
    /// When the file breaks off, or is no text.
    pub fn part(&mut self, most: usize) -> Result<Vec<FileRow>> {
        let mut rows = Vec::new();
        while rows.len() < most {
            let row = match &mut self.source {
                Source::Csv(reader, columns) => next_record(reader, columns)?,
                Source::Lines(reader, columns, line) => next_line(reader, columns, line)?,
            };
            match row {
                Some(row) => rows.push(row),
                None => break,
            }
        }
        Ok(rows)
    }
}

fn next_record<R: Read>(reader: &mut Reader<R>, columns: &[Column]) -> Result<Option<FileRow>> {
    let mut record = StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => {}
        Ok(false) => return Ok(None),
        // The reader goes on behind such a row.
        Err(error) if matches!(error.kind(), csv::ErrorKind::UnequalLengths { .. }) => {
            let line = error.position().map_or(0, csv::Position::line);
            let message = format!("the row has {} cells, the head {}", record.len(), columns.len());
            return Ok(Some(FileRow {
                line,
                values: Err(refused(&message)),
            }));
        }
        Err(error) => return Err(unreadable(&error)),
    }
    let line = record.position().map_or(0, csv::Position::line);
    let mut values = Map::new();
    for (cell, column) in record.iter().zip(columns) {
        match column {
            Column::LeftOut => {}
            Column::Id if cell.is_empty() => {}
            Column::Id => {
                values.insert("id".to_owned(), cell.into());
            }
            Column::Property { name, kind, labels } => {
                values.insert(name.clone(), value(kind, labels, cell));
            }
        }
    }
    Ok(Some(FileRow {
        line,
        values: Ok(values),
    }))
}

fn next_line<R: Read>(
    reader: &mut BufReader<R>,
    columns: &BTreeMap<String, String>,
    line: &mut u64,
) -> Result<Option<FileRow>> {
    loop {
        let mut text = String::new();
        let length = reader.read_line(&mut text).map_err(|error| unreadable(&error))?;
        if length == 0 {
            return Ok(None);
        }
        *line += 1;
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let values = strict_json::check(text, "row").and_then(|()| {
            let values: Map<String, Value> = serde_json::from_str(text)
                .map_err(|error| refused(&format!("the line is no JSON object: {error}")))?;
            Ok(renamed(values, columns))
        });
        return Ok(Some(FileRow { line: *line, values }));
    }
}

fn renamed(values: Map<String, Value>, columns: &BTreeMap<String, String>) -> Map<String, Value> {
    values
        .into_iter()
        .filter_map(|(name, value)| match columns.get(&name) {
            Some(to) if to.is_empty() => None,
            Some(to) => Some((to.clone(), value)),
            None if NOBODY_SETS.contains(&name.as_str()) => None,
            None => Some((name, value)),
        })
        .collect()
}

fn column(
    application: &Application,
    entity_type: &EntityType,
    how: &ImportEntities,
    head: &str,
) -> Result<Column> {
    let definitions = application.model.entity(&entity_type.name);
    let by_label = |label: &str| {
        let label = label.to_lowercase();
        definitions?
            .properties
            .iter()
            .find(|property| property.label().to_lowercase() == label)
            .map(|property| property.name.clone())
    };
    let name = match how.columns.get(head) {
        Some(name) if name.is_empty() => return Ok(Column::LeftOut),
        Some(name) => name.clone(),
        None if entity_type.properties.contains_key(head) => head.to_owned(),
        None => match by_label(head) {
            Some(name) => name,
            None if head.eq_ignore_ascii_case("id") => return Ok(Column::Id),
            None if is_set_by_nobody(head) => return Ok(Column::LeftOut),
            None => {
                let message = format!(
                    "{} has no property “{head}”: say which one the column is, or leave it out",
                    entity_type.name
                );
                return Err(Error::new(Code::BadRequest, message).with("column", head));
            }
        },
    };
    if name == "id" {
        return Ok(Column::Id);
    }
    let property = entity_type
        .properties
        .get(&name)
        .ok_or_else(|| no_property(entity_type, &name))?;
    Ok(Column::Property {
        kind: property.kind.clone(),
        labels: definitions
            .and_then(|entity| entity.property(&name))
            .map(labels)
            .unwrap_or_default(),
        name,
    })
}

/// Whether a head is one of the system properties', as an export writes it for programs or for people.
fn is_set_by_nobody(head: &str) -> bool {
    let name = head.to_lowercase().replace(' ', "_");
    NOBODY_SETS.contains(&name.as_str()) || name == "created" || name == "updated"
}

fn labels(property: &PropertyDefinition) -> HashMap<String, String> {
    property
        .property_type
        .enum_values()
        .unwrap_or_default()
        .iter()
        .map(|one| (one.label().to_lowercase(), one.value.clone()))
        .collect()
}

/// A cell as the value of a property. What cannot be read stays text, and the database says what is wrong with it.
fn value(kind: &str, labels: &HashMap<String, String>, cell: &str) -> Value {
    let trimmed = cell.trim();
    if trimmed.is_empty() {
        return Value::Null;
    }
    let chosen = |text: &str| {
        let known = labels.get(&text.trim().to_lowercase()).cloned();
        Value::from(known.unwrap_or_else(|| text.trim().to_owned()))
    };
    match kind {
        "Integer" => trimmed
            .parse::<i64>()
            .map_or_else(|_| Value::from(trimmed), Value::from),
        "Boolean" => match trimmed.to_lowercase().as_str() {
            "true" | "yes" | "1" => Value::Bool(true),
            "false" | "no" | "0" => Value::Bool(false),
            _ => Value::from(trimmed),
        },
        "Decimal" | "Date" | "DateTime" | "Uuid" | "Reference" => Value::from(trimmed),
        "Enum" => chosen(trimmed),
        "MultiEnum" => serde_json::from_str(trimmed)
            .ok()
            .filter(Value::is_array)
            .unwrap_or_else(|| trimmed.split([';', ',']).map(chosen).collect()),
        "Json" => serde_json::from_str(trimmed).unwrap_or_else(|_| Value::from(cell)),
        _ => Value::from(as_exported(cell)),
    }
}

fn no_property(entity_type: &EntityType, name: &str) -> Error {
    let message = format!("{} has no property “{name}”", entity_type.name);
    Error::new(Code::BadRequest, message).with("property", name)
}

fn refused(message: &str) -> Error {
    Error::new(Code::BadRequest, message)
}

fn unreadable(error: &dyn std::fmt::Display) -> Error {
    refused(&format!("the file cannot be read: {error}"))
}
