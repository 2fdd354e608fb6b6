//! Imports point down, and each outside library is named on one floor only.

use super::tree;
use super::tree::code_lines;
use super::tree::none;
use super::tree::shipped;
use regex::Regex;

/// The floor of each top-level module of the crate.
const FLOORS: &[(&str, u8)] = &[
    ("error", 0),
    ("config", 0),
    ("telemetry", 0),
    ("db", 1),
    ("script", 1),
    ("model", 2),
    ("xflow", 2),
    ("operation", 3),
    ("feed", 3),
    ("engine", 3),
    ("egress", 3),
    ("surface", 4),
    ("cli", 5),
    ("main", 5),
];

/// The rooms of `surface/` that are ways in: none of them knows another.
const SURFACES: &[&str] = &["jsonrpc", "graphql", "mcp", "webhook"];

/// Words that may be named in one place only, and why.
const ONE_PLACE: &[(&str, &[&str], &str)] = &[
    (
        r"\b(tokio_postgres|deadpool|deadpool_postgres|postgres_types|refinery)(::|;)",
        &["src/db.rs", "src/db/"],
        "only db/ knows the database's client",
    ),
    (
        r"\b(axum|axum_server|tower_http|tower)::",
        &["src/surface.rs", "src/surface/"],
        "only surface/ knows the web framework",
    ),
    (
        r"\b(async_graphql|rmcp)\b",
        &["src/surface/"],
        "only surface/ knows its protocols' libraries",
    ),
    (
        r"\b(hyper_util::client|http_body_util|reqwest)\b",
        &["src/egress.rs", "src/egress/"],
        "only egress/ sends requests: its policy is the only way out",
    ),
    (
        r"\bboa_\w+\b",
        &["src/script/"],
        "only the script worker knows the JavaScript engine",
    ),
];

fn top_module(path: &str) -> &str {
    let inside = path.trim_start_matches("src/");
    inside.split(['/', '.']).next().unwrap_or(inside)
}

fn floor(module: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, floor)| *floor)
}

#[test]
fn every_top_level_module_has_a_floor() {
    let strangers = tree::files("src", &[".rs"])
        .into_iter()
        .filter(|file| top_module(&file.path) != "lib" && floor(top_module(&file.path)).is_none())
        .map(|file| file.path);
    none(strangers.collect());
}

#[test]
fn imports_point_down() {
    let import = Regex::new(r"\b(?:crate|torque)::([a-z_]+)").expect("a valid pattern");
    let mut faults = Vec::new();
    for file in tree::files("src", &[".rs"]) {
        let Some(here) = floor(top_module(&file.path)) else {
            continue;
        };
        for (number, line) in code_lines(&file.text) {
            for found in import.captures_iter(line) {
                if floor(&found[1]).is_some_and(|there| there > here) {
                    faults.push(format!(
                        "{}:{number} (floor {here}) names {}",
                        file.path, &found[0]
                    ));
                }
            }
        }
    }
    none(faults);
}

#[test]
fn no_import_climbs_out_of_its_room_by_super() {
    let mut faults = Vec::new();
    for file in tree::files("src", &[".rs"]) {
        for (number, line) in code_lines(&file.text) {
            if line.contains("super::super::") {
                faults.push(format!("{}:{number} {}", file.path, line.trim()));
            }
        }
    }
    none(faults);
}

#[test]
fn an_import_names_one_path_a_line() {
    let mut faults = Vec::new();
    for file in tree::files("src", &[".rs"]) {
        for (number, line) in code_lines(&file.text) {
            let line = line.trim();
            let is_import = line.starts_with("use ") || line.starts_with("pub use ");
            if is_import && line.contains('{') {
                faults.push(format!("{}:{number} {line}", file.path));
            }
        }
    }
    none(faults);
}

#[test]
fn surfaces_do_not_know_each_other() {
    let import = Regex::new(r"\bcrate::surface::([a-z_]+)").expect("a valid pattern");
    let mut faults = Vec::new();
    for file in tree::files("src/surface", &[".rs"]) {
        let inside = file.path.trim_start_matches("src/surface/");
        let here = inside.split(['/', '.']).next().unwrap_or(inside).to_owned();
        if !SURFACES.contains(&here.as_str()) {
            continue;
        }
        for (number, line) in code_lines(&file.text) {
            for found in import.captures_iter(line) {
                if SURFACES.contains(&&found[1]) && found[1] != here {
                    faults.push(format!("{}:{number} names {}", file.path, &found[0]));
                }
            }
        }
    }
    none(faults);
}

#[test]
fn each_outside_library_is_named_in_one_place() {
    let mut faults = Vec::new();
    for (pattern, places, reason) in ONE_PLACE {
        let word = Regex::new(pattern).expect("a valid pattern");
        for file in tree::files("src", &[".rs"]) {
            if places.iter().any(|place| file.path.starts_with(place)) {
                continue;
            }
            for (number, line) in code_lines(&file.text) {
                if word.is_match(line) {
                    faults.push(format!("{}:{number} {} ({reason})", file.path, line.trim()));
                }
            }
        }
    }
    none(faults);
}

/// Where a statement may stand in Rust. Everywhere else it is a file under `sql/`.
const SQL_PLACES: &[(&str, &str)] = &[
    ("src/operation/entity_sql.rs", "the one builder of statements"),
    ("src/operation/entity_sql/", "the one builder of statements"),
];

#[test]
fn sql_is_built_in_one_file() {
    let statement = Regex::new(concat!(
        r#"(?i)"\s*(select\s|insert\s+into\s|update\s+[\w.{}"\\]+\s+set|delete\s+from\s|"#,
        r"with\s+\w+\s+as\s|create\s+(table|index|schema|role|database)\s|alter\s+\w+\s|drop\s+\w+\s)",
    ))
    .expect("a valid pattern");
    let mut faults = Vec::new();
    for file in tree::files("src", &[".rs"]) {
        if SQL_PLACES.iter().any(|(place, _)| file.path.starts_with(place)) {
            continue;
        }
        for (number, line) in code_lines(shipped(&file.text)) {
            // A probe asks nothing of the data.
            if statement.is_match(line) && !line.contains("\"select 1\"") {
                faults.push(format!("{}:{number} {}", file.path, line.trim()));
            }
        }
    }
    none(faults);
}
