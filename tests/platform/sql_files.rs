//! The files of `sql/`: queries can be prepared, the schema is the golden one.

use crate::support::TestDatabase;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use torque::db::install;

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
}

/// What stands in braces in a query, with what it stands for in the TODO application.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("{leaf}", "todo_list_data.entity_todo"),
    ("{data_schema}", "todo_list_data"),
    ("{data}", "todo_list_data"),
    ("{schema}", "todo_list_data"),
    ("{link_table}", "pg_temp.link"),
];

/// Statements that PostgreSQL does not prepare.
const NOT_PREPARED: &[&str] = &[
    "database/begin_snapshot.sql",
    "database/create_database.sql",
    "database/drop_scratch.sql",
    "database/make_scratch.sql",
];

#[tokio::test]
async fn every_query_can_be_prepared() {
    let database = TestDatabase::new().await;
    let client = database.connect().await;
    // The TODO application has no links.
    client
        .batch_execute("create temporary table link (source_id uuid, target_id uuid, data jsonb)")
        .await
        .unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/queries");
    let mut files = Vec::new();
    files_below(&root, &mut files);
    assert!(files.len() > 20);
    let mut faults = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        if NOT_PREPARED.contains(&name.as_str()) {
            continue;
        }
        let mut sql = std::fs::read_to_string(&file).unwrap();
        for (placeholder, meaning) in PLACEHOLDERS {
            sql = sql.replace(placeholder, meaning);
        }
        if let Err(error) = client.prepare(&sql).await {
            let refusal = error.as_db_error().map(ToString::to_string);
            faults.push(format!(
                "{name}: {}",
                refusal.unwrap_or_else(|| error.to_string())
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn the_golden_schema_is_what_a_fresh_database_has() {
    let database = TestDatabase::empty().await;
    install::install(&database.config()).await.unwrap();
    let output = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/schema.sh"))
        .arg(&database.url)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let now = String::from_utf8(output.stdout).unwrap();
    let golden = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/schema.sql")).unwrap();
    for (number, (now, golden)) in now.lines().zip(golden.lines()).enumerate() {
        assert_eq!(
            now,
            golden,
            "sql/schema.sql is stale from line {}; scripts/schema.sh writes it anew",
            number + 1
        );
    }
    assert_eq!(
        now.lines().count(),
        golden.lines().count(),
        "sql/schema.sql is stale"
    );
}

#[tokio::test]
async fn every_migration_can_be_undone_one_by_one_and_applied_again() {
    let database = TestDatabase::empty().await;
    let config = database.config();
    install::install(&config).await.unwrap();
    for expected in (1..=i32::try_from(install::known().len()).unwrap()).rev() {
        let undone = install::undo_last(&config, true).await.unwrap();
        assert_eq!(undone.version, expected);
    }
    assert!(
        install::undo_last(&config, true).await.is_err(),
        "nothing is left to undo"
    );
    install::install(&config).await.unwrap();
    assert!(install::status(&config).await.unwrap().pending().is_empty());
}

#[tokio::test]
async fn undoing_refuses_to_lose_rows_unless_forced() {
    let database = TestDatabase::new().await;
    // The last ones have added columns and tables without rows; the one before them has tables with rows.
    let later = 6;
    for _ in 0..later {
        install::undo_last(&database.config(), false).await.unwrap();
    }
    let refusal = install::undo_last(&database.config(), false).await.unwrap_err();
    assert!(refusal.message.contains("torque.api_keys"), "{}", refusal.message);
    assert!(refusal.message.contains("--force"), "{}", refusal.message);
    let state = install::status(&database.config()).await.unwrap();
    assert_eq!(state.pending().len(), later, "nothing more was undone");
}
