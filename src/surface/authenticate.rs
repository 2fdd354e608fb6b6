//! Who asks: from headers and cookies to a [`Caller`], before any body is read.
//!
//! A key comes in the header `Authorization`, a sign-in session in a cookie.
//! The editor's cookie counts for the server and not for applications; each
//! application has a cookie of its own. A cookie that counts no more is no
//! credential; a key that counts no more is refused.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::caller::Caller;
use crate::operation::caller::Origin;
use crate::operation::credential;
use crate::operation::directory::Application;
use crate::surface::Surface;
use crate::surface::http::Passed;
use crate::surface::origin;
use crate::surface::origin::Verdict;
use crate::surface::page;
use crate::surface::problem;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::extract::FromRequest;
use axum::extract::FromRequestParts;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// The application that a request's path names, and the session it came with.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Whether the path names an application at all.
    pub is_named: bool,
    /// The application, if there is one of that name.
    pub application: Option<Arc<Application>>,
    /// The value of the cookie that counts here.
    pub session: Option<Arc<str>>,
}

/// The step that settles who asks.
pub async fn authenticate(State(surface): State<Arc<Surface>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(passed) = parts.extensions.get::<Passed>().cloned() else {
        return problem::respond(&Error::bug("a request without a gate"), "authentication", "");
    };
    let wants_page = page::is_wanted(&parts.method, &parts.headers);
    match settle(&surface, &passed, &parts).await {
        Ok((caller, place)) => {
            let limit = surface.body_limit(&caller);
            if let Err(refusal) = body_may_be_read(&parts, limit, &passed.request_id) {
                return refusal;
            }
            parts.extensions.insert(caller);
            parts.extensions.insert(place);
            let mut request = Request::from_parts(parts, body);
            DefaultBodyLimit::max(limit).apply(&mut request);
            next.run(request).await
        }
        Err(error) if wants_page => page::refused(&error, &passed.request_id),
        Err(error) => problem::respond(&error, "authentication", &passed.request_id),
    }
}

async fn settle(surface: &Surface, passed: &Passed, parts: &Parts) -> Result<(Caller, Place)> {
    let named = surface.application_named_by(parts.uri.path());
    let mut place = Place {
        is_named: named.is_some(),
        application: named.and_then(|name| surface.torque.directory.find(name)),
        session: None,
    };
    let headers = &parts.headers;
    if let Some(authorization) = origin::single(headers, &header::AUTHORIZATION)? {
        let key = bearer(authorization)?;
        let holder = credential::holder(&surface.torque, key, Some(passed.address)).await?;
        let caller = holder.caller(Origin::JsonRpc, Some(passed.address), &*passed.request_id);
        return Ok((caller, place));
    }
    let slug = place
        .application
        .as_ref()
        .map(|application| application.slug.as_str());
    let cookie = cookie_name(passed.secure, slug);
    let session = (!place.is_named || place.application.is_some())
        .then(|| cookie_value(headers, &cookie))
        .flatten();
    if let Some(session) = session
        && counts(parts, &passed.origin)?
    {
        match credential::holder(&surface.torque, session, Some(passed.address)).await {
            Ok(holder) => {
                place.session = Some(session.into());
                let caller = holder.caller(Origin::JsonRpc, Some(passed.address), &*passed.request_id);
                return Ok((caller, place));
            }
            Err(error) if error.code == Code::Unauthenticated => {}
            Err(error) => return Err(error),
        }
    }
    let mut caller = Caller::anonymous(Origin::JsonRpc, &*passed.request_id);
    caller.address = Some(passed.address);
    Ok((caller, place))
}

/// Whether a cookie may be believed: pages of others cannot be what made the browser send it.
fn counts(parts: &Parts, verdict: &Verdict) -> Result<bool> {
    let changes = origin::is_unsafe(&parts.method) || parts.headers.contains_key(header::UPGRADE);
    match verdict {
        Verdict::Own => Ok(true),
        Verdict::Listed(_) => Ok(false),
        Verdict::Silent if changes => Err(Error::new(
            Code::Forbidden,
            "a sign-in counts only with an Origin or Sec-Fetch-Site of this server; programs use an API key",
        )),
        Verdict::Silent => Ok(true),
    }
}

/// The credential a request came with, for a socket, which outlives the request and asks about it again.
#[must_use]
pub fn presented(headers: &HeaderMap, place: &Place) -> Option<Arc<str>> {
    let authorization = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    match authorization.and_then(|authorization| bearer(authorization).ok()) {
        Some(key) => Some(key.into()),
        None => place.session.clone(),
    }
}

fn bearer(authorization: &str) -> Result<&str> {
    let (scheme, credential) = authorization.split_once(' ').unwrap_or((authorization, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(credential.trim());
    }
    Err(Error::new(
        Code::Unauthenticated,
        "send the API key as “Authorization: Bearer tq_…”",
    ))
}

/// The cookie of the editor, or of the application of that slug. `__Host-` ties it to this host and to TLS.
#[must_use]
pub fn cookie_name(secure: bool, application: Option<&str>) -> String {
    let lead = if secure { "__Host-" } else { "" };
    match application {
        Some(slug) => format!("{lead}torque-app-{slug}"),
        None => format!("{lead}torque"),
    }
}

/// The value of a cookie that a request carries.
#[must_use]
pub fn cookie_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(own, value)| (own == name).then_some(value))
}

/// What can be said about a body from its headers: its type, its coding, its size.
fn body_may_be_read(parts: &Parts, limit: usize, request_id: &str) -> std::result::Result<(), Response> {
    if !origin::is_unsafe(&parts.method) {
        return Ok(());
    }
    let headers = &parts.headers;
    let text = |name: &header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if !text(&header::CONTENT_TYPE).is_some_and(is_json) {
        return Err(problem::transport(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content type is application/json and nothing else",
        ));
    }
    if text(&header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
        return Err(problem::transport(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "compressed bodies are not accepted",
        ));
    }
    let declared = text(&header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit as u64) {
        return Err(problem::respond(&too_large(limit), "a body", request_id));
    }
    Ok(())
}

fn is_json(content_type: &str) -> bool {
    let (essence, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let parameters = parameters.trim();
    essence.trim().eq_ignore_ascii_case("application/json")
        && (parameters.is_empty() || parameters.eq_ignore_ascii_case("charset=utf-8"))
}

fn too_large(limit: usize) -> Error {
    Error::new(Code::TooLarge, format!("a body has at most {limit} bytes here")).with("limit", limit)
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Response> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(|| {
            problem::respond(
                &Error::bug("a route without authentication"),
                "authentication",
                "",
            )
        })
    }
}

/// A body that was announced as JSON, within the caller's limit. Whether it is JSON, the surface finds out.
pub struct JsonBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> std::result::Result<Self, Response> {
        let caller = request.extensions().get::<Caller>();
        let request_id = caller.map_or_else(String::new, |caller| caller.request_id.clone());
        Bytes::from_request(request, state)
            .await
            .map(JsonBody)
            .map_err(|rejection| {
                let error = match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => {
                        Error::new(Code::TooLarge, "the body is larger than this caller may send")
                    }
                    _ => Error::new(Code::BadRequest, "the body could not be read to its end"),
                };
                problem::respond(&error, "a body", &request_id)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_json() {
        for (content_type, good) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=latin1", false),
            ("application/json, text/plain", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("application/json-patch+json", false),
            ("", false),
        ] {
            assert_eq!(is_json(content_type), good, "{content_type}");
        }
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append("cookie", "a=1; torque-app-x=2; xtorque=3".parse().unwrap());
        headers.append("cookie", "torque=ts_4".parse().unwrap());
        assert_eq!(cookie_value(&headers, "torque"), Some("ts_4"));
        assert_eq!(cookie_value(&headers, "torque-app-x"), Some("2"));
        assert_eq!(cookie_value(&headers, "torque-app-y"), None);
    }

    #[test]
    fn only_the_scheme_bearer_carries_a_key() {
        assert_eq!(bearer("Bearer tq_x").unwrap(), "tq_x");
        assert_eq!(bearer("bearer  tq_x").unwrap(), "tq_x");
        for wrong in ["Basic dXNlcg==", "tq_x", "", "Bearertq_x"] {
            assert_eq!(bearer(wrong).unwrap_err().code, Code::Unauthenticated, "{wrong}");
        }
    }
}
