//! A pooler in transaction mode between Torque and its database: nothing depends on a session.

use crate::feed::follower::Follower;
use crate::support::TestDatabase;
use crate::support::TestServer;
use crate::support::application::next_version;
use crate::support::cluster::TORQUE;
use crate::support::pooler::Pooler;
use serde_json::json;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio_postgres::config::Host;

/// A pooler in front of a database's server.
async fn in_front_of(database: &TestDatabase) -> Pooler {
    let config: tokio_postgres::Config = database.url.parse().unwrap();
    let Host::Unix(folder) = &config.get_hosts()[0] else {
        panic!("the cluster of the tests listens on a socket");
    };
    Pooler::start(folder.join(format!(".s.PGSQL.{}", config.get_ports()[0]))).await
}

/// The URL of a database through a pooler, with the login that Torque serves with.
async fn through(pooler: &Pooler, database: &TestDatabase) -> String {
    let torque = database.torque().await;
    let login = &torque.db.logins().server;
    let password = String::from_utf8_lossy(login.password().unwrap()).into_owned();
    format!(
        "postgresql://{}:{password}@127.0.0.1:{}/{}?sslmode=disable",
        login.user(),
        pooler.port,
        database.name
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_works_through_a_pooler_that_changes_the_session_with_each_transaction() {
    let database = Arc::new(TestDatabase::new().await);
    let pooler = in_front_of(&database).await;
    let url = through(&pooler, &database).await;
    let settings = [
        format!("database.url={url}"),
        format!("database.direct_url={}", database.url),
        "database.shared_connections=3".to_owned(),
    ];
    let arguments: Vec<&str> = settings.iter().flat_map(|one| ["--set", one]).collect();
    let server = Arc::new(TestServer::on(Arc::clone(&database), &arguments).await);
    server.line("through a pooler").await;
    let mut follower = Follower::of(&server).await;
    follower.subscribe(json!({ "entityType": "todo" })).await;

    let before = pooler.transactions.load(Ordering::Relaxed);
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let server = Arc::clone(&server);
            tokio::spawn(async move { write_and_read(&server, client).await })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    // Five rows each client and round: two created, three in bulk; one is changed, one deleted.
    follower.changes(8 * ROUNDS * 7).await;
    let used = pooler.transactions.load(Ordering::Relaxed) - before;
    assert!(used > 8 * ROUNDS * 3, "{used} transactions went through it");

    // A change of the model replaces what statements rest on.
    next_version(&server, "todo_list", |document| {
        let properties = document["entities"][0]["properties"].as_array_mut();
        let extra = json!({ "name": "extra", "property_type": { "type": "Integer" } });
        properties.unwrap().push(extra);
    })
    .await;
    let data = json!({ "label": "with more", "extra": 7 });
    let made = server
        .call("createEntity", json!({ "entityType": "todo", "data": data }))
        .await
        .unwrap();
    assert_eq!(made["extra"], 7, "{made}");
    write_and_read(&server, 9).await;
}

const ROUNDS: usize = 12;

/// What a client of an application does, with statements of many shapes.
async fn write_and_read(server: &TestServer, client: usize) {
    for round in 0..ROUNDS {
        let label = format!("client {client} round {round}");
        let create = json!({ "entityType": "todo", "data": { "label": label } });
        let made = server.call("createEntity", create.clone()).await.unwrap();
        let other = server.call("createEntity", create).await.unwrap();
        let update = json!({ "entityType": "todo", "entityId": made["id"], "version": 1, "data": { "status": "closed" } });
        let changed = server.call("updateEntity", update).await.unwrap();
        assert_eq!(
            (&changed["status"], &changed["version"]),
            (&json!("closed"), &json!(2))
        );
        let rows: Vec<_> = (0..3).map(|_| json!({ "data": { "label": label } })).collect();
        let bulk = json!({ "entityType": "todo", "entities": rows });
        server.call("bulkCreateEntities", bulk).await.unwrap();
        let delete = json!({ "entityType": "todo", "entityId": other["id"] });
        server.call("deleteEntity", delete).await.unwrap();
        let sort = ["label", "status", "created_at", "id"][round % 4];
        let filters = json!({ "label": label, "status": { "in": ["open", "closed"] } });
        let list = json!({ "entityType": "todo", "filters": filters, "sortBy": sort, "limit": 10 + client });
        let found = server.call("loadEntityData", list).await.unwrap();
        assert_eq!(found["pagination"]["total"], 4, "{found}");
        let get = json!({ "entityType": "todo", "entityId": made["id"] });
        let found = server.call("getEntity", get).await.unwrap();
        assert_eq!(found["label"], label.as_str());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_on_the_way_that_has_to_be_straight_is_refused_with_the_way_out() {
    let database = TestDatabase::new().await;
    let pooler = in_front_of(&database).await;
    let url = through(&pooler, &database).await;
    for direct in ["", url.as_str()] {
        let output = Command::new(TORQUE)
            .args(["server", "--bind", "127.0.0.1:0"])
            .env("TORQUE_DATABASE_URL", &url)
            .env("TORQUE_DATABASE_DIRECT_URL", direct)
            .current_dir(std::env::temp_dir())
            .output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("leads through a connection pooler"), "{said}");
        assert!(said.contains("database.direct_url"), "{said}");
        assert!(!said.contains("torque_server:"), "no password is shown: {said}");
    }
}
