//! What a subscription wants to see of a feed.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::feed::change::Change;
use crate::feed::change::Kind;
use crate::model::filter::Filter;
use crate::model::filter::Verdict;
use crate::operation::directory::Application;
use crate::operation::entity_sql::filter::kind_of;
use serde_json::Map;
use serde_json::Value;

/// One entity type through a filter, or everything of the application.
#[derive(Debug, Clone)]
pub struct Interest {
    of: Option<OfType>,
}

#[derive(Debug, Clone)]
struct OfType {
    /// The type's number, which outlives its name.
    id: i32,
    /// The filter as it was sent, to be read again when the model changes.
    json: Value,
    filter: Filter,
}

/// What a subscription sees of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Nothing.
    No,
    /// The change.
    Yes,
    /// That the entity no longer meets the filter.
    Leave,
}

impl Interest {
    /// Reads what a client asks for.
    pub fn read(
        application: &Application,
        entity_type: Option<&str>,
        filters: Option<Value>,
    ) -> Result<Self> {
        let json = filters.unwrap_or_default();
        let Some(name) = entity_type else {
            if json.as_object().is_some_and(|filters| !filters.is_empty()) {
                return Err(Error::new(
                    Code::BadRequest,
                    "filters: say which entityType they are about",
                ));
            }
            return Ok(Self { of: None });
        };
        let entity_type = application.entity_type(name)?;
        let filter = Filter::read(&json, "filters", &|path| kind_of(application, entity_type, path))?;
        Ok(Self {
            of: Some(OfType {
                id: entity_type.id,
                json,
                filter,
            }),
        })
    }

    /// The same under another model; none when the type is gone or the filter does not fit.
    #[must_use]
    pub fn under(&self, application: &Application) -> Option<Self> {
        let Some(of) = &self.of else {
            return Some(self.clone());
        };
        let entity_type = application.type_by_id(of.id)?;
        Self::read(application, Some(&entity_type.name), Some(of.json.clone())).ok()
    }

    /// What it sees of a change.
    #[must_use]
    pub fn sees(&self, change: &Change) -> Sight {
        let Some(of) = &self.of else {
            return Sight::Yes;
        };
        match change.kind() {
            Kind::Model | Kind::Application => return Sight::Yes,
            Kind::Entity | Kind::Link if !change.concerns(of.id) => return Sight::No,
            Kind::Link => return Sight::Yes,
            Kind::Entity if of.filter.asks_nothing() => return Sight::Yes,
            Kind::Entity => {}
        }
        // Where the filter looks at an entity referred to, the client has to look itself.
        let met = |entity: &Map<String, Value>| of.filter.verdict(entity, None) != Verdict::Unmet;
        match (change.now(), change.before()) {
            (Some(now), _) if met(now) => Sight::Yes,
            (Some(_), Some(before)) if met(before) => Sight::Leave,
            (None, Some(before)) if met(before) => Sight::Yes,
            // Neither values nor previous ones: the whole type was emptied.
            (None, None) => Sight::Yes,
            _ => Sight::No,
        }
    }
}
