//! Requests that carry secrets: opened when they are sent, and hidden in all that is kept of them.

use crate::engine::job::Job;
use crate::engine::scope::Scope;
use crate::engine::step::Failure;
use crate::engine::step::http;
use crate::engine::step::http::Send;
use crate::operation::Torque;
use crate::xflow::evaluate::Roots;
use crate::xflow::step::Http;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use serde_json::Map;
use serde_json::Value;
use std::collections::HashMap;
use url::Url;
use url::form_urlencoded;

/// What stands where a secret stood.
const HIDDEN: &str = "•••";
/// The shortest part of an address that is hidden.
const SHORTEST: usize = 4;

/// A request whose secrets are not opened yet, with everything else that its expressions read.
pub struct Filling {
    http: Http,
    secrets: Vec<String>,
    node: String,
    iteration: String,
    read: HashMap<(String, Option<String>), Value>,
}

impl Filling {
    /// Keeps what the request reads, until its secrets are there; none when it reads no secret.
    pub fn of(http: &Http, scope: &Scope<'_>, node: &str, iteration: &str) -> Option<Self> {
        let secrets = http.secrets();
        if secrets.is_empty() {
            return None;
        }
        let mut reads = Vec::new();
        http.reads(&mut reads);
        let mut read = HashMap::new();
        for (root, member) in reads {
            let value = match (root.as_str(), member.as_deref()) {
                ("secrets", _) => None,
                ("nodes", None) => {
                    let nodes = scope.nodes.iter();
                    Some(nodes.map(|(id, value)| (id.clone(), value.clone())).collect())
                }
                (root, member) => scope.get(root, member).cloned(),
            };
            if let Some(value) = value {
                read.insert((root, member), value);
            }
        }
        Some(Self {
            http: http.clone(),
            secrets,
            node: node.to_owned(),
            iteration: iteration.to_owned(),
            read,
        })
    }

    /// Opens the secrets and fills in the request.
    pub async fn filled(self, torque: &Torque, job: &Job) -> Result<Send, Failure> {
        let place = (job.application.id, job.application.slug.as_str());
        let values = torque.vault.values(&torque.db, place, &self.secrets).await;
        let values = values.map_err(|error| {
            let mut failure = Failure::from(error);
            if !failure.may_pass || failure.code == "conflict" {
                "secret".clone_into(&mut failure.code);
                failure.may_pass = false;
            }
            failure
        })?;
        let mut hidden = Hidden::of(values.values());
        let opened = Opened {
            read: &self.read,
            secrets: values
                .into_iter()
                .map(|(name, value)| (name, Value::from(value)))
                .collect(),
        };
        let filled = http::filled(&self.http, &opened, job, &self.node, &self.iteration);
        let mut send = filled.map_err(|failure| hidden.failure(failure))?;
        if self.http.address_reads_secrets() {
            hidden.add_address(&send.request.url);
        }
        send.hidden = hidden;
        Ok(send)
    }
}

/// What the expressions of such a request see.
struct Opened<'f> {
    read: &'f HashMap<(String, Option<String>), Value>,
    secrets: Map<String, Value>,
}

impl Roots for Opened<'_> {
    fn get(&self, root: &str, member: Option<&str>) -> Option<&Value> {
        if root == "secrets" {
            return self.secrets.get(member?);
        }
        let key = (root.to_owned(), member.map(str::to_owned));
        self.read.get(&key).or_else(|| {
            let whole = self.read.get(&(root.to_owned(), None))?;
            whole.get(member?)
        })
    }
}

/// What must be seen nowhere, in the forms that requests and answers write it in.
#[derive(Default)]
pub struct Hidden {
    texts: Vec<String>,
    address: bool,
}

impl Hidden {
    fn of<'v>(values: impl Iterator<Item = &'v String>) -> Self {
        let mut texts = Vec::new();
        for value in values {
            let json = Value::from(value.as_str()).to_string();
            texts.extend([
                value.clone(),
                value.trim().to_owned(),
                json[1..json.len() - 1].to_owned(),
                utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
                utf8_percent_encode(value, crate::xflow::step::PLAIN).to_string(),
                form_urlencoded::byte_serialize(value.as_bytes()).collect(),
                STANDARD.encode(value).trim_end_matches('=').to_owned(),
                URL_SAFE_NO_PAD.encode(value),
            ]);
        }
        let mut hidden = Self {
            texts,
            address: false,
        };
        hidden.sort();
        hidden
    }

    /// An address that is made of a secret is hidden as a whole.
    fn add_address(&mut self, url: &Url) {
        self.address = true;
        let parts = [
            Some(url.as_str()),
            url.host_str(),
            Some(url.path()),
            url.query(),
            url.fragment(),
        ];
        let parts = parts.into_iter().flatten();
        (self.texts).extend(parts.filter(|part| part.len() >= SHORTEST).map(str::to_owned));
        self.sort();
    }

    /// The longer ones first: what one is part of is hidden as a whole.
    fn sort(&mut self) {
        self.texts.retain(|text| !text.is_empty());
        self.texts
            .sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        self.texts.dedup();
    }

    /// A text without them.
    pub fn text(&self, text: String) -> String {
        let mut text = text;
        for hidden in &self.texts {
            if text.contains(hidden.as_str()) {
                text = text.replace(hidden.as_str(), HIDDEN);
            }
        }
        text
    }

    /// A body without them.
    pub fn body(&self, body: Bytes) -> Bytes {
        if self.texts.is_empty() {
            return body;
        }
        match std::str::from_utf8(&body) {
            Ok(text) => Bytes::from(self.text(text.to_owned())),
            Err(_) => {
                let mut body = body.to_vec();
                for hidden in &self.texts {
                    body = replaced(&body, hidden.as_bytes());
                }
                Bytes::from(body)
            }
        }
    }

    /// A value without them, names of members included.
    pub fn value(&self, value: Value) -> Value {
        if self.texts.is_empty() {
            return value;
        }
        match value {
            Value::String(text) => Value::from(self.text(text)),
            Value::Array(items) => items.into_iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => Value::Object(self.members(members)),
            Value::Number(number) => {
                let text = number.to_string();
                match self.texts.iter().any(|hidden| text.contains(hidden.as_str())) {
                    true => Value::from(HIDDEN),
                    false => Value::Number(number),
                }
            }
            plain => plain,
        }
    }

    fn members(&self, members: Map<String, Value>) -> Map<String, Value> {
        let mut shown = Map::with_capacity(members.len());
        for (name, value) in members {
            let value = match (name.as_str(), &value) {
                ("url", Value::String(_)) if self.address => Value::from(HIDDEN),
                _ => self.value(value),
            };
            shown.insert(self.text(name), value);
        }
        shown
    }

    /// A failure without them.
    pub fn failure(&self, failure: Failure) -> Failure {
        Failure {
            message: self.text(failure.message),
            data: self.members(failure.data),
            ..failure
        }
    }
}

fn replaced(body: &[u8], hidden: &[u8]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        if body[at..].starts_with(hidden) {
            shown.extend_from_slice(HIDDEN.as_bytes());
            at += hidden.len();
        } else {
            shown.push(body[at]);
            at += 1;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_hidden_in_every_form_a_peer_may_send_it_back_in() {
        let secret = "p\"ss w/rd+1".to_owned();
        let hidden = Hidden::of(std::iter::once(&secret));
        let seen = json!({
            "plain": format!("x {secret} y"), "query": "a=p%22ss+w%2Frd%2B1", "path": "/p%22ss%20w%2Frd%2B1",
            "json": "{\"a\":\"p\\\"ss w/rd+1\"}", "base64": STANDARD.encode(&secret), "deep": [{ "p\"ss w/rd+1": 1 }],
        });
        let shown = hidden.value(seen);
        assert_eq!(
            shown,
            json!({
                "plain": "x ••• y", "query": "a=•••", "path": "/•••", "json": "{\"a\":\"•••\"}", "base64": "•••=",
                "deep": [{ "•••": 1 }],
            })
        );
        let number = Hidden::of(std::iter::once(&"1234567890".to_owned()));
        assert_eq!(number.value(json!([1_234_567_890, 5])), json!(["•••", 5]));
        let raw = [&[0xff_u8][..], b"1234567890", &[0xfe]].concat();
        let shown = number.body(Bytes::from(raw));
        assert_eq!(shown, [&[0xff_u8][..], "•••".as_bytes(), &[0xfe]].concat());
    }
}
