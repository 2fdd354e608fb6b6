//! What a subscription wants to see of a feed.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::feed::change::Change;
use crate::feed::change::Kind;
use crate::model::filter::Condition;
use crate::model::filter::Filter;
use crate::model::filter::Path;
use crate::model::filter::Verdict;
use crate::operation::directory::Application;
use crate::operation::entity_sql::decide::States;
use crate::operation::entity_sql::filter::kind_of;
use crate::operation::entity_sql::filter::target;
use serde_json::Map;
use serde_json::Value;
use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::Arc;

/// One entity type through a filter, or everything of the application.
#[derive(Debug, Clone)]
pub struct Interest {
    of: Option<Arc<OfType>>,
}

#[derive(Debug)]
struct OfType {
    /// The type's number, which outlives its name.
    id: i32,
    /// The filter as it was sent, to be read again when the model changes.
    json: Value,
    filter: Filter,
    /// What the filter looks at beyond the entity itself.
    far: Vec<Far>,
}

/// A condition on an entity that is referred to, as a condition on that entity itself.
#[derive(Debug)]
struct Far {
    entity_type_id: i32,
    condition: Filter,
    property: String,
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
    /// It depends on an entity referred to: the database has to say.
    Unsure,
    /// An entity referred to has changed: any number may meet the filter now, or no longer.
    Anew,
}

/// What the database said about the changes of a batch, by filter and position.
#[derive(Debug, Default)]
pub struct Decisions(HashMap<String, HashMap<i64, Sight>>);

impl Decisions {
    /// Keeps what was found for a filter.
    pub fn insert(&mut self, filter: String, sights: HashMap<i64, Sight>) {
        self.0.insert(filter, sights);
    }

    /// Whether the filter has been decided already.
    #[must_use]
    pub fn has(&self, filter: &str) -> bool {
        self.0.contains_key(filter)
    }
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
        let far = filter.conditions().into_iter().filter_map(|condition| {
            let reference = condition.path.through.as_deref()?;
            let (_, target) = target(application, entity_type, reference).ok()?;
            Some(Far::new(target.id, condition))
        });
        Ok(Self {
            of: Some(Arc::new(OfType {
                id: entity_type.id,
                json,
                far: far.collect(),
                filter,
            })),
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

    /// The filter's name among decisions, if it looks beyond the entity itself.
    #[must_use]
    pub fn far_filter(&self) -> Option<String> {
        let of = self.of.as_ref().filter(|of| !of.far.is_empty())?;
        Some(format!("{} {}", of.id, of.json))
    }

    /// What it sees of a change.
    #[must_use]
    pub fn sees(&self, change: &Change, decisions: &Decisions) -> Sight {
        let sight = self.glimpse(change);
        if sight != Sight::Unsure {
            return sight;
        }
        let decided = self
            .far_filter()
            .and_then(|filter| decisions.0.get(&filter)?.get(&change.pos()).copied());
        // It joined while the others' were being decided.
        decided.unwrap_or(Sight::Anew)
    }

    /// What it sees of a change as far as the change itself tells.
    fn glimpse(&self, change: &Change) -> Sight {
        let Some(of) = &self.of else {
            return Sight::Yes;
        };
        match change.kind() {
            Kind::Model | Kind::Application => return Sight::Yes,
            Kind::Entity if of.far.iter().any(|far| far.is_touched_by(change)) => return Sight::Anew,
            Kind::Entity | Kind::Link if !change.concerns(of.id) => return Sight::No,
            Kind::Link => return Sight::Yes,
            Kind::Entity if of.filter.asks_nothing() => return Sight::Yes,
            Kind::Entity => {}
        }
        let verdict = |entity: &Map<String, Value>| of.filter.verdict(entity, None);
        let (now, before) = (change.now().map(verdict), change.before().map(verdict));
        match (now, before) {
            // Neither values nor previous ones: the whole type was emptied.
            (None, None) | (Some(Verdict::Met), _) | (None, Some(Verdict::Met)) => Sight::Yes,
            (Some(Verdict::Unmet), Some(Verdict::Met)) => Sight::Leave,
            (Some(Verdict::Unsure), _) | (_, Some(Verdict::Unsure)) => Sight::Unsure,
            (Some(Verdict::Unmet) | None, Some(Verdict::Unmet)) | (Some(Verdict::Unmet), None) => Sight::No,
        }
    }

    /// The states that the database has to decide about, numbered by [`Interest::decided`]'s rule.
    #[must_use]
    pub fn states<'a>(&'a self, application: &'a Application, changes: &[Arc<Change>]) -> Option<States<'a>> {
        let of = self.of.as_deref()?;
        let entity_type = application.type_by_id(of.id)?;
        let mut states = States::new(application, entity_type, &of.filter);
        for (number, change) in changes.iter().enumerate() {
            if self.glimpse(change) != Sight::Unsure {
                continue;
            }
            if let Some(now) = change.now() {
                states.add(number * 2, now, false);
            }
            if let Some(before) = change.before() {
                states.add(number * 2 + 1, before, true);
            }
        }
        (!states.is_empty()).then_some(states)
    }

    /// What it sees of these changes, of which these states meet the filter: each change's own has twice its
    /// number, the one before it one more.
    #[must_use]
    pub fn decided(changes: &[Arc<Change>], meeting: &HashSet<usize>) -> HashMap<i64, Sight> {
        let sight = |(number, change): (usize, &Arc<Change>)| {
            let (now, before) = (
                meeting.contains(&(number * 2)),
                meeting.contains(&(number * 2 + 1)),
            );
            let sight = match (now, before, change.now().is_some()) {
                (true, ..) | (false, true, false) => Sight::Yes,
                (false, true, true) => Sight::Leave,
                (false, false, _) => Sight::No,
            };
            (change.pos(), sight)
        };
        changes.iter().enumerate().map(sight).collect()
    }
}

impl Far {
    fn new(entity_type_id: i32, condition: &Condition) -> Self {
        let property = condition.path.property.clone();
        let path = Path {
            through: None,
            property: property.clone(),
        };
        Self {
            entity_type_id,
            condition: Filter::Condition(Condition {
                path,
                ..condition.clone()
            }),
            property,
        }
    }

    /// Whether an entity met the condition before this change and does not now, or the other way round.
    ///
    /// One that is made is referred to by nothing yet; what refers to one that is deleted changes itself.
    fn is_touched_by(&self, change: &Change) -> bool {
        if !change.concerns(self.entity_type_id) {
            return false;
        }
        match (change.now(), change.before()) {
            (Some(now), Some(before)) => {
                // When it was changed before this change, no change tells.
                self.property == "updated_at"
                    || self.condition.verdict(now, None) != self.condition.verdict(before, None)
            }
            (None, None) => true,
            _ => false,
        }
    }
}
