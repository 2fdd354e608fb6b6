//! The one table: what each error code is on each wire.
//!
//! The match is exhaustive: a new [`Code`] does not compile until every wire
//! has a column for it. A fault of Torque's own shows an id only; its cause
//! goes to the log, once, here.

use crate::error::Code;
use crate::error::Error;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

/// JSON-RPC: the text is no JSON.
pub const PARSE_ERROR: i64 = -32700;
/// JSON-RPC: the JSON is no request.
pub const INVALID_REQUEST: i64 = -32600;
/// JSON-RPC: there is no such method.
pub const METHOD_NOT_FOUND: i64 = -32601;
/// JSON-RPC: the parameters do not fit the method.
pub const INVALID_PARAMS: i64 = -32602;

/// How a code shows on each wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub http: StatusCode,
    /// The JSON-RPC error code: positive but for wrong parameters, −32768…−32000 are JSON-RPC's own.
    pub rpc: i64,
    /// The exit code of the command line.
    pub exit: u8,
}

/// The row of a code.
#[must_use]
pub fn problem(code: Code) -> Problem {
    let (http, rpc, exit) = match code {
        Code::BadRequest => (StatusCode::BAD_REQUEST, INVALID_PARAMS, 2),
        Code::Unauthenticated => (StatusCode::UNAUTHORIZED, 401, 3),
        Code::Forbidden => (StatusCode::FORBIDDEN, 403, 3),
        Code::NotFound => (StatusCode::NOT_FOUND, 404, 4),
        Code::Conflict => (StatusCode::CONFLICT, 409, 5),
        Code::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, 422, 6),
        Code::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, 413, 6),
        Code::RateLimited => (StatusCode::TOO_MANY_REQUESTS, 429, 7),
        Code::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, 503, 7),
        Code::Bug => (StatusCode::INTERNAL_SERVER_ERROR, 500, 70),
    };
    Problem { http, rpc, exit }
}

/// Every row's code, in the order of the reference.
pub const CODES: [Code; 10] = [
    Code::BadRequest,
    Code::Unauthenticated,
    Code::Forbidden,
    Code::NotFound,
    Code::Conflict,
    Code::Invalid,
    Code::TooLarge,
    Code::RateLimited,
    Code::Unavailable,
    Code::Bug,
];

/// What the caller gets to know beside the message: the code, the broken rules, the facts.
#[must_use]
pub fn facts(error: &Error, request_id: &str) -> Map<String, Value> {
    let mut facts = Map::new();
    facts.insert("code".to_owned(), json!(error.code.name()));
    if error.code == Code::Bug {
        facts.insert("id".to_owned(), json!(request_id));
        return facts;
    }
    if !error.fields.is_empty() {
        facts.insert("fields".to_owned(), json!(error.fields));
    }
    for (name, fact) in &error.data {
        if name != "code" {
            facts.insert(name.clone(), fact.clone());
        }
    }
    facts
}

/// The sentence for the caller; of a fault of Torque's own nothing but that there was one.
#[must_use]
pub fn message(error: &Error) -> &str {
    match error.code {
        Code::Bug => "something went wrong inside Torque; the id finds it in the log",
        _ => &error.message,
    }
}

/// Writes to the log what its owner has to know: faults with their cause, and why Torque could not answer.
pub fn log(error: &Error, what: &str, request_id: &str) {
    let cause = || {
        let mut causes = Vec::new();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        causes.join(": ")
    };
    match error.code {
        Code::Bug => {
            tracing::error!(
                request_id,
                what,
                message = error.message,
                cause = cause(),
                "a fault"
            );
        }
        Code::Unavailable if error.cause.is_some() => {
            tracing::warn!(
                request_id,
                what,
                message = error.message,
                cause = cause(),
                "could not answer"
            );
        }
        Code::Unavailable => {
            tracing::info!(request_id, what, message = error.message, "could not answer");
        }
        code => {
            tracing::debug!(
                request_id,
                what,
                code = code.name(),
                message = error.message,
                "refused"
            );
        }
    }
}

/// The error as an HTTP reply of the type `application/problem+json`.
#[must_use]
pub fn respond(error: &Error, what: &str, request_id: &str) -> Response {
    log(error, what, request_id);
    let status = problem(error.code).http;
    let mut body = Map::new();
    body.insert("title".to_owned(), json!(status.canonical_reason()));
    body.insert("status".to_owned(), json!(status.as_u16()));
    body.insert("detail".to_owned(), json!(message(error)));
    body.append(&mut facts(error, request_id));
    let mut response = (status, Value::Object(body).to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some((name, value)) = retry_after(error) {
        headers.insert(name, value);
    }
    response
}

/// A refusal that only HTTP knows: the method, the type of the body.
#[must_use]
pub fn transport(status: StatusCode, detail: &str) -> Response {
    let body = json!({
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": detail,
        "code": Code::BadRequest.name(),
    });
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    response
}

/// The header that says when trying again makes sense, where it does: in the seconds that the refusal names.
#[must_use]
pub fn retry_after(error: &Error) -> Option<(header::HeaderName, HeaderValue)> {
    let usual = match error.code {
        Code::Unavailable => 1,
        Code::RateLimited => 60,
        _ => return None,
    };
    let named = error.data.get("retryAfter").and_then(Value::as_u64);
    Some((header::RETRY_AFTER, HeaderValue::from(named.unwrap_or(usual))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_in_the_table_once_and_apart_from_json_rpcs_own() {
        let mut rpc: Vec<i64> = CODES.iter().map(|code| problem(*code).rpc).collect();
        rpc.sort_unstable();
        rpc.dedup();
        assert_eq!(rpc.len(), CODES.len());
        for code in CODES {
            let row = problem(code);
            assert!(row.rpc == INVALID_PARAMS || row.rpc == i64::from(row.http.as_u16()));
            assert_ne!(row.exit, 0);
        }
    }

    #[test]
    fn a_fault_shows_its_id_and_nothing_of_its_cause() {
        let error = Error::bug("relation \"secret\" does not exist").with("sql", "select 1");
        let facts = facts(&error, "r-1");
        assert_eq!(Value::Object(facts), json!({ "code": "bug", "id": "r-1" }));
        assert!(!message(&error).contains("secret"));
    }
}
