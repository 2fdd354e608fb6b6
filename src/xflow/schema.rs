//! JSON Schemas of what an xflow is given, answers and tells of its failure.

use jsonschema::Validator;
use serde_json::Value;

/// The most faults that are listed.
const MOST_FAULTS: usize = 20;

/// A schema, compiled. It may refer to itself, never to anything outside.
///
/// # Errors
/// What is wrong with it.
pub fn compiled(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .build(schema)
        .map_err(|error| error.to_string())
}

/// What of a value does not meet a schema: the place within the value and a sentence.
#[must_use]
pub fn faults(schema: &Validator, value: &Value) -> Vec<(String, String)> {
    let errors = schema.iter_errors(value).take(MOST_FAULTS);
    errors
        .map(|error| (error.instance_path().to_string(), error.to_string()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schema_names_what_does_not_meet_it_and_reaches_for_nothing_outside() {
        let schema = compiled(
            &json!({ "type": "object", "required": ["n"], "properties": { "n": { "type": "integer" } } }),
        );
        let schema = schema.unwrap();
        assert_eq!(faults(&schema, &json!({ "n": 1 })), vec![]);
        assert_eq!(faults(&schema, &json!({ "n": "1" }))[0].0, "/n");
        assert!(compiled(&json!({ "type": "nothing" })).is_err());
        assert!(compiled(&json!({ "$ref": "http://127.0.0.1:1/schema" })).is_err());
    }
}
