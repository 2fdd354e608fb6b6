//! createEntity, with all that it sets off, against a bare insert.

use crate::bed::Cluster;
use crate::bed::Server;
use crate::compare;
use crate::compare::Turns;
use crate::read::call;
use crate::report;

/// The bare insert: the same leaf and indexes, no validator, no outbox. Its triggers are off for its session alone.
const BARE: &str = "insert into todo_list_data.entity_todo (data) values ('{\"label\":\"Task of a bench\",\"status\":\"open\"}');\n";

/// Measures a create.
pub fn measure(cluster: &Cluster, server: &Server, key: &str) {
    let create = r#"{"jsonrpc":"2.0","id":1,"method":"createEntity","params":{"entityType":"todo","data":{"label":"Task of a bench","status":"open"}}}"#;
    for connections in [16, 64] {
        let found = compare::measure(&Turns {
            cluster,
            server,
            script: BARE,
            settings: "-c session_replication_role=replica",
            requests: vec![call(server, key, create)],
            connections,
        });
        report(
            &format!("createEntity, {connections} connections, against a bare insert"),
            &found,
        );
    }
}
