//! Patterns: what Rust's engine says is what the database says.

use crate::support::TestDatabase;
use torque::model::pattern;

/// Patterns of the common subset, one for each construct and some that people write.
const PATTERNS: &[&str] = &[
    "a",
    "^a$",
    "^a+$",
    "^[a-z]{2,4}$",
    "^[^a-z]+$",
    r"^\d{3}-\d{4}$",
    r"^\w+@\w+\.\w{2,}$",
    r"^\s*$",
    r"\S",
    "^(?:ab|cd)+$",
    "^(a|b)?c$",
    r"^[\w.+-]+$",
    "^.$",
    "^.{2}$",
    "^..*$",
    "[.]",
    r"\.",
    r"^[\d\s]+$",
    "ä|ö|ü",
    "^[à-ü]+$",
    r"^\+?[0-9 ()/-]{6,20}$",
    r"^#[0-9A-Fa-f]{6}$",
    r"^(0|[1-9]\d*)(\.\d{1,2})?$",
    r"^[^\n]*$",
    r"^\t",
    "^a{0,3}$",
    "^a{2,}$",
    "x*y",
    r"\\",
    r"\$\^\*",
    r"[\]\[\\]",
    "(a(b(c)))",
    "^$",
    "|a",
    "a$|^b",
    r"^\D+$",
];

/// Texts that tell the engines apart where they could differ.
const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "aa",
    "aaaa",
    "ab",
    "abab",
    "abcd",
    "c",
    "ac",
    "123-4567",
    "١٢٣-٤٥٦٧",
    "me@example.org",
    "mé@exämple.org",
    " ",
    "\u{a0}",
    "\t",
    "\n",
    "a\n",
    "\na",
    "a\nb",
    "\r\n",
    "é",
    "ä",
    "ÄÖÜ",
    "ß",
    "ǅ",
    "日本語",
    "😀",
    "😀😀",
    "#a0B1c2",
    "+49 (30) 1234-5",
    "0.10",
    "01.5",
    "12",
    "a.b+c-d",
    "_",
    "\\",
    "$^*",
    "[]",
    "]",
    "\u{2028}",
    "\u{b}",
    "\u{c}",
    "x",
    "xxxy",
    "b",
    "ba",
    "a{2}",
    "İ",
    "ı",
    "K",
];

#[tokio::test]
async fn rust_and_postgres_read_every_pattern_alike() {
    let database = TestDatabase::new().await;
    let sql = database.connect().await;
    let statement = sql
        .prepare("select ($1::text collate \"C\") ~ torque.pattern($2::text)")
        .await
        .unwrap();
    let mut differences = Vec::new();
    for written in PATTERNS {
        let common = pattern::common(written).unwrap_or_else(|reason| panic!("{written}: {reason}"));
        let compiled = pattern::compile(&common).unwrap();
        for text in TEXTS {
            let theirs: bool = sql.query_one(&statement, &[text, &common]).await.unwrap().get(0);
            let ours = compiled.is_match(text);
            if ours != theirs {
                differences.push(format!("{written:?} on {text:?}: Rust {ours}, Postgres {theirs}"));
            }
        }
    }
    assert_eq!(differences, Vec::<String>::new());
}

#[test]
fn writing_a_pattern_out_again_changes_nothing() {
    for written in PATTERNS {
        let common = pattern::common(written).unwrap();
        assert_eq!(
            pattern::common(&common).as_deref(),
            Ok(common.as_str()),
            "{written}"
        );
    }
}

#[test]
fn a_pattern_that_would_take_for_ever_elsewhere_is_linear_here() {
    let pattern = pattern::compile("^(a+)+$").unwrap();
    let text = format!("{}!", "a".repeat(50_000));
    let started = std::time::Instant::now();
    assert!(!pattern.is_match(&text));
    assert!(started.elapsed() < std::time::Duration::from_secs(2));
}
