//! Lists of entities: filtered, searched, sorted, by page or by cursor.

mod linked;
mod reply;

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::filter::Filter;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::Torque;
use crate::operation::cursor::Cursor;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::directory::Property;
use crate::operation::entity_json::Shape;
use crate::operation::entity_list::linked::Linked;
use crate::operation::entity_list::reply::EntityPage;
use crate::operation::entity_list::reply::EntityQuery;
use crate::operation::entity_list::reply::Listing;
use crate::operation::entity_sql::filter::kind_of;
use crate::operation::entity_sql::filter::target;
use crate::operation::entity_sql::list::Include;
use crate::operation::entity_sql::list::Page;
use crate::operation::entity_sql::list::Place;
use crate::operation::entity_sql::sort::Order;
use crate::operation::entity_sql::sort::SortKey;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

/// Entities on a page unless the caller says otherwise.
const DEFAULT_LIMIT: u32 = 50;
/// The most entities on a page.
const MAX_LIMIT: u32 = 1_000;
/// The most sort keys.
const MAX_SORT_KEYS: usize = 8;
/// The most references that come along.
const MAX_INCLUDES: usize = 8;
/// From here on it is worth knowing which end of the list is nearer.
const FAR: i64 = 1_000;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "loadEntityData",
        "Gives a page of entities for a grid, with its total.",
        Read,
        Application,
        LoadEntityData => EntityPage,
        load_entity_data
    ),
    operation!(
        "queryEntities",
        "Gives entities in an order, page after page by cursor.",
        Read,
        Application,
        QueryEntities => EntityQuery,
        query_entities
    ),
];

/// Which entities, in what order, and how many.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoadEntityData {
    /// The entity type.
    pub entity_type: String,
    /// The page, from 0.
    #[serde(default)]
    pub page: Option<u32>,
    /// Entities on a page: 50 unless said otherwise, at most 1,000.
    #[serde(default)]
    pub limit: Option<u32>,
    /// The property to sort by.
    #[serde(default)]
    pub sort_by: Option<String>,
    /// `asc` (the default) or `desc`.
    #[serde(default)]
    pub sort_order: Option<Direction>,
    /// Which entities, in the filter language.
    #[serde(default)]
    pub filters: Option<Value>,
    /// Only what an entity is linked with by a many-to-many relationship.
    #[serde(default)]
    pub linked: Option<Linked>,
    /// Several properties to sort by, instead of `sortBy`.
    #[serde(default)]
    pub sort: Option<Vec<Sort>>,
    /// Words that must all stand in the entity's searchable properties.
    #[serde(default)]
    pub search: Option<String>,
    /// The properties to send; without it, all.
    #[serde(default)]
    pub fields: Option<Vec<String>>,
    /// References whose entities come along, under `included`.
    #[serde(default)]
    pub include: Option<Vec<String>>,
    /// Where an earlier reply ended, instead of `page`.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Whether to count: by default with `page` and not with `cursor`.
    #[serde(default)]
    pub total: Option<bool>,
}

/// A property to sort by.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// The property.
    pub field: String,
    /// `asc` (the default) or `desc`.
    #[serde(default)]
    pub order: Direction,
}

/// Which way a sort goes. An absent value counts as the greatest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Least first.
    #[default]
    Asc,
    /// Greatest first.
    Desc,
}

/// Which entities, in what order, and how many.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueryEntities {
    /// The entity type.
    pub entity_type: String,
    /// Which entities, in the filter language.
    #[serde(default)]
    pub filters: Option<Value>,
    /// How many: 50 unless said otherwise, at most 1,000.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where an earlier reply ended.
    #[serde(default)]
    pub cursor: Option<String>,
    /// The properties to sort by; without it, in the order of creation.
    #[serde(default)]
    pub sort: Option<Vec<Sort>>,
}

async fn load_entity_data(ask: Ask<'_>, params: LoadEntityData) -> Result<Reply> {
    load(ask.torque, ask.application()?, &params).await
}

/// A page of entities as `loadEntityData` answers it; a subscription's snapshot is one as well.
pub async fn load(torque: &Torque, application: &Application, params: &LoadEntityData) -> Result<Reply> {
    let listing = listing(torque, application, params).await?;
    listing.page_reply()
}

async fn query_entities(ask: Ask<'_>, params: QueryEntities) -> Result<Reply> {
    let params = LoadEntityData {
        entity_type: params.entity_type,
        filters: params.filters,
        limit: params.limit,
        cursor: params.cursor,
        sort: params.sort,
        total: Some(false),
        ..LoadEntityData::default()
    };
    listing(ask.torque, ask.application()?, &params)
        .await?
        .query_reply()
}

/// The filter of a request, checked against the entity type.
pub fn read_filter(
    application: &Application,
    entity_type: &EntityType,
    filters: Option<&Value>,
) -> Result<Filter> {
    Filter::read(filters.unwrap_or(&Value::Null), "filters", &|path| {
        kind_of(application, entity_type, path)
    })
}

async fn listing<'a>(
    torque: &Torque,
    application: &'a Application,
    params: &LoadEntityData,
) -> Result<Listing<'a>> {
    let entity_type = application.entity_type(&params.entity_type)?;
    let limit = match params.limit {
        None => DEFAULT_LIMIT,
        Some(limit @ 1..=MAX_LIMIT) => limit,
        Some(_) => return Err(refused("limit", format!("must be between 1 and {MAX_LIMIT}"))),
    };
    if params.cursor.is_some() && params.page.is_some() {
        return Err(refused("cursor", "goes without page".to_owned()));
    }
    let filter = read_filter(application, entity_type, params.filters.as_ref())?;
    let by = params.sort_by.as_deref();
    let keys = sort_keys(
        entity_type,
        params.sort.as_deref(),
        by.map(|by| (by, params.sort_order.unwrap_or_default())),
    )?;
    let (sort_by, sort_order) = match keys.first() {
        Some(key) => (key.name.clone(), direction(key)),
        None => ("id".to_owned(), Direction::Asc),
    };
    let order = Order::new(entity_type, keys)?;
    let list = format!("{} {}", entity_type.id, order.clause(false));
    let page = i64::from(params.page.unwrap_or(0));
    let place = match &params.cursor {
        None => Place::FromStart(page * i64::from(limit)),
        Some(text) => {
            let cursor = Cursor::decode(text, &list, order.keys().len())?;
            match cursor.backwards {
                false => Place::Behind(cursor.values),
                true => Place::Before(cursor.values),
            }
        }
    };
    let (fields, shape) = fields(entity_type, params.fields.as_deref())?;
    let by_cursor = params.cursor.is_some();
    let include = includes(application, entity_type, params.include.as_deref())?;
    let linked = (params.linked.as_ref())
        .map(|linked| linked.side(application, entity_type))
        .transpose()?;
    let mut asked = Page {
        application,
        entity_type,
        filter: &filter,
        search: params.search.as_deref(),
        linked,
        order: &order,
        fields,
        include: include.clone(),
        place,
        // One more than asked tells whether the list goes on; with a total it is known.
        limit: i64::from(limit) + i64::from(by_cursor),
        total: params.total.unwrap_or(!by_cursor),
    };
    if !asked.total && !by_cursor {
        asked.limit += 1;
    }
    if let Place::FromStart(offset) = asked.place
        && offset > FAR
        && asked.total
        && asked.is_of_all()
    {
        let total = total(torque, &asked).await?;
        if offset > total / 2 {
            asked.place = Place::FromEnd(offset);
        }
    }
    let found = asked.statement()?;
    let rows = match asked.is_ordinary() {
        true => found.statement.rows(&torque.db).await?,
        false => found.statement.rows_slow(&torque.db).await?,
    };
    let links = match &asked.linked {
        Some(side) => Some(linked::links(torque, side, &rows).await?),
        None => None,
    };
    let total = match (found.total, rows.first()) {
        (None, _) => None,
        (Some(column), Some(row)) => Some(row.try_get(column).map_err(Error::bug)?),
        // No row to carry it: past the end, or nothing is there.
        (Some(_), None) => Some(total(torque, &asked).await?),
    };
    Ok(Listing {
        list,
        limit,
        page: (!by_cursor).then_some(page),
        backwards: asked.place.is_backwards(),
        begins: !by_cursor && page == 0,
        sort_by,
        sort_order,
        is_counted_exactly: asked.is_of_all(),
        model_version: application.model_version,
        entity_type,
        shape,
        includes: include
            .iter()
            .map(|include| (include.reference.name.clone(), include.target))
            .collect(),
        key_column: found.keys,
        key_count: order.keys().len(),
        include_column: found.includes,
        total,
        links,
        rows,
    })
}

async fn total(torque: &Torque, page: &Page<'_>) -> Result<i64> {
    let row = page.total_statement()?.row(&torque.db).await?;
    match row {
        Some(row) => row.try_get(0).map_err(Error::bug),
        None => Ok(0),
    }
}

fn direction(key: &SortKey) -> Direction {
    match key.descending {
        true => Direction::Desc,
        false => Direction::Asc,
    }
}

/// The keys of an order: those of `sort`, or the one of `sortBy`.
pub fn sort_keys(
    entity_type: &EntityType,
    sort: Option<&[Sort]>,
    by: Option<(&str, Direction)>,
) -> Result<Vec<SortKey>> {
    match (sort, by) {
        (Some(_), Some(_)) => Err(refused("sort", "goes without sortBy".to_owned())),
        (Some(keys), None) if keys.len() > MAX_SORT_KEYS => {
            Err(refused("sort", format!("has at most {MAX_SORT_KEYS} keys")))
        }
        (Some(keys), None) => keys
            .iter()
            .map(|key| SortKey::of(entity_type, &key.field, key.order == Direction::Desc))
            .collect(),
        (None, Some((name, order))) => Ok(vec![SortKey::of(entity_type, name, order == Direction::Desc)?]),
        (None, None) => Ok(Vec::new()),
    }
}

/// The properties to send, and which system properties go with them.
pub fn fields<'a>(
    entity_type: &'a EntityType,
    names: Option<&[String]>,
) -> Result<(Option<Vec<&'a Property>>, Shape<'static>)> {
    let Some(names) = names else {
        return Ok((None, Shape::LISTED));
    };
    let mut shape = Shape {
        entity_type: None,
        created_at: false,
        updated_at: false,
        version: false,
    };
    let mut chosen: Vec<&Property> = Vec::new();
    for name in names {
        match name.as_str() {
            "id" => {}
            "created_at" => shape.created_at = true,
            "updated_at" => shape.updated_at = true,
            "version" => shape.version = true,
            name => {
                let property = entity_type.properties.get(name).ok_or_else(|| {
                    refused("fields", format!("{} has no property “{name}”", entity_type.name))
                })?;
                if !chosen.iter().any(|other| other.key == property.key) {
                    chosen.push(property);
                }
            }
        }
    }
    Ok((Some(chosen), shape))
}

fn includes<'a>(
    application: &'a Application,
    entity_type: &'a EntityType,
    names: Option<&[String]>,
) -> Result<Vec<Include<'a>>> {
    let mut includes: Vec<Include<'a>> = Vec::new();
    for name in names.unwrap_or_default() {
        let (reference, target) =
            target(application, entity_type, name).map_err(|reason| refused("include", reason))?;
        if includes.iter().all(|other| other.reference.key != reference.key) {
            includes.push(Include { reference, target });
        }
    }
    if includes.len() > MAX_INCLUDES {
        return Err(refused("include", format!("has at most {MAX_INCLUDES} names")));
    }
    Ok(includes)
}

fn refused(param: &str, sentence: String) -> Error {
    Error::new(Code::BadRequest, format!("{param} {sentence}")).with("path", format!("params.{param}"))
}
