//! Which of some states of entities meet a filter that looks through references.
//!
//! A subscriber's filter is met or not by a state that a change tells of, which
//! may be stored no more; only what it refers to is looked up. The condition is
//! the one that lists are made with, over these states instead of the leaf.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::filter::Filter;
use crate::operation::directory::Application;
use crate::operation::directory::EntityType;
use crate::operation::entity_sql::Param;
use crate::operation::entity_sql::Statement;
use crate::operation::entity_sql::filter::Conditions;
use crate::operation::entity_sql::filter::target;
use crate::operation::entity_sql::literal;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use std::collections::BTreeSet;

/// States of entities of one type, as far as a filter looks at them.
pub struct States<'a> {
    application: &'a Application,
    entity_type: &'a EntityType,
    filter: &'a Filter,
    documents: Vec<Value>,
}

impl<'a> States<'a> {
    /// No states yet.
    #[must_use]
    pub fn new(application: &'a Application, entity_type: &'a EntityType, filter: &'a Filter) -> Self {
        Self {
            application,
            entity_type,
            filter,
            documents: Vec::new(),
        }
    }

    /// Whether there is nothing to decide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// Adds a state by outside names; `is_past` when it is no more, and what it refers to may be gone with it.
    pub fn add(&mut self, number: usize, entity: &Map<String, Value>, is_past: bool) {
        let mut data = Map::new();
        for condition in self.filter.conditions() {
            let name = condition
                .path
                .through
                .as_ref()
                .unwrap_or(&condition.path.property);
            let property = self.entity_type.properties.get(name);
            if let (Some(property), Some(value)) = (property, entity.get(name)) {
                data.insert(property.key.clone(), value.clone());
            }
        }
        self.documents.push(json!({
            "n": number,
            "past": is_past,
            "id": entity.get("id"),
            "version": entity.get("version"),
            "created_at": entity.get("created_at"),
            "updated_at": entity.get("updated_at"),
            "data": data,
        }));
    }

    /// Asks for the numbers of the states that meet the filter.
    ///
    /// A past state that refers to something gone may have met it: whoever saw it has to hear that it went.
    pub fn which_meet(self) -> Result<Statement> {
        let mut statement = Statement::default();
        let documents = statement.bind(Param::Text(Value::Array(self.documents).to_string()));
        let conditions = Conditions {
            application: self.application,
            entity_type: self.entity_type,
            alias: "e",
        };
        let met = conditions.of(self.filter, &mut statement)?;
        let gone = referring(self.application, self.entity_type, self.filter)?;
        statement.push(&format!(
            "select n from (select (d->>'n')::integer as n, (d->>'past')::boolean as past, (d->>'id')::uuid as id, \
             (d->>'version')::bigint as version, (d->>'created_at')::timestamptz as created_at, \
             (d->>'updated_at')::timestamptz as updated_at, d->'data' as data \
             from jsonb_array_elements({documents}::text::jsonb) d) e \
             where ({met}) or (past and ({gone}))"
        ));
        Ok(statement)
    }
}

/// Whether a state refers to an entity that is not there, by any reference that the filter looks through.
fn referring(application: &Application, entity_type: &EntityType, filter: &Filter) -> Result<String> {
    let through: BTreeSet<&String> = filter
        .conditions()
        .into_iter()
        .filter_map(|condition| condition.path.through.as_ref())
        .collect();
    let mut each = Vec::new();
    for reference in through {
        let (property, target) = target(application, entity_type, reference)
            .map_err(|reason| Error::new(Code::BadRequest, reason))?;
        let key = literal(&property.key);
        each.push(format!(
            "e.data->>{key} is not null and not exists (select from {} t where t.id = (e.data->>{key})::uuid)",
            target.leaf
        ));
    }
    Ok(each.join(" or "))
}
