//! A transaction that takes the rows of a file, part after part.

use crate::db::Row;
use crate::db::Transaction;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::caller::Caller;
use crate::operation::directory::EntityType;
use crate::operation::directory::Property;
use crate::operation::entity::stored_form;
use crate::operation::entity_group::outcomes;
use crate::operation::entity_json::Stored;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::group;
use crate::operation::entity_sql::keyed;
use crate::operation::entity_sql::write;
use crate::operation::import::Imported;
use crate::operation::import::rows::FileRow;
use crate::operation::import::rows::Values;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// An import under way. Dropped, it leaves nothing behind.
pub struct Import {
    entity_type: Arc<EntityType>,
    key: Option<Key>,
    transaction: Transaction,
    /// Who writes, and that rows which break a rule are left out.
    keeping: String,
    /// The same without leaving out.
    alone: String,
    /// The line of each match value, to find a value that stands in the file twice.
    seen: HashMap<String, u64>,
    done: Imported,
}

/// What finds the entity that a row is about.
struct Key {
    name: String,
    /// None for the id.
    property: Option<(Property, &'static str)>,
}

impl Key {
    /// Whether no index keeps a second entity with the same value away.
    fn may_be_of_several(&self) -> bool {
        self.property
            .as_ref()
            .is_some_and(|(property, _)| !property.unique)
    }
}

/// A row on its way into the database.
struct Pending {
    line: u64,
    id: Uuid,
    data: String,
    /// The version it changes; a new entity has none.
    version: Option<i64>,
}

/// An entity that a row is about.
struct Found {
    id: Uuid,
    version: i64,
    values: Values,
}

impl Import {
    /// Begins one; rows are matched by a property, or by `id`, where one is named.
    ///
    /// # Errors
    /// When entities cannot be found by that property.
    pub async fn begin(
        torque: &Torque,
        caller: &Caller,
        entity_type: &Arc<EntityType>,
        key: Option<&str>,
    ) -> Result<Self> {
        let key = key.map(|name| key_of(entity_type, name)).transpose()?;
        let alone = caller.ctx();
        let mut keeping: Map<String, Value> = serde_json::from_str(&alone).map_err(Error::bug)?;
        keeping.insert("keep".to_owned(), Value::Bool(true));
        let transaction = torque.db.transaction().await?;
        if key.as_ref().is_some_and(Key::may_be_of_several) {
            transaction
                .execute(keyed::ONE_AT_A_TIME, &[&entity_type.id])
                .await?;
        }
        Ok(Self {
            entity_type: Arc::clone(entity_type),
            key,
            transaction,
            keeping: Value::Object(keeping).to_string(),
            alone,
            seen: HashMap::new(),
            done: Imported::default(),
        })
    }

    /// Rows taken so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.done.rows
    }

    /// Writes some rows.
    ///
    /// # Errors
    /// The database's, where it is about no row in particular.
    pub async fn take(&mut self, rows: Vec<FileRow>) -> Result<()> {
        self.done.rows += rows.len() as u64;
        let mut readable = Vec::with_capacity(rows.len());
        for row in rows {
            match row.values.and_then(|values| self.value_of_key(row.line, values)) {
                Ok((value, values)) => readable.push((row.line, value, values)),
                Err(error) => self.done.refuse(row.line, error),
            }
        }
        let mut found = self.find(&readable).await?;
        let (mut create, mut update) = (Vec::new(), Vec::new());
        for (line, value, values) in readable {
            let mut about = value.and_then(|value| found.remove(&value)).unwrap_or_default();
            let pending = match about.pop() {
                Some(_) if !about.is_empty() => Err(several(self.key.as_ref())),
                Some(one) if is_as(&one, &values) => {
                    self.done.unchanged += 1;
                    continue;
                }
                Some(one) => self.pending(line, values, Some(one)),
                None => self.pending(line, values, None),
            };
            match pending {
                Ok(pending) if pending.version.is_some() => update.push(pending),
                Ok(pending) => create.push(pending),
                Err(error) => self.done.refuse(line, error),
            }
        }
        self.write(create).await?;
        self.write(update).await
    }

    /// Keeps what was written, if every row was taken and it is no dry run.
    ///
    /// # Errors
    /// When the database cannot keep it.
    pub async fn finish(mut self, is_dry: bool) -> Result<Imported> {
        if is_dry || self.done.refused_count > 0 {
            self.transaction.rollback().await?;
        } else {
            self.transaction.commit().await?;
            self.done.imported = true;
        }
        Ok(self.done)
    }

    /// The value a row is matched by, as the database writes it, and the row's values.
    fn value_of_key(&mut self, line: u64, values: Values) -> Result<(Option<String>, Values)> {
        let Some(key) = &self.key else {
            return Ok((None, values));
        };
        let given = values.get(&key.name).map_or("null", |given| given.get());
        let given = serde_json::from_str(given).map_err(Error::bug)?;
        let text = match (&given, key.property.as_ref().map_or("uuid", |(_, cast)| cast)) {
            // A new entity may go without an id.
            (Value::Null, _) if key.property.is_none() => return Ok((None, values)),
            (Value::String(text), "uuid") => Uuid::try_parse(text).ok().map(|id| id.to_string()),
            (Value::String(text), "text") if !text.is_empty() => Some(text.clone()),
            (Value::Number(number), "bigint") => number.as_i64().map(|number| number.to_string()),
            _ => None,
        };
        let Some(text) = text else {
            let message = format!(
                "{} finds the entity of a row, and is no value of it here",
                key.name
            );
            return Err(Error::new(Code::Invalid, message).with("property", key.name.as_str()));
        };
        if let Some(first) = self.seen.insert(text.clone(), line) {
            let message = format!("line {first} has the same {} already", key.name);
            return Err(Error::new(Code::Conflict, message).with("line", first));
        }
        Ok((Some(text), values))
    }

    /// The entities that rows are about, by the value that finds them.
    async fn find(&self, rows: &[(u64, Option<String>, Values)]) -> Result<HashMap<String, Vec<Found>>> {
        let values: Vec<String> = rows.iter().filter_map(|(_, value, _)| value.clone()).collect();
        let mut found: HashMap<String, Vec<Found>> = HashMap::new();
        let Some(key) = self.key.as_ref().filter(|_| !values.is_empty()) else {
            return Ok(found);
        };
        let by = key.property.as_ref().map(|(property, cast)| (property, *cast));
        let rows = keyed::found(&self.entity_type, by, values)
            .rows_in(&self.transaction)
            .await?;
        for row in &rows {
            let stored = Stored::read(row, 1)?;
            let one = Found {
                id: stored.id,
                version: stored.version,
                values: serde_json::from_slice(stored.data).map_err(Error::bug)?,
            };
            found
                .entry(row.try_get(0).map_err(Error::bug)?)
                .or_default()
                .push(one);
        }
        Ok(found)
    }

    fn pending(&self, line: u64, mut values: Values, about: Option<Found>) -> Result<Pending> {
        let own = values.remove("id").filter(|own| own.get() != "null");
        let id = match (&about, own) {
            (Some(found), _) => found.id,
            (None, None) => Uuid::now_v7(),
            (None, Some(given)) => {
                serde_json::from_str(given.get()).map_err(|_| Error::new(Code::Invalid, "id is no UUID"))?
            }
        };
        let data = serde_json::value::to_raw_value(&values).map_err(Error::bug)?;
        Ok(Pending {
            line,
            id,
            data: stored_form(&self.entity_type, &data)?,
            version: about.map(|found| found.version),
        })
    }

    /// Writes rows that all create or all change; what one statement does not decide is written alone.
    async fn write(&mut self, rows: Vec<Pending>) -> Result<()> {
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let ids = rows.iter().map(|row| row.id).collect();
        let data = rows.iter().map(|row| row.data.clone()).collect();
        let context = self.keeping.clone();
        let statement = match first.version {
            None => group::create(&self.entity_type, ids, data, context),
            Some(_) => group::update(&self.entity_type, ids, data, vec![None; rows.len()], context),
        };
        let mut decided = match self.guarded(&statement).await {
            Ok(written) => outcomes(written),
            Err(error) if is_of_a_row(&error) => HashMap::new(),
            Err(error) => return Err(error),
        };
        self.transaction.execute(keyed::FORGET_REFUSED, &[]).await?;
        for row in rows {
            let outcome = match decided.remove(&row.id) {
                Some(Ok((written, at))) => Ok(Stored::read(&written, at)?.version),
                Some(Err(error)) => Err(error),
                None => self.write_alone(&row).await?,
            };
            match (outcome, row.version) {
                (Ok(_), None) => self.done.created += 1,
                (Ok(now), Some(before)) if now == before => self.done.unchanged += 1,
                (Ok(_), Some(_)) => self.done.updated += 1,
                (Err(error), _) => self.done.refuse(row.line, error),
            }
        }
        Ok(())
    }

    /// The version that a row has now, or why it is refused.
    async fn write_alone(&self, row: &Pending) -> Result<Result<i64>> {
        let (data, context) = (row.data.clone(), self.alone.clone());
        let statement = match row.version {
            None => write::create(&self.entity_type, row.id, data, context),
            Some(_) => write::update(&self.entity_type, row.id, data, None, context),
        };
        match self.guarded(&statement).await {
            Ok(rows) => match rows.first() {
                Some(written) => Ok(Ok(Stored::read(written, 0)?.version)),
                None => Ok(Err(Error::new(
                    Code::Conflict,
                    format!("there is another entity {} already", row.id),
                ))),
            },
            Err(error) if is_of_a_row(&error) => Ok(Err(error)),
            Err(error) => Err(error),
        }
    }

    /// Runs a statement that may be refused without an end to the transaction.
    async fn guarded(&self, statement: &Statement) -> Result<Vec<Row>> {
        self.transaction.execute(write::SAVEPOINT, &[]).await?;
        let result = statement.rows_in(&self.transaction).await;
        if result.is_err() {
            self.transaction
                .execute(write::ROLLBACK_TO_SAVEPOINT, &[])
                .await?;
        }
        self.transaction.execute(write::RELEASE_SAVEPOINT, &[]).await?;
        result
    }
}

fn key_of(entity_type: &EntityType, name: &str) -> Result<Key> {
    let refused = |message: String| Error::new(Code::BadRequest, message).with("property", name);
    let property = match name {
        "id" => None,
        _ => {
            let property = entity_type
                .properties
                .get(name)
                .ok_or_else(|| refused(format!("{} has no property “{name}”", entity_type.name)))?;
            let cast = keyed::comparable(property)
                .ok_or_else(|| refused(format!("entities cannot be found by a {}", property.kind)))?;
            Some((property.clone(), cast))
        }
    };
    Ok(Key {
        name: name.to_owned(),
        property,
    })
}

/// Whether an entity has all these values already. Where it cannot be told from how they are written, the database
/// tells it: a change to what is there is none.
fn is_as(found: &Found, values: &Values) -> bool {
    let text = |json: &str| serde_json::from_str::<String>(json).ok();
    values
        .iter()
        .filter(|(name, _)| *name != "id")
        .all(|(name, value)| {
            let (now, then) = (
                found.values.get(name).map_or("null", |now| now.get()),
                value.get(),
            );
            now == then || text(now).is_some_and(|now| text(then) == Some(now))
        })
}

fn several(key: Option<&Key>) -> Error {
    let name = key.map_or("id", |key| key.name.as_str());
    Error::new(Code::Conflict, format!("several entities have this {name}")).with("detail", json!(name))
}

/// Whether an error is a row's fault, and not the connection's or the server's.
fn is_of_a_row(error: &Error) -> bool {
    matches!(
        error.code,
        Code::Invalid | Code::Conflict | Code::BadRequest | Code::NotFound | Code::TooLarge
    )
}
