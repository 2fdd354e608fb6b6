//! The SQL files that the program carries. Debug builds read them from disk: edit, restart, done.

use crate::error::Error;
use crate::error::Result;
use rust_embed::RustEmbed;
use sha2::Digest;
use sha2::Sha256;
use std::fmt::Write;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "sql/"]
struct Sql;

/// The folder of what is re-applied whole.
pub const LOGIC: &str = "logic/";

const MIGRATIONS: &str = "migrations/";

/// A file with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlFile {
    /// The path below `sql/`.
    pub name: String,
    /// The text.
    pub sql: String,
}

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// 4 in `V004__entity.sql`.
    pub version: i32,
    /// `entity` there.
    pub name: String,
    /// The text.
    pub sql: String,
}

impl Migration {
    /// `V004__entity`, as refinery wants it.
    #[must_use]
    pub fn title(&self) -> String {
        format!("V{:03}__{}", self.version, self.name)
    }
}

fn text(name: &str) -> Option<String> {
    let file = Sql::get(name)?;
    Some(String::from_utf8_lossy(&file.data).into_owned())
}

fn below(folder: &str) -> Vec<SqlFile> {
    let mut names: Vec<String> = Sql::iter()
        .filter(|name| {
            name.strip_prefix(folder)
                .is_some_and(|rest| !rest.contains('/') && rest.ends_with(".sql"))
        })
        .map(|name| name.into_owned())
        .collect();
    names.sort();
    names
        .into_iter()
        .filter_map(|name| {
            let sql = text(&name)?;
            Some(SqlFile { name, sql })
        })
        .collect()
}

/// The text of `bootstrap.sql`.
pub fn bootstrap() -> Result<String> {
    text("bootstrap.sql").ok_or_else(|| Error::bug("the program carries no sql/bootstrap.sql"))
}

/// The files of `sql/logic`, in the order of their names.
pub fn logic() -> Vec<SqlFile> {
    below(LOGIC)
}

/// SHA-256 over the names and texts of `sql/logic`, as it was when the program started.
pub fn logic_digest() -> &'static str {
    static DIGEST: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        for file in logic() {
            for part in [file.name.as_bytes(), file.sql.as_bytes()] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        let mut digest = String::with_capacity(64);
        for byte in hash.finalize() {
            let _ = write!(digest, "{byte:02x}");
        }
        digest
    });
    &DIGEST
}

/// The migrations, in the order of their versions.
pub fn migrations() -> Vec<Migration> {
    numbered(MIGRATIONS)
}

/// The file that undoes a migration.
pub fn down_of(version: i32) -> Option<Migration> {
    numbered("migrations_down/")
        .into_iter()
        .find(|migration| migration.version == version)
}

/// The newest version that this release knows.
pub fn newest() -> i32 {
    migrations().last().map_or(0, |migration| migration.version)
}

fn numbered(folder: &str) -> Vec<Migration> {
    let mut found: Vec<Migration> = below(folder)
        .into_iter()
        .filter_map(|file| {
            let stem = file.name.strip_prefix(folder)?.strip_suffix(".sql")?;
            let (version, name) = stem.strip_prefix('V')?.split_once("__")?;
            Some(Migration {
                version: version.parse().ok()?,
                name: name.to_owned(),
                sql: file.sql,
            })
        })
        .collect();
    found.sort_by_key(|migration| migration.version);
    found
}
