//! Sample data: rows that a create would accept.

use crate::model::check::Check;
use crate::model::check::value;
use serde_json::Value;
use uuid::Uuid;

/// The most rows of sample data of one entity type.
const MAX_ROWS: usize = 10_000;

impl Check<'_> {
    pub(super) fn sample_data(&mut self) {
        let model = self.model;
        for (id, rows) in &model.sample_data {
            let path = format!("sample_data.{id}");
            let Some(entity) = self.known_entity(&path, id) else {
                continue;
            };
            if rows.len() > MAX_ROWS {
                self.say(&path, "size", format!("there are more than {MAX_ROWS} rows"));
            }
            for (index, row) in rows.iter().enumerate() {
                let path = format!("{path}[{index}]");
                for (name, value) in row {
                    let place = format!("{path}.{name}");
                    match entity.property(name) {
                        Some(_) if value.is_null() => {}
                        Some(property) => {
                            if let Some(fault) = value::fault(&property.property_type, value) {
                                self.say(place, "value", format!("{name} {fault}"));
                            }
                        }
                        None if name == "id" => {
                            if value.as_str().is_none_or(|text| Uuid::try_parse(text).is_err()) {
                                self.say(place, "uuid", "an id must be a UUID");
                            }
                        }
                        None => self.say(place, "unknown", format!("{} has no property {name}", entity.id)),
                    }
                }
                for property in entity.properties.iter().filter(|property| property.required) {
                    let given = row.get(&property.name).is_some_and(|value| *value != Value::Null);
                    if !given && property.default_value.is_none() {
                        self.say(&path, "required", format!("{} needs a value", property.name));
                    }
                }
            }
        }
    }
}
