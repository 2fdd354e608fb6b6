//! Webhooks: addresses whose requests start an xflow, and how their senders prove who they are.

use crate::model::is_false;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

/// The longest path.
pub const LONGEST_PATH: usize = 200;
/// The methods there are.
pub const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
/// The longest replay window in seconds: a day.
pub const LONGEST_TOLERANCE: u32 = 86_400;
/// The longest that a sender waits for a Respond node, in milliseconds.
pub const LONGEST_WAIT: u32 = 25_000;

/// Starts an xflow when a request comes to `/hooks/{application}/{path}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookTrigger {
    /// The xflow's own name for it; what has fired is known by it over all versions.
    #[serde(default)]
    pub id: String,
    /// Whether it starts anything.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The last part of its address: `orders/paid`. No other webhook of the model has the same.
    #[serde(default)]
    pub path: String,
    /// The methods it takes: POST unless said otherwise.
    #[serde(default = "post")]
    pub methods: Vec<String>,
    /// The application's secrets that requests may be signed with: one, or two while a sender changes from one to the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// Whether anybody may start it: requests are not signed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unsigned: bool,
    /// How requests are signed.
    #[serde(default)]
    pub scheme: SignatureScheme,
    /// The header with the signature, where it is not the scheme's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_header: Option<String>,
    /// The header with the time of the signature in seconds, where it is not `webhook-timestamp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_header: Option<String>,
    /// The header by which a request that is sent again is known, where it is not the scheme's own or `idempotency-key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_header: Option<String>,
    /// How far the time of a signature may be from the server's, in seconds.
    #[serde(default = "five_minutes")]
    pub tolerance_seconds: u32,
    /// How long a sender waits for a Respond node, in milliseconds; then it gets the execution's id.
    #[serde(default = "ten_seconds")]
    pub timeout_ms: u32,
}

/// How requests are signed: always HMAC with SHA-256.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignatureScheme {
    /// Standard Webhooks: `id.timestamp.body`, as base64 after `v1,` in `webhook-signature`.
    #[default]
    Standard,
    /// `timestamp.body`, as hexadecimal digits or base64 in `webhook-signature`.
    Timestamp,
    /// As GitHub does: the body, as hexadecimal digits after `sha256=` in `x-hub-signature-256`; it has no time.
    Github,
}

impl WebhookTrigger {
    /// The header with the signature, in lower case.
    #[must_use]
    pub fn signature_header(&self) -> String {
        let own = match self.scheme {
            SignatureScheme::Github => "x-hub-signature-256",
            _ => "webhook-signature",
        };
        lower(self.signature_header.as_deref(), own)
    }

    /// The header with the time, in lower case.
    #[must_use]
    pub fn timestamp_header(&self) -> String {
        lower(self.timestamp_header.as_deref(), "webhook-timestamp")
    }

    /// The header with the id, in lower case.
    #[must_use]
    pub fn id_header(&self) -> String {
        let own = match self.scheme {
            SignatureScheme::Github => "x-github-delivery",
            _ => "webhook-id",
        };
        lower(self.id_header.as_deref(), own)
    }
}

fn lower(given: Option<&str>, own: &str) -> String {
    given.unwrap_or(own).to_ascii_lowercase()
}

fn yes() -> bool {
    true
}

fn post() -> Vec<String> {
    vec!["POST".to_owned()]
}

fn five_minutes() -> u32 {
    300
}

fn ten_seconds() -> u32 {
    10_000
}
