//! Positions under load: dense, in order, none lost, whoever gives them.

use crate::support::TestDatabase;
use crate::support::TestServer;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::Client;
use uuid::Uuid;

const APPLICATIONS: [&str; 3] = ["todo_list", "second", "third"];
const WRITERS: usize = 12;
const ROUNDS: usize = 30;

/// Two more applications of the same model beside the one of the template.
async fn three_applications(server: &TestServer) {
    let models = server
        .call_server("listModels", serde_json::json!({}))
        .await
        .unwrap();
    let model = &models["models"][0]["id"];
    for slug in &APPLICATIONS[1..] {
        let made = serde_json::json!({ "slug": slug, "name": slug, "modelId": model });
        server.call_server("createApplication", made).await.unwrap();
        let deployed = serde_json::json!({ "applicationId": slug });
        server.call_server("deployApplication", deployed).await.unwrap();
        for _ in 0..500 {
            if server
                .call_server(
                    "loadEntityData",
                    serde_json::json!({ "applicationId": slug, "entityType": "todo" }),
                )
                .await
                .is_ok()
            {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Writes in transactions of several statements, one in ten rolled back, one in twenty slow.
async fn write(sql: Client, application: &str, writer: usize, shared: &[Uuid]) -> u64 {
    let mut committed = 0;
    for round in 0..ROUNDS {
        let schema = format!("{application}.todo");
        let mut statements = String::from("begin;");
        let mut count = 0;
        // In one order, or the writers would mostly wait for deadlocks to be found.
        let mut chosen: Vec<usize> = (0..3)
            .map(|step| (writer * 7 + round * 3 + step) % shared.len())
            .collect();
        chosen.sort_unstable();
        for (step, index) in chosen.into_iter().enumerate() {
            let id = shared[index];
            statements.push_str(&format!(
                "insert into {schema} (label) values ('w{writer} r{round} s{step}');\
                 update {schema} set label = 'w{writer} r{round} s{step}' where id = '{id}';"
            ));
            count += 2;
        }
        if round % 20 == 7 {
            statements.push_str("select pg_sleep(0.05);");
        }
        let is_undone = round % 10 == 3;
        statements.push_str(if is_undone { "rollback" } else { "commit" });
        match sql.batch_execute(&statements).await {
            Ok(()) if !is_undone => committed += count,
            Ok(()) => {}
            // Two writers met at the same entities: this one begins its next transaction.
            Err(error) => {
                let state = error.code().expect("a refusal").code().to_owned();
                assert!(["40P01", "40001"].contains(&state.as_str()), "{error:?}");
                sql.batch_execute("rollback").await.unwrap();
            }
        }
    }
    committed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn positions_are_dense_and_in_order_under_twelve_writers_and_two_sequencers() {
    let database = Arc::new(TestDatabase::new().await);
    let first = TestServer::on(Arc::clone(&database), &[]).await;
    three_applications(&first).await;
    let second = TestServer::on(Arc::clone(&database), &[]).await;
    let reader = database.connect().await;
    let mut before = HashMap::new();
    let mut shared = HashMap::new();
    for application in APPLICATIONS {
        let sql = format!(
            "insert into {application}.todo (label) select 'shared ' || n from generate_series(1, 8) n returning id"
        );
        let ids: Vec<Uuid> = reader
            .query(&sql, &[])
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        shared.insert(application, ids);
        before.insert(application, sequenced(&reader, application).await);
    }

    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let application = APPLICATIONS[writer % APPLICATIONS.len()];
        let (sql, shared) = (database.connect().await, shared[application].clone());
        writers.push(tokio::spawn(async move {
            (application, write(sql, application, writer, &shared).await)
        }));
    }
    let mut written: HashMap<&str, u64> = HashMap::new();
    for writer in writers {
        let (application, count) = writer.await.unwrap();
        *written.entry(application).or_default() += count;
    }

    for application in APPLICATIONS {
        let after = sequenced(&reader, application).await;
        let expected = before[application] + i64::try_from(written[application]).unwrap();
        // Updates that lost to nobody but changed nothing are no changes; here every label is new.
        assert_eq!(after, expected, "{application}: lost or doubled");
        faultless(&reader, application).await;
    }
    drop((first, second));
}

/// Waits until the outbox is empty; the number of changes.
async fn sequenced(sql: &Client, application: &str) -> i64 {
    for _ in 0..1_000 {
        let waiting = format!("select count(*) from {application}_data.outbox");
        if sql.query_one(&waiting, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            let count = format!("select count(*) from {application}_data.changes");
            return sql.query_one(&count, &[]).await.unwrap().get(0);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the outbox of {application} is not emptied");
}

/// Positions 1, 2, 3, …; each entity's versions one after the other; each transaction together; time forwards.
async fn faultless(sql: &Client, application: &str) {
    let faults = format!(
        "with change as (
           select pos, at, txn, entity_id, version,
                  lag(pos, 1, 0::bigint) over (order by pos) as previous_pos,
                  lag(at) over (order by pos) as previous_at,
                  lag(version) over (partition by entity_id order by pos) as previous_version
           from {application}_data.changes
         )
         select count(*) filter (where pos <> previous_pos + 1),
                count(*) filter (where at < previous_at),
                count(*) filter (where version <> previous_version + 1),
                (select count(*) from (select txn from change group by txn
                                       having max(pos) - min(pos) + 1 <> count(*)) split)
         from change"
    );
    let row = sql.query_one(&faults, &[]).await.unwrap();
    let faults: [i64; 4] = [row.get(0), row.get(1), row.get(2), row.get(3)];
    assert_eq!(
        faults, [0; 4],
        "{application}: gaps, time backwards, versions out of order, transactions split"
    );
}
