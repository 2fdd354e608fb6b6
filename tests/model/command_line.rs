//! `torque model` and `torque app`: every command, as a person types it.

use crate::support::TestDatabase;
use crate::support::cluster::TORQUE;
use crate::support::cluster::temporary_folder;
use serde_json::Value;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

struct Terminal {
    database: TestDatabase,
    folder: PathBuf,
}

impl Terminal {
    async fn open(name: &str) -> Self {
        Self {
            database: TestDatabase::new().await,
            folder: temporary_folder(name),
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(TORQUE)
            .args(arguments)
            .env("TORQUE_DATABASE_URL", &self.database.url)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// What a command that succeeds prints.
    fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8(output.stdout).unwrap();
        let complained = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success(),
            "torque {arguments:?}: {said}{complained}"
        );
        said
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        serde_json::from_str(&self.says(&all)).unwrap()
    }

    /// What a command that is refused says, and its exit code.
    fn refuses(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        assert!(!output.status.success(), "torque {arguments:?}");
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        (output.status.code().unwrap_or(-1), said)
    }
}

#[tokio::test]
async fn a_model_is_made_exported_imported_published_and_deleted() {
    let terminal = Terminal::open("models").await;
    assert!(terminal.says(&["model", "list"]).contains("TODO List"));
    terminal.says(&["model", "create", "Empty", "--description", "Nothing yet"]);
    assert!(
        terminal
            .refuses(&["model", "create", "Empty"])
            .1
            .contains("already a model")
    );
    terminal.says(&["model", "create", "Copy", "--template", "todo_list"]);
    terminal.says(&["model", "export", "--model-id", "Copy", "--output", "copy.json"]);
    let once = std::fs::read_to_string(terminal.folder.join("copy.json")).unwrap();
    assert_eq!(terminal.says(&["model", "export", "--model-id", "Copy"]), once);
    terminal.says(&["model", "import", "--input", "copy.json", "--name", "Second"]);
    terminal.says(&["model", "import", "--input", "copy.json", "--model-id", "Copy"]);
    terminal.says(&["model", "export", "--model-id", "Copy", "--output", "again.json"]);
    assert_eq!(
        std::fs::read_to_string(terminal.folder.join("again.json")).unwrap(),
        once
    );
    assert!(terminal.says(&["model", "validate", "Copy"]).contains("is valid"));
    assert_eq!(terminal.json(&["model", "publish", "Copy"])["version"], 1);
    terminal.says(&["model", "export", "--model-id", "Copy", "--version", "1"]);
    terminal.says(&["model", "delete", "Second"]);
    let (code, said) = terminal.refuses(&["model", "delete", "TODO List"]);
    assert!(said.contains("todo_list (3 entities)"), "{said}");
    assert_ne!(code, 2);
    let (_, said) = terminal.refuses(&["model", "delete", "TODO List", "--cascade"]);
    assert!(
        said.contains("todo_list (3 entities)") && said.contains("--yes"),
        "{said}"
    );
    terminal.says(&["model", "delete", "TODO List", "--cascade", "--yes"]);
    assert_eq!(terminal.json(&["app", "list"]), serde_json::json!([]));
}

#[tokio::test]
async fn an_application_is_made_deployed_stopped_started_and_deleted() {
    let terminal = Terminal::open("applications").await;
    let made = terminal.json(&[
        "app",
        "create",
        "--model-id",
        "TODO List",
        "--slug",
        "mine",
        "--name",
        "Mine",
        "--sample-data",
    ]);
    assert_eq!((&made["slug"], &made["created"]), (&"mine".into(), &true.into()));
    assert_eq!(made["deployment"]["sampleData"]["todo"], 3);
    let listed = terminal.says(&["app", "list"]);
    assert!(listed.contains("mine") && listed.contains("1 of 1"), "{listed}");
    assert_eq!(
        terminal.json(&["app", "deploy", "mine", "--version", "1"])["state"],
        "succeeded"
    );
    assert!(
        terminal
            .says(&["app", "open", "mine", "--print"])
            .trim_end()
            .ends_with("/app/mine")
    );
    terminal.says(&["app", "stop", "mine"]);
    assert!(terminal.says(&["app", "list"]).contains("stopped"));
    terminal.says(&["app", "start", "mine"]);
    assert!(terminal.refuses(&["app", "delete", "mine"]).1.contains("--yes"));
    let unknown = terminal.refuses(&["app", "delete", "nosuch"]).1;
    assert!(unknown.contains("there is no application nosuch"), "{unknown}");
    terminal.says(&["app", "delete", "mine", "--yes"]);
    assert!(
        terminal
            .refuses(&["app", "deploy", "mine"])
            .1
            .contains("there is no application mine")
    );
}

#[tokio::test]
async fn a_file_is_checked_without_a_database() {
    let folder = temporary_folder("offline");
    let run = |arguments: &[&str]| {
        Command::new(TORQUE)
            .args(arguments)
            .env("TORQUE_DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing")
            .current_dir(&folder)
            .output()
            .unwrap()
    };
    std::fs::write(folder.join("good.json"), r#"{"name":"Good"}"#).unwrap();
    std::fs::write(
        folder.join("bad.json"),
        r#"{"name":"Bad","start_page":"no","time_zone":"?"}"#,
    )
    .unwrap();
    assert!(
        run(&["model", "validate", "--input", "good.json"])
            .status
            .success()
    );
    let bad = run(&["model", "validate", "--input", "bad.json", "--json"]);
    let problems: Value = serde_json::from_slice(&bad.stdout).unwrap();
    assert_eq!(problems["problems"].as_array().map(Vec::len), Some(2));
    assert!(!bad.status.success());
    // What a server would refuse, and what only looks like it.
    for (text, wrong) in [
        (r#"{"name":"a","name":"b"}"#, "the key is given twice"),
        (r#"{"name":"a\u0000b"}"#, "U+0000"),
    ] {
        std::fs::write(folder.join("strange.json"), text).unwrap();
        let refused = run(&["model", "validate", "--input", "strange.json"]);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(wrong), "{said}");
    }
    std::fs::write(
        folder.join("escaped.json"),
        r#"{"name":"Escaped","description":"the text \\u0000"}"#,
    )
    .unwrap();
    assert!(
        run(&["model", "validate", "--input", "escaped.json"])
            .status
            .success()
    );
    let schema = run(&["model", "schema"]);
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    assert_eq!(schema["$id"], "urn:torque:model:1");
    assert!(
        !run(&["model", "validate"]).status.success(),
        "a model or a file is named"
    );
}

#[test]
fn generating_writes_what_is_there() {
    let folder = temporary_folder("generated");
    let output = Command::new(TORQUE)
        .args(["generate", "--folder"])
        .arg(&folder)
        .output()
        .unwrap();
    assert!(output.status.success());
    for path in [
        "docs/model.schema.json",
        "docs/model-reference.md",
        "web/src/api/generated/model.ts",
    ] {
        let written = std::fs::read_to_string(folder.join(path)).unwrap();
        let kept = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        assert_eq!(written, kept, "{path} is stale: run torque generate");
    }
}
