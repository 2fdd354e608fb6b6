//! When the runtime's page is ready in Chromium.

use crate::bed::Server;
use std::process::Command;

/// Milliseconds from navigation to the grid's first row, as the browser's script prints them.
pub fn measure(server: &Server) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/page.mjs");
    let output = Command::new("node")
        .arg(script)
        .arg(format!("http://{}/app/todo_list", server.address))
        .arg("10")
        .output()
        .expect("node is in the PATH");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
