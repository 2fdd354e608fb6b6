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
use serde_json::Value;
use serde_json::value::RawValue;
use serde_json::value::to_raw_value;
use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::HashSet;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Chain;
use std::io::Cursor;
use std::io::ErrorKind;
use std::io::Read;

/// Columns that an export writes and nobody sets.
const NOBODY_SETS: [&str; 4] = ["created_at", "updated_at", "version", "entity_type"];

/// How far the head is looked for what stands between its cells.
const LONGEST_HEAD: u64 = 64 * 1024;

/// An entity's values by property, `id` among them, as they are written: no number loses a digit on its way.
pub type Values = BTreeMap<String, Box<RawValue>>;

/// A row of a file.
pub struct FileRow {
    /// The line it begins on, counted from 1.
    pub line: u64,
    /// Its values, or why it cannot be read.
    pub values: Result<Values>,
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

impl Column {
    fn name(&self) -> Option<&str> {
        match self {
            Self::LeftOut => None,
            Self::Id => Some("id"),
            Self::Property { name, .. } => Some(name),
        }
    }
}

/// A file whose first line was looked at.
type LookedAt<R> = Chain<Cursor<Vec<u8>>, BufReader<R>>;

enum Source<R> {
    Csv(Box<Reader<LookedAt<R>>>, Vec<Column>),
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
        let (separator, file) = separated(file)?;
        let mut reader = ReaderBuilder::new().delimiter(separator).from_reader(file);
        let head = reader.headers().map_err(|error| broken(&error))?.clone();
        if head.iter().all(|cell| cell.trim().is_empty()) {
            return Err(refused("the file has no head: its first line names the columns"));
        }
        let columns: Vec<Column> = head
            .iter()
            .map(|cell| column(application, entity_type, how, cell.trim_start_matches('\u{feff}')))
            .collect::<Result<_>>()?;
        let mut named = HashSet::new();
        for name in columns.iter().filter_map(Column::name) {
            if !named.insert(name) {
                return Err(refused(&twice(name)).with("property", name));
            }
        }
        if let Some(key) = how.match_key.as_deref().filter(|key| !named.contains(key)) {
            let message = format!("no column is {key}, which should find the entity of a row");
            return Err(refused(&message).with("property", key));
        }
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

/// What stands between the cells: the comma, or what stands in the head before any comma, as spreadsheets write it
/// where the comma is for decimals.
fn separated<R: Read>(file: R) -> Result<(u8, LookedAt<R>)> {
    let mut file = BufReader::new(file);
    let mut head = Vec::new();
    file.by_ref()
        .take(LONGEST_HEAD)
        .read_until(b'\n', &mut head)
        .map_err(|error| unreadable(&error))?;
    let mut is_quoted = false;
    let separator = head.iter().copied().find(|byte| {
        is_quoted ^= *byte == b'"';
        !is_quoted && matches!(byte, b',' | b';' | b'\t')
    });
    Ok((separator.unwrap_or(b','), Cursor::new(head).chain(file)))
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
        Err(error) => return Err(broken(&error)),
    }
    Ok(Some(FileRow {
        line: record.position().map_or(0, csv::Position::line),
        values: values(&record, columns),
    }))
}

fn values(record: &StringRecord, columns: &[Column]) -> Result<Values> {
    let mut values = Values::new();
    for (cell, column) in record.iter().zip(columns) {
        let Some(name) = column.name() else { continue };
        if cell.contains('\0') {
            let message = format!("{name}: text must not contain U+0000");
            return Err(refused(&message).with("property", name));
        }
        let raw = match column {
            Column::Property { kind, .. } if kind == "Json" => json_value(name, cell)?,
            Column::Property { kind, labels, .. } => to_raw_value(&value(kind, labels, cell)),
            _ if cell.is_empty() => continue,
            _ => to_raw_value(cell),
        };
        values.insert(name.to_owned(), raw.map_err(Error::bug)?);
    }
    Ok(values)
}

fn next_line<R: Read>(
    reader: &mut BufReader<R>,
    columns: &BTreeMap<String, String>,
    line: &mut u64,
) -> Result<Option<FileRow>> {
    loop {
        let mut text = String::new();
        *line += 1;
        let length = reader.read_line(&mut text).map_err(|error| match error.kind() {
            ErrorKind::InvalidData => no_text(*line),
            _ => unreadable(&error),
        })?;
        if length == 0 {
            return Ok(None);
        }
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let values = strict_json::check(text, "row").and_then(|()| {
            let values: Values = serde_json::from_str(text)
                .map_err(|error| refused(&format!("the line is no JSON object: {error}")))?;
            renamed(values, columns)
        });
        return Ok(Some(FileRow { line: *line, values }));
    }
}

fn renamed(values: Values, columns: &BTreeMap<String, String>) -> Result<Values> {
    let mut renamed = Values::new();
    for (column, value) in values {
        let name = match columns.get(&column) {
            Some(to) if to.is_empty() => continue,
            Some(to) => to.clone(),
            None if NOBODY_SETS.contains(&column.as_str()) => continue,
            None => column,
        };
        if renamed.contains_key(&name) {
            return Err(refused(&twice(&name)).with("property", name));
        }
        renamed.insert(name, value);
    }
    Ok(renamed)
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
        _ => Value::from(as_exported(cell)),
    }
}

/// A cell as JSON; what is none is a text.
fn json_value(name: &str, cell: &str) -> Result<serde_json::Result<Box<RawValue>>> {
    let trimmed = cell.trim();
    if trimmed.is_empty() {
        return Ok(to_raw_value(&Value::Null));
    }
    if serde_json::from_str::<Value>(trimmed).is_err() {
        return Ok(to_raw_value(cell));
    }
    strict_json::check(trimmed, name)?;
    Ok(RawValue::from_string(trimmed.to_owned()))
}

fn twice(property: &str) -> String {
    format!("two columns are {property}")
}

fn broken(error: &csv::Error) -> Error {
    match error.kind() {
        csv::ErrorKind::Utf8 { pos, .. } => no_text(pos.as_ref().map_or(1, csv::Position::line)),
        _ => unreadable(error),
    }
}

/// Bytes that are no UTF-8.
fn no_text(line: u64) -> Error {
    refused(&format!(
        "line {line} is not written in UTF-8: save the file as UTF-8"
    ))
    .with("line", line)
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
