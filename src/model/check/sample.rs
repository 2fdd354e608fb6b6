//! Sample data: rows that a create would accept, links that stand between such rows.

use crate::model::check::Check;
use crate::model::check::value;
use crate::model::property::PropertyDefinition;
use crate::model::relationship::RelationshipDefinition;
use crate::model::relationship::SAMPLE_SOURCE;
use crate::model::relationship::SAMPLE_TARGET;
use serde_json::Map;
use serde_json::Value;
use std::collections::HashSet;
use uuid::Uuid;

/// The most rows of sample data of one entity type or relationship.
const MAX_ROWS: usize = 10_000;

impl Check<'_> {
    pub(super) fn sample_data(&mut self) {
        let model = self.model;
        for (id, rows) in &model.sample_data {
            let path = format!("sample_data.{id}");
            if rows.len() > MAX_ROWS {
                self.say(&path, "size", format!("there are more than {MAX_ROWS} rows"));
            }
            let relationship = model.relationships.iter().find(|known| known.id == *id);
            if let Some(relationship) = relationship.filter(|_| model.entity(id).is_none()) {
                self.sample_links(&path, relationship, rows);
                continue;
            }
            let Some(entity) = self.known_entity(&path, id) else {
                continue;
            };
            for (index, row) in rows.iter().enumerate() {
                self.sample_row(
                    &format!("{path}[{index}]"),
                    &entity.id,
                    &entity.properties,
                    row,
                    &["id"],
                );
            }
        }
    }

    /// Links between rows of the sample data: whoever loads them finds both ends.
    fn sample_links(
        &mut self,
        path: &str,
        relationship: &RelationshipDefinition,
        rows: &[Map<String, Value>],
    ) {
        let model = self.model;
        let ids_of = |entity: &str| -> HashSet<&str> {
            let rows = model.sample_data.get(entity).into_iter().flatten();
            rows.filter_map(|row| row.get("id")?.as_str()).collect()
        };
        let ends_of = [
            (SAMPLE_SOURCE, &relationship.source_entity),
            (SAMPLE_TARGET, &relationship.target_entity),
        ]
        .map(|(end, entity)| (end, entity, ids_of(entity)));
        for (index, row) in rows.iter().enumerate() {
            let path = format!("{path}[{index}]");
            for (end, entity, ids) in &ends_of {
                let given = row.get(*end).and_then(Value::as_str);
                if !given.is_some_and(|id| ids.contains(id)) {
                    self.say(
                        format!("{path}.{end}"),
                        "reference",
                        format!("{end} must be the id of a row of {entity} in the sample data"),
                    );
                }
            }
            let ends = [SAMPLE_SOURCE, SAMPLE_TARGET];
            self.sample_row(&path, &relationship.id, &relationship.properties, row, &ends);
        }
    }

    /// One row's values, beside the ids that it may name.
    fn sample_row(
        &mut self,
        path: &str,
        of: &str,
        properties: &[PropertyDefinition],
        row: &Map<String, Value>,
        ids: &[&str],
    ) {
        for (name, value) in row {
            let place = format!("{path}.{name}");
            match properties.iter().find(|property| property.name == *name) {
                Some(_) if value.is_null() => {}
                Some(property) => {
                    if let Some(fault) = value::fault(&property.property_type, value) {
                        self.say(place, "value", format!("{name} {fault}"));
                    }
                }
                None if ids.contains(&name.as_str()) => {
                    if value.as_str().is_none_or(|text| Uuid::try_parse(text).is_err()) {
                        self.say(place, "uuid", "an id must be a UUID");
                    }
                }
                None => self.say(place, "unknown", format!("{of} has no property {name}")),
            }
        }
        for property in properties.iter().filter(|property| property.required) {
            let given = row.get(&property.name).is_some_and(|value| *value != Value::Null);
            if !given && property.default_value.is_none() {
                self.say(path, "required", format!("{} needs a value", property.name));
            }
        }
    }
}
