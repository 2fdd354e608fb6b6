//! A request to a webhook: what of it is kept, and what expressions see.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::strict_json::holds_null;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::form_urlencoded;

/// The largest body that is kept to be replayed.
const MOST_KEPT: usize = 64 * 1024;
/// Headers that nobody is shown.
const PRIVATE: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "x-api-key"];

/// A request to a webhook.
pub struct Request {
    /// The method.
    pub method: String,
    /// The path behind the application.
    pub path: String,
    /// The query as it came.
    pub query: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// A header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    fn shown_headers(&self, hidden: &[String]) -> Map<String, Value> {
        let mut shown = Map::new();
        for (name, value) in &self.headers {
            if PRIVATE.contains(&name.as_str()) || hidden.contains(name) || name.ends_with("-signature") {
                continue;
            }
            match shown.get_mut(name) {
                Some(Value::String(before)) => {
                    before.push_str(", ");
                    before.push_str(value);
                }
                _ => {
                    shown.insert(name.clone(), Value::from(value.as_str()));
                }
            }
        }
        shown
    }

    /// What is kept of it, without what it was signed with; none when it is too large.
    pub fn kept(&self, hidden: &[String]) -> Option<Value> {
        (self.body.len() <= MOST_KEPT).then(|| {
            json!({
                "method": self.method, "path": self.path, "query": self.query,
                "headers": self.shown_headers(hidden), "body": STANDARD.encode(&self.body),
            })
        })
    }

    /// The request of a delivery.
    pub fn of(kept: &Value) -> Option<Self> {
        let text = |name: &str| kept[name].as_str().map(str::to_owned);
        let headers = kept["headers"].as_object()?.iter();
        Some(Self {
            method: text("method")?,
            path: text("path")?,
            query: text("query")?,
            headers: headers
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
                .collect(),
            body: Bytes::from(STANDARD.decode(text("body")?).ok()?),
        })
    }

    /// What expressions see of it as `trigger`.
    pub fn told(&self, hidden: &[String]) -> Result<Map<String, Value>> {
        let mut told = Map::new();
        told.insert("method".to_owned(), Value::from(self.method.as_str()));
        told.insert("path".to_owned(), Value::from(self.path.as_str()));
        told.insert("headers".to_owned(), Value::Object(self.shown_headers(hidden)));
        told.insert("query".to_owned(), fields(self.query.as_bytes()));
        let kind = self.header("content-type").unwrap_or_default();
        let kind = kind
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let body = if self.body.is_empty() {
            Value::Null
        } else if kind == "application/json" || kind.ends_with("+json") {
            serde_json::from_slice(&self.body).map_err(|error| {
                Error::new(
                    Code::BadRequest,
                    format!("the body calls itself JSON and is not: {error}"),
                )
            })?
        } else if kind == "application/x-www-form-urlencoded" {
            fields(&self.body)
        } else if let Ok(text) = std::str::from_utf8(&self.body) {
            Value::from(text)
        } else {
            told.insert("base64".to_owned(), Value::Bool(true));
            Value::from(STANDARD.encode(&self.body))
        };
        told.insert("body".to_owned(), body);
        if told.values().any(holds_null) {
            let message = "the request holds the character U+0000, which cannot be kept";
            return Err(Error::new(Code::BadRequest, message));
        }
        Ok(told)
    }
}

/// Fields by name; several of one name are a list.
fn fields(text: &[u8]) -> Value {
    let mut fields = Map::new();
    for (name, value) in form_urlencoded::parse(text) {
        let value = Value::from(value.into_owned());
        match fields.get_mut(name.as_ref()) {
            Some(Value::Array(several)) => several.push(value),
            Some(one) => *one = Value::Array(vec![one.take(), value]),
            None => {
                fields.insert(name.into_owned(), value);
            }
        }
    }
    Value::Object(fields)
}
