//! Files are rooms: of one size, well named, with a prologue.

use super::tree;
use super::tree::none;
use regex::Regex;

/// Lines a file may have, unless it stands in `LONGER`.
const CAP: usize = 400;

/// Files that may be longer, how long, and why.
const LONGER: &[(&str, usize, &str)] = &[];

/// Written by programs, so no one reads them from top to bottom.
fn is_generated(path: &str) -> bool {
    path == "sql/schema.sql" || path.contains("/generated/") || path.ends_with(".snap")
}

#[test]
fn no_file_is_longer_than_a_room() {
    let mut faults = Vec::new();
    for file in tree::files("", &[".rs", ".ts", ".tsx", ".mjs", ".css", ".sql"]) {
        let longer = LONGER.iter().find(|(path, ..)| *path == file.path);
        let cap = longer.map_or(CAP, |(_, cap, _)| *cap);
        let lines = file.text.lines().count();
        if lines > cap && !is_generated(&file.path) {
            faults.push(format!("{} has {lines} lines of {cap}", file.path));
        }
    }
    none(faults);
}

#[test]
fn every_exception_of_size_is_still_needed() {
    let stale = LONGER
        .iter()
        .filter(|(path, ..)| tree::file(path).text.lines().count() <= CAP)
        .map(|(path, ..)| format!("{path} fits: take it off the list"));
    none(stale.collect());
}

#[test]
fn no_file_has_a_name_that_says_nothing() {
    let vague =
        Regex::new(r"(^|[/_.-])(utils?|common|helpers?|managers?|misc|mod)([/_.-]|$)").expect("a pattern");
    let mut faults = Vec::new();
    for file in tree::files("", &[".rs", ".ts", ".tsx", ".mjs", ".sql"]) {
        let name = file.path.trim_start_matches("src/");
        if vague.is_match(name) {
            faults.push(file.path);
        }
    }
    none(faults);
}

#[test]
fn no_type_is_a_manager() {
    let vague = Regex::new(r"\b(struct|enum|trait|class|interface)\s+\w*(Manager|Helper|Utils?)\b")
        .expect("a pattern");
    let mut faults = Vec::new();
    for file in tree::files("", &[".rs", ".ts", ".tsx"]) {
        for (index, line) in file.text.lines().enumerate() {
            if vague.is_match(line) {
                faults.push(format!("{}:{} {}", file.path, index + 1, line.trim()));
            }
        }
    }
    none(faults);
}

#[test]
fn every_rust_file_opens_with_a_sentence() {
    let mut faults = Vec::new();
    for file in tree::files("", &[".rs"]) {
        let first = file.text.lines().next().unwrap_or_default();
        let sentence = first.strip_prefix("//! ").unwrap_or_default();
        if sentence.is_empty() || first.chars().count() > 100 || !sentence.ends_with(['.', ':', '?']) {
            faults.push(format!("{}: {first}", file.path));
        }
    }
    none(faults);
}

#[test]
fn every_sql_file_opens_with_a_prologue() {
    let mut faults = Vec::new();
    for file in tree::files("", &[".sql"]) {
        let first = file.text.lines().next().unwrap_or_default();
        let is_sentence = first.strip_prefix("-- ").is_some_and(|rest| rest.len() > 8);
        if !is_generated(&file.path) && (!is_sentence || first.chars().count() > 100) {
            faults.push(format!("{}: {first}", file.path));
        }
    }
    none(faults);
}

#[test]
fn nothing_is_left_unfinished_or_switched_off() {
    let marks = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("#[ig", "nore"),
        concat!("#[all", "ow("),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
    ];
    let switched_off = Regex::new(r"\b(it|test|describe)\.(skip|only|todo|fixme)\b").expect("a pattern");
    let mut faults = Vec::new();
    for file in tree::files("", &[".rs", ".ts", ".tsx", ".mjs", ".sql"]) {
        for (index, line) in file.text.lines().enumerate() {
            let is_marked = marks.iter().any(|mark| line.contains(mark)) || switched_off.is_match(line);
            if is_marked && !is_generated(&file.path) && !file.path.starts_with("tests/building/") {
                faults.push(format!("{}:{} {}", file.path, index + 1, line.trim()));
            }
        }
    }
    none(faults);
}
