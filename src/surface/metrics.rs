//! The server's numbers, for whoever may see them: this machine, or a key.

use crate::operation::caller::Caller;
use crate::operation::caller::Permission;
use crate::surface::http::Passed;
use crate::surface::problem;
use crate::telemetry;
use axum::Extension;
use axum::http::HeaderValue;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;

/// `/metrics`: a credential for the whole server, or a request from this machine with nothing in between.
pub async fn metrics(Extension(passed): Extension<Passed>, caller: Caller) -> Response {
    if !passed.is_local
        && let Err(error) = caller.require(Permission::Read, None)
    {
        return problem::respond(&error, "metrics", &passed.request_id);
    }
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, content_type)], telemetry::render()).into_response()
}
