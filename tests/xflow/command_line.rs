//! `torque xflow` says what there is, runs it, and shows what it did.

use crate::support::TestDatabase;
use crate::support::cluster::TORQUE;
use serde_json::Value;
use std::process::Command;
use std::process::Output;

fn xflow(database: &TestDatabase, arguments: &[&str]) -> Output {
    Command::new(TORQUE)
        .arg("xflow")
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .env("TORQUE_DATABASE_URL", &database.url)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(both).unwrap()
}

#[tokio::test]
async fn the_command_line_lists_runs_checks_and_shows_xflows() {
    let database = TestDatabase::new().await;
    let listed = xflow(&database, &["list"]);
    assert!(listed.status.success(), "{}", text(&listed));
    assert!(text(&listed).contains("export_todos"), "{}", text(&listed));
    let ran = xflow(&database, &["execute", "export_todos", "--input", "{}", "--json"]);
    assert!(ran.status.success(), "{}", text(&ran));
    let reply: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(reply["status"], "succeeded");
    assert!(reply["output"].is_array());
    let valid = xflow(&database, &["validate", "export_todos"]);
    assert!(text(&valid).contains("no problem"), "{}", text(&valid));
    let logs = xflow(&database, &["logs", reply["executionId"].as_str().unwrap()]);
    assert!(text(&logs).contains("EntityRead"), "{}", text(&logs));
    let logs = xflow(&database, &["logs", "--status", "succeeded"]);
    assert!(text(&logs).contains("export_todos"), "{}", text(&logs));
    let watched = xflow(&database, &["watch", reply["executionId"].as_str().unwrap()]);
    assert!(watched.status.success(), "{}", text(&watched));
    assert!(text(&watched).contains("succeeded"), "{}", text(&watched));
    let none = "0192d3a0-0000-7000-8000-000000000001";
    for arguments in [
        vec!["signal", none, "go", "--data", "1"],
        vec!["cancel", none],
        vec!["retry", none],
    ] {
        let refused = xflow(&database, &arguments);
        assert_eq!(refused.status.code(), Some(4), "{}", text(&refused));
        assert!(
            text(&refused).contains("there is no such execution"),
            "{}",
            text(&refused)
        );
    }
    let wrong = xflow(&database, &["signal", none, "go", "--data", "{"]);
    assert!(text(&wrong).contains("--data is not JSON"), "{}", text(&wrong));
    let missing = xflow(&database, &["execute", "nothing"]);
    assert!(!missing.status.success());
    assert!(text(&missing).contains("there is no xflow"), "{}", text(&missing));
    let several = xflow(&database, &["list", "--app", "nowhere"]);
    assert!(
        text(&several).contains("there is no application nowhere"),
        "{}",
        text(&several)
    );
}
