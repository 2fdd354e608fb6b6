//! Parameters, read strictly: what does not fit is named by its place, in a person's words.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// Reads parameters strictly: a wrong type, an unknown or a missing one is refused by its place.
///
/// # Errors
/// `bad_request` with the place as `path`.
pub fn read_params<T: DeserializeOwned>(params: &RawValue) -> Result<T> {
    // The places are kept only when there is something to say: keeping them costs every request.
    serde_json::from_str(params.get()).map_err(|error| {
        let mut deserializer = serde_json::Deserializer::from_str(params.get());
        match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            Err(placed) => refused(&placed.path().to_string(), &placed.inner().to_string()),
            // Only what follows the value was wrong.
            Ok(_) => refused("", &error.to_string()),
        }
    })
}

fn refused(path: &str, message: &str) -> Error {
    let message = message.split(" at line ").next().unwrap_or(message);
    let mut place = match path {
        "" | "." | "?" => "params".to_owned(),
        path if path.starts_with('[') => format!("params{path}"),
        path => format!("params.{path}"),
    };
    let sentence = match in_words(message) {
        Words::Of(sentence) => format!("{place} {sentence}"),
        Words::OfMember(member, sentence) => {
            // The path of an unknown member names it already, that of a missing one does not.
            if !place.ends_with(&format!(".{member}")) {
                place = format!("{place}.{member}");
            }
            format!("{place} {sentence}")
        }
        Words::Its(message) => format!("{place}: {message}"),
    };
    Error::new(Code::BadRequest, sentence).with("path", place)
}

enum Words<'m> {
    /// What follows the place.
    Of(String),
    /// What follows the place of one of its members.
    OfMember(&'m str, String),
    /// A message of a type of Torque's own.
    Its(&'m str),
}

/// A message of serde in a person's words.
fn in_words(message: &str) -> Words<'_> {
    if let Some(member) = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.strip_suffix('`'))
    {
        return Words::OfMember(member, "is missing".to_owned());
    }
    if let Some(rest) = message.strip_prefix("unknown field `") {
        let (member, expected) = rest.split_once('`').unwrap_or((rest, ""));
        let known = match names(expected).as_str() {
            "" => "; there are none here".to_owned(),
            known => format!("; there are {known}"),
        };
        return Words::OfMember(member, format!("is no parameter{known}"));
    }
    if let Some(rest) = message.strip_prefix("unknown variant `") {
        let (given, expected) = rest.split_once('`').unwrap_or((rest, ""));
        return Words::Of(format!("must be one of {}, not {given}", names(expected)));
    }
    let mismatch = ["invalid type: ", "invalid value: ", "invalid length "]
        .iter()
        .find_map(|start| message.strip_prefix(start))
        .and_then(|rest| rest.rsplit_once(", expected "));
    if let Some((given, expected)) = mismatch {
        return Words::Of(format!("must be {}, not {}", kind(expected), given_kind(given)));
    }
    if message.starts_with("UUID parsing failed") || message.starts_with("invalid UUID") {
        return Words::Of("must be a UUID".to_owned());
    }
    if message.starts_with("data did not match any variant") {
        return Words::Of("has none of the forms that are understood here".to_owned());
    }
    Words::Its(message)
}

/// The names that serde lists between backquotes.
fn names(expected: &str) -> String {
    let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    names.join(", ")
}

/// What serde expects, as JSON calls it.
fn kind(expected: &str) -> &str {
    match expected {
        "a string" | "a borrowed string" | "a character" => "text",
        "a boolean" => "true or false",
        "a map" => "an object",
        "a sequence" => "a list",
        "unit" => "null",
        "any valid JSON value" => "JSON",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        expected if expected.starts_with("struct ") || expected.starts_with("internally tagged") => {
            "an object"
        }
        expected if expected.contains("UUID") => "a UUID",
        expected => expected,
    }
}

fn given_kind(given: &str) -> &str {
    match given.split([' ', '`']).next().unwrap_or(given) {
        "string" => "text",
        "boolean" => "a truth value",
        "integer" | "floating" => given.split('`').nth(1).unwrap_or(given),
        "map" => "an object",
        "sequence" => "a list",
        "null" | "unit" | "Option" => "null",
        _ => given,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;
    use uuid::Uuid;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether they are read is looked at")]
    struct Params {
        name: String,
        #[serde(default)]
        id: Option<Uuid>,
        #[serde(default)]
        limit: Option<u32>,
        #[serde(default)]
        many: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether they are read is looked at")]
    struct Inner {
        order: Order,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Order {
        Asc,
        Desc,
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_place_in_plain_words() {
        for (params, path, sentence) in [
            (json!({}), "params.name", "params.name is missing"),
            (
                json!({ "name": 5 }),
                "params.name",
                "params.name must be text, not 5",
            ),
            (
                json!({ "name": "n", "nmae": 1 }),
                "params.nmae",
                "params.nmae is no parameter; there are name, id, limit, many",
            ),
            (
                json!({ "name": "n", "id": "x" }),
                "params.id",
                "params.id must be a UUID",
            ),
            (
                json!({ "name": "n", "limit": -1 }),
                "params.limit",
                "params.limit must be a whole number that is not negative, not -1",
            ),
            (
                json!({ "name": "n", "many": {} }),
                "params.many",
                "params.many must be a list, not an object",
            ),
            (
                json!({ "name": "n", "many": [{ "order": "asc" }, { "order": "up" }] }),
                "params.many[1].order",
                "params.many[1].order must be one of asc, desc, not up",
            ),
            (
                json!({ "name": "n", "many": [{}] }),
                "params.many[0].order",
                "params.many[0].order is missing",
            ),
            // By position, as JSON-RPC allows.
            (json!([1]), "params[0]", "params[0] must be text, not 1"),
        ] {
            let params = RawValue::from_string(params.to_string()).unwrap();
            let refusal = read_params::<Params>(&params).unwrap_err();
            assert_eq!(refusal.data["path"], path, "{}", refusal.message);
            assert_eq!(refusal.message, sentence);
        }
    }
}
