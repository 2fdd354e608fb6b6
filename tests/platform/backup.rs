//! Backups: one file of everything, proved against what was there, and brought back.

use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::cluster::TORQUE;
use crate::support::cluster::temporary_folder;
use crate::support::command::said;
use crate::support::command::torque;
use serde_json::Value;
use serde_json::json;
use std::process::Command;
use std::process::Output;
use std::sync::Arc;

/// Whether PostgreSQL's client programs are here; npm's packages of the server come without them.
fn has_programs() -> bool {
    Command::new("pg_dump").arg("--version").output().is_ok()
}

/// Where they are missing, that has to be said.
fn says_what_is_missing(output: &Output) {
    assert!(!output.status.success());
    assert!(
        said(output).contains("install PostgreSQL's client programs"),
        "{}",
        said(output)
    );
}

async fn labels(server: &TestServer) -> Vec<Value> {
    let list = json!({ "entityType": "todo", "limit": 500, "sortBy": "label" });
    let found = server.call("loadEntityData", list).await.unwrap();
    let rows = found["data"].as_array().unwrap();
    rows.iter()
        .map(|row| json!([row["id"], row["label"], row["version"], row["updated_at"]]))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_busy_database_is_proved_and_brought_back_whole() {
    let server = Arc::new(TestServer::start().await);
    let folder = temporary_folder("backup");
    let file = folder.join("torque.backup").display().to_string();
    let url = server.database.url.clone();
    for number in 0..20 {
        let todo = json!({ "entityType": "todo", "data": { "label": format!("kept {number}") } });
        server.call("createEntity", todo).await.unwrap();
    }
    let kept = labels(&server).await;

    // Others go on writing: the backup is of one moment all the same.
    let writer = {
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            for number in 0.. {
                let todo = json!({ "entityType": "todo", "data": { "label": format!("later {number}") } });
                if server.call("createEntity", todo).await.is_err() {
                    return;
                }
            }
        })
    };
    let output = torque(&url, &["backup", &file, "--prove", "--json"]).await;
    writer.abort();
    let _ = writer.await;
    if !has_programs() {
        return says_what_is_missing(&output);
    }
    assert!(output.status.success(), "{}", said(&output));
    let done: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(done["provedTables"].as_u64().unwrap() > 20, "{done}");
    assert!(!folder.join("torque.part").exists());
    let left = server.database.connect().await;
    let proofs = left
        .query("select from pg_database where datname like 'torque_proof_%'", &[])
        .await
        .unwrap();
    assert!(proofs.is_empty(), "the proof is taken away");

    let empty = Arc::new(TestDatabase::empty().await);
    let output = torque(&empty.url, &["restore", &file]).await;
    assert!(output.status.success(), "{}", said(&output));
    let restored = TestServer::on(Arc::clone(&empty), &[]).await;
    let found = labels(&restored).await;
    for row in &kept {
        assert!(found.contains(row), "{row} is missing");
    }
    let todo = json!({ "entityType": "todo", "data": { "label": "in the copy" } });
    restored.call("createEntity", todo).await.unwrap();

    let again = torque(&empty.url, &["restore", &file]).await;
    assert_eq!(again.status.code(), Some(5), "{}", said(&again));
    assert!(
        said(&again).contains("holds Torque's tables already"),
        "{}",
        said(&again)
    );
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_what_cannot_be_written_leaves_nothing() {
    let database = TestDatabase::new().await;
    let empty = TestDatabase::empty().await;
    let folder = temporary_folder("no-backup");
    let file = folder.join("text.backup");
    std::fs::write(&file, "no backup").unwrap();
    let target = folder.join("torque.backup").display().to_string();
    let output = Command::new(TORQUE)
        .args(["backup", &target])
        .current_dir(&folder)
        .env("TORQUE_DATABASE_URL", &database.url)
        .env("PATH", "")
        .output()
        .unwrap();
    says_what_is_missing(&output);
    if !has_programs() {
        return;
    }

    let output = torque(&empty.url, &["restore", &file.display().to_string()]).await;
    assert!(!output.status.success());
    assert!(
        said(&output).contains("pg_restore did not succeed"),
        "{}",
        said(&output)
    );

    let nowhere = folder.join("missing/torque.backup").display().to_string();
    let output = torque(&database.url, &["backup", &nowhere]).await;
    assert!(!output.status.success());
    assert!(
        said(&output).contains("missing/torque.backup cannot be written: No such file"),
        "{}",
        said(&output)
    );
    assert!(!said(&output).contains("postgres:"), "no password is shown");
}

#[tokio::test]
async fn a_database_without_torque_is_not_backed_up_and_stays_as_it_is() {
    let empty = TestDatabase::empty().await;
    let folder = temporary_folder("backup-empty");
    let file = folder.join("all.backup").display().to_string();
    let output = torque(&empty.url, &["backup", &file]).await;
    assert!(!output.status.success());
    assert!(said(&output).contains("holds no Torque yet"), "{}", said(&output));
    let schemas = "select count(*) from pg_namespace where nspname = 'torque'";
    let client = empty.connect().await;
    assert_eq!(client.query_one(schemas, &[]).await.unwrap().get::<_, i64>(0), 0);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}
