//! Bringing the settings together: flag over environment over file over default.

use crate::config::Config;
use crate::config::Standing;
use crate::config::check;
use crate::config::file;
use crate::config::keys;
use crate::config::nearest::nearest;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use toml::Table;
use toml::Value;

/// Where a key's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The configuration file.
    File,
    /// An environment variable.
    Environment,
    /// A flag of the command line.
    Flag,
}

impl Origin {
    /// The word for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Origin::Default => "default",
            Origin::File => "file",
            Origin::Environment => "environment",
            Origin::Flag => "flag",
        }
    }
}

/// What a command line and an environment say.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// The configuration file.
    pub file: PathBuf,
    /// Whether the file was named by hand and so must exist.
    pub file_must_exist: bool,
    /// The environment's variables whose names begin with `TORQUE_`.
    pub environment: Vec<(String, String)>,
    /// `section.key` and its value, from flags.
    pub flags: Vec<(String, String)>,
}

/// The settings, and how they came about.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// Where each key's value comes from.
    pub origins: BTreeMap<String, Origin>,
    /// What the person should know: removed keys, keys of later parts.
    pub warnings: Vec<String>,
    /// The folder that relative paths start from.
    pub folder: PathBuf,
}

/// Reads everything, refuses what is wrong, and says all of it at once.
///
/// # Errors
/// When a key is unknown, a value is of the wrong kind, or the settings do not fit each other.
pub fn load(overrides: &Overrides) -> Result<Loaded> {
    let mut merged = Merged::new()?;
    let file = file::read(&overrides.file, overrides.file_must_exist)?;
    for entry in &file.entries {
        let place = format!("{}:{}", overrides.file.display(), entry.line);
        merged.set(&entry.name, entry.value.clone(), Origin::File, &place);
    }
    for (variable, text) in &overrides.environment {
        match keys::KEYS.iter().find(|key| key.variable() == *variable) {
            Some(key) => merged.set_text(key.name, text, Origin::Environment, variable),
            None if NOT_KEYS.contains(&variable.as_str()) => {}
            None => merged.warnings.push(format!(
                "the environment variable {variable} names no setting of Torque"
            )),
        }
    }
    for (name, text) in &overrides.flags {
        merged.set_text(name, text, Origin::Flag, "the command line");
    }
    merged.finish(folder_of(&overrides.file))
}

/// Variables of ours that are not settings.
const NOT_KEYS: &[&str] = &["TORQUE_CONFIG", "TORQUE_TOKEN", "TORQUE_URL", "TORQUE_LOG_LEVEL"];

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The settings while they are being brought together.
struct Merged {
    values: Table,
    origins: BTreeMap<String, Origin>,
    warnings: Vec<String>,
    faults: Vec<String>,
}

impl Merged {
    fn new() -> Result<Self> {
        let values = Table::try_from(Config::default()).map_err(Error::bug)?;
        Ok(Self {
            values,
            origins: BTreeMap::new(),
            warnings: Vec::new(),
            faults: Vec::new(),
        })
    }

    /// Takes a value from a flag or variable, read as the kind that the default has.
    fn set_text(&mut self, name: &str, text: &str, origin: Origin, place: &str) {
        let value = match self.default_of(name) {
            Some(Value::Integer(_)) => text
                .replace('_', "")
                .parse()
                .map(Value::Integer)
                .map_err(|_| format!("{place}: {name} wants a whole number, not `{text}`")),
            Some(Value::Boolean(_)) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Ok(Value::Boolean(true)),
                "false" | "0" | "no" | "off" => Ok(Value::Boolean(false)),
                _ => Err(format!("{place}: {name} wants true or false, not `{text}`")),
            },
            Some(Value::Array(_)) => Ok(Value::Array(
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(|part| Value::String(part.to_owned()))
                    .collect(),
            )),
            _ => Ok(Value::String(text.to_owned())),
        };
        match value {
            Ok(value) => self.set(name, value, origin, place),
            Err(fault) => self.faults.push(fault),
        }
    }

    fn default_of(&self, name: &str) -> Option<&Value> {
        let (section, key) = name.split_once('.')?;
        self.values.get(section)?.get(key)
    }

    fn set(&mut self, name: &str, value: Value, origin: Origin, place: &str) {
        let Some(key) = keys::find(name) else {
            let hint = nearest(name).map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
            self.faults
                .push(format!("{place}: there is no setting `{name}`{hint}"));
            return;
        };
        if let Standing::Removed(instead) = key.standing {
            self.warnings
                .push(format!("{place}: `{name}` has no effect: {instead}"));
            return;
        }
        let slot = name
            .split_once('.')
            .and_then(|(section, key)| self.values.get_mut(section)?.get_mut(key));
        let Some(slot) = slot else {
            self.faults.push(format!("{place}: `{name}` cannot be set"));
            return;
        };
        if !same_kind(slot, &value) {
            self.faults.push(format!(
                "{place}: {name} wants {}, not `{value}`",
                kind_for_people(slot)
            ));
            return;
        }
        *slot = value;
        self.origins.insert(name.to_owned(), origin);
    }

    fn finish(mut self, folder: PathBuf) -> Result<Loaded> {
        let config = match Config::deserialize_from(self.values) {
            Ok(config) => Some(config),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        };
        if let Some(config) = &config {
            self.faults.extend(check::faults(config));
        }
        match config {
            Some(config) if self.faults.is_empty() => Ok(Loaded {
                config,
                origins: self.origins,
                warnings: self.warnings,
                folder,
            }),
            _ => Err(Error::new(Code::BadRequest, self.faults.join("\n"))),
        }
    }
}

impl Config {
    fn deserialize_from(values: Table) -> std::result::Result<Self, String> {
        values
            .try_into()
            .map_err(|error: toml::de::Error| error.message().to_owned())
    }
}

fn same_kind(default: &Value, value: &Value) -> bool {
    match (default, value) {
        // Sizes are text by default and may be written as a number of bytes.
        (Value::String(default), Value::Integer(_)) => default.parse::<crate::config::Size>().is_ok(),
        (Value::Array(_), Value::Array(items)) => items.iter().all(Value::is_str),
        _ => default.same_type(value),
    }
}

fn kind_for_people(value: &Value) -> &'static str {
    match value {
        Value::Integer(_) => "a whole number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list of texts",
        _ => "a text in quotes",
    }
}
