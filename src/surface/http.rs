//! The gate that every request passes, on every surface.
//!
//! In this order, and nothing of a body is read before it is through: a
//! request id, whether the server is stopping, whether Host and Origin are the
//! server's own, which door it came in by, and what the reply must carry. Who
//! asks is settled one step further in, in `surface/caller.rs`.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::surface::Surface;
use crate::surface::door::Door;
use crate::surface::origin;
use crate::surface::origin::Asked;
use crate::surface::origin::Verdict;
use crate::surface::page;
use crate::surface::problem;
use crate::telemetry;
use axum::extract::ConnectInfo;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::sync::Arc;

/// The header with the request's id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Ids that callers bring along are kept up to this length.
const LONGEST_REQUEST_ID: usize = 64;

/// What replies that say nothing else allow a browser to do with them: nothing.
const CLOSED_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// What a reply of 401 asks for. Browsers ask nobody for a password by it; they go to the sign-in page.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"torque\"");

/// A year in seconds, and only this host: its other names may not speak TLS.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// What the gate found out about a request; every later step finds it in the request's extensions.
#[derive(Debug, Clone)]
pub struct Passed {
    /// The request's id.
    pub request_id: Arc<str>,
    /// The address that asks.
    pub address: IpAddr,
    /// Whether the request was made on this machine with nothing in between.
    pub is_local: bool,
    /// Whether the browser speaks TLS.
    pub secure: bool,
    /// What is known about the page that made the request.
    pub origin: Arc<Verdict>,
    /// The door it came in by.
    pub door: Door,
}

/// The gate.
pub async fn gate(State(surface): State<Arc<Surface>>, mut request: Request, next: Next) -> Response {
    let request_id: Arc<str> = request_id(request.headers()).into();
    let wants_page = page::is_wanted(request.method(), request.headers());
    let is_health = surface.is_health(request.uri().path());
    let mut secure = surface.speaks_tls;
    let mut listed = None;
    let mut response = match admit(&surface, &request, Arc::clone(&request_id), is_health) {
        Err(error) if wants_page => page::refused(&error, &request_id),
        Err(error) => problem::respond(&error, "the gate", &request_id),
        Ok(passed) => {
            secure = passed.secure;
            if let Verdict::Listed(origin) = &*passed.origin {
                listed = HeaderValue::from_str(origin).ok();
            }
            if is_preflight(&request, listed.is_some()) {
                preflight()
            } else {
                request.extensions_mut().insert(passed);
                within_time(&surface, request, next, &request_id, is_health).await
            }
        }
    };
    if response.status() == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
    }
    finish(response.headers_mut(), &request_id, secure, listed);
    response
}

/// Lets the request through to its route, unless there is too much to do or it takes too long.
async fn within_time(
    surface: &Surface,
    request: Request,
    next: Next,
    request_id: &str,
    is_health: bool,
) -> Response {
    if is_health {
        return next.run(request).await;
    }
    let _under_way = surface.drain.enter();
    let work = async {
        // The semaphore is never closed; if it were, requests would not be held up by it.
        let _turn = surface.working.acquire().await.ok();
        next.run(request).await
    };
    match tokio::time::timeout(surface.request_timeout, work).await {
        Ok(response) => response,
        Err(_) => {
            let seconds = surface.request_timeout.as_secs();
            let error = Error::new(
                Code::Unavailable,
                format!("the request took longer than {seconds} s"),
            );
            problem::respond(&error, "a request", request_id)
        }
    }
}

fn admit(surface: &Surface, request: &Request, request_id: Arc<str>, is_health: bool) -> Result<Passed> {
    let headers = request.headers();
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(peer)| peer.ip())
        .ok_or_else(|| Error::bug("the connection's other end is unknown"))?;
    let client = surface.proxies.client(peer, headers);
    let secure = client.secure.unwrap_or(surface.speaks_tls);
    let asked = Asked {
        method: request.method(),
        uri: request.uri(),
        headers,
        forwarded_host: client.host,
        secure,
    };
    let (host, verdict) = surface.origins.judge(&asked)?;
    let listener = request.extensions().get::<Door>().copied();
    let door = surface.doors.of(
        listener,
        host,
        request.uri().path(),
        surface.is_shared(request.uri().path()),
    )?;
    if surface.drain.has_begun() && !is_health {
        return Err(Error::new(Code::Unavailable, "the server is stopping"));
    }
    Ok(Passed {
        request_id,
        address: client.address,
        is_local: client.is_local,
        secure,
        origin: Arc::new(verdict),
        door,
    })
}

/// The id a caller brought along, if it can stand in a log line, or a new one.
fn request_id(headers: &HeaderMap) -> String {
    origin::single(headers, &REQUEST_ID)
        .ok()
        .flatten()
        .filter(|id| !id.is_empty() && id.len() <= LONGEST_REQUEST_ID)
        .filter(|id| {
            id.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        })
        .map_or_else(telemetry::new_request_id, str::to_owned)
}

fn is_preflight(request: &Request, is_listed: bool) -> bool {
    is_listed
        && request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What a page of a listed origin may send. No cookies: it has to bring a key.
fn preflight() -> Response {
    (
        StatusCode::NO_CONTENT,
        [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, x-request-id",
            ),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ],
    )
        .into_response()
}

/// Puts on a reply what every reply carries; what a handler set stays.
fn finish(headers: &mut HeaderMap, request_id: &str, secure: bool, listed: Option<HeaderValue>) {
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(CLOSED_POLICY);
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    if let Some(origin) = listed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("x-request-id, retry-after"),
        );
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    } else {
        headers.insert(
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        );
    }
}

/// The reply to a path where nothing is.
pub async fn nothing_here(request: Request) -> Response {
    let error = Error::new(Code::NotFound, "there is nothing at this address");
    if page::is_wanted(request.method(), request.headers()) {
        return page::refused(&error, "");
    }
    let request_id = request
        .extensions()
        .get::<Passed>()
        .map_or_else(String::new, |passed| passed.request_id.to_string());
    problem::respond(&error, "an unknown path", &request_id)
}

/// The reply to a method that a path does not know.
pub async fn no_such_method() -> Response {
    problem::transport(
        StatusCode::METHOD_NOT_ALLOWED,
        "this address does not answer to that method",
    )
}

/// The reply when a handler panicked: the same as any fault.
pub fn panicked(panic: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let said = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a message".to_owned());
    problem::respond(
        &Error::bug(said),
        "a request that panicked",
        &telemetry::new_request_id(),
    )
}
