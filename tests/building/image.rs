//! The image and the Compose file, checked without a container engine.

use super::tree;
use super::tree::root;
use clap::Parser;
use std::process::Command;
use torque::cli::Cli;

#[test]
fn the_compose_file_holds_to_the_compose_specification() {
    let check = Command::new("node")
        .arg(root().join("tests/tools/compose.mjs"))
        .arg("docker-compose.yml")
        .current_dir(root())
        .output()
        .expect("node runs (scripts/setup test installs what it needs)");
    assert!(
        check.status.success(),
        "{}",
        String::from_utf8_lossy(&check.stderr)
    );
}

#[test]
fn the_image_runs_as_an_ordinary_user() {
    let dockerfile = tree::file("Dockerfile").text;
    let last_stage = dockerfile.rsplit("\nFROM ").next().unwrap_or_default();
    let user = last_stage.lines().find_map(|line| line.strip_prefix("USER "));
    assert_eq!(user, Some("torque"));
}

#[test]
fn the_image_starts_torque_with_a_command_line_that_torque_reads() {
    let dockerfile = tree::file("Dockerfile").text;
    let line = dockerfile
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("CMD "));
    let words: Vec<String> = serde_json::from_str(line.unwrap_or_default()).expect("a CMD that is a list");
    assert_eq!(
        words,
        ["torque", "server", "--bind", "0.0.0.0:8080", "--optimize"]
    );
    Cli::try_parse_from(words).expect("the image's command line");
}

#[test]
fn the_image_copies_only_what_is_there() {
    let dockerfile = tree::file("Dockerfile").text;
    let copied = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--from"))
        .flat_map(|line| line.split_whitespace().rev().skip(1));
    tree::none(
        copied
            .filter(|path| !root().join(path).exists())
            .map(str::to_owned)
            .collect(),
    );
}
