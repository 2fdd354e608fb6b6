//! Signing in and out over HTTP: the only routes that set a cookie.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::credential::sign_in;
use crate::operation::credential::sign_in::Session;
use crate::surface::Surface;
use crate::surface::assets;
use crate::surface::authenticate;
use crate::surface::authenticate::JsonBody;
use crate::surface::authenticate::Place;
use crate::surface::door::Door;
use crate::surface::http::Passed;
use crate::surface::origin::Verdict;
use crate::surface::problem;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// What the sign-in page sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    /// A link's secret or an API key; left out: the sign-in to the server that the browser has.
    #[serde(default)]
    credential: Option<String>,
    /// The application to sign in to, by slug or id.
    #[serde(default)]
    application: Option<String>,
}

/// What the page of a signed-in person sends to leave.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leave {
    /// The application to sign out of, by slug or id; left out: the server.
    #[serde(default)]
    application: Option<String>,
}

/// The sign-in page's style.
pub async fn style(headers: HeaderMap) -> Response {
    assets::respond_own(
        "text/css; charset=utf-8",
        include_str!("pages/page.css"),
        &headers,
    )
}

/// The sign-in page's script.
pub async fn script(headers: HeaderMap) -> Response {
    assets::respond_own(
        "text/javascript; charset=utf-8",
        include_str!("pages/page.js"),
        &headers,
    )
}

/// `POST /sign-in`: a link, a key or the browser's sign-in to the server becomes a session's cookie.
pub async fn sign_in(
    State(surface): State<Arc<Surface>>,
    Extension(passed): Extension<Passed>,
    Extension(place): Extension<Place>,
    JsonBody(body): JsonBody,
) -> Response {
    match enter(&surface, &passed, &place, &body).await {
        Ok(response) => response,
        Err(error) => problem::respond(&error, "a sign-in", &passed.request_id),
    }
}

async fn enter(surface: &Surface, passed: &Passed, place: &Place, body: &[u8]) -> Result<Response> {
    refuse_others(passed)?;
    let ask: Ask = read(body)?;
    let torque = &surface.torque;
    let application = match &ask.application {
        Some(asked) => Some(
            torque
                .directory
                .find(asked)
                .ok_or_else(|| Error::new(Code::NotFound, format!("there is no application “{asked}”")))?,
        ),
        None => None,
    };
    let wished = application.as_ref().map(|application| application.id);
    let session = match (&ask.credential, wished, &place.session) {
        (Some(credential), ..) => sign_in::sign_in(torque, credential, wished, Some(passed.address)).await?,
        (None, Some(application), Some(held)) => {
            sign_in::continue_in(torque, held, application, Some(passed.address)).await?
        }
        (None, ..) => return Err(Error::new(Code::BadRequest, "credential is missing")),
    };
    if session.application.is_none() && passed.door == Door::Applications {
        return Err(Error::new(
            Code::Forbidden,
            "this address is for applications; sign in at the server's own",
        ));
    }
    tracing::info!(
        request_id = &*passed.request_id,
        application = session.application.as_ref().map(|(_, slug)| slug.as_str()),
        permission = session.permission.name(),
        "someone signed in"
    );
    let path = match &session.application {
        Some((_, slug)) => surface.application_path(slug, passed.door),
        None => "/".to_owned(),
    };
    let cookie = cookie(passed.secure, &session);
    Ok((
        [(header::SET_COOKIE, cookie)],
        axum::Json(json!({ "path": path })),
    )
        .into_response())
}

/// `POST /sign-out`: ends the session and takes the cookie back.
pub async fn sign_out(
    State(surface): State<Arc<Surface>>,
    Extension(passed): Extension<Passed>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Response {
    match leave(&surface, &passed, &headers, &body).await {
        Ok(response) => response,
        Err(error) => problem::respond(&error, "a sign-out", &passed.request_id),
    }
}

async fn leave(surface: &Surface, passed: &Passed, headers: &HeaderMap, body: &[u8]) -> Result<Response> {
    refuse_others(passed)?;
    let ask: Leave = read(body)?;
    let application = ask
        .application
        .as_deref()
        .and_then(|asked| surface.torque.directory.find(asked));
    if ask.application.is_some() && application.is_none() {
        return Err(Error::new(Code::NotFound, "there is no such application"));
    }
    let name = authenticate::cookie_name(
        passed.secure,
        application
            .as_deref()
            .map(|application| application.slug.as_str()),
    );
    if let Some(held) = authenticate::cookie_value(headers, &name) {
        sign_in::sign_out(&surface.torque, held, Some(passed.address)).await?;
    }
    let gone = set_cookie(passed.secure, &name, "", 0);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

/// Pages of listed origins may ask operations with a key; signing a browser in is not theirs to do.
fn refuse_others(passed: &Passed) -> Result<()> {
    match &*passed.origin {
        Verdict::Own | Verdict::Silent => Ok(()),
        Verdict::Listed(_) => Err(Error::new(
            Code::Forbidden,
            "signing in starts from a page of this server",
        )),
    }
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T> {
    // What serde says may quote the input, and that may be a secret.
    serde_json::from_slice(body).map_err(|_| {
        Error::new(
            Code::BadRequest,
            "the body is a JSON object with credential, application or both",
        )
    })
}

fn cookie(secure: bool, session: &Session) -> HeaderValue {
    let slug = session.application.as_ref().map(|(_, slug)| slug.as_str());
    let name = authenticate::cookie_name(secure, slug);
    set_cookie(secure, &name, session.secret.expose(), session.lasts.as_secs())
}

fn set_cookie(secure: bool, name: &str, value: &str, seconds: u64) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}
