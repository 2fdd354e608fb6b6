//! Stories told in SQL, each in a database of its own.
//!
//! `tests/sql/README.md` says how a story is cut and run.

use crate::support::database::TestDatabase;
use serde_json::Value;
use std::path::Path;
use tokio_postgres::Client;

async fn tell(story: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql");
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).expect(path);
    let database = TestDatabase::new().await;
    let client = database.connect().await;
    let owner: String = client
        .query_one("select torque.role('owner')", &[])
        .await
        .expect("an installation")
        .get(0);
    let prepare = format!(
        "grant create on database \"{}\" to \"{owner}\"; {}; grant usage on schema story to public",
        database.name,
        read("support/story.sql").trim_end().trim_end_matches(';')
    );
    client
        .batch_execute(&prepare)
        .await
        .expect("the words of stories");

    let mut part = String::new();
    for line in read(story).lines() {
        if let Some((is_refused, slug, file)) = cut(line) {
            perform(&client, story, &part).await;
            part.clear();
            let model = serde_json::from_str(&read(&format!("support/{file}"))).expect(file);
            let deployed = deploy(&client, &owner, slug, &model).await;
            assert_eq!(
                deployed.is_err(),
                is_refused,
                "{story}: {line}: {}",
                deployed.err().unwrap_or_default()
            );
        } else if line == "-- then" {
            perform(&client, story, &part).await;
            part.clear();
        } else {
            part.push_str(line);
            part.push('\n');
        }
    }
    perform(&client, story, &part).await;
}

/// `-- deploy: <slug> <file>` or `-- refused: <slug> <file>`.
fn cut(line: &str) -> Option<(bool, &str, &str)> {
    let (is_refused, rest) = line
        .strip_prefix("-- deploy: ")
        .map(|rest| (false, rest))
        .or_else(|| line.strip_prefix("-- refused: ").map(|rest| (true, rest)))?;
    let (slug, file) = rest.split_once(' ')?;
    Some((is_refused, slug, file))
}

async fn perform(client: &Client, story: &str, part: &str) {
    if let Err(error) = client.batch_execute(part).await {
        panic!("{story}: {}", words(&error));
    }
}

/// Publishes the model as it stands and runs the steps of its deploy, as a driver would.
async fn deploy(client: &Client, owner: &str, slug: &str, model: &Value) -> Result<(), String> {
    let run = async |statement: &str| client.batch_execute(statement).await;
    run("reset role").await.expect("the administrator");
    run(&format!("set role \"{owner}\"")).await.expect("the owner");
    let row = client
        .query_one(include_str!("sql/support/publish.sql"), &[&slug, &model])
        .await
        .map_err(|error| words(&error))?;
    let deployment: uuid::Uuid = row.get(0);
    let steps = client
        .query(
            "select statement, in_transaction from torque.deploy_steps where deployment_id = $1 order by ordinal",
            &[&deployment],
        )
        .await
        .map_err(|error| words(&error))?;
    let mut outcome = Ok(());
    for step in steps {
        let (statement, in_transaction): (String, bool) = (step.get(0), step.get(1));
        let done = if in_transaction {
            run(&format!(
                "begin; set local lock_timeout = '2s'; {statement}; commit"
            ))
            .await
        } else {
            run(&statement).await
        };
        if let Err(error) = done {
            outcome = Err(words(&error));
            run("rollback").await.expect("a rollback");
            client
                .execute("select torque.undo_deploy($1)", &[&deployment])
                .await
                .map_err(|error| format!("undone: {}", words(&error)))?;
            break;
        }
    }
    run("reset role").await.expect("the administrator");
    outcome
}

fn words(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || error.to_string(),
        |refusal| {
            format!(
                "{} {} {}",
                refusal.code().code(),
                refusal.message(),
                refusal.where_().unwrap_or_default()
            )
        },
    )
}

#[tokio::test]
async fn each_property_type_is_checked_and_made_canonical() {
    tell("every_type.sql").await;
}

#[tokio::test]
async fn hostile_names_pass_through_all_generated_sql() {
    tell("hostile_names.sql").await;
}

#[tokio::test]
async fn references_are_checked_and_deletes_follow_their_rules() {
    tell("relationships.sql").await;
}

#[tokio::test]
async fn a_change_makes_one_execution_and_a_faulty_trigger_stops_nobody() {
    tell("matching.sql").await;
}

#[tokio::test]
async fn a_second_version_changes_what_the_first_holds_data_for() {
    tell("deploy_changes.sql").await;
}

#[tokio::test]
async fn the_feed_is_dense_and_people_meet_views_only() {
    tell("feed_in_one_session.sql").await;
}

#[tokio::test]
async fn partitions_are_made_ahead_for_thirteen_months() {
    tell("partitions.sql").await;
}

#[tokio::test]
async fn generated_functions_are_made_again_by_a_newer_generator() {
    tell("generated_again.sql").await;
}

#[tokio::test]
async fn a_deploy_that_broke_off_goes_all_the_way_back() {
    tell("undone.sql").await;
}

#[test]
fn every_story_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql");
    for file in std::fs::read_dir(folder).expect("stories").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if name.ends_with(".sql") {
            assert!(
                include_str!("sql.rs").contains(&format!("tell(\"{name}\")")),
                "{name}"
            );
        }
    }
}
