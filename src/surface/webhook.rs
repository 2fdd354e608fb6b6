//! `/hooks/{application}/{path}`: requests of other programs, as an operation takes them.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::caller::Caller;
use crate::operation::caller::Origin;
use crate::operation::webhook;
use crate::operation::webhook::Answer;
use crate::surface::Surface;
use crate::surface::http::Passed;
use crate::surface::problem;
use axum::Extension;
use axum::body::Body;
use axum::extract::Path;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;

/// A request to a webhook.
pub async fn receive(
    State(surface): State<Arc<Surface>>,
    Extension(passed): Extension<Passed>,
    Path((application, path)): Path<(String, String)>,
    request: Request,
) -> Response {
    let mut caller = Caller::anonymous(Origin::JsonRpc, &*passed.request_id);
    caller.address = Some(passed.address);
    match answered(&surface, &caller, &application, path, request).await {
        Ok(Answer::Accepted(id)) => {
            let body = json!({ "execution": id }).to_string();
            let kind = [(header::CONTENT_TYPE, "application/json")];
            (StatusCode::ACCEPTED, kind, body).into_response()
        }
        Ok(Answer::Said(answer)) => said(&answer),
        Ok(Answer::WrongMethod(allowed)) => {
            let message = format!("this webhook takes {allowed}");
            let mut response = problem::transport(StatusCode::METHOD_NOT_ALLOWED, &message);
            if let Ok(allowed) = HeaderValue::from_str(&allowed) {
                response.headers_mut().insert(header::ALLOW, allowed);
            }
            response
        }
        Err(error) => problem::respond(&error, "a webhook", &passed.request_id),
    }
}

async fn answered(
    surface: &Surface,
    caller: &Caller,
    application: &str,
    path: String,
    request: Request,
) -> Result<Answer> {
    let torque = &surface.torque;
    let application = (torque.directory.find(application))
        .ok_or_else(|| Error::new(Code::NotFound, "there is no webhook at this address"))?;
    let (parts, body) = request.into_parts();
    let limit = surface.body_limit(caller);
    let body = axum::body::to_bytes(body, limit).await.map_err(|_| {
        Error::new(
            Code::TooLarge,
            format!("the body could not be read, or has more than {limit} bytes"),
        )
    })?;
    let headers = parts.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let request = webhook::Request {
        method: parts.method.as_str().to_owned(),
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body,
    };
    webhook::receive(torque, caller, &application, request).await
}

/// What a Respond node says.
fn said(answer: &Value) -> Response {
    let (kind, body) = match &answer["body"] {
        Value::Null => (None, Body::empty()),
        Value::String(text) => (Some("text/plain; charset=utf-8"), Body::from(text.clone())),
        json => (Some("application/json"), Body::from(json.to_string())),
    };
    let mut response = Response::new(body);
    let status = answer["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    *response.status_mut() = status.unwrap_or(StatusCode::OK);
    if let Some(kind) = kind {
        let kind = HeaderValue::from_static(kind);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::try_from(name.as_str());
        let value = HeaderValue::try_from(value.as_str().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
