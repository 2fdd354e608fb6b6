//! Secrets: a peer sees them, and nobody else does.

use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::application::deployed;
use crate::support::cluster;
use crate::support::cluster::TORQUE;
use crate::support::cluster::temporary_folder;
use crate::xflow::bed::SLUG;
use crate::xflow::bed::call;
use crate::xflow::peer::Peer;
use serde_json::Value;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;
use std::sync::Arc;
use torque::config::Secrets;
use torque::db::embedded::Folder;

/// What no reply, journal, log or dump may hold.
const VALUE: &str = "hush hush/\"canary\"+1";
/// Two keys, as a setting has them.
const KEYS: [&str; 2] = [
    "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a",
    "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
];

fn flow(id: &str, node: Value) -> Value {
    json!({
        "id": id,
        "nodes": {
            "start": { "node_type": { "type": "Start" } },
            "ask": { "node_type": node },
            "end": { "node_type": { "type": "End" } },
        },
        "edges": [{ "source": "start", "target": "ask" }, { "source": "ask", "target": "end" }],
    })
}

fn model(xflows: &[Value]) -> Value {
    json!({
        "name": "Works",
        "entities": [{ "id": "job", "name": "Job", "properties": [
            { "name": "label", "property_type": { "type": "String", "max_length": 100 } } ] }],
        "xflows": xflows,
    })
}

fn ask() -> Value {
    flow(
        "ask",
        json!({
            "type": "HttpRequest", "method": "POST", "url": "{{ input.url }}?x={{ secrets.api }}",
            "headers": { "X-Plain": "Bearer {{ secrets.api }}", "X-Second": "{{ secrets['second'] }}" },
            "body": { "echo": "{{ secrets.api }}", "name": "{{ input.name }}" },
        }),
    )
}

fn secret(database: &TestDatabase, key: Option<&str>, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(TORQUE);
    command
        .arg("secret")
        .args(arguments)
        .current_dir(std::env::temp_dir())
        .env("TORQUE_DATABASE_URL", &database.url)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    if let Some(key) = key {
        command.env("TORQUE_SECRETS_KEY", key);
    }
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that refuses at once reads nothing.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    let both = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8(both).unwrap()
}

async fn run(torque: &TestServer, url: String) -> (Result<Value, String>, Value) {
    let params = json!({ "xflowId": "ask", "input": { "url": url, "name": "Ada" } });
    let answer = call(torque, "executeXFlow", params).await;
    let (answer, id) = match answer {
        Ok(done) => (Ok(done.clone()), done["executionId"].clone()),
        Err(refusal) => (Err(refusal.message.clone()), refusal.data["executionId"].clone()),
    };
    let execution = call(torque, "getExecution", json!({ "executionId": id }))
        .await
        .unwrap();
    (answer, execution)
}

/// Everything that stands in the database, as a dump has it.
fn dump(database: &TestDatabase) -> String {
    let dumped = Command::new("pg_dump")
        .args(["--inserts", "-d", &database.url])
        .output()
        .unwrap();
    assert!(dumped.status.success(), "{}", text(&dumped));
    text(&dumped)
}

#[tokio::test]
async fn a_peer_gets_a_secret_and_nobody_else_ever_sees_it() {
    let peer = Peer::start().await;
    let database = Arc::new(TestDatabase::new().await);
    let allow = format!("egress.allow={SLUG}={}", peer.address);
    let key = format!("secrets.key={}", KEYS[0]);
    let arguments = ["--set", &allow, "--set", &key, "--set", "logging.level=debug"];
    let torque = TestServer::on(Arc::clone(&database), &arguments).await;
    deployed(&torque, &[SLUG], model(&[ask()])).await;
    let (refused, execution) = run(&torque, peer.url("/echo")).await;
    let message = refused.unwrap_err();
    assert!(message.contains("torque secret set api --app works"), "{message}");
    assert_eq!(execution["error"]["code"], "secret", "{execution}");
    assert!(peer.seen().is_empty());

    let set = secret(
        &database,
        Some(KEYS[0]),
        &["set", "api", "--app", SLUG],
        &format!("{VALUE}\n"),
    );
    assert!(set.status.success(), "{}", text(&set));
    let params = json!({ "name": "second", "value": "12345678901" });
    let reply = call(&torque, "setSecret", params).await.unwrap();
    assert_eq!(reply["name"], "second");
    let (done, execution) = run(&torque, peer.url("/echo")).await;
    let done = done.unwrap();
    let seen = peer.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(
        seen[0].line,
        "POST /echo?x=hush%20hush%2F%22canary%22%2B1 HTTP/1.1"
    );
    assert_eq!(
        seen[0].header("x-plain"),
        Some(format!("Bearer {VALUE}").as_str())
    );
    assert_eq!(seen[0].header("x-second"), Some("12345678901"));
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(body, json!({ "echo": VALUE, "name": "Ada" }));
    // The peer sends everything back; the rest of it is there, the secrets are not.
    assert_eq!(done["output"]["body"]["body"]["echo"], "•••", "{done}");
    assert_eq!(done["output"]["body"]["body"]["name"], "Ada", "{done}");
    assert_eq!(done["output"]["request"]["url"], "•••");
    let (failed, broken) = run(&torque, peer.url("/echo-failure")).await;
    assert!(failed.is_err());
    let (moved, far) = run(&torque, peer.url("/circle")).await;
    assert!(moved.is_err());

    let listed = secret(&database, None, &["list", "--app", SLUG], "");
    let list = text(&listed);
    assert!(list.contains("api") && list.contains("second"), "{list}");
    let reply = call(&torque, "listSecrets", json!({})).await.unwrap();
    assert_eq!(reply["secrets"][0]["name"], "api");
    assert_eq!(reply["secrets"][0]["readable"], true);
    let entities = json!({ "entityType": "job" });
    let export = call(&torque, "exportEntities", entities).await;
    let everything = [
        done.to_string(),
        execution.to_string(),
        broken.to_string(),
        far.to_string(),
        format!("{export:?}"),
        reply.to_string(),
        list,
        torque.log(),
        dump(&database),
    ];
    for (index, place) in everything.iter().enumerate() {
        for canary in [
            "canary",
            "hush hush",
            "hush%20hush",
            "aHVzaCBodXNo",
            "12345678901",
        ] {
            assert!(!place.contains(canary), "{index}: {canary} in {place}");
        }
    }

    let gone = secret(&database, None, &["delete", "api", "--app", SLUG], "");
    assert!(gone.status.success(), "{}", text(&gone));
    let again = secret(&database, None, &["delete", "api", "--app", SLUG], "");
    assert!(!again.status.success());
    let (refused, _) = run(&torque, peer.url("/echo")).await;
    assert!(refused.unwrap_err().contains("there is no secret"));
}

#[tokio::test]
async fn a_secret_is_refused_where_it_could_be_kept() {
    let torque = TestServer::start().await;
    let nodes = [
        json!({ "type": "Transform", "mapping": { "x": "{{ secrets.api }}" } }),
        json!({ "type": "Log", "message": "{{ secrets.api }}" }),
        json!({ "type": "Condition", "expression": "secrets.api == 'x'" }),
        json!({ "type": "EntityWrite", "entity_type": "job", "operation": "Create",
                "data_mapping": { "label": "{{ secrets.api }}" } }),
        json!({ "type": "HttpRequest", "url": "https://example.org", "headers": { "X": "{{ secrets }}" } }),
        json!({ "type": "HttpRequest", "url": "https://example.org", "headers": { "X": "{{ secrets[input.x] }}" } }),
        json!({ "type": "HttpRequest", "url": "https://example.org", "headers": { "X": "{{ secrets['a-b'] }}" } }),
    ];
    for (index, node) in nodes.into_iter().enumerate() {
        let mut document = model(&[flow("ask", node.clone())]);
        document["name"] = json!(format!("Works {index}"));
        let reply = torque
            .call_server("importModel", json!({ "document": document }))
            .await
            .unwrap();
        let id = json!({ "modelId": reply["id"] });
        let checked = torque.call_server("validateModel", id.clone()).await.unwrap();
        let problems = checked["problems"].as_array().unwrap();
        assert!(
            problems.iter().any(|problem| problem["code"] == "secret"
                && problem["message"].as_str().unwrap().contains("HttpRequest only")),
            "{node}: {checked}"
        );
        assert!(torque.call_server("publishModel", id).await.is_err());
    }
}

#[tokio::test]
async fn another_key_and_none_at_all_are_told_and_reveal_nothing() {
    let peer = Peer::start().await;
    let database = Arc::new(TestDatabase::new().await);
    let allow = format!("egress.allow={}", peer.address);
    let torque = TestServer::on(Arc::clone(&database), &["--set", &allow]).await;
    deployed(&torque, &[SLUG], model(&[ask()])).await;
    let none = secret(&database, None, &["set", "api", "--app", SLUG], VALUE);
    assert!(!none.status.success());
    assert!(text(&none).contains("TORQUE_SECRETS_KEY"), "{}", text(&none));
    let wrong = secret(&database, Some("short"), &["list", "--app", SLUG], "");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong).contains("openssl rand"), "{}", text(&wrong));
    for name in ["api", "second"] {
        let set = secret(&database, Some(KEYS[0]), &["set", name, "--app", SLUG], VALUE);
        assert!(set.status.success(), "{}", text(&set));
    }
    let short = secret(
        &database,
        Some(KEYS[0]),
        &["set", "api", "--app", SLUG],
        "short\n",
    );
    assert!(text(&short).contains("8 to 16384 bytes"), "{}", text(&short));
    let (refused, _) = run(&torque, peer.url("/echo")).await;
    assert!(refused.unwrap_err().contains("TORQUE_SECRETS_KEY"));
    drop(torque);
    let key = format!("secrets.key={}", KEYS[1]);
    let torque = TestServer::on(Arc::clone(&database), &["--set", &allow, "--set", &key]).await;
    let (refused, _) = run(&torque, peer.url("/echo")).await;
    let message = refused.unwrap_err();
    assert!(
        message.contains("“api” was encrypted with another key"),
        "{message}"
    );
    let listed = call(&torque, "listSecrets", json!({})).await.unwrap();
    assert_eq!(listed["secrets"][0]["readable"], false);
    drop(torque);
    // A value that is moved to another name opens nothing there.
    let sql = database.connect().await;
    sql.batch_execute(
        "update torque.secrets set name = 'other' where name = 'api';
         update torque.secrets set name = 'api' where name = 'second';",
    )
    .await
    .unwrap();
    let key = format!("secrets.key={}", KEYS[0]);
    let torque = TestServer::on(Arc::clone(&database), &["--set", &allow, "--set", &key]).await;
    let (refused, _) = run(&torque, peer.url("/echo")).await;
    assert!(refused.is_err(), "there is no second");
    sql.execute(
        "update torque.secrets set name = 'second' where name = 'other'",
        &[],
    )
    .await
    .unwrap();
    let (refused, _) = run(&torque, peer.url("/echo")).await;
    assert!(refused.unwrap_err().contains("changed outside Torque"));
    assert!(peer.seen().is_empty());
    // People who read and write entities with SQL do not reach the table.
    let read: bool = sql
        .query_one(
            "select bool_or(pg_catalog.has_table_privilege(r.rolname, 'torque.secrets', 'select'))
             from pg_catalog.pg_roles r
             where r.rolname in (torque.role('read'), torque.role('write'), torque.role('views'))",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert!(!read);
}

#[test]
fn the_embedded_database_gets_a_key_of_its_own_that_is_never_replaced() {
    let settings = cluster::settings(&temporary_folder("secrets_key"));
    let folder = Folder::open(&settings).unwrap();
    // Commands that start together end up with one key.
    let keys: BTreeSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| folder.secrets_key().unwrap()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(keys.len(), 1);
    let path = folder.root().join("secrets.key");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let key = keys.into_iter().next().unwrap();
    assert_eq!(Folder::open(&settings).unwrap().secrets_key().unwrap(), key);
    assert!(Secrets { key }.bytes().unwrap().is_some());
}
