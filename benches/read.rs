//! getEntity and loadEntityData against the statements that they send.

use crate::bed::Cluster;
use crate::bed::Server;
use crate::compare;
use crate::compare::Turns;
use crate::load;
use crate::report;
use crate::store;

/// Rows of the type that is read.
pub const ROWS: i64 = 100_000;

/// Measures every read.
pub fn measure(cluster: &Cluster, server: &Server, key: &str) {
    let ids = store::with(cluster, "torque", |client| async move {
        let sql = "select id::text from todo_list_data.entity_todo order by random() limit 1000";
        let rows = client.query(sql, &[]).await.expect("entities");
        rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
    });
    let gets: Vec<String> = ids
        .iter()
        .map(|id| {
            body(
                "getEntity",
                &format!(r#"{{"entityType":"todo","entityId":"{id}"}}"#),
            )
        })
        .collect();
    // PostgreSQL alone reads the same entity again and again, Torque a thousand different ones in turn.
    let script = statement(cluster, server, key, &gets[0]).replace("$1", &format!("'{}'", ids[0]));
    for connections in [16, 64] {
        let requests = gets.iter().map(|get| call(server, key, get)).collect();
        let found = compare::measure(&Turns {
            cluster,
            server,
            script: &script,
            settings: "",
            requests,
            connections,
        });
        report(&format!("getEntity, {connections} connections"), &found);
    }

    let page = |more: &str| {
        let params =
            format!(r#"{{"entityType":"todo","limit":50,"sortBy":"label","sortOrder":"asc"{more}}}"#);
        body("loadEntityData", &params)
    };
    let filter = r#","filters":{"status":"open"}"#;
    // What PostgreSQL alone is asked is the page without any total.
    let script = statement(cluster, server, key, &page(&format!(r#"{filter},"total":false"#)))
        .replace("$1::text", "'open'::text")
        .replace("$2", "50");
    for (what, more) in [
        ("sort, exact total of the type", String::new()),
        ("filter and sort, no total", format!(r#"{filter},"total":false"#)),
        ("filter and sort, total counted up to the cap", filter.to_owned()),
    ] {
        let requests = vec![call(server, key, &page(&more))];
        let found = compare::measure(&Turns {
            cluster,
            server,
            script: &script,
            settings: "",
            requests,
            connections: 16,
        });
        report(&format!("loadEntityData, 50 of {ROWS} rows, {what}"), &found);
    }
}

fn body(method: &str, params: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{params}}}"#)
}

/// The request on the wire.
pub fn call(server: &Server, key: &str, body: &str) -> Vec<u8> {
    load::request(
        "/app/todo_list/jsonrpc",
        &server.address.to_string(),
        Some(key),
        body,
    )
}

/// The statement that a request makes the server send, as the database saw it last.
fn statement(cluster: &Cluster, server: &Server, key: &str, body: &str) -> String {
    let once = load::Load {
        address: server.address,
        connections: 1,
        time: std::time::Duration::from_millis(200),
        requests: vec![call(server, key, body)],
    };
    load::run(once);
    store::with(cluster, "torque", |client| async move {
        let sql = "select query from pg_stat_activity
                   where query like '%todo_list_data.entity_todo e%' and pid <> pg_backend_pid()
                   order by query_start desc limit 1";
        client
            .query_one(sql, &[])
            .await
            .expect("the statement it sent")
            .get::<_, String>(0)
    })
}
