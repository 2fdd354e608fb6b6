//! The answer to a webhook as a node describes it.

use crate::model::xflow_node::NodeKind;
use crate::xflow::step::Step;
use crate::xflow::step::reader::Reader;
use crate::xflow::template::Template;

/// Headers that belong to the connection, or that protect the server's own origin.
const RESERVED: [&str; 10] = [
    "connection",
    "content-length",
    "content-security-policy",
    "keep-alive",
    "set-cookie",
    "strict-transport-security",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-request-id",
];

/// The answer to a webhook, ready to be filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Respond {
    /// The status.
    pub status: u16,
    /// Headers by name.
    pub headers: Vec<(String, Template)>,
    /// The body.
    pub body: Option<Template>,
}

impl Respond {
    /// The roots that its expressions read.
    pub fn reads(&self, found: &mut Vec<(String, Option<String>)>) {
        self.headers.iter().for_each(|(_, value)| value.reads(found));
        if let Some(body) = &self.body {
            body.reads(found);
        }
    }
}

impl Reader {
    /// Reads an answer.
    pub(super) fn respond(&mut self, kind: &NodeKind) -> Option<Step> {
        let NodeKind::Respond {
            status,
            headers,
            body,
        } = kind
        else {
            return None;
        };
        if !(200..=599).contains(status) {
            self.say("status", "max", "must be between 200 and 599");
        }
        let mut read = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let place = format!("headers.{name}");
            let lower = name.to_ascii_lowercase();
            let is_name = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            if !is_name {
                self.say(&place, "name", format!("{name:?} is no name of a header"));
            } else if RESERVED.contains(&lower.as_str()) || lower.starts_with("access-control-") {
                self.say(&place, "read_only", format!("{name} is set by Torque itself"));
            } else if value.is_object() || value.is_array() {
                self.say(&place, "type", "the value of a header is a text");
            } else if let Some(value) = self.value(&place, value) {
                read.push((lower, value));
            }
        }
        Some(Step::Respond(Box::new(Respond {
            status: *status,
            headers: read,
            body: body.as_ref().and_then(|body| self.value("body", body)),
        })))
    }
}
