//! An HTTP request as a node describes it.

use crate::model::xflow_node::NodeKind;
use crate::xflow::evaluate::Roots;
use crate::xflow::evaluate::as_text;
use crate::xflow::step::Step;
use crate::xflow::step::reader::Reader;
use crate::xflow::template::Part;
use crate::xflow::template::Template;
use percent_encoding::AsciiSet;
use percent_encoding::NON_ALPHANUMERIC;
use percent_encoding::utf8_percent_encode;
use std::time::Duration;
use url::Url;

/// How long a request may take unless its node says otherwise, and the most it may say, in milliseconds.
const TIMES: (u64, u64) = (10_000, 30_000);
/// The methods there are.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// Headers that Torque sets itself, or that belong to the connection.
const RESERVED: [&str; 12] = [
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "keep-alive",
    "accept-encoding",
    "idempotency-key",
    "torque-cause",
];
/// What stands in an address as it is where an expression puts it.
pub const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An HTTP request, ready to be filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Http {
    /// The method.
    pub method: String,
    /// Where to.
    pub url: Template,
    /// Headers by name.
    pub headers: Vec<(String, Template)>,
    /// The body.
    pub body: Option<Template>,
    /// How long it may take.
    pub time: Duration,
    /// Whether connections are used again.
    pub is_kept: bool,
    /// Whether it would rather not be sent than be sent twice.
    pub at_most_once: bool,
}

impl Http {
    /// The roots that its expressions read.
    pub fn reads(&self, found: &mut Vec<(String, Option<String>)>) {
        self.url.reads(found);
        self.headers.iter().for_each(|(_, value)| value.reads(found));
        if let Some(body) = &self.body {
            body.reads(found);
        }
    }

    /// The secrets that it carries.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let mut reads = Vec::new();
        self.reads(&mut reads);
        secrets_of(reads)
    }

    /// Whether its address is made of secrets.
    #[must_use]
    pub fn address_reads_secrets(&self) -> bool {
        let mut reads = Vec::new();
        self.url.reads(&mut reads);
        !secrets_of(reads).is_empty()
    }

    /// The address. What an expression puts after the first words is one segment or value there, whatever it holds; an
    /// address that begins with an expression is that expression's to say.
    ///
    /// # Errors
    /// A sentence.
    pub fn address(&self, roots: &dyn Roots) -> Result<String, String> {
        let Template::Text(parts) = &self.url else {
            return Ok(as_text(&self.url.fill(roots)?));
        };
        let mut address = String::new();
        for part in parts {
            match part {
                Part::Words(words) => address.push_str(words),
                Part::Of(expression) => {
                    let text = as_text(&*expression.value(roots)?);
                    if address.is_empty() {
                        address.push_str(&text);
                    } else if matches!(text.as_str(), "." | "..") {
                        return Err(format!("{text:?} would lead to another place of the address"));
                    } else {
                        address.extend(utf8_percent_encode(&text, PLAIN));
                    }
                }
            }
        }
        Ok(address)
    }
}

impl Reader {
    /// Reads an HTTP request.
    pub(super) fn http(&mut self, kind: &NodeKind) -> Option<Step> {
        let NodeKind::HttpRequest {
            url,
            method,
            headers,
            body,
            timeout_ms,
            connection_pool,
            at_most_once,
        } = kind
        else {
            return None;
        };
        let address = match self.is_given("url", url) {
            true => self.text("url", url),
            false => None,
        };
        if let Some(Template::Constant(_)) = &address {
            self.address(url);
        }
        let method = method.to_ascii_uppercase();
        if !METHODS.contains(&method.as_str()) {
            self.say("method", "enum", format!("must be one of {}", METHODS.join(", ")));
        }
        if timeout_ms.is_some_and(|time| time == 0 || time > TIMES.1) {
            self.say("timeout_ms", "max", format!("must be between 1 and {}", TIMES.1));
        }
        let mut read = Vec::with_capacity(headers.len());
        for (name, value) in headers {
            let place = format!("headers.{name}");
            let lower = name.to_ascii_lowercase();
            let is_name = !name.is_empty() && name.bytes().all(is_of_name);
            if !is_name {
                self.say(&place, "name", format!("{name:?} is no name of a header"));
            } else if RESERVED.contains(&lower.as_str()) || lower.starts_with("proxy-") {
                self.say(&place, "read_only", format!("{name} is set by Torque itself"));
            } else if value.is_object() || value.is_array() {
                self.say(&place, "type", "the value of a header is a text");
            } else if let Some(value) = self.value(&place, value) {
                read.push((lower, value));
            }
        }
        let bodyless = matches!(method.as_str(), "GET" | "HEAD");
        if body.is_some() && bodyless {
            self.say("body", "unavailable", format!("a {method} request has no body"));
        }
        Some(Step::Http(Box::new(Http {
            method,
            url: address?,
            headers: read,
            body: body.as_ref().and_then(|body| self.value("body", body)),
            time: Duration::from_millis(timeout_ms.unwrap_or(TIMES.0)),
            is_kept: *connection_pool,
            at_most_once: *at_most_once,
        })))
    }

    fn address(&mut self, url: &str) {
        match Url::parse(url) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                self.say("url", "value", "must begin with http:// or https://");
            }
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                let message = "must hold no user and no password: use the header Authorization";
                self.say("url", "value", message);
            }
            Ok(_) => {}
            Err(error) => self.say("url", "value", format!("is no address: {error}")),
        }
    }
}

fn secrets_of(reads: Vec<(String, Option<String>)>) -> Vec<String> {
    let reads = reads.into_iter().filter(|(root, _)| root == "secrets");
    let mut names: Vec<String> = reads.filter_map(|(_, name)| name).collect();
    names.sort();
    names.dedup();
    names
}

/// A character of a header's name.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
