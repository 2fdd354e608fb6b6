//! The reply of a list, put together from its rows.

use crate::db::Row;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Reply;
use crate::operation::cursor::Cursor;
use crate::operation::directory::EntityType;
use crate::operation::entity_json::COLUMNS;
use crate::operation::entity_json::Shape;
use crate::operation::entity_json::Stored;
use crate::operation::entity_json::push_entity;
use crate::operation::entity_json::push_text;
use crate::operation::entity_json::push_uuid;
use crate::operation::entity_list::Direction;
use crate::operation::entity_list::linked::Links;
use crate::operation::entity_sql::list::TOTAL_CAP;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;
use std::collections::BTreeMap;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

/// A page of entities, as the reference describes it.
#[derive(JsonSchema)]
#[expect(
    dead_code,
    reason = "replies are put together from bytes; this is their schema"
)]
pub struct EntityPage {
    /// The entities: `id`, their properties, `created_at`, `updated_at`, `version`.
    data: Vec<Map<String, Value>>,
    /// Where the page stands in the list.
    pagination: Pagination,
    /// What was listed.
    meta: Meta,
    /// The entities referred to, by the reference's name and their id.
    included: Option<BTreeMap<String, ById>>,
    /// Of a list with `linked`: what the link with each entity carries, by the entity's id.
    links: Option<Links>,
}

/// Entities by their id, as the reference describes them.
type ById = BTreeMap<Uuid, Map<String, Value>>;

/// Entities and where they go on, as the reference describes it.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    dead_code,
    reason = "replies are put together from bytes; this is their schema"
)]
pub struct EntityQuery {
    /// The entities: `id`, their properties, `created_at`, `updated_at`, `version`.
    data: Vec<Map<String, Value>>,
    /// Where the list goes on; null at its end.
    next_cursor: Option<String>,
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// The page, from 0; absent when a cursor was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<i64>,
    /// The most entities on a page.
    pub limit: u32,
    /// How many entities the list has; absent when it was not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// How many pages those are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_pages: Option<i64>,
    /// Whether there are more than `total`: filtered lists are counted up to 10,000.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub total_is_capped: bool,
    /// Where the list goes on; absent at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Where what stands before is found; absent at its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_cursor: Option<String>,
}

/// What was listed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// The entity type.
    pub entity_type: String,
    /// The first property it is sorted by.
    pub sort_by: String,
    /// Which way.
    pub sort_order: Direction,
    /// The model's version that is live.
    pub model_version: Option<i32>,
}

/// A page as it came from the database.
pub struct Listing<'a> {
    /// The list's name, for its cursors.
    pub list: String,
    /// The most entities on a page.
    pub limit: u32,
    /// The page's number, unless a cursor was given.
    pub page: Option<i64>,
    /// Whether the rows come backwards.
    pub backwards: bool,
    /// Whether nothing stands before the page.
    pub begins: bool,
    /// The first property it is sorted by.
    pub sort_by: String,
    /// Which way.
    pub sort_order: Direction,
    /// Whether the total is exact whatever its size.
    pub is_counted_exactly: bool,
    /// The model's version that is live.
    pub model_version: Option<i32>,
    /// The type.
    pub entity_type: &'a Arc<EntityType>,
    /// The system properties to send.
    pub shape: Shape<'static>,
    /// The references whose entities come along.
    pub includes: Vec<(String, &'a Arc<EntityType>)>,
    /// The first column of the order's values.
    pub key_column: usize,
    /// How many there are.
    pub key_count: usize,
    /// The first column of the first include.
    pub include_column: usize,
    /// How many entities the list has.
    pub total: Option<i64>,
    /// What links carry, of a list of what an entity is linked with.
    pub links: Option<Links>,
    /// The rows; one more than the page has when it was not counted.
    pub rows: Vec<Row>,
}

impl Listing<'_> {
    /// The reply of `loadEntityData`.
    pub fn page_reply(mut self) -> Result<Reply> {
        let (next_cursor, previous_cursor) = self.cut()?;
        let capped = !self.is_counted_exactly && self.total.is_some_and(|total| total >= TOTAL_CAP);
        let total = match capped {
            true => Some(TOTAL_CAP - 1),
            false => self.total,
        };
        let limit = i64::from(self.limit);
        let pagination = Pagination {
            page: self.page,
            limit: self.limit,
            total,
            total_pages: total.map(|total| (total + limit - 1) / limit),
            total_is_capped: capped,
            next_cursor,
            previous_cursor,
        };
        let meta = Meta {
            entity_type: self.entity_type.name.clone(),
            sort_by: self.sort_by.clone(),
            sort_order: self.sort_order,
            model_version: self.model_version,
        };
        let mut out = self.data()?;
        out.extend_from_slice(b",\"pagination\":");
        serde_json::to_writer(&mut out, &pagination).map_err(Error::bug)?;
        out.extend_from_slice(b",\"meta\":");
        serde_json::to_writer(&mut out, &meta).map_err(Error::bug)?;
        if !self.includes.is_empty() {
            out.extend_from_slice(b",\"included\":");
            self.push_included(&mut out)?;
        }
        if let Some(links) = &self.links {
            out.extend_from_slice(b",\"links\":");
            serde_json::to_writer(&mut out, links).map_err(Error::bug)?;
        }
        out.push(b'}');
        Ok(Reply::raw(out))
    }

    /// The reply of `queryEntities`.
    pub fn query_reply(mut self) -> Result<Reply> {
        let (next_cursor, _) = self.cut()?;
        let mut out = self.data()?;
        out.extend_from_slice(b",\"nextCursor\":");
        match next_cursor {
            Some(cursor) => push_text(&mut out, &cursor),
            None => out.extend_from_slice(b"null"),
        }
        out.push(b'}');
        Ok(Reply::raw(out))
    }

    /// Cuts off the row that only said that the list goes on, puts the rows in order, and makes both cursors.
    fn cut(&mut self) -> Result<(Option<String>, Option<String>)> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let is_longer = self.rows.len() > limit;
        self.rows.truncate(limit);
        if self.backwards {
            self.rows.reverse();
        }
        let goes_on = match (self.page, self.total) {
            // Beyond the cap nobody counted: a full page goes on.
            (Some(_), Some(total)) if !self.is_counted_exactly && total >= TOTAL_CAP => {
                self.rows.len() == limit
            }
            (Some(page), Some(total)) => (page + 1) * i64::from(self.limit) < total,
            // Asked backwards, there is what the cursor was made from.
            (None, _) if self.backwards => true,
            _ => is_longer,
        };
        let begins = self.begins || (self.page.is_none() && self.backwards && !is_longer);
        let next = match self.rows.last().filter(|_| goes_on) {
            Some(row) => Some(self.cursor(row, false)?),
            None => None,
        };
        let previous = match self.rows.first().filter(|_| !begins) {
            Some(row) => Some(self.cursor(row, true)?),
            None => None,
        };
        Ok((next, previous))
    }

    fn cursor(&self, row: &Row, backwards: bool) -> Result<String> {
        let values = (self.key_column..self.key_column + self.key_count)
            .map(|column| row.try_get(column).map_err(Error::bug))
            .collect::<Result<Vec<Option<String>>>>()?;
        Cursor { backwards, values }.encode(&self.list)
    }

    /// `{"data":[…]`.
    fn data(&self) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(256 + self.rows.len() * 320);
        out.extend_from_slice(b"{\"data\":[");
        for (index, row) in self.rows.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            push_entity(&mut out, &Stored::read(row, 0)?, self.shape);
        }
        out.push(b']');
        Ok(out)
    }

    fn push_included(&self, out: &mut Vec<u8>) -> Result<()> {
        out.push(b'{');
        for (number, (name, target)) in self.includes.iter().enumerate() {
            if number > 0 {
                out.push(b',');
            }
            push_text(out, name);
            out.extend_from_slice(b":{");
            let first = self.include_column + number * COLUMNS;
            let mut sent: HashSet<Uuid> = HashSet::new();
            for row in &self.rows {
                let id: Option<Uuid> = row.try_get(first).map_err(Error::bug)?;
                let Some(id) = id.filter(|id| !sent.contains(id)) else {
                    continue;
                };
                if !sent.is_empty() {
                    out.push(b',');
                }
                sent.insert(id);
                out.push(b'"');
                push_uuid(out, id);
                out.extend_from_slice(b"\":");
                push_entity(out, &Stored::read(row, first)?, Shape::whole(&target.name));
            }
            out.push(b'}');
        }
        out.push(b'}');
        Ok(())
    }
}
