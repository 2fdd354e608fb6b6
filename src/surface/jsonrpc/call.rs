//! One call of JSON-RPC 2.0, read strictly from its text.

use crate::operation::strict_json::Key;
use serde::de::Deserializer;
use serde::de::IgnoredAny;
use serde::de::MapAccess;
use serde::de::SeqAccess;
use serde::de::Visitor;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The longest id that is sent back.
const MAX_ID: usize = 1_000;

/// A call whose envelope is in order.
#[derive(Debug)]
pub struct Call<'a> {
    /// What is asked.
    pub method: Cow<'a, str>,
    /// An object or an array, when there are parameters.
    pub params: Option<&'a RawValue>,
    /// The id's own text, `null` included; none makes the call a notification.
    pub id: Option<&'a str>,
}

/// Why a text is no call, with the id where it could be made out.
#[derive(Debug)]
pub struct NoCall<'a> {
    /// A sentence for the caller.
    pub reason: String,
    /// The id's own text.
    pub id: Option<&'a str>,
}

impl<'a> Call<'a> {
    /// Reads one call; `text` is known to be JSON.
    pub fn read(text: &'a RawValue) -> Result<Self, NoCall<'a>> {
        let nameless = |reason: &str| NoCall {
            reason: reason.to_owned(),
            id: None,
        };
        if !text.get().starts_with('{') {
            return Err(nameless("a request is an object"));
        }
        let mut deserializer = serde_json::Deserializer::from_str(text.get());
        let Ok(members) = deserializer.deserialize_map(Members) else {
            return Err(nameless("the request's keys cannot be read"));
        };
        let mut seen = [false; 4];
        let (mut version, mut method, mut params, mut id) = (None, None, None, None);
        let mut fault: Option<String> = None;
        for (key, value) in members {
            let (index, member) = match &*key {
                "jsonrpc" => (0, &mut version),
                "method" => (1, &mut method),
                "params" => (2, &mut params),
                "id" => (3, &mut id),
                _ => {
                    fault.get_or_insert(
                        "a request has jsonrpc, method, params and id, nothing else".to_owned(),
                    );
                    continue;
                }
            };
            if std::mem::replace(&mut seen[index], true) {
                fault.get_or_insert(format!("the key {key} is given twice"));
            }
            *member = Some(value);
        }
        let id = match id.map(readable_id) {
            None => None,
            Some(Some(id)) => Some(id),
            Some(None) => return Err(nameless("the id is a string, a number or null")),
        };
        if let Some(reason) = fault {
            return Err(NoCall { reason, id });
        }
        let refused = |reason: &str| NoCall {
            reason: reason.to_owned(),
            id,
        };
        if version.and_then(text_of).as_deref() != Some("2.0") {
            return Err(refused("jsonrpc must be \"2.0\""));
        }
        let Some(method) = method.and_then(text_of) else {
            return Err(refused("method must be a string"));
        };
        if params.is_some_and(|params| !params.get().starts_with(['{', '['])) {
            return Err(refused("params must be an object or an array"));
        }
        Ok(Call { method, params, id })
    }
}

fn text_of(value: &RawValue) -> Option<Cow<'_, str>> {
    let mut deserializer = serde_json::Deserializer::from_str(value.get());
    serde::de::DeserializeSeed::deserialize(Key, &mut deserializer).ok()
}

/// The id's own text, if it is a string, a number or null that can be sent back as it came.
fn readable_id(value: &RawValue) -> Option<&str> {
    let text = value.get();
    let readable = match text.as_bytes().first() {
        Some(b'"') => text_of(value).is_some(),
        Some(b'n') => true,
        Some(b'-' | b'0'..=b'9') => text.parse::<f64>().is_ok_and(f64::is_finite),
        _ => false,
    };
    (readable && text.len() <= MAX_ID).then_some(text)
}

/// The members of an object in their order, twice given ones included.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(4);
        while let Some(key) = map.next_key_seed(Key)? {
            if members.len() == 32 {
                return Err(serde::de::Error::custom("too many keys"));
            }
            members.push((key, map.next_value()?));
        }
        Ok(members)
    }
}

/// The members of an object of parameters, for a surface that takes one of them out.
///
/// Nothing when the text is no object.
pub fn members(params: &RawValue) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
    let mut deserializer = serde_json::Deserializer::from_str(params.get());
    deserializer.deserialize_map(Members).ok()
}

/// The calls of a batch, or how many there are when they are more than `most`.
pub struct Batch {
    /// The most calls that are collected.
    pub most: usize,
}

impl Batch {
    /// Reads the elements of an array, however many; `text` is known to be an array.
    pub fn read<'a>(&self, text: &'a RawValue) -> Result<Vec<&'a RawValue>, usize> {
        let mut deserializer = serde_json::Deserializer::from_str(text.get());
        match deserializer.deserialize_seq(Elements(self.most)) {
            Ok((calls, count)) if count <= self.most => Ok(calls),
            Ok((_, count)) => Err(count),
            Err(_) => Ok(Vec::new()),
        }
    }
}

struct Elements(usize);

impl<'de> Visitor<'de> for Elements {
    type Value = (Vec<&'de RawValue>, usize);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut calls = Vec::new();
        while calls.len() < self.0 {
            match seq.next_element::<&RawValue>()? {
                Some(call) => calls.push(call),
                None => {
                    let count = calls.len();
                    return Ok((calls, count));
                }
            }
        }
        let mut count = calls.len();
        while seq.next_element::<IgnoredAny>()?.is_some() {
            count += 1;
        }
        Ok((calls, count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        match Call::read(raw) {
            Ok(call) => format!(
                "{} {} {}",
                call.method,
                call.params.map_or("-", RawValue::get),
                call.id.unwrap_or("-")
            ),
            Err(NoCall { reason, id }) => format!("{reason} | {}", id.unwrap_or("-")),
        }
    }

    #[test]
    fn a_call_keeps_its_id_as_it_came() {
        for (id, kept) in [
            ("1", "1"),
            ("-7", "-7"),
            ("1.5", "1.5"),
            ("null", "null"),
            ("\"\"", "\"\""),
            (r#""é\"""#, r#""é\"""#),
        ] {
            let text = format!(r#"{{"jsonrpc":"2.0","method":"m","id":{id}}}"#);
            assert_eq!(read(&text), format!("m - {kept}"));
        }
        assert_eq!(read(r#"{"jsonrpc":"2.0","method":"m"}"#), "m - -");
        assert_eq!(
            read(r#"{"params":[1],"method":"m","jsonrpc":"2.0","id":1}"#),
            "m [1] 1"
        );
    }

    #[test]
    fn what_is_no_call_says_why_and_keeps_a_readable_id() {
        let bad_id = "the id is a string, a number or null | -";
        for (text, expected) in [
            ("1", "a request is an object | -"),
            ("\"x\"", "a request is an object | -"),
            ("[]", "a request is an object | -"),
            ("{}", "jsonrpc must be \"2.0\" | -"),
            (
                r#"{"jsonrpc":"1.0","method":"m","id":1}"#,
                "jsonrpc must be \"2.0\" | 1",
            ),
            (
                r#"{"jsonrpc":2.0,"method":"m","id":1}"#,
                "jsonrpc must be \"2.0\" | 1",
            ),
            (
                r#"{"jsonrpc":"2.0","method":1,"params":"bar"}"#,
                "method must be a string | -",
            ),
            (r#"{"jsonrpc":"2.0","id":"a"}"#, "method must be a string | \"a\""),
            (
                r#"{"jsonrpc":"2.0","method":"m","params":null,"id":1}"#,
                "params must be an object or an array | 1",
            ),
            (
                r#"{"jsonrpc":"2.0","method":"m","params":"bar","id":1}"#,
                "params must be an object or an array | 1",
            ),
            (r#"{"jsonrpc":"2.0","method":"m","id":{}}"#, bad_id),
            (r#"{"jsonrpc":"2.0","method":"m","id":[1]}"#, bad_id),
            (r#"{"jsonrpc":"2.0","method":"m","id":true}"#, bad_id),
            (r#"{"jsonrpc":"2.0","method":"m","id":1e131071}"#, bad_id),
            (r#"{"jsonrpc":"2.0","method":"m","id":"\ud800"}"#, bad_id),
            (
                r#"{"jsonrpc":"2.0","method":"m","method":"n","id":1}"#,
                "the key method is given twice | 1",
            ),
            (
                r#"{"jsonrpc":"2.0","method":"m","meta":{},"id":1}"#,
                "a request has jsonrpc, method, params and id, nothing else | 1",
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_batch_is_counted_whole_and_collected_up_to_its_limit() {
        let raw: &RawValue = serde_json::from_str("[1,{},[]]").unwrap();
        assert_eq!((Batch { most: 3 }).read(raw).unwrap().len(), 3);
        assert_eq!((Batch { most: 2 }).read(raw).unwrap_err(), 3);
    }
}
