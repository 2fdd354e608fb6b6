//! `torque data`: entities from a file, and to one.

use crate::cli::answer::Answer;
use crate::cli::answer::table;
use crate::cli::asking::application;
use crate::cli::asking::ask_of;
use crate::cli::whole_file::Readers;
use crate::cli::whole_file::WholeFile;
use crate::cli::whole_file::unwritable;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation;
use crate::operation::Torque;
use crate::operation::caller::Caller;
use crate::operation::caller::Origin;
use crate::operation::directory::Application;
use crate::operation::import;
use crate::operation::import::ImportEntities;
use crate::operation::import::ImportFormat;
use crate::operation::import::Imported;
use clap::Args;
use clap::Subcommand;
use clap::ValueEnum;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::io::IsTerminal;
use std::io::Seek;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

/// How many refused rows a person is shown.
const SHOWN: usize = 20;

/// What to do with data.
#[derive(Debug, Clone, Subcommand)]
pub enum DataCommand {
    /// Make entities of the rows of a file, or change those that a key finds: all of them, or none
    Import(ImportArguments),
    /// Write entities to a file or to standard output
    Export(ExportArguments),
}

/// Which file, and how its rows become entities.
#[derive(Debug, Clone, Args)]
pub struct ImportArguments {
    /// The file; - is standard input
    file: PathBuf,
    /// The entity type
    #[arg(long = "type", value_name = "TYPE")]
    entity_type: String,
    /// How it is written; without it, as its name ends
    #[arg(long)]
    format: Option<Format>,
    /// Which property a column is, as COLUMN=PROPERTY; COLUMN= leaves it out; may be repeated
    #[arg(long = "map", value_name = "COLUMN=PROPERTY")]
    columns: Vec<String>,
    /// The property that finds the entity a row is about; without it every row makes a new one
    #[arg(long, value_name = "PROPERTY")]
    key: Option<String>,
    /// Try everything, name every row that would be refused, keep nothing
    #[arg(long)]
    dry_run: bool,
    /// The application's slug or id; needed where there are several
    #[arg(long)]
    app: Option<String>,
}

/// Which entities, and how they are written.
#[derive(Debug, Clone, Args)]
pub struct ExportArguments {
    /// The entity type
    #[arg(long = "type", value_name = "TYPE")]
    entity_type: String,
    /// The file; without it, or as -, standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How it is written; without it, as the file's name ends, else CSV
    #[arg(long)]
    format: Option<Format>,
    /// Which entities, as a filter in JSON
    #[arg(long, value_name = "JSON")]
    filters: Option<String>,
    /// Properties to sort by, each with `:desc` where the last come first
    #[arg(long, value_name = "PROPERTY[:desc]", value_delimiter = ',')]
    sort: Vec<String>,
    /// The properties to write, in this order
    #[arg(long, value_name = "PROPERTY", value_delimiter = ',')]
    fields: Vec<String>,
    /// For people: labels instead of names, and what references lead to
    #[arg(long)]
    readable: bool,
    /// The application's slug or id; needed where there are several
    #[arg(long)]
    app: Option<String>,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values, the first line names the columns
    Csv,
    /// An object on each line
    Jsonl,
}

/// Does it, over the database.
pub async fn run(command: &DataCommand, torque: &Torque) -> Result<Answer> {
    match command {
        DataCommand::Import(arguments) => import_file(arguments, torque).await,
        DataCommand::Export(arguments) => export_file(arguments, torque).await,
    }
}

async fn import_file(arguments: &ImportArguments, torque: &Torque) -> Result<Answer> {
    let application = application(torque, arguments.app.as_deref())?;
    let mut columns = BTreeMap::new();
    for map in &arguments.columns {
        let (column, property) = map.split_once('=').ok_or_else(|| {
            refused(format!(
                "--map {map}: write COLUMN=PROPERTY, or COLUMN= to leave it out"
            ))
        })?;
        columns.insert(column.to_owned(), property.to_owned());
    }
    let how = ImportEntities {
        entity_type: arguments.entity_type.clone(),
        format: match format_of(arguments.format, &arguments.file) {
            Format::Csv => ImportFormat::Csv,
            Format::Jsonl => ImportFormat::Jsonl,
        },
        columns,
        match_key: arguments.key.clone(),
        dry_run: arguments.dry_run,
        text: String::new(),
    };
    let file = open(&arguments.file)?;
    let shows = std::io::stderr().is_terminal();
    let nothing = RawValue::NULL.to_owned();
    let caller = Caller::system(Origin::Cli);
    let operation = operation::by_name("importEntities")
        .ok_or_else(|| Error::bug("there is no operation to import with"))?;
    // A command holds nobody up: it waits for what somebody else has locked.
    let patient = Torque {
        db: torque.db.patient(),
        ..torque.clone()
    };
    let ask = operation::admit(&patient, &caller, Some(&application), operation, &nothing)?;
    let done = import::import(ask, &how, file, |rows| {
        if shows {
            // Progress that cannot be shown is no reason to stop.
            let _ = write!(std::io::stderr().lock(), "\r{rows} rows");
        }
    })
    .await;
    if shows {
        let _ = writeln!(std::io::stderr().lock());
    }
    let done = done?;
    let exit = u8::from(done.refused_count > 0);
    Ok(Answer::new(
        told(&done, arguments.dry_run),
        serde_json::to_value(&done).map_err(Error::bug)?,
    )
    .with_exit(exit))
}

/// What an import did, for people.
fn told(done: &Imported, is_dry: bool) -> String {
    let counts = format!(
        "{} created, {} changed, {} as they were",
        done.created, done.updated, done.unchanged
    );
    if done.refused_count == 0 {
        return match is_dry {
            true => format!("Rows: {}. It would be: {counts}. Nothing was kept.", done.rows),
            false => format!("Rows: {}. {counts}.", done.rows),
        };
    }
    let rows: Vec<[String; 2]> = done
        .refused
        .iter()
        .take(SHOWN)
        .map(|row| [row.line.to_string(), row.message.clone()])
        .collect();
    let listed = table(["LINE", "WHY"], &rows);
    let more = match done.refused_count as usize {
        count if count > SHOWN => format!("\n… and {} more; --json lists 1,000.", count - SHOWN),
        _ => String::new(),
    };
    format!(
        "{listed}{more}\n{} of {} rows are refused, so nothing was imported.",
        done.refused_count, done.rows
    )
}

async fn export_file(arguments: &ExportArguments, torque: &Torque) -> Result<Answer> {
    let application = application(torque, arguments.app.as_deref())?;
    let to_file = arguments.output.as_deref().filter(|file| *file != Path::new("-"));
    let format = format_of(arguments.format, to_file.unwrap_or(Path::new("")));
    let filters: Option<Value> = match &arguments.filters {
        None => None,
        Some(text) => Some(
            serde_json::from_str(text).map_err(|error| refused(format!("--filters is not JSON: {error}")))?,
        ),
    };
    let mut params = json!({
        "entityType": arguments.entity_type,
        "format": match format { Format::Csv => "csv", Format::Jsonl => "jsonl" },
        "style": if arguments.readable { "readable" } else { "data" },
        "filters": filters,
    });
    if !arguments.sort.is_empty() {
        let keys = arguments.sort.iter().map(|key| match key.split_once(':') {
            Some((field, order)) => json!({ "field": field, "order": order }),
            None => json!({ "field": key }),
        });
        params["sort"] = keys.collect();
    }
    if !arguments.fields.is_empty() {
        params["fields"] = json!(arguments.fields);
    }
    let Some(file) = to_file else {
        let count = write_parts(torque, &application, params, &mut std::io::stdout()).await;
        return match count {
            // What was asked for stands on standard output already.
            Ok(_) => Ok(Answer::new("", Value::Null)),
            Err(Unwritten::Here(error)) if error.kind() == ErrorKind::BrokenPipe => {
                // Whoever reads has read enough.
                Ok(Answer::new("", Value::Null))
            }
            Err(unwritten) => Err(unwritten.of("standard output")),
        };
    };
    let place = file.display().to_string();
    let mut whole = WholeFile::begin(file, Readers::Usual)?;
    let count = write_parts(torque, &application, params, whole.writer())
        .await
        .map_err(|unwritten| unwritten.of(&place))?;
    whole.keep()?;
    Ok(Answer::new(
        format!("{count} entities are in {place}."),
        json!({ "count": count, "file": place }),
    ))
}

/// Why an export is not whole.
enum Unwritten {
    /// The database or the request.
    There(Error),
    /// What it is written to.
    Here(std::io::Error),
}

impl Unwritten {
    fn of(self, place: &str) -> Error {
        match self {
            Self::There(error) => error,
            Self::Here(error) => unwritable(place, &error),
        }
    }
}

/// Writes an export part after part; how many entities it holds.
async fn write_parts(
    torque: &Torque,
    application: &Arc<Application>,
    mut params: Value,
    out: &mut (impl Write + Send),
) -> std::result::Result<u64, Unwritten> {
    let mut count = 0;
    loop {
        let part = ask_of(torque, application, "exportEntities", params.clone())
            .await
            .map_err(Unwritten::There)?;
        out.write_all(part["text"].as_str().unwrap_or_default().as_bytes())
            .map_err(Unwritten::Here)?;
        count += part["count"].as_u64().unwrap_or_default();
        if part["nextCursor"].is_null() {
            out.flush().map_err(Unwritten::Here)?;
            return Ok(count);
        }
        params["cursor"] = part["nextCursor"].clone();
    }
}

fn format_of(said: Option<Format>, file: &Path) -> Format {
    said.unwrap_or_else(|| match file.extension().and_then(|ending| ending.to_str()) {
        Some("jsonl" | "ndjson" | "json") => Format::Jsonl,
        _ => Format::Csv,
    })
}

fn open(file: &Path) -> Result<File> {
    let unreadable = |error| refused(format!("{} cannot be read: {error}", file.display()));
    if file != Path::new("-") {
        return File::open(file).map_err(unreadable);
    }
    // Read to its end before anything begins: no transaction waits for whoever writes.
    let mut whole = tempfile::tempfile().map_err(unreadable)?;
    std::io::copy(&mut std::io::stdin().lock(), &mut whole).map_err(unreadable)?;
    whole.rewind().map_err(unreadable)?;
    Ok(whole)
}

fn refused(message: String) -> Error {
    Error::new(Code::BadRequest, message)
}
