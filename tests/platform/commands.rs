//! The command line: what each command prints, and how it ends.

use crate::support::TestDatabase;
use crate::support::cluster::TORQUE;
use crate::support::cluster::temporary_folder;
use crate::support::database::connect;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::process::Output;

fn torque(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(TORQUE)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn on(database: &TestDatabase, arguments: &[&str]) -> Output {
    Command::new(TORQUE)
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .env("TORQUE_DATABASE_URL", &database.url)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(output)))
}

#[test]
fn init_makes_a_project_without_a_database_and_never_overwrites_one() {
    let parent = temporary_folder("init");
    let output = torque(&parent, &["init", "shop", "--name", "My Shop"]);
    assert!(output.status.success(), "{}", text(&output));
    let settings = std::fs::read_to_string(parent.join("shop/torque.toml")).unwrap();
    assert_eq!(settings, include_str!("../../torque.toml"));
    let model = std::fs::read_to_string(parent.join("shop/model.json")).unwrap();
    let model: Value = serde_json::from_str(&model).unwrap();
    assert_eq!(model["name"], "My Shop");
    assert!(
        torque(&parent.join("shop"), &["config", "check"])
            .status
            .success()
    );
    let again = torque(&parent, &["init", "shop"]);
    assert_eq!(again.status.code(), Some(5), "{}", text(&again));
    let output = torque(
        &parent,
        &[
            "init",
            "pg",
            "--database",
            "postgres",
            "--database-url",
            "postgres://a:b@h/d",
        ],
    );
    assert!(output.status.success(), "{}", text(&output));
    let shown = json(&torque(&parent.join("pg"), &["config", "show", "--json"]));
    assert_eq!(shown["database.url"]["value"], "postgres://a:***@h/d");
    assert_eq!(shown["database.kind"]["value"], "postgres");
    let refused = torque(&parent, &["init", "lite", "--database", "sqlite"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused).contains("not SQLite"));
    assert!(!parent.join("lite").exists());
}

#[test]
fn what_cannot_be_read_ends_with_two_and_help_with_zero() {
    let folder = temporary_folder("usage");
    for (arguments, code) in [
        (&["--help"][..], 0),
        (&["server", "--help"], 0),
        (&["--version"], 0),
        (&["frobnicate"], 2),
        (&["server", "--no-such-flag"], 2),
        (&["migrate", "--up", "--down"], 2),
        (&["migrate", "--force"], 2),
        (&["config", "check", "--set", "server.bnd=1"], 2),
        (&["config", "check", "--set", "nonsense"], 2),
        (&["config", "check", "--config", "missing.toml"], 2),
        (&["config", "check"], 0),
        (&["completion", "bash"], 0),
        (&["completion", "fish"], 0),
    ] {
        let output = torque(&folder, arguments);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            text(&output)
        );
    }
}

#[test]
fn the_specifications_docker_command_is_understood_with_one_warning() {
    let folder = temporary_folder("docker");
    // The port of an address that is nobody's: the command line is read, then the bind is refused.
    let output = torque(&folder, &["server", "--bind", "192.0.2.1:8080", "--optimize"]);
    assert_ne!(output.status.code(), Some(0));
    let said = text(&output);
    assert!(!said.contains("unexpected argument"), "{said}");
    assert_eq!(said.matches("--optimize has no effect").count(), 1, "{said}");
    for arguments in [
        &["--optimize", "config", "check"][..],
        &["config", "check", "--optimize"],
    ] {
        let output = torque(&folder, arguments);
        assert!(output.status.success());
        assert_eq!(text(&output).matches("--optimize has no effect").count(), 1);
    }
}

#[test]
fn a_database_that_is_away_ends_with_seven_and_says_where_it_was_looked_for() {
    let folder = temporary_folder("away");
    let output = torque(
        &folder,
        &[
            "migrate",
            "--json",
            "--database-url",
            "postgres://nobody:secret@127.0.0.1:1/none",
        ],
    );
    assert_eq!(output.status.code(), Some(7), "{}", text(&output));
    let error = json(&output)["error"].clone();
    assert_eq!(error["code"], "unavailable");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("nobody@127.0.0.1:1/none"), "{message}");
    assert!(!message.contains("secret"), "{message}");
}

#[tokio::test]
async fn migrate_shows_applies_and_undoes() {
    let database = TestDatabase::empty().await;
    let status = json(&on(&database, &["migrate", "--json"]));
    assert_eq!(status["version"], 0);
    assert!(status["pending"].as_u64().unwrap() > 0);
    assert_eq!(json(&on(&database, &["migrate", "--status", "--json"])), status);
    let up = json(&on(&database, &["migrate", "--up", "--json"]));
    assert_eq!(up["version"], status["pending"]);
    assert!(text(&on(&database, &["migrate"])).contains("applied"));
    assert!(text(&on(&database, &["migrate", "--up"])).contains("Nothing to migrate"));
    let down = on(&database, &["migrate", "--down"]);
    assert!(down.status.success(), "{}", text(&down));
    assert_eq!(json(&on(&database, &["migrate", "--json"]))["pending"], 1);
}

#[tokio::test]
async fn undoing_what_holds_rows_ends_with_five() {
    let database = TestDatabase::new().await;
    // The last ones have added columns, and tables without rows.
    let mut output = on(&database, &["migrate", "--down"]);
    while output.status.success() {
        output = on(&database, &["migrate", "--down"]);
    }
    assert_eq!(output.status.code(), Some(5), "{}", text(&output));
    assert!(text(&output).contains("--force"));
    let output = on(&database, &["migrate", "--down", "--force"]);
    assert!(output.status.success(), "{}", text(&output));
}

#[tokio::test]
async fn doctor_finds_nothing_in_a_healthy_database_and_names_what_is_wrong_in_another() {
    let database = TestDatabase::new().await;
    let findings = json(&on(&database, &["doctor", "--json"]));
    let ill: Vec<&Value> = findings["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["ok"] == false)
        .collect();
    // The tests' cluster runs without fsync, which a doctor should notice.
    assert_eq!(ill.len(), 1, "{ill:?}");
    assert!(ill[0]["what"].as_str().unwrap().contains("fsync"));
    let client = connect(&database.url).await;
    client
        .batch_execute(
            "do $do$ declare v_name text; begin
               for v_name in select c.oid::regclass::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
                 where i.inhparent = 'todo_list_data.changes'::regclass loop
                 execute 'drop table ' || v_name;
               end loop;
             end $do$",
        )
        .await
        .unwrap();
    let output = on(&database, &["doctor"]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output);
    assert!(said.contains("todo_list_data.changes"), "{said}");
    assert!(said.contains("torque.maintain_partitions()"), "{said}");
}

#[tokio::test]
async fn psql_opens_on_the_database_and_ends_as_psql_does() {
    let database = TestDatabase::new().await;
    let output = on(
        &database,
        &["psql", "--", "-XAtc", "select count(*) from todo_list.todo"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(
        String::from_utf8_lossy(&output.stdout)
            .trim()
            .parse::<i64>()
            .is_ok()
    );
    let output = on(&database, &["psql", "--", "-Xc", "nonsense"]);
    assert_eq!(output.status.code(), Some(1));
}
