//! The OpenRPC document over the wire.

use crate::support::TestServer;
use serde_json::json;
use std::io::Write;
use std::process::Command;
use std::process::Stdio;

#[tokio::test]
async fn the_document_describes_what_can_be_asked_where_it_is_asked() {
    let torque = TestServer::start().await;
    let of_application = torque.call("rpc.discover", json!([])).await.unwrap();
    let of_server = torque.call_server("rpc.discover", json!({})).await.unwrap();
    assert_eq!(of_application["openrpc"], "1.3.2");
    let names = |document: &serde_json::Value| -> Vec<String> {
        document["methods"]
            .as_array()
            .unwrap()
            .iter()
            .map(|method| method["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&of_server).len(), torque::operation::all().count());
    let asked = names(&of_application);
    for name in [
        "loadPage",
        "loadEntityData",
        "createEntity",
        "subscribe",
        "rpc.discover",
    ] {
        assert!(asked.iter().any(|asked| asked == name), "{name}");
    }
    assert!(!asked.iter().any(|name| name == "createApiKey"));
}

#[tokio::test]
async fn the_documents_hold_to_openrpcs_own_schema() {
    let torque = TestServer::start().await;
    let documents = [
        torque.call("rpc.discover", json!({})).await.unwrap(),
        torque.call_server("rpc.discover", json!({})).await.unwrap(),
    ];
    for document in documents {
        let mut check = Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/openrpc.mjs"))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("node runs (scripts/setup test installs what it needs)");
        let mut input = check.stdin.take().unwrap();
        input.write_all(document.to_string().as_bytes()).unwrap();
        drop(input);
        let said = check.wait_with_output().unwrap();
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    }
}
