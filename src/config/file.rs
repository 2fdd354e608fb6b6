//! Reading `torque.toml` into keys with the line each stands on.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use std::io::ErrorKind;
use std::path::Path;
use toml::Table;
use toml::Value;

/// One `key = value` of the file.
pub struct Entry {
    /// `section.key`.
    pub name: String,
    /// The value as it stands there.
    pub value: Value,
    /// The line, from 1.
    pub line: usize,
}

/// What a file says.
#[derive(Default)]
pub struct File {
    /// Its entries, section by section.
    pub entries: Vec<Entry>,
}

/// Reads a file; one that does not exist says nothing, unless it was named by hand.
pub fn read(path: &Path, must_exist: bool) -> Result<File> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => return Ok(File::default()),
        Err(error) => {
            return Err(Error::new(
                Code::BadRequest,
                format!(
                    "the configuration file {} cannot be read: {error}",
                    path.display()
                ),
            ));
        }
    };
    let table: Table = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(&text, span.start));
        Error::new(
            Code::BadRequest,
            format!("{}:{line}: {}", path.display(), error.message()),
        )
    })?;
    let mut entries = Vec::new();
    for (section, value) in table {
        match value {
            Value::Table(keys) => {
                for (key, value) in keys {
                    let line = line_of(&text, Some(&section), &key);
                    let name = format!("{section}.{key}");
                    entries.push(Entry { name, value, line });
                }
            }
            value => {
                let line = line_of(&text, None, &section);
                entries.push(Entry {
                    name: section,
                    value,
                    line,
                });
            }
        }
    }
    Ok(File { entries })
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()
        .iter()
        .take(offset)
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

/// The line on which a key of a section is set, or the section's own.
fn line_of(text: &str, section: Option<&str>, key: &str) -> usize {
    let mut current: Option<String> = None;
    let mut headline = 1;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            current = Some(name.trim().to_owned());
            if current.as_deref() == section {
                headline = index + 1;
            }
        } else if current.as_deref() == section
            && line.split('=').next().is_some_and(|name| name.trim() == key)
        {
            return index + 1;
        }
    }
    headline
}
