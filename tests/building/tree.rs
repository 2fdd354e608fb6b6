//! The repository's files as the other rules read them.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// Folders that hold what was built or fetched, not what was written.
const NOT_OURS: &[&str] = &[
    ".git",
    ".torque",
    "dist",
    "node_modules",
    "storybook-static",
    "target",
    "test-results",
];

/// A file of the repository: its path from the root, and its text.
pub struct File {
    /// The path from the root, with `/`.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file under `folder` ("" for all) whose name ends with one of `endings`.
pub fn files(folder: &str, endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found.sort();
    found
        .into_iter()
        .filter_map(|path| {
            let name = path.strip_prefix(root()).ok()?.to_str()?.replace('\\', "/");
            let wanted = endings.is_empty() || endings.iter().any(|ending| name.ends_with(ending));
            let text = if wanted {
                fs::read_to_string(&path).ok()?
            } else {
                return None;
            };
            Some(File { path: name, text })
        })
        .collect()
}

/// The file at `path`, which must exist.
pub fn file(path: &str) -> File {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    File {
        path: path.to_owned(),
        text,
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_ours = !NOT_OURS.iter().any(|other| name == *other);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && is_ours => walk(&entry.path(), found),
            Ok(kind) if kind.is_file() && is_ours => found.push(entry.path()),
            _ => {}
        }
    }
}

/// Fails with every fault in it, one a line.
pub fn none(faults: Vec<String>) {
    assert!(
        faults.is_empty(),
        "{} found:\n  {}",
        faults.len(),
        faults.join("\n  ")
    );
}

/// The part of a Rust file that is shipped: its unit tests stand at its end.
pub fn shipped(text: &str) -> &str {
    text.split("#[cfg(test)]\n").next().unwrap_or(text)
}

/// Rust code without its comments, line by line as in the file.
pub fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter_map(|(index, line)| {
        let code = match line.find("//") {
            Some(at) if !line[..at].contains('"') => &line[..at],
            _ => line,
        };
        (!code.trim().is_empty()).then_some((index + 1, code))
    })
}
