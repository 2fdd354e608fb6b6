//! The image and the Compose file, checked without a container engine.

use super::tree;
use super::tree::root;
use std::process::Command;

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
