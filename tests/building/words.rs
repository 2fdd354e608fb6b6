//! Words that do not belong in the repository.

use super::tree;
use super::tree::none;
use regex::Regex;

#[test]
fn no_file_names_a_place_or_a_tool_that_only_its_writer_had() {
    // Written apart, so that this file does not find itself.
    let words = [
        r"(^|[^A-Za-z0-9_.])/(work|far".to_owned() + "m)/",
        r"/tmp/(te".to_owned() + "am|house)",
        ["registry", "npmjs"].join(r"\."),
        [r"(static|index)\.crates", "io"].join(r"\."),
        [r"pyth", r"onhosted"].concat(),
        [
            r"(?i)\b(cla",
            r"ude|anthr",
            r"opic|chat",
            r"gpt|sub",
            r"-?agents?)\b",
        ]
        .concat(),
        [r"\.\./sha", r"red/"].concat(),
    ];
    let words = Regex::new(&words.join("|")).expect("a pattern");
    let mut faults = Vec::new();
    for file in tree::files("", &[]) {
        if file.path == "Cargo.lock" {
            continue;
        }
        for (index, line) in file.text.lines().enumerate() {
            if let Some(found) = words.find(line) {
                faults.push(format!("{}:{} {}", file.path, index + 1, found.as_str()));
            }
        }
    }
    none(faults);
}
