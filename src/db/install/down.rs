//! `torque migrate --down`: undoing the last migration.
//!
//! The file of that version below `sql/migrations_down` says how. Its first
//! lines name the tables that go: `-- drops: torque.callers, torque.api_keys`.
//! When one of them holds rows, it takes `--force`.

use crate::config::Config;
use crate::db::Logins;
use crate::db::connection;
use crate::db::install::BECOME;
use crate::db::install::LOCK;
use crate::db::install::UNLOCK;
use crate::db::install::files;
use crate::db::install::files::Migration;
use crate::db::install::state;
use crate::db::refusal;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use tokio_postgres::Client;

const FORGET: &str = include_str!("../../../sql/queries/database/forget_migration.sql");
const FORGET_LOGIC: &str = include_str!("../../../sql/queries/database/forget_logic.sql");
const TABLE_HAS_ROWS: &str = include_str!("../../../sql/queries/database/table_has_rows.sql");
const TABLE_EXISTS: &str = include_str!("../../../sql/queries/database/table_exists.sql");

/// Undoes the last migration and says which it was; `force`: although that drops rows.
///
/// # Errors
/// When there is nothing to undo, no file says how, or rows would be lost without `force`.
pub async fn undo_last(config: &Config, force: bool) -> Result<Migration> {
    let logins = Logins::find(config).await?;
    let (mut client, _) = connection::open(&logins.direct)
        .await
        .map_err(refusal::translate)?;
    client.execute(LOCK, &[]).await.map_err(refusal::translate)?;
    let undone = undo_locked(&mut client, &logins, force).await;
    client.execute(UNLOCK, &[]).await.map_err(refusal::translate)?;
    undone
}

async fn undo_locked(client: &mut Client, logins: &Logins, force: bool) -> Result<Migration> {
    let version = state(client).await?.version();
    if version == 0 {
        return Err(Error::new(Code::Conflict, "no migration has been applied"));
    }
    let Some(down) = files::down_of(version) else {
        return Err(Error::new(
            Code::Conflict,
            format!("this Torque has no file that undoes version {version}"),
        ));
    };
    client
        .execute(BECOME, &[&logins.owner_role()])
        .await
        .map_err(refusal::translate)?;
    if !force {
        refuse_to_lose_rows(client, &down).await?;
    }
    let transaction = client.transaction().await.map_err(refusal::translate)?;
    let steps = async {
        transaction.batch_execute("set local lock_timeout = '2s'").await?;
        transaction.batch_execute(&down.sql).await?;
        transaction.execute(FORGET, &[&version]).await?;
        // What is left of the logic may name what is gone: the next installation applies it anew.
        if version > 1 {
            transaction.execute(FORGET_LOGIC, &[]).await?;
        }
        transaction.commit().await
    };
    steps.await.map_err(refusal::translate)?;
    client
        .execute(BECOME, &[&"none"])
        .await
        .map_err(refusal::translate)?;
    Ok(down)
}

async fn refuse_to_lose_rows(client: &Client, down: &Migration) -> Result<()> {
    let mut full = Vec::new();
    for table in dropped_tables(&down.sql) {
        let row = client
            .query_one(TABLE_EXISTS, &[&table])
            .await
            .map_err(refusal::translate)?;
        if !row.try_get::<_, bool>(0).map_err(refusal::translate)? {
            continue;
        }
        let asked = async {
            let row = client.query_one(TABLE_HAS_ROWS, &[&table]).await?;
            row.try_get::<_, bool>(0)
        };
        if asked.await.map_err(refusal::translate)? {
            full.push(table);
        }
    }
    if full.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Code::Conflict,
        format!(
            "undoing {} would drop tables that hold rows: {}; save them first, or say --force",
            down.title(),
            full.join(", ")
        ),
    ))
}

/// The names after `-- drops:`, which are ours and never a caller's.
fn dropped_tables(sql: &str) -> Vec<String> {
    sql.lines()
        .filter_map(|line| line.strip_prefix("-- drops:"))
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::dropped_tables;

    #[test]
    fn the_tables_that_go_are_named_by_the_file() {
        let sql =
            "-- Undoes V009.\n-- drops: torque.callers, torque.api_keys\n-- drops: torque.x\ndrop table y;";
        assert_eq!(
            dropped_tables(sql),
            ["torque.callers", "torque.api_keys", "torque.x"]
        );
    }
}
