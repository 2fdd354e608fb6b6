//! Configuration: what is said counts in the right order, and what is wrong is refused.

use crate::support::cluster::TORQUE;
use crate::support::cluster::temporary_folder;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::process::Output;
use torque::config::Config;
use torque::config::KEYS;
use torque::config::Overrides;
use torque::config::Standing;
use torque::config::load;

fn overrides(file: &str, name: &str) -> Overrides {
    let path = temporary_folder(name).join("torque.toml");
    std::fs::write(&path, file).unwrap();
    Overrides {
        file: path,
        file_must_exist: true,
        ..Overrides::default()
    }
}

fn refused(file: &str, name: &str) -> String {
    load(&overrides(file, name)).unwrap_err().message
}

fn torque(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(TORQUE)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn a_flag_beats_the_environment_beats_the_file_beats_the_default() {
    let mut overrides = overrides("[server]\nbind = \"127.0.0.1:1\"\nworkers = 3\n", "precedence");
    assert_eq!(load(&overrides).unwrap().config.server.bind, "127.0.0.1:1");
    overrides.environment = vec![("TORQUE_SERVER_BIND".to_owned(), "127.0.0.1:2".to_owned())];
    assert_eq!(load(&overrides).unwrap().config.server.bind, "127.0.0.1:2");
    overrides.flags = vec![("server.bind".to_owned(), "127.0.0.1:3".to_owned())];
    let loaded = load(&overrides).unwrap();
    assert_eq!(loaded.config.server.bind, "127.0.0.1:3");
    assert_eq!(loaded.config.server.workers, 3);
    assert_eq!(loaded.config.limits, Config::default().limits);
}

#[test]
fn the_shipped_torque_toml_is_the_defaults_and_names_every_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("torque.toml");
    let loaded = load(&Overrides {
        file: path.clone(),
        file_must_exist: true,
        ..Overrides::default()
    })
    .unwrap();
    assert_eq!(loaded.config, Config::default());
    let table: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    for key in KEYS
        .iter()
        .filter(|key| !matches!(key.standing, Standing::Removed(_)))
    {
        let (section, name) = key.name.split_once('.').unwrap();
        assert!(
            table.get(section).and_then(|section| section.get(name)).is_some(),
            "torque.toml lacks {}",
            key.name
        );
    }
}

#[test]
fn every_field_of_the_settings_is_a_key_and_every_key_a_field() {
    let fields = toml::Table::try_from(Config::default()).unwrap();
    let mut named: Vec<String> = Vec::new();
    for (section, keys) in &fields {
        for key in keys.as_table().unwrap().keys() {
            named.push(format!("{section}.{key}"));
        }
    }
    let mut known: Vec<String> = KEYS
        .iter()
        .filter(|key| !matches!(key.standing, Standing::Removed(_)))
        .map(|key| key.name.to_owned())
        .collect();
    named.sort();
    known.sort();
    assert_eq!(named, known);
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_the_key_that_was_meant() {
    let message = refused(
        "[server]\nbind = \"127.0.0.1:1\"\nmax_payload = \"1MB\"\n",
        "unknown",
    );
    assert!(message.contains("torque.toml:3"), "{message}");
    assert!(message.contains("server.max_payload_size"), "{message}");
    let message = refused("[databse]\nurl = \"\"\n", "unknown_section");
    assert!(message.contains("did you mean `database.url`"), "{message}");
}

#[test]
fn wrong_kinds_and_settings_that_do_not_fit_are_all_told_at_once() {
    let message = refused(
        "[server]\nworkers = \"many\"\nbind = \"nowhere\"\n[jsonrpc]\npath = \"/app\"\n[database]\nmin_connections = 60\n",
        "faults",
    );
    for part in [
        "server.workers",
        "a whole number",
        "server.bind",
        "both `/app`",
        "min_connections",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

/// The specification's own file, its SQLite URL aside.
const OF_THE_SPECIFICATION: &str = r#"
[database]
max_connections = 50
min_connections = 10
connection_timeout = 30
idle_timeout = 600
[server]
bind = "127.0.0.1:8080"
workers = 0
request_timeout = 30
max_payload_size = "10MB"
[performance]
enable_simd_json = true
enable_mimalloc = true
entity_cache_size = 10000
entity_cache_ttl = 300
js_runtime_pool_size = 20
connection_pool_size = 100
[xflow]
max_execution_time = 30000
max_parallel_executions = 100
enable_compilation_cache = true
compilation_cache_size = 1000
[logging]
level = "info"
format = "json"
structured = true
performance_logs = true
[graphql]
enable_playground = true
enable_introspection = true
max_query_complexity = 1000
max_query_depth = 20
[jsonrpc]
enable_batch_requests = true
max_batch_size = 100
enable_compression = true
[mcp]
enable_tools = true
enable_resources = true
enable_prompts = true
max_concurrent_requests = 50
[frontend]
enable_hot_reload = false
bundle_optimization = true
enable_pwa = true
"#;

#[test]
fn the_specifications_own_file_loads_with_a_warning_for_each_removed_key() {
    let loaded = load(&overrides(OF_THE_SPECIFICATION, "specification")).unwrap();
    assert_eq!(loaded.config.logging.format, "json");
    for removed in [
        "enable_simd_json",
        "enable_mimalloc",
        "connection_pool_size",
        "bundle_optimization",
    ] {
        let about: Vec<_> = loaded
            .warnings
            .iter()
            .filter(|warning| warning.contains(removed))
            .collect();
        assert_eq!(about.len(), 1, "{removed}: {:?}", loaded.warnings);
    }
    assert!(
        loaded
            .warnings
            .iter()
            .any(|warning| warning.contains("use database.max_connections"))
    );
}

#[test]
fn sqlite_is_refused_in_one_sentence_with_the_way_out() {
    let message = refused("[database]\nurl = \"sqlite://torque.db\"\n", "sqlite");
    assert_eq!(message.lines().count(), 1, "{message}");
    for part in ["PostgreSQL", "embedded", "postgres://"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let folder = temporary_folder("sqlite_flag");
    let output = torque(&folder, &["server", "--database", "sqlite"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not SQLite"));
}

#[test]
fn config_check_tells_what_is_wrong_and_show_hides_secrets() {
    let folder = temporary_folder("show");
    std::fs::write(
        folder.join("torque.toml"),
        "[database]\nurl = \"postgres://ada:s3cret@db/shop\"\n[mcp]\nenable_tools = false\n",
    )
    .unwrap();
    let output = torque(&folder, &["config", "show", "--json"]);
    assert!(output.status.success());
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["database.url"]["value"], "postgres://ada:***@db/shop");
    assert_eq!(shown["database.url"]["origin"], "file");
    assert_eq!(shown["server.bind"]["origin"], "default");
    let output = torque(&folder, &["config", "check"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success());
    assert!(text.contains("mcp.enable_tools"), "{text}");
    std::fs::write(folder.join("torque.toml"), "[server]\nbnd = 1\n").unwrap();
    let output = torque(&folder, &["config", "check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("server.bind"));
}

#[test]
fn the_reference_has_a_row_for_every_key_as_the_program_knows_it() {
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md")).unwrap();
    let output = torque(&temporary_folder("reference"), &["config", "reference"]);
    let reference = String::from_utf8(output.stdout).unwrap();
    for row in reference.lines() {
        assert!(
            document.lines().any(|line| line == row),
            "docs/configuration.md lacks this row; `torque config reference` prints all of them:\n{row}"
        );
    }
    assert!(reference.lines().count() > KEYS.len());
}
