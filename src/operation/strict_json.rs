//! What JSON may hold that is meant for the database, whatever surface it came over.
//!
//! JSON allows more than can be stored or told apart: a key given twice, a
//! number beyond every float, U+0000, half of a surrogate pair, a thousand
//! levels. One walk over the text refuses each with its place, before anything
//! is made of it. Nothing is built: the text goes on as it came.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use serde::de::DeserializeSeed;
use serde::de::Deserializer;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// The most levels of objects and arrays.
pub const MAX_DEPTH: usize = 64;
/// The most keys of one object.
pub const MAX_KEYS: usize = 256;
/// The most values of one array.
pub const MAX_VALUES: usize = 10_000;

/// Refuses JSON that cannot be stored or told apart; `root` names it in the message.
pub fn check(json: &str, root: &str) -> Result<()> {
    let mut place = Place {
        steps: Vec::new(),
        root,
    };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let walked = Walk { place: &mut place }
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    walked.map_err(|error| {
        let message = error.to_string();
        let sentence = sentence(&message);
        let place = place.to_string();
        Error::new(Code::BadRequest, format!("{place}: {sentence}")).with("path", place)
    })
}

/// A parser's message without its place in the text: one line of JSON has no lines to count.
#[must_use]
pub fn sentence(message: &str) -> &str {
    let sentence = message.split(" at line ").next().unwrap_or(message);
    if sentence.ends_with("hex escape") {
        return "text must not contain half of a surrogate pair";
    }
    sentence
}

/// Whether a text or a name in it holds the character U+0000, which PostgreSQL keeps nowhere.
#[must_use]
pub fn holds_null(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_null),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_null(value)),
        _ => false,
    }
}

enum Step<'de> {
    Key(Cow<'de, str>),
    Index(usize),
}

/// Where the walk is; it stays where a refusal came up.
struct Place<'de, 'r> {
    steps: Vec<Step<'de>>,
    root: &'r str,
}

impl fmt::Display for Place<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root)?;
        for step in self.steps.iter().take(12) {
            match step {
                Step::Key(key) => {
                    let shown: String = key.chars().filter(|c| !c.is_control()).take(80).collect();
                    write!(f, ".{shown}")?;
                }
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        if self.steps.len() > 12 {
            f.write_str("…")?;
        }
        Ok(())
    }
}

struct Walk<'a, 'de, 'r> {
    place: &'a mut Place<'de, 'r>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_, 'de, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

fn text<E: serde::de::Error>(text: &str) -> std::result::Result<(), E> {
    if text.contains('\0') {
        return Err(E::custom("text must not contain U+0000"));
    }
    Ok(())
}

impl<'de> Visitor<'de> for Walk<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> std::result::Result<(), E> {
        if number.is_finite() {
            Ok(())
        } else {
            Err(E::custom("number out of range"))
        }
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> std::result::Result<(), E> {
        text(value)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> std::result::Result<(), A::Error> {
        deeper(self.place)?;
        for index in 0.. {
            self.place.steps.push(Step::Index(index));
            let value = values.next_element_seed(Walk { place: self.place })?;
            if value.is_some() && index >= MAX_VALUES {
                self.place.steps.pop();
                return Err(serde::de::Error::custom(format!(
                    "has more than {MAX_VALUES} values"
                )));
            }
            self.place.steps.pop();
            if value.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<(), A::Error> {
        deeper(self.place)?;
        let mut keys: Vec<Cow<'de, str>> = Vec::new();
        while let Some(key) = members.next_key_seed(Key)? {
            if keys.len() == MAX_KEYS {
                return Err(serde::de::Error::custom(format!("has more than {MAX_KEYS} keys")));
            }
            text::<A::Error>(&key)?;
            keys.push(key.clone());
            self.place.steps.push(Step::Key(key));
            members.next_value_seed(Walk { place: self.place })?;
            self.place.steps.pop();
        }
        keys.sort_unstable();
        match keys.windows(2).find(|pair| pair[0] == pair[1]) {
            None => Ok(()),
            Some(twice) => {
                self.place.steps.push(Step::Key(twice[0].clone()));
                Err(serde::de::Error::custom("the key is given twice"))
            }
        }
    }
}

fn deeper<E: serde::de::Error>(place: &Place<'_, '_>) -> std::result::Result<(), E> {
    if place.steps.len() >= MAX_DEPTH {
        return Err(E::custom(format!("is nested more than {MAX_DEPTH} levels deep")));
    }
    Ok(())
}

/// A key, borrowed where the text holds it without escapes.
pub struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, key: &'de str) -> std::result::Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E>(self, key: &str) -> std::result::Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(json: &str) -> String {
        check(json, "params").unwrap_err().message
    }

    #[test]
    fn plain_json_passes_at_every_limit() {
        let nested = format!("{}1{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        let wide = format!("[{}]", vec!["1"; MAX_VALUES].join(","));
        let members: Vec<String> = (0..MAX_KEYS).map(|n| format!("\"k{n}\":0")).collect();
        let keys = format!("{{{}}}", members.join(","));
        let pair = r#"{"a":"\ud83d\ude00","b":[1,-2.5e3,true,null,{"a":"a"}]}"#;
        for json in [&*nested, &*wide, &*keys, pair, "1e308", "\"\"", "{}"] {
            check(json, "params").unwrap();
        }
    }

    #[test]
    fn each_refusal_names_its_place() {
        for (json, expected) in [
            (
                r#"{"data":{"a":1,"a":2}}"#,
                "params.data.a: the key is given twice",
            ),
            (
                r#"{"data":{"a":1,"\u0061":2}}"#,
                "params.data.a: the key is given twice",
            ),
            (r#"{"n":1e131071}"#, "params.n: number out of range"),
            (
                r#"{"t":["x","\u0000"]}"#,
                "params.t[1]: text must not contain U+0000",
            ),
            (r#"{"\u0000":1}"#, "params: text must not contain U+0000"),
            (
                r#"{"t":"\ud800"}"#,
                "params.t: text must not contain half of a surrogate pair",
            ),
            (
                r#"{"t":"\udc00 "}"#,
                "params.t: text must not contain half of a surrogate pair",
            ),
            (
                r#"{"t":"\ud800\u0041"}"#,
                "params.t: text must not contain half of a surrogate pair",
            ),
        ] {
            assert_eq!(refusal(json), expected, "{json}");
        }
    }

    #[test]
    fn what_is_too_deep_or_too_wide_is_refused() {
        let depth = MAX_DEPTH + 1;
        let nested = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(refusal(&nested).ends_with("is nested more than 64 levels deep"));
        let nested = format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(refusal(&nested).ends_with("is nested more than 64 levels deep"));
        let abyss = "[".repeat(1_000_000);
        assert!(refusal(&abyss).ends_with("is nested more than 64 levels deep"));
        let wide = format!("[{}]", vec!["1"; MAX_VALUES + 1].join(","));
        assert_eq!(refusal(&wide), "params: has more than 10000 values");
        let members: Vec<String> = (0..=MAX_KEYS).map(|n| format!("\"k{n}\":0")).collect();
        assert_eq!(
            refusal(&format!("{{{}}}", members.join(","))),
            "params: has more than 256 keys"
        );
    }

    #[test]
    fn a_character_is_found_and_its_spelling_is_not_taken_for_it() {
        assert!(holds_null(&json!({ "a": ["x", "a\0b"] })));
        assert!(holds_null(&json!({ "a\0": 1 })));
        assert!(!holds_null(&json!({ "a": "written \\u0000" })));
    }
}
