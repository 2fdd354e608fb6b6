//! What the feed asks of the database, for one application.

use crate::db::Db;
use crate::db::Row as DbRow;
use crate::error::Error;
use crate::error::Result;
use crate::feed::change::Change;
use crate::feed::change::Row;
use crate::feed::cursor::Cursor;
use crate::feed::interest::Interest;
use crate::feed::interest::Sight;
use crate::feed::standing::Standing;
use crate::operation::carried::Carried;
use crate::operation::directory::Application;
use crate::operation::directory::Directory;
use crate::operation::directory::EntityType;
use serde_json::Map;
use serde_json::Value;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long a change waits for the directory to know the model it was made under.
const DIRECTORY_PATIENCE: Duration = Duration::from_secs(3);

/// The feed's statements with one application's data schema named in them.
#[derive(Clone)]
pub struct Statements(Arc<Named>);

struct Named {
    db: Db,
    directory: Directory,
    application: Uuid,
    bell: String,
    outbox_ids: String,
    sequence: String,
    match_triggers: String,
    fold: String,
    prune: String,
    head: String,
    tail: String,
    expired: String,
    standing: String,
}

impl Statements {
    /// The statements of an application.
    pub fn of(db: &Db, directory: &Directory, application: &Application) -> Self {
        let schema = &application.data_schema;
        let named = |text: &str| text.replace("{data_schema}", schema);
        Self(Arc::new(Named {
            db: db.clone(),
            directory: directory.clone(),
            application: application.id,
            bell: format!("{schema}.bell"),
            outbox_ids: format!("{schema}.outbox_id_seq"),
            sequence: named(include_str!("../../sql/queries/feed/sequence.sql")),
            match_triggers: named(include_str!("../../sql/queries/feed/match.sql")),
            fold: named(include_str!("../../sql/queries/feed/fold.sql")),
            prune: named(include_str!("../../sql/queries/feed/prune.sql")),
            head: named(include_str!("../../sql/queries/feed/head.sql")),
            tail: named(include_str!("../../sql/queries/feed/tail.sql")),
            expired: named(include_str!("../../sql/queries/feed/expired.sql")),
            standing: named(include_str!("../../sql/queries/feed/standing.sql")),
        }))
    }

    /// The application.
    pub fn application(&self) -> Uuid {
        self.0.application
    }

    /// The qualified name of the sequence that numbers the outbox's rows.
    pub fn outbox_ids(&self) -> &str {
        &self.0.outbox_ids
    }

    /// Gives positions to committed changes; answers how many.
    pub async fn sequence(&self, max_rows: i32) -> Result<i64> {
        self.number(&self.0.sequence, max_rows).await
    }

    /// Matches changes with triggers; answers how many were looked at.
    pub async fn match_triggers(&self, max_rows: i32) -> Result<i64> {
        self.number(&self.0.match_triggers, max_rows).await
    }

    async fn number(&self, sql: &str, max_rows: i32) -> Result<i64> {
        let rows = self.0.db.query_background(sql, &[&max_rows]).await?;
        Ok(rows
            .first()
            .map_or(0, |row| row.get::<_, Option<i64>>(0).unwrap_or(0)))
    }

    /// Adds what writers counted to the totals.
    pub async fn fold(&self) -> Result<()> {
        self.0.db.query_background(&self.0.fold, &[]).await.map(drop)
    }

    /// Removes what the feed's tables no longer need.
    pub async fn prune(&self) -> Result<()> {
        self.0.db.query_background(&self.0.prune, &[]).await.map(drop)
    }

    /// Arms or disarms the bell.
    pub async fn ring(&self, armed: bool) -> Result<()> {
        let value: i64 = if armed { 2 } else { 1 };
        let sql = include_str!("../../sql/queries/feed/ring.sql");
        self.0
            .db
            .query_background(sql, &[&self.0.bell, &value])
            .await
            .map(drop)
    }

    /// A mark in the row of transactions.
    pub async fn mark(&self) -> Result<String> {
        let rows = self
            .0
            .db
            .query_background(include_str!("../../sql/queries/feed/mark.sql"), &[])
            .await?;
        let row = rows.first().ok_or_else(|| Error::bug("no row"))?;
        Ok(row.get(0))
    }

    /// Whether all transactions up to the mark have ended, and how far the outbox's ids have come.
    pub async fn passed(&self, mark: &str) -> Result<(bool, Option<i64>)> {
        let sql = include_str!("../../sql/queries/feed/passed.sql");
        let rows = self
            .0
            .db
            .query_background(sql, &[&mark, &self.0.outbox_ids])
            .await?;
        let row = rows.first().ok_or_else(|| Error::bug("no row"))?;
        Ok((row.get(0), row.get(1)))
    }

    /// The last position given, in the life that the database lives now.
    pub async fn head(&self) -> Result<Cursor> {
        let rows = self.0.db.query_background(&self.0.head, &[]).await?;
        let row = rows.first().ok_or_else(|| Error::bug("no row"))?;
        Ok(Cursor {
            pos: row.get("head"),
            epoch: row.get("epoch"),
        })
    }

    /// Whether a client that has seen this position comes back too late.
    pub async fn is_expired(&self, pos: i64) -> Result<bool> {
        let rows = self.0.db.query_background(&self.0.expired, &[&pos]).await?;
        Ok(rows.first().is_some_and(|row| row.get("expired")))
    }

    /// How the feed stands.
    pub async fn standing(&self) -> Result<Standing> {
        let rows = self.0.db.query_background(&self.0.standing, &[]).await?;
        let row = rows.first().ok_or_else(|| Error::bug("no row"))?;
        Ok(Standing {
            head: row.get("head"),
            waiting: row.get("waiting"),
            lag: row.get("lag"),
        })
    }

    /// The changes after a position.
    pub async fn page(&self, after: i64, limit: i64) -> Result<Vec<Row>> {
        let rows = self
            .0
            .db
            .query_background(&self.0.tail, &[&after, &limit])
            .await?;
        Ok(rows.iter().map(row_of).collect())
    }

    /// Rows as changes, with the entity types they are about.
    pub async fn changes(&self, rows: Vec<Row>) -> Vec<Arc<Change>> {
        let mut application = self.0.directory.by_id(self.0.application);
        let is_unknown = |application: &Option<Arc<Application>>| {
            rows.iter()
                .filter_map(|row| row.entity_type_id)
                .any(|id| find(application, id).is_none())
        };
        if is_unknown(&application) {
            self.directory_reaches(|application| {
                rows.iter()
                    .filter_map(|row| row.entity_type_id)
                    .all(|id| application.type_by_id(id).is_some())
            })
            .await;
            application = self.0.directory.by_id(self.0.application);
        }
        rows.into_iter()
            .map(|mut row| {
                let entity_type = row.entity_type_id.and_then(|id| find(&application, id));
                if row.kind == "link"
                    && let (Some(application), Some(link)) = (&application, &row.data)
                    && let Some(shown) = link_by_name(application, link)
                {
                    row.data = Some(shown);
                }
                Arc::new(Change::new(row, entity_type))
            })
            .collect()
    }

    /// What a filter that looks through references sees of these changes, as the database says.
    pub async fn decide(&self, interest: &Interest, changes: &[Arc<Change>]) -> Result<HashMap<i64, Sight>> {
        let application = self.0.directory.by_id(self.0.application);
        let states = application
            .as_deref()
            .and_then(|application| interest.states(application, changes));
        let Some(states) = states else {
            return Ok(HashMap::new());
        };
        let rows = states.which_meet()?.rows_slow(&self.0.db).await?;
        let meeting: HashSet<usize> = rows
            .iter()
            .filter_map(|row| usize::try_from(row.get::<_, i32>(0)).ok())
            .collect();
        Ok(Interest::decided(changes, &meeting))
    }

    /// Waits until the directory knows the model that this change made live.
    pub async fn model_is_known(&self, change: &Row) {
        let version = change
            .data
            .as_deref()
            .and_then(|data| serde_json::from_str::<serde_json::Value>(data).ok())
            .and_then(|data| data.get("version").and_then(serde_json::Value::as_i64));
        if let Some(version) = version {
            self.directory_reaches(|application| {
                application
                    .model_version
                    .is_some_and(|live| i64::from(live) == version)
            })
            .await;
        }
    }

    async fn directory_reaches(&self, is_reached: impl Fn(&Application) -> bool) {
        let asked = async {
            loop {
                match self.0.directory.by_id(self.0.application) {
                    Some(application) if is_reached(&application) => return,
                    None => return,
                    Some(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        if tokio::time::timeout(DIRECTORY_PATIENCE, asked).await.is_err() {
            tracing::warn!(application = %self.0.application, "a change speaks of a model that this server does not know yet");
        }
    }

    /// The interest under the model that is live now; none when its filter does not fit.
    pub fn reread(&self, interest: &Interest) -> Option<Interest> {
        let application = self.0.directory.by_id(self.0.application)?;
        interest.under(&application)
    }
}

fn find(application: &Option<Arc<Application>>, number: i32) -> Option<Arc<EntityType>> {
    application.as_deref()?.type_by_id(number).cloned()
}

fn row_of(row: &DbRow) -> Row {
    Row {
        pos: row.get("pos"),
        kind: row.get("kind"),
        op: row.get("op"),
        entity_type_id: row.get("entity_type_id"),
        entity_id: row.get("entity_id"),
        version: row.get("version"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
        data: row.get("data"),
        old: row.get("old"),
    }
}

/// A link as callers know it: what it carries by the names of today.
fn link_by_name(application: &Application, link: &str) -> Option<String> {
    let mut link: Map<String, Value> = serde_json::from_str(link).ok()?;
    let name = link.get("relationship")?.as_str()?;
    let relationship = (application.relationships.iter()).find(|known| known.name == name)?;
    let carried = Carried::by(application, relationship);
    let stored = link.get_mut("data")?;
    *stored = Value::Object(carried.shown(stored.to_string().as_bytes()).ok()?);
    serde_json::to_string(&link).ok()
}
