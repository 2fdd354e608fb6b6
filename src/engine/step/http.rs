//! Nodes that send HTTP requests: one idempotency key for every attempt of a node's run.

use crate::egress::Answer;
use crate::egress::Egress;
use crate::egress::Fault;
use crate::egress::Request;
use crate::engine::job::Job;
use crate::engine::step::Failure;
use crate::engine::step::holds_null;
use crate::engine::step::secret::Hidden;
use crate::xflow::evaluate::Roots;
use crate::xflow::evaluate::as_text;
use crate::xflow::step::Http;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::Method;
use http::header;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use url::Url;

/// The largest body that is sent.
const MOST_BYTES: usize = 5 << 20;
/// The largest body that is kept of an answer that tells of a failure.
const MOST_BYTES_OF_FAILURE: usize = 64 << 10;
/// What stands for a value that is nobody's business.
const MASKED: &str = "[masked]";
/// The longest that a peer may ask to be left alone, in milliseconds.
const LONGEST_PAUSE: u64 = 300_000;
/// Parts of names whose values are masked.
const PRIVATE: [&str; 9] = [
    "auth",
    "cookie",
    "key",
    "password",
    "secret",
    "session",
    "signature",
    "token",
    "credential",
];

/// A request that a node sends.
pub struct Send {
    /// What is sent.
    pub request: Request,
    /// Whether it would rather not be sent than be sent twice.
    pub at_most_once: bool,
    /// What of it must be seen nowhere.
    pub hidden: Hidden,
}

/// Fills in a request; every attempt of the same node and iteration carries the same key.
pub fn filled(
    http: &Http,
    scope: &dyn Roots,
    job: &Job,
    node: &str,
    iteration: &str,
) -> Result<Send, Failure> {
    let wrong = |fault: String| Failure::new("expression", fault);
    let address = http.address(scope).map_err(wrong)?;
    let url = Url::parse(&address)
        .map_err(|error| Failure::new("url", format!("the url is no address: {error}")))?;
    let mut headers = HeaderMap::new();
    let mut set = |name: &str, value: &str| {
        let name = HeaderName::try_from(name)
            .map_err(|_| Failure::new("header", format!("{name:?} is no name of a header")))?;
        let value = HeaderValue::try_from(value).map_err(|_| {
            let message = format!("the value of the header {name} holds a character that it cannot hold");
            Failure::new("header", message)
        })?;
        headers.insert(name, value);
        Ok::<(), Failure>(())
    };
    set("accept", "application/json, */*;q=0.5")?;
    set("accept-encoding", "identity")?;
    set("user-agent", concat!("Torque/", env!("CARGO_PKG_VERSION")))?;
    let body = match &http.body {
        None => None,
        Some(body) => Some(body.fill(scope).map_err(wrong)?).filter(|body| !body.is_null()),
    };
    let body = match body {
        None => Bytes::new(),
        Some(Value::String(text)) => {
            set("content-type", "text/plain; charset=utf-8")?;
            Bytes::from(text)
        }
        Some(json) => {
            set("content-type", "application/json")?;
            Bytes::from(json.to_string())
        }
    };
    if body.len() > MOST_BYTES {
        let message = format!("the request has more than {MOST_BYTES} bytes");
        return Err(Failure::new("too_large", message));
    }
    for (name, value) in &http.headers {
        let value = value.fill(scope).map_err(wrong)?;
        if !value.is_null() {
            set(name, &as_text(&value))?;
        }
    }
    set("idempotency-key", &format!("{}.{node}.{iteration}", job.id))?;
    set("torque-cause", &job.cause())?;
    let method = Method::try_from(http.method.as_str())
        .map_err(|_| Failure::new("method", format!("{} is no method", http.method)))?;
    Ok(Send {
        request: Request {
            method,
            url,
            headers,
            body,
            time: http.time,
            is_kept: http.is_kept,
        },
        at_most_once: http.at_most_once,
        hidden: Hidden::default(),
    })
}

/// Sends a request; gives `{status, headers, body, request}`. An answer of 400 or more is a failure that holds them.
pub async fn send(egress: &Egress, job: &Job, send: &Send) -> Result<Value, Failure> {
    match answered(egress, job, send).await {
        Ok(value) => Ok(send.hidden.value(value)),
        Err(failure) => Err(send.hidden.failure(failure)),
    }
}

async fn answered(egress: &Egress, job: &Job, send: &Send) -> Result<Value, Failure> {
    let asked = asked(&send.request);
    let answer = (egress.send(&job.application.slug, send.request.clone()).await)
        .map_err(|fault| failed(fault, &asked, send.at_most_once))?;
    let answer = Answer {
        body: send.hidden.body(answer.body),
        ..answer
    };
    let status = answer.status;
    let pause = retry_after(&answer.headers);
    let mut told = told(answer)?;
    told.insert("request".to_owned(), asked);
    if !status.is_client_error() && !status.is_server_error() {
        return Ok(Value::Object(told));
    }
    let mut failure = Failure::new("http_status", format!("the peer answers {status}"));
    failure.may_pass =
        !send.at_most_once && (status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429));
    failure.data = told;
    if let Some(pause) = pause {
        failure
            .data
            .insert("retry_after_ms".to_owned(), Value::from(pause));
    }
    Err(failure)
}

/// What nobody knows the end of, and may not happen twice.
pub fn unknown() -> Failure {
    let message = "it is not known whether the peer got the request, and it may not be sent twice";
    Failure::new("unknown_outcome", message)
}

fn failed(fault: Fault, asked: &Value, at_most_once: bool) -> Failure {
    let mut failure = match at_most_once && fault.was_sent && fault.may_pass {
        true => {
            let mut failure = unknown();
            failure
                .data
                .insert("cause".to_owned(), Value::from(fault.message));
            failure
        }
        false => {
            let mut failure = Failure::new(fault.code, fault.message);
            failure.may_pass = fault.may_pass;
            failure
        }
    };
    failure.data.insert("request".to_owned(), asked.clone());
    failure
}

/// What the journal keeps of a request.
fn asked(request: &Request) -> Value {
    let mut url = request.url.clone();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    if pairs.iter().any(|(name, _)| is_private(name)) {
        let shown = pairs.iter().map(|(name, value)| match is_private(name) {
            true => (name.as_str(), MASKED),
            false => (name.as_str(), value.as_str()),
        });
        url.query_pairs_mut().clear().extend_pairs(shown);
    }
    json!({
        "method": request.method.as_str(),
        "url": url.as_str(),
        "headers": shown(&request.headers),
        "bytes": request.body.len(),
    })
}

/// Headers with private ones masked; several of one name as one text.
fn shown(headers: &HeaderMap) -> Map<String, Value> {
    let mut shown = Map::new();
    for name in headers.keys() {
        let text = match is_private(name.as_str()) && name != "idempotency-key" {
            true => MASKED.to_owned(),
            false => {
                let values = headers.get_all(name).iter();
                let texts: Vec<_> = values
                    .map(|value| String::from_utf8_lossy(value.as_bytes()))
                    .collect();
                texts.join(", ")
            }
        };
        shown.insert(name.as_str().to_owned(), Value::from(text));
    }
    shown
}

fn is_private(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PRIVATE.iter().any(|part| name.contains(part))
}

fn told(answer: Answer) -> Result<Map<String, Value>, Failure> {
    let kind = answer
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    let is_json = kind == "application/json" || kind.ends_with("+json");
    let is_error = answer.status.as_u16() >= 400;
    let mut told = Map::new();
    told.insert("status".to_owned(), Value::from(answer.status.as_u16()));
    told.insert("headers".to_owned(), Value::Object(shown(&answer.headers)));
    let body = match std::str::from_utf8(&answer.body) {
        Ok("") => Value::Null,
        Ok(text) if is_json => match serde_json::from_str(text) {
            Ok(value) => value,
            // What a failing peer says is told as it is.
            Err(_) if is_error => Value::from(text),
            Err(error) => {
                let message = format!("the answer calls itself JSON and is not: {error}");
                return Err(Failure::new("body", message));
            }
        },
        Ok(text) => Value::from(text),
        Err(_) => {
            told.insert("base64".to_owned(), Value::Bool(true));
            Value::from(STANDARD.encode(&answer.body))
        }
    };
    // A failure is kept whatever it holds: what the journal cannot take of it is left out.
    if is_error && !fits_a_failure(&body) {
        told.insert("body".to_owned(), Value::Null);
        told.insert("body_left_out".to_owned(), Value::Bool(true));
    } else {
        told.insert("body".to_owned(), body);
    }
    told.insert("url".to_owned(), Value::from(without_query(answer.url)));
    Ok(told)
}

fn fits_a_failure(body: &Value) -> bool {
    body.to_string().len() <= MOST_BYTES_OF_FAILURE && !holds_null(body)
}

fn without_query(mut url: Url) -> String {
    url.set_query(None);
    url.into()
}

/// How long the peer asks to be left alone, in milliseconds; dates are not read.
fn retry_after(headers: &HeaderMap) -> Option<u64> {
    let seconds: u64 = headers
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(seconds.saturating_mul(1_000).min(LONGEST_PAUSE))
}
