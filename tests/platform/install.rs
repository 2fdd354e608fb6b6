//! Installation: whoever starts, and however many at once, the database is whole.

use crate::support::TestDatabase;
use std::collections::BTreeSet;
use torque::db::install;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_installers_at_once_one_installs_and_all_succeed() {
    let database = TestDatabase::empty().await;
    let installing: Vec<_> = (0..5)
        .map(|_| {
            let config = database.config();
            tokio::spawn(async move { install::install(&config).await })
        })
        .collect();
    for installer in installing {
        installer.await.unwrap().unwrap();
    }
    let state = install::status(&database.config()).await.unwrap();
    assert!(state.pending().is_empty());
    assert!(state.has_this_logic());
    let client = database.connect().await;
    let locks = client
        .query("select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())", &[])
        .await
        .unwrap();
    assert!(locks.is_empty(), "the installation's lock is given back");
}

#[tokio::test]
async fn an_installed_database_is_not_touched_again() {
    let database = TestDatabase::new().await;
    let client = database.connect().await;
    let stamp = async || -> String {
        client
            .query_one(
                "select string_agg(xmin::text, ',') from pg_proc where pronamespace = 'torque'::regnamespace",
                &[],
            )
            .await
            .unwrap()
            .get(0)
    };
    let before = stamp().await;
    install::install(&database.config()).await.unwrap();
    assert_eq!(before, stamp().await, "no function was made anew");
}

#[tokio::test]
async fn a_schema_newer_than_this_release_is_refused() {
    let database = TestDatabase::new().await;
    let client = database.connect().await;
    client
        .batch_execute(
            "insert into torque.migrations (version, name, applied_on, checksum)
             select 9999, 'from_the_future', applied_on, checksum from torque.migrations limit 1",
        )
        .await
        .unwrap();
    let refusal = install::install(&database.config()).await.unwrap_err();
    assert!(
        refusal.message.contains("start a newer Torque"),
        "{}",
        refusal.message
    );
}

#[test]
fn migrations_are_numbered_without_a_gap_and_named_as_refinery_reads_them() {
    let known = install::known();
    let versions: Vec<i32> = known.iter().map(|migration| migration.version).collect();
    assert_eq!(
        versions,
        (1..=i32::try_from(known.len()).unwrap()).collect::<Vec<_>>()
    );
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/migrations")).unwrap() {
        files.insert(entry.unwrap().file_name().to_string_lossy().into_owned());
    }
    let read: BTreeSet<String> = known
        .iter()
        .map(|migration| format!("{}.sql", migration.title()))
        .collect();
    assert_eq!(files, read, "every file of sql/migrations is read");
}
