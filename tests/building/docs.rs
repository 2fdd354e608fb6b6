//! The documents: their links lead somewhere and their commands exist.

use super::tree;
use super::tree::none;
use super::tree::root;
use regex::Regex;

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let mut faults = Vec::new();
    for file in tree::files("", &[".md"]) {
        let folder = root()
            .join(&file.path)
            .parent()
            .map(|folder| folder.to_path_buf());
        for found in link.captures_iter(&without_code(&file.text)) {
            let target = &found[1];
            if target.starts_with("http://")
                || target.starts_with("https://")
                || target.starts_with("mailto:")
            {
                continue;
            }
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let there = match (&folder, path) {
                (_, "") => root().join(&file.path),
                (Some(folder), path) => folder.join(path),
                (None, path) => root().join(path),
            };
            if !there.exists() {
                faults.push(format!("{}: {target} is not there", file.path));
            } else if !anchor.is_empty() && there.is_file() {
                let text = std::fs::read_to_string(&there).unwrap_or_default();
                if !text
                    .lines()
                    .any(|line| line.starts_with('#') && slug(line) == anchor)
                {
                    faults.push(format!("{}: {target} names no heading", file.path));
                }
            }
        }
    }
    none(faults);
}

#[test]
fn every_make_command_that_a_document_names_is_in_the_makefile() {
    let command = Regex::new(r"`?\bmake ([a-z][a-z-]*)`").expect("a pattern");
    let makefile = tree::file("Makefile").text;
    let mut faults = Vec::new();
    for file in tree::files("", &[".md"]) {
        for found in command.captures_iter(&file.text) {
            if !makefile
                .lines()
                .any(|line| line.starts_with(&format!("{}:", &found[1])))
            {
                faults.push(format!("{}: make {}", file.path, &found[1]));
            }
        }
    }
    none(faults);
}

/// A heading's anchor, as the forges make it.
fn slug(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'))
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

/// The text without fenced blocks and code spans, where brackets are no links.
fn without_code(text: &str) -> String {
    let code = Regex::new(r"(?s)```.*?```|`[^`\n]*`").expect("a pattern");
    code.replace_all(text, "`code`").into_owned()
}

#[test]
fn settings_that_change_while_servers_run_stand_in_the_configurations_document() {
    let seed = tree::file("sql/logic/05_setting.sql").text;
    let row = Regex::new(r"\('([a-z_.]+)', '([^']*)',\s*'((?:[^']|'')*)'\)").expect("a pattern");
    let document = tree::file("docs/configuration.md").text;
    let mut expected: Vec<String> = Vec::new();
    for found in row.captures_iter(&seed) {
        let told = found[3].replace("''", "'");
        expected.push(format!("| `{}` | `{}` | {told} |", &found[1], &found[2]));
    }
    assert!(expected.len() > 5, "the seeds are read");
    let table = document.split("## What may change while it runs").nth(1);
    let table = table
        .and_then(|rest| rest.split("\n## ").next())
        .unwrap_or_default();
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows, expected);
    // What a statement falls back to, should somebody have removed the row, is the same.
    let used = Regex::new(r"torque\.setting\('([a-z_.]+)', '([^']*)'\)").expect("a pattern");
    let mut faults = Vec::new();
    for file in tree::files("sql", &[".sql"]) {
        for found in used.captures_iter(&file.text) {
            let default = row
                .captures_iter(&seed)
                .find(|row| row[1] == found[1])
                .map(|row| row[2].trim_matches('"').to_owned());
            if default.as_deref() != Some(&found[2]) {
                faults.push(format!(
                    "{}: {} falls back to {}",
                    file.path, &found[1], &found[2]
                ));
            }
        }
    }
    none(faults);
}
