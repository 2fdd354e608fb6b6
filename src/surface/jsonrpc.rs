//! JSON-RPC 2.0: the runtime's surface, over HTTP and over WebSocket.
//!
//! Translates, never decides: a text becomes calls, each call an operation of
//! the registry, each reply's bytes go into an envelope unread. Calls of a batch
//! are answered in their order; reads that stand side by side run at once,
//! a write waits for what stands before it and is waited for by what follows.

mod call;
pub mod reference;

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Performing;
use crate::operation::Reach;
use crate::operation::Reply;
use crate::operation::Torque;
use crate::operation::caller::Caller;
use crate::operation::caller::Permission;
use crate::operation::directory::Application;
use crate::surface::jsonrpc::call::Batch;
use crate::surface::jsonrpc::call::Call;
use crate::surface::jsonrpc::call::members;
use crate::surface::problem;
use axum::body::Body;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use serde_json::Value;
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;

/// How many reads of one batch run at once.
const READS_AT_ONCE: usize = 16;

/// An operation that a surface performs itself, such as `subscribe` on a socket; none leaves it to the registry.
pub type Own<'s> = dyn for<'a> Fn(Ask<'a>, &'static Operation) -> Option<Performing<'a>> + Send + Sync + 's;

/// The reply to a text: what goes back, and why when a single call was refused.
#[derive(Debug)]
pub struct Answer {
    /// The reply's JSON.
    pub body: Bytes,
    /// How HTTP tells of it when the whole text was one refused call.
    pub refused: Option<Refused>,
}

/// A refusal, as far as HTTP tells of it.
#[derive(Debug)]
pub struct Refused {
    /// The error's code.
    code: Code,
    /// The header that says when trying again makes sense.
    retry_after: Option<(HeaderName, HeaderValue)>,
}

impl From<&Error> for Refused {
    fn from(error: &Error) -> Self {
        Self {
            code: error.code,
            retry_after: problem::retry_after(error),
        }
    }
}

/// Where a text came in.
#[derive(Clone, Copy)]
pub struct Site<'s> {
    /// The running Torque.
    pub torque: &'s Torque,
    /// Whoever asks.
    pub caller: &'s Caller,
    /// The application whose endpoint it is; none at the endpoint for all.
    pub application: Option<&'s Arc<Application>>,
    /// Whether it is the endpoint of an application that does not exist: then every call is refused.
    pub is_nowhere: bool,
    /// What the surface performs itself.
    pub own: Option<&'s Own<'s>>,
}

/// Answers one text: a call, a notification or a batch. Nothing when nothing is to be answered.
pub async fn dispatch(site: Site<'_>, text: &[u8]) -> Option<Answer> {
    let raw = match std::str::from_utf8(text)
        .map_err(|_| "the text is not UTF-8".to_owned())
        .and_then(|text| serde_json::from_str::<&RawValue>(text).map_err(|error| error.to_string()))
    {
        Ok(raw) => raw,
        Err(reason) => {
            return Some(refusal(
                problem::PARSE_ERROR,
                &format!("the text is no JSON: {reason}"),
                None,
            ));
        }
    };
    if raw.get().starts_with('[') {
        return batch(site, raw).await;
    }
    answer(site, Call::read(raw)).await
}

/// Answers a text that came over HTTP.
pub async fn serve(site: Site<'_>, text: &[u8]) -> Response {
    respond(dispatch(site, text).await)
}

/// An answer as an HTTP reply.
#[must_use]
pub fn respond(answer: Option<Answer>) -> Response {
    let mut response = Response::new(Body::empty());
    let Some(answer) = answer else {
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // Clients of JSON-RPC read the body of a 200 only, so refusals are 200, except where
    // proxies, browsers and load balancers have to see that nothing was asked at all.
    if let Some(Refused { code, retry_after }) = answer.refused
        && matches!(
            code,
            Code::Unauthenticated | Code::Unavailable | Code::RateLimited | Code::TooLarge
        )
    {
        headers.extend(retry_after);
        *response.status_mut() = problem::problem(code).http;
    }
    *response.body_mut() = Body::from(answer.body);
    response
}

/// The reply to a text whose application does not exist.
///
/// Without a credential it is the answer that a private application gives before it has read anything, so that
/// nobody can ask which exist. Whoever is known is answered call by call.
pub async fn nowhere(torque: &Torque, caller: &Caller, text: &[u8]) -> Option<Answer> {
    if caller.is_anonymous() {
        return Some(no_application(caller));
    }
    let site = Site {
        torque,
        caller,
        application: None,
        is_nowhere: true,
        own: None,
    };
    dispatch(site, text).await
}

/// The reply to a request for an application that does not exist, when there is no text.
#[must_use]
pub fn no_application(caller: &Caller) -> Answer {
    let error = no_such_application(caller);
    Answer {
        body: error_body(&error, "an unknown application", &caller.request_id, None).into(),
        refused: Some(Refused::from(&error)),
    }
}

async fn batch(site: Site<'_>, raw: &RawValue) -> Option<Answer> {
    let limits = &site.torque.config.jsonrpc;
    if !limits.enable_batch_requests {
        return Some(refusal(
            problem::INVALID_REQUEST,
            "batches are switched off here",
            None,
        ));
    }
    let most = limits.max_batch_size;
    let calls = match (Batch { most }).read(raw) {
        Ok(calls) if calls.is_empty() => {
            return Some(refusal(problem::INVALID_REQUEST, "the batch is empty", None));
        }
        Ok(calls) => calls,
        Err(count) => {
            let reason = format!("the batch has {count} calls and at most {most} are allowed");
            return Some(refusal(problem::INVALID_REQUEST, &reason, None));
        }
    };
    // Collected: a lazy map held over an await would make this future impossible to spawn.
    let calls: Vec<_> = calls.into_iter().map(Call::read).collect();
    let mut calls = calls.into_iter().peekable();
    let mut body = vec![b'['];
    while let Some(first) = calls.next() {
        let mut side_by_side = vec![first];
        if is_read(&side_by_side[0]) {
            while side_by_side.len() < READS_AT_ONCE
                && let Some(next) = calls.next_if(is_read)
            {
                side_by_side.push(next);
            }
        }
        let answers: Vec<_> = side_by_side.into_iter().map(|call| answer(site, call)).collect();
        let mut answers = stream::iter(answers).buffered(READS_AT_ONCE);
        while let Some(answer) = answers.next().await {
            let Some(answer) = answer else { continue };
            if body.len() > 1 {
                body.push(b',');
            }
            body.extend_from_slice(&answer.body);
        }
    }
    body.push(b']');
    (body.len() > 2).then(|| Answer {
        body: body.into(),
        refused: None,
    })
}

fn is_read(call: &std::result::Result<Call<'_>, call::NoCall<'_>>) -> bool {
    match call {
        Err(_) => true,
        Ok(call) => {
            operation::by_name(&call.method).is_none_or(|operation| operation.permission <= Permission::Read)
        }
    }
}

async fn answer(site: Site<'_>, call: std::result::Result<Call<'_>, call::NoCall<'_>>) -> Option<Answer> {
    let call = match call {
        Ok(call) => call,
        Err(no_call) => return Some(refusal(problem::INVALID_REQUEST, &no_call.reason, no_call.id)),
    };
    let Some(operation) = operation::by_name(&call.method).filter(|operation| stands_here(site, operation))
    else {
        let id = call.id?;
        return Some(refusal(
            problem::METHOD_NOT_FOUND,
            &missing(&call.method),
            Some(id),
        ));
    };
    let outcome = perform(site, operation, call.params).await;
    let id = call.id;
    match (outcome, id) {
        (Ok(_), None) => None,
        (Ok(Reply(result)), Some(id)) => {
            let mut body = Vec::with_capacity(result.len() + id.len() + 36);
            body.extend_from_slice(br#"{"jsonrpc":"2.0","result":"#);
            body.extend_from_slice(&result);
            body.extend_from_slice(br#","id":"#);
            body.extend_from_slice(id.as_bytes());
            body.push(b'}');
            Some(Answer {
                body: body.into(),
                refused: None,
            })
        }
        (Err(error), id) => {
            let body = error_body(&error, operation.name, &site.caller.request_id, id);
            id?;
            Some(Answer {
                body: body.into(),
                refused: Some(Refused::from(&error)),
            })
        }
    }
}

/// Whether an operation is asked at this endpoint: an application's has nothing that concerns the server.
fn stands_here(site: Site<'_>, operation: &Operation) -> bool {
    site.application.is_none() || operation.reach != Reach::Server
}

fn missing(method: &str) -> String {
    let shown: String = method.chars().filter(|c| !c.is_control()).take(80).collect();
    match operation::by_name(method) {
        Some(_) => format!("{shown} is asked of the server, not of one application"),
        None => format!("there is no method “{shown}”"),
    }
}

async fn perform(site: Site<'_>, operation: &'static Operation, params: Option<&RawValue>) -> Result<Reply> {
    operation::measured(operation, site.caller, perform_at(site, operation, params)).await
}

async fn perform_at(
    site: Site<'_>,
    operation: &'static Operation,
    params: Option<&RawValue>,
) -> Result<Reply> {
    if site.is_nowhere {
        return Err(no_such_application(site.caller));
    }
    let nothing = RawValue::NULL;
    let empty: Box<RawValue>;
    let mut params = match params {
        Some(params) => params,
        None => {
            empty = RawValue::from_string("{}".to_owned()).unwrap_or_else(|_| nothing.to_owned());
            &empty
        }
    };
    let mut application = site.application.cloned();
    let rest: Box<RawValue>;
    if application.is_none()
        && operation.reach != Reach::Server
        && let Some((named, without)) = taken_out(params)?
    {
        let found = site.torque.directory.find(&named);
        application = Some(found.ok_or_else(|| no_such_application(site.caller))?);
        rest = without;
        params = &rest;
    }
    let ask = operation::admit(site.torque, site.caller, application.as_ref(), operation, params)?;
    match site.own.and_then(|own| own(ask, operation)) {
        Some(performing) => performing.await,
        None => operation::carry_out(ask, operation).await,
    }
}

fn no_such_application(caller: &Caller) -> Error {
    match caller.require(Permission::Read, None) {
        Err(error) if caller.is_anonymous() => error,
        _ => Error::new(Code::NotFound, "there is no such application"),
    }
}

/// At the endpoint for all applications, `applicationId` names the one meant; the operation does not see it.
fn taken_out(params: &RawValue) -> Result<Option<(String, Box<RawValue>)>> {
    let Some(members) = members(params) else {
        return Ok(None);
    };
    let mut named = None;
    let mut rest = String::with_capacity(params.get().len());
    rest.push('{');
    for (key, value) in members {
        if key == "applicationId" && named.is_none() {
            let slug_or_id: String = serde_json::from_str(value.get())
                .map_err(|_| Error::new(Code::BadRequest, "applicationId must be a slug or an id"))?;
            named = Some(slug_or_id);
            continue;
        }
        if rest.len() > 1 {
            rest.push(',');
        }
        rest.push_str(&Value::from(key.as_ref()).to_string());
        rest.push(':');
        rest.push_str(value.get());
    }
    rest.push('}');
    let Some(named) = named else { return Ok(None) };
    let rest = RawValue::from_string(rest).map_err(Error::bug)?;
    Ok(Some((named, rest)))
}

fn error_body(error: &Error, what: &str, request_id: &str, id: Option<&str>) -> Vec<u8> {
    problem::log(error, what, request_id);
    envelope(
        problem::problem(error.code).rpc,
        problem::message(error),
        Value::Object(problem::facts(error, request_id)),
        id,
    )
}

fn refusal(code: i64, message: &str, id: Option<&str>) -> Answer {
    Answer {
        body: envelope(code, message, json!({ "code": Code::BadRequest.name() }), id).into(),
        refused: None,
    }
}

fn envelope(code: i64, message: &str, data: Value, id: Option<&str>) -> Vec<u8> {
    let error = json!({ "code": code, "message": message, "data": data });
    let id = id.unwrap_or("null");
    format!(r#"{{"jsonrpc":"2.0","error":{error},"id":{id}}}"#).into_bytes()
}
