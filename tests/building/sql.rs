//! How SQL files are named and written.

use super::tree;
use super::tree::File;
use super::tree::none;
use regex::Regex;

/// Columns a line of SQL may have.
const WIDTH: usize = 150;

/// Words that stand in lower case, as the rest of the language does.
const KEYWORDS: &str = concat!(
    "SELECT|FROM|WHERE|INSERT|INTO|UPDATE|DELETE|CREATE|ALTER|DROP|TABLE|INDEX|VIEW|FUNCTION|TRIGGER|",
    "RETURNS?|LANGUAGE|BEGIN|END|IF|THEN|ELSE|ELSIF|LOOP|JOIN|LEFT|ON|AND|OR|NOT|NULL|AS|IN|IS|ORDER|BY|",
    "GROUP|HAVING|LIMIT|VALUES|SET|WITH|UNION|ALL|EXISTS|CASE|WHEN|GRANT|REVOKE|PRIMARY|KEY|UNIQUE|",
    "CONSTRAINT|DEFAULT|REFERENCES|CASCADE|DECLARE|PERFORM|RAISE|EXCEPTION|USING|FOR|EACH|ROW|STATEMENT|",
    "EXECUTE|TRUE|FALSE|BIGINT|TEXT|UUID|JSONB|BOOLEAN|INTEGER|TIMESTAMPTZ",
);

/// Names that stand without a schema because they have none.
const NO_SCHEMA: &[&str] = &[
    "only",
    "lateral",
    "select",
    "unnest",
    "generate_series",
    "before_rows",
    "after_rows",
];

fn written() -> Vec<File> {
    let mut files = tree::files("sql", &[".sql"]);
    files.retain(|file| file.path != "sql/schema.sql");
    files
}

/// The statement's code: without comments and quoted values, its lines kept.
fn code(text: &str) -> String {
    let hidden = Regex::new(r"(?s)--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'").expect("a pattern");
    hidden
        .replace_all(text, |found: &regex::Captures<'_>| {
            let lines = found[0].matches('\n').count();
            if found[0].starts_with('\'') {
                format!("''{}", "\n".repeat(lines))
            } else {
                "\n".repeat(lines)
            }
        })
        .into_owned()
}

#[test]
fn migrations_are_numbered_without_a_gap_and_none_is_misnamed() {
    // The installer passes over a misnamed file in silence, so its name is checked here.
    let name = Regex::new(r"^sql/migrations/V(\d{3})__[a-z][a-z0-9_]*\.sql$").expect("a pattern");
    let down = Regex::new(r"^sql/migrations_down/V\d{3}__[a-z][a-z0-9_]*\.sql$").expect("a pattern");
    let mut numbers = Vec::new();
    for file in tree::files("sql/migrations", &[]) {
        match name.captures(&file.path) {
            Some(found) => numbers.push(found[1].parse::<usize>().expect("digits")),
            None => assert!(
                down.is_match(&file.path),
                "{} is not named like a migration",
                file.path
            ),
        }
    }
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>());
}

#[test]
fn logic_files_are_named_by_their_order() {
    let name = Regex::new(r"^sql/logic/\d{2}_[a-z][a-z0-9_]*\.sql$").expect("a pattern");
    let misnamed = tree::files("sql/logic", &[]).into_iter().map(|file| file.path);
    none(misnamed.filter(|path| !name.is_match(path)).collect());
}

#[test]
fn queries_stand_in_a_folder_named_by_their_noun() {
    let name = Regex::new(r"^sql/queries/[a-z_]+/[a-z][a-z0-9_]*\.sql$").expect("a pattern");
    let misnamed = tree::files("sql/queries", &[]).into_iter().map(|file| file.path);
    none(misnamed.filter(|path| !name.is_match(path)).collect());
}

#[test]
fn sql_is_written_in_lower_case_without_tabs_within_the_width() {
    let keyword = Regex::new(&format!(r"\b({KEYWORDS})\b")).expect("a pattern");
    let mut faults = Vec::new();
    for file in written() {
        let code = code(&file.text);
        for (index, (line, code)) in file.text.lines().zip(code.lines()).enumerate() {
            let at = format!("{}:{}", file.path, index + 1);
            if let Some(found) = keyword.find(code) {
                faults.push(format!("{at} {} in upper case", found.as_str()));
            }
            if line.contains('\t') {
                faults.push(format!("{at} has a tab"));
            }
            if line.ends_with(' ') {
                faults.push(format!("{at} ends with a space"));
            }
            if line.chars().count() > WIDTH {
                faults.push(format!("{at} has {} columns of {WIDTH}", line.chars().count()));
            }
        }
    }
    none(faults);
}

#[test]
fn what_sql_makes_or_changes_is_named_with_its_schema() {
    let made = Regex::new(concat!(
        r"\b(?:create (?:or replace )?(?:unlogged )?(?:table|view|function|procedure|sequence|type|domain)",
        r"(?: if not exists)?|alter (?:table|view|function|sequence|domain)(?: if exists)?|",
        r"insert into|delete from|drop (?:table|view|function)(?: if exists)?|",
        r#"comment on (?:table|column|view|function)) (?:only )?("?[a-z_][\w"{}.]*|\{\w+\}[\w".]*)"#,
    ))
    .expect("a pattern");
    let mut faults = Vec::new();
    for file in written() {
        let code = code(&file.text);
        for (index, line) in code.lines().enumerate() {
            for found in made.captures_iter(line) {
                let name = &found[1];
                if !name.contains('.') && !name.starts_with('{') && !NO_SCHEMA.contains(&name) {
                    faults.push(format!("{}:{} {}", file.path, index + 1, &found[0]));
                }
            }
        }
    }
    none(faults);
}

#[test]
fn what_sql_reads_is_named_with_its_schema() {
    let read = Regex::new(r#"\b(?:from|join|update)\s+(?:only\s+)?("?[a-z_]\w*"?)(\.|\(|\s*\()?"#)
        .expect("a pattern");
    let named_here = Regex::new(concat!(
        r#"(?:\bwith(?:\s+recursive)?|,)\s+(\w+)(?:\s*\([^()]*\))?\s+as\s+(?:not\s+materialized|materialized)?\s*\(|"#,
        r"\b(?:old|new)\s+table\s+as\s+(\w+)|\bcreate\s+temp(?:orary)?\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)",
    ))
    .expect("a pattern");
    // `extract(… from x)`, `is distinct from x`, `on update cascade` and their like name no table.
    let other_use = Regex::new(concat!(
        r"distinct\s+from\s+\S+|\b(?:extract|substring|trim|overlay|position)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)|",
        r"\b(?:for|no key|on|before|after|or)\s+update\b|\bdo\s+update\b|\brevoke\b[^;]*\bfrom\b",
    ))
    .expect("a pattern");
    let mut faults = Vec::new();
    for file in written() {
        let code = code(&file.text);
        let code = other_use.replace_all(&code, |found: &regex::Captures<'_>| {
            "\n".repeat(found[0].matches('\n').count())
        });
        let here: Vec<&str> = named_here
            .captures_iter(&code)
            .filter_map(|found| found.get(1).or(found.get(2)).or(found.get(3)))
            .map(|found| found.as_str())
            .collect();
        for found in read.captures_iter(&code) {
            let name = found[1].trim_matches('"');
            let is_qualified = found.get(2).is_some();
            let is_known = here.contains(&name) || NO_SCHEMA.contains(&name) || name.starts_with("pg_");
            if !is_qualified && !is_known {
                let at = found.get(0).map_or(0, |all| all.start());
                let line = code[..at].matches('\n').count() + 1;
                faults.push(format!("{}:{line} {}", file.path, found[0].trim()));
            }
        }
    }
    none(faults);
}
