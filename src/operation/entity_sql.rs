//! The one place where SQL text is built: leaf names, keys, filters, sorts, pages.
//!
//! Everything else that Torque asks of the database is a file under `sql/`.
//! What is written into a text here is the model's own (leaf names, storage
//! keys, expressions that deploy recorded) and quoted; what a caller sends is
//! always a parameter. A statement names the leaf, never the parent, and does
//! its work in one round trip.

pub mod count;
pub mod decide;
pub mod filter;
pub mod group;
pub mod history;
pub mod keyed;
pub mod link;
pub mod list;
pub mod sort;
pub mod write;

use crate::db::Db;
use crate::db::Row;
use crate::db::ToSql;
use crate::db::Transaction;
use crate::error::Result;
use crate::operation::directory::EntityType;
use crate::operation::directory::Property;
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::Arc;
use uuid::Uuid;

/// A function takes at most 100 arguments.
const MEMBERS_AT_ONCE: usize = 90;

/// A value of a statement.
#[derive(Debug, Clone)]
pub enum Param {
    /// Text; casts in the statement make other types of it.
    Text(String),
    /// Text or null.
    MaybeText(Option<String>),
    /// A UUID.
    Uuid(Uuid),
    /// A whole number.
    Big(i64),
    /// A whole number or null.
    MaybeBig(Option<i64>),
    /// A list of texts.
    Texts(Vec<String>),
    /// A list of UUIDs.
    Uuids(Vec<Uuid>),
    /// A list of whole numbers and nulls.
    MaybeBigs(Vec<Option<i64>>),
}

impl Param {
    fn value(&self) -> &(dyn ToSql + Sync) {
        match self {
            Param::Text(text) => text,
            Param::MaybeText(text) => text,
            Param::Uuid(id) => id,
            Param::Big(number) => number,
            Param::MaybeBig(number) => number,
            Param::Texts(texts) => texts,
            Param::Uuids(ids) => ids,
            Param::MaybeBigs(numbers) => numbers,
        }
    }
}

/// A statement with its values.
#[derive(Debug, Clone, Default)]
pub struct Statement {
    /// The text.
    pub sql: String,
    params: Vec<Param>,
}

impl Statement {
    /// A statement that begins with this text.
    #[must_use]
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            params: Vec::new(),
        }
    }

    /// Adds text.
    pub fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// Keeps a value and answers its placeholder.
    pub fn bind(&mut self, param: Param) -> String {
        self.params.push(param);
        format!("${}", self.params.len())
    }

    /// The statement with one more value.
    #[must_use]
    pub fn with(mut self, param: Param) -> Self {
        self.params.push(param);
        self
    }

    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.params.iter().map(Param::value).collect()
    }

    /// Runs it on a shared connection.
    pub async fn rows(&self, db: &Db) -> Result<Vec<Row>> {
        db.query(&self.sql, &self.values()).await
    }

    /// Runs it on a shared connection; the one row, or none.
    pub async fn row(&self, db: &Db) -> Result<Option<Row>> {
        db.query_opt(&self.sql, &self.values()).await
    }

    /// Runs it on a connection of its own, unprepared: what may take long, or is seldom asked in this shape.
    pub async fn rows_slow(&self, db: &Db) -> Result<Vec<Row>> {
        db.query_slow(&self.sql, &self.values()).await
    }

    /// Runs a write on a shared connection.
    pub async fn rows_written(&self, db: &Db) -> Result<Vec<Row>> {
        db.write(&self.sql, &self.values()).await
    }

    /// Runs a write on a shared connection; the one row, or none.
    pub async fn row_written(&self, db: &Db) -> Result<Option<Row>> {
        db.write_opt(&self.sql, &self.values()).await
    }

    /// Runs a write either way; the one row, or none.
    pub async fn row_through(&self, through: Through<'_>) -> Result<Option<Row>> {
        match through {
            Through::Shared(db) => self.row_written(db).await,
            Through::Transaction(transaction) => self.row_in(transaction).await,
        }
    }

    /// Runs it within a transaction.
    pub async fn rows_in(&self, transaction: &Transaction) -> Result<Vec<Row>> {
        transaction.query(&self.sql, &self.values()).await
    }

    /// Runs it within a transaction; the one row, or none.
    pub async fn row_in(&self, transaction: &Transaction) -> Result<Option<Row>> {
        Ok(self.rows_in(transaction).await?.pop())
    }
}

/// The way a statement takes to the database.
#[derive(Clone, Copy)]
pub enum Through<'a> {
    /// A shared connection for writes: the statement is its own transaction.
    Shared(&'a Db),
    /// A transaction of several.
    Transaction(&'a Transaction),
}

/// A text as an SQL literal.
#[must_use]
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A name as an SQL identifier.
#[must_use]
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The columns of an entity's row: id, data, version, `created_at`, `updated_at`.
#[must_use]
pub fn columns(entity_type: &EntityType, alias: &str) -> String {
    let data = if entity_type.passes_through() {
        format!("{alias}.data")
    } else {
        data_of(entity_type.properties.values(), alias)
    };
    with_data(&data, alias)
}

fn with_data(data: &str, alias: &str) -> String {
    format!("{alias}.id, {data}, {alias}.version, {alias}.created_at, {alias}.updated_at")
}

/// The JSON text of some properties by their outside names; what has no value is left out.
fn data_of<'p>(properties: impl Iterator<Item = &'p Property>, alias: &str) -> String {
    let members: Vec<String> = properties
        .map(|property| {
            let name = format!("{}:", Value::from(property.name.as_str()));
            format!(
                "{} || ({alias}.data->{})::text",
                literal(&name),
                literal(&property.key)
            )
        })
        .collect();
    let mut lists: Vec<String> = members
        .chunks(MEMBERS_AT_ONCE)
        .map(|members| format!("concat_ws(',', {})", members.join(", ")))
        .collect();
    let list = match lists.len() {
        0 => return "'{}'".to_owned(),
        1 => lists.remove(0),
        _ => {
            let lists: Vec<String> = lists.iter().map(|list| format!("nullif({list}, '')")).collect();
            format!("concat_ws(',', {})", lists.join(", "))
        }
    };
    format!("('{{' || {list} || '}}')")
}

/// One entity of a type by its id.
#[must_use]
pub fn by_id(entity_type: &EntityType, id: Uuid) -> Statement {
    Statement::new(format!(
        "select {} from {} e where e.id = $1",
        columns(entity_type, "e"),
        entity_type.leaf
    ))
    .with(Param::Uuid(id))
}

/// Entities of a type by their ids.
#[must_use]
pub fn by_ids(entity_type: &EntityType, ids: Vec<Uuid>) -> Statement {
    Statement::new(format!(
        "select {} from {} e where e.id = any($1)",
        columns(entity_type, "e"),
        entity_type.leaf
    ))
    .with(Param::Uuids(ids))
}

/// One entity of any of these types by its id; the first column is the type's number.
#[must_use]
pub fn by_id_in(types: &[&Arc<EntityType>], id: Uuid) -> Statement {
    let mut sql = String::new();
    for entity_type in types {
        if !sql.is_empty() {
            sql.push_str(" union all ");
        }
        let data = if entity_type.passes_through() {
            "e.data::text".to_owned()
        } else {
            data_of(entity_type.properties.values(), "e")
        };
        // Writing to a String cannot fail.
        let _ = write!(
            sql,
            "select {}, {} from {} e where e.id = $1",
            entity_type.id,
            with_data(&data, "e"),
            entity_type.leaf
        );
    }
    Statement::new(sql).with(Param::Uuid(id))
}

/// Which of these types has an entity of this id; the one column is the type's number.
#[must_use]
pub fn type_of(types: &[&Arc<EntityType>], id: Uuid) -> Statement {
    let each: Vec<String> = types
        .iter()
        .map(|entity_type| {
            format!(
                "select {} from {} where id = $1",
                entity_type.id, entity_type.leaf
            )
        })
        .collect();
    Statement::new(each.join(" union all ")).with(Param::Uuid(id))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use indexmap::IndexMap;
    use serde_json::json;

    /// An entity type as deploy would describe it, for the tests of this folder.
    pub(crate) fn entity_type(name: &str, properties: &[(&str, &str, &str)]) -> EntityType {
        let properties: IndexMap<String, Property> = properties
            .iter()
            .map(|(name, key, kind)| {
                let expr = match *kind {
                    "Integer" => format!("((data->>'{key}')::bigint)"),
                    "MultiEnum" | "Json" => format!("(data->'{key}')"),
                    _ => format!("(data->>'{key}')"),
                };
                let target = (*kind == "Reference").then_some(*name);
                let property = json!({
                    "name": name, "key": key, "type": kind, "expr": expr, "target": target
                });
                ((*name).to_owned(), serde_json::from_value(property).unwrap())
            })
            .collect();
        EntityType {
            id: 7,
            application_id: Uuid::nil(),
            key: name.to_owned(),
            name: name.to_owned(),
            label: name.to_owned(),
            leaf: format!("shop_data.entity_{name}"),
            data_schema: "shop_data".to_owned(),
            properties,
            has_values_of_removed: false,
        }
    }

    #[test]
    fn data_passes_through_unless_a_property_was_renamed() {
        let plain = entity_type("todo", &[("label", "label", "String")]);
        assert_eq!(
            columns(&plain, "e"),
            "e.id, e.data, e.version, e.created_at, e.updated_at"
        );
        let renamed = entity_type("todo", &[("it's", "label", "String")]);
        assert_eq!(
            columns(&renamed, "e"),
            "e.id, ('{' || concat_ws(',', '\"it''s\":' || (e.data->'label')::text) || '}'), \
             e.version, e.created_at, e.updated_at"
        );
    }

    #[test]
    fn hundreds_of_properties_stay_below_a_functions_arguments() {
        let names: Vec<String> = (0..200).map(|n| format!("p{n}")).collect();
        let properties: Vec<(&str, &str, &str)> =
            names.iter().map(|name| (name.as_str(), "k", "String")).collect();
        let wide = entity_type("wide", &properties);
        assert_eq!(columns(&wide, "e").matches("concat_ws").count(), 4);
    }
}
