//! The stories of `tests/sql`: plain SQL that raises when it does not come true.
//!
//! `tests/sql/README.md` says how a story is cut and what a cut does.

use crate::support::TestDatabase;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;
use tokio_postgres::Client;
use uuid::Uuid;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sql")
}

/// What stands between two parts of a story.
struct Cut<'a> {
    slug: &'a str,
    file: &'a str,
    is_refused: bool,
}

#[tokio::test]
async fn the_stories_in_sql_come_true() {
    let mut stories: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    stories.sort();
    assert!(stories.len() > 5);
    for story in stories {
        let name = story.file_name().unwrap().to_string_lossy().into_owned();
        let database = TestDatabase::new().await;
        tell(&database, &name, &std::fs::read_to_string(&story).unwrap()).await;
    }
}

/// Each part has a session of its own, as with psql.
async fn tell(database: &TestDatabase, name: &str, story: &str) {
    let client = database.connect().await;
    let support = std::fs::read_to_string(folder().join("support/story.sql")).unwrap();
    run(database, name, &support);
    run(database, name, "grant usage on schema story to public");
    let mut part = String::new();
    for line in story.lines() {
        if let Some(cut) = cut(line) {
            run(database, name, &part);
            part.clear();
            deploy(&client, name, &cut).await;
        }
        part.push_str(line);
        part.push('\n');
    }
    run(database, name, &part);
}

fn cut(line: &str) -> Option<Cut<'_>> {
    let (what, rest) = line.strip_prefix("-- ")?.split_once(": ")?;
    let is_refused = match what {
        "deploy" => false,
        "refused" => true,
        _ => return None,
    };
    let (slug, file) = rest.trim().split_once(' ')?;
    Some(Cut {
        slug,
        file,
        is_refused,
    })
}

/// Statement by statement, as psql does: each is a transaction of its own.
fn run(database: &TestDatabase, story: &str, sql: &str) {
    let mut psql = Command::new("psql")
        .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-d", &database.url])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql is installed");
    psql.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
    let output = psql.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{story}: {said}\n---\n{sql}");
}

async fn deploy(client: &Client, story: &str, cut: &Cut<'_>) {
    let text = std::fs::read_to_string(folder().join("support").join(cut.file)).unwrap();
    let model: serde_json::Value = serde_json::from_str(&text).unwrap();
    client
        .batch_execute("reset role; set role torque_owner")
        .await
        .unwrap();
    let version: i32 = client
        .query_one(
            "with model as (
               insert into torque.models (name, model_json, version) values ($1, $2, 1)
               on conflict (name) where deleted_at is null
               do update set version = models.version + 1, model_json = excluded.model_json
               returning id, version, model_json)
             insert into torque.model_versions (model_id, version, model_json)
             select id, version, model_json from model
             returning version",
            &[&cut.slug, &model],
        )
        .await
        .unwrap()
        .get(0);
    client
        .execute(
            "select torque.create_application($1, $1, (select id from torque.models where name = $1), '{}')
             where not exists (select from torque.applications where slug = $1)",
            &[&cut.slug],
        )
        .await
        .unwrap();
    let deployment: Uuid = client
        .query_one(
            "select torque.plan_deploy(id, $2) from torque.applications where slug = $1",
            &[&cut.slug, &version],
        )
        .await
        .unwrap()
        .get(0);
    let ended = perform(client, deployment).await;
    match (ended, cut.is_refused) {
        (Ok(()), false) => {}
        (Err(_), true) => {
            client
                .execute("select torque.undo_deploy($1)", &[&deployment])
                .await
                .unwrap();
        }
        (Ok(()), true) => panic!("{story}: {} should have been refused", cut.file),
        (Err(error), false) => panic!("{story}: {}: {error}", cut.file),
    }
    client.batch_execute("reset role").await.unwrap();
}

async fn perform(client: &Client, deployment: Uuid) -> Result<(), String> {
    let steps = client
        .query(
            "select ordinal, statement, in_transaction, title from torque.deploy_steps
             where deployment_id = $1 order by ordinal",
            &[&deployment],
        )
        .await
        .unwrap();
    for step in steps {
        let statement: String = step.get("statement");
        let title: String = step.get("title");
        let ended = if step.get("in_transaction") {
            client.batch_execute(&format!("begin; {statement}; commit")).await
        } else {
            client.batch_execute(&statement).await
        };
        if let Err(error) = ended {
            let _ = client.batch_execute("rollback").await;
            let refusal = error.as_db_error().map(ToString::to_string);
            return Err(format!(
                "{title}: {}",
                refusal.unwrap_or_else(|| error.to_string())
            ));
        }
        client
            .execute(
                "update torque.deploy_steps set state = 'done', done_at = now()
                 where deployment_id = $1 and ordinal = $2",
                &[&deployment, &step.get::<_, i32>("ordinal")],
            )
            .await
            .unwrap();
    }
    Ok(())
}
