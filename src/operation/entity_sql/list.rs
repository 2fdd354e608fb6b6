//! A page of a list: one statement with its total and its includes.

use crate::error::Result;
use crate::model::filter::Filter;
use crate::model::filter::Test;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::directory::Property;
use crate::operation::entity_sql::Param;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::columns;
use crate::operation::entity_sql::data_of;
use crate::operation::entity_sql::filter::Conditions;
use crate::operation::entity_sql::link::LinkSide;
use crate::operation::entity_sql::literal;
use crate::operation::entity_sql::sort::Order;
use crate::operation::entity_sql::with_data;
use std::sync::Arc;

/// Filtered totals are counted up to here: counting a million rows takes half a second.
pub const TOTAL_CAP: i64 = 10_001;

/// Passing over more rows than this takes long.
const FAR_OFFSET: i64 = 10_000;

/// Where a page begins.
#[derive(Debug, Clone)]
pub enum Place {
    /// That many entities from the start.
    FromStart(i64),
    /// The same place, counted from the end of a list of all entities: nearer, so fewer are passed over.
    FromEnd(i64),
    /// Behind the entity with these values of the order's keys.
    Behind(Vec<Option<String>>),
    /// Before that entity.
    Before(Vec<Option<String>>),
}

impl Place {
    /// Whether the rows come backwards.
    #[must_use]
    pub fn is_backwards(&self) -> bool {
        matches!(self, Place::FromEnd(_) | Place::Before(_))
    }
}

/// A reference whose entities come along.
#[derive(Debug, Clone)]
pub struct Include<'a> {
    /// The reference.
    pub reference: &'a Property,
    /// The type it leads to.
    pub target: &'a Arc<EntityType>,
}

/// What a page holds.
pub struct Page<'a> {
    /// The application.
    pub application: &'a Application,
    /// The type.
    pub entity_type: &'a EntityType,
    /// Which entities.
    pub filter: &'a Filter,
    /// The words that must stand in them.
    pub search: Option<&'a str>,
    /// Only what is linked with an entity.
    pub linked: Option<LinkSide<'a>>,
    /// Their order.
    pub order: &'a Order,
    /// The properties to send; all when none are named.
    pub fields: Option<Vec<&'a Property>>,
    /// References whose entities come along.
    pub include: Vec<Include<'a>>,
    /// Where the page begins.
    pub place: Place,
    /// How many entities it holds at most.
    pub limit: i64,
    /// Whether the total is counted.
    pub total: bool,
}

/// A page's statement, and where its columns stand.
pub struct PageStatement {
    /// The statement.
    pub statement: Statement,
    /// The first of the columns with the order's values, one a key.
    pub keys: usize,
    /// The column of the total.
    pub total: Option<usize>,
    /// The first of the five columns of each include.
    pub includes: usize,
}

impl Page<'_> {
    /// Whether the page is of all entities of its type, so that the counters know its total.
    #[must_use]
    pub fn is_of_all(&self) -> bool {
        self.filter.asks_nothing()
            && self.linked.is_none()
            && self.search.is_none_or(|words| words.trim().is_empty())
    }

    /// Whether the page is asked for often in this shape and an index serves it: then it is prepared and shares a
    /// connection. Everything else goes where nothing waits behind it.
    #[must_use]
    pub fn is_ordinary(&self) -> bool {
        let is_indexed = |name: &str| {
            let property = self.entity_type.properties.get(name);
            property.is_none_or(|property| property.indexed || property.unique)
        };
        let conditions = self.filter.conditions();
        self.search.is_none()
            && self.linked.is_none()
            && self.include.is_empty()
            && self.order.keys().len() <= 3
            && self.order.keys().iter().all(|key| is_indexed(&key.name))
            && conditions.len() <= 3
            && conditions.iter().all(|condition| {
                condition.path.through.is_none()
                    && is_indexed(&condition.path.property)
                    && !matches!(condition.test, Test::Contains(_) | Test::StartsWith(_))
            })
            && !matches!(self.place, Place::FromStart(offset) if offset > FAR_OFFSET)
    }

    /// The page as one statement.
    pub fn statement(&self) -> Result<PageStatement> {
        let mut statement = Statement::default();
        let condition = self.condition(&mut statement)?;
        let data = match &self.fields {
            None => columns(self.entity_type, "e"),
            Some(fields) => with_data(&data_of(fields.iter().copied(), "e"), "e"),
        };
        let mut select = vec![data];
        let keys = 5;
        select.extend(self.order.keys().iter().map(super::sort::SortKey::value));
        let mut next = keys + self.order.keys().len();
        let total = self.total.then(|| {
            select.push(self.total_of(condition.as_deref()));
            next += 1;
            next - 1
        });
        let backwards = self.place.is_backwards();
        let mut page = String::from("select ");
        page.push_str(&select.join(", "));
        if !self.include.is_empty() {
            for (number, include) in self.include.iter().enumerate() {
                page.push_str(&format!(
                    ", (e.data->>{})::uuid as ref_{number}",
                    literal(&include.reference.key)
                ));
            }
        }
        page.push_str(&format!(" from {} e", self.entity_type.leaf));
        let mut conditions: Vec<String> = condition.into_iter().collect();
        if let Place::Behind(values) | Place::Before(values) = &self.place {
            conditions.push(self.order.behind(values, backwards, &mut statement));
        }
        if !conditions.is_empty() {
            page.push_str(" where ");
            page.push_str(&conditions.join(" and "));
        }
        page.push_str(&format!(" order by {}", self.order.clause(backwards)));
        let limit = statement.bind(Param::Big(self.limit));
        match self.place {
            Place::FromStart(0) | Place::Behind(_) | Place::Before(_) => {
                page.push_str(&format!(" limit {limit}"));
            }
            Place::FromStart(offset) => {
                let offset = statement.bind(Param::Big(offset));
                page.push_str(&format!(" limit {limit} offset {offset}"));
            }
            Place::FromEnd(offset) => {
                // The total is read in the same snapshot, so a page is exact whatever was written meanwhile.
                let offset = statement.bind(Param::Big(offset));
                let all = self.counters();
                page.push_str(&format!(
                    " limit greatest(least({limit}, {all} - {offset}), 0) \
                     offset greatest({all} - {offset} - {limit}, 0)"
                ));
            }
        }
        statement.sql = if self.include.is_empty() {
            page
        } else {
            self.with_includes(&page, next)
        };
        Ok(PageStatement {
            statement,
            keys,
            total,
            includes: next,
        })
    }

    /// The total alone, for a page that has no row to carry it.
    pub fn total_statement(&self) -> Result<Statement> {
        let mut statement = Statement::default();
        let condition = self.condition(&mut statement)?;
        statement.sql = format!("select {}", self.total_of(condition.as_deref()));
        Ok(statement)
    }

    fn condition(&self, statement: &mut Statement) -> Result<Option<String>> {
        let conditions = Conditions {
            application: self.application,
            entity_type: self.entity_type,
            alias: "e",
        };
        let mut all = Vec::new();
        all.extend(self.linked.as_ref().map(|side| side.condition("e", statement)));
        if !self.filter.asks_nothing() {
            all.push(conditions.of(self.filter, statement)?);
        }
        all.extend(self.search.and_then(|words| conditions.search(words, statement)));
        Ok((!all.is_empty()).then(|| all.join(" and ")))
    }

    fn total_of(&self, condition: Option<&str>) -> String {
        match condition {
            None => self.counters(),
            Some(condition) => format!(
                "(select count(*) from (select from {} e where {condition} limit {TOTAL_CAP}) counted)",
                self.entity_type.leaf
            ),
        }
    }

    /// The exact total of the type: what was folded, and what has come since.
    fn counters(&self) -> String {
        let EntityType { data_schema, id, .. } = self.entity_type;
        format!(
            "(coalesce((select total from {data_schema}.counters where entity_type_id = {id}), 0) \
             + coalesce((select sum(delta) from {data_schema}.counter_deltas where entity_type_id = {id}), 0))::bigint"
        )
    }

    /// The page's rows with the entities they refer to beside them: a look-up each, in the same statement.
    fn with_includes(&self, page: &str, columns_before: usize) -> String {
        let names: Vec<String> = (0..columns_before).map(|n| format!("c{n}")).collect();
        let references: Vec<String> = (0..self.include.len()).map(|n| format!("ref_{n}")).collect();
        let mut select: Vec<String> = names.iter().map(|name| format!("p.{name}")).collect();
        let mut joins = String::new();
        for (number, include) in self.include.iter().enumerate() {
            let alias = format!("t{number}");
            select.push(columns(include.target, &alias));
            joins.push_str(&format!(
                " left join {} {alias} on {alias}.id = p.ref_{number}",
                include.target.leaf
            ));
        }
        format!(
            "select {} from (select q.*, row_number() over () as place from ({page}) q ({}, {})) p{joins} \
             order by p.place",
            select.join(", "),
            names.join(", "),
            references.join(", ")
        )
    }
}
