//! The pages: the editor, an application's runtime, and what is shown instead.
//!
//! The built pages get a fresh nonce for the Content Security Policy, and the
//! path that applications stand at; nothing else is put into them. The small pages of this file need no build.

use crate::error::Code;
use crate::error::Error;
use crate::operation::caller::Caller;
use crate::operation::caller::Permission;
use crate::operation::directory::Application;
use crate::surface::Surface;
use crate::surface::assets;
use crate::surface::authenticate::Place;
use crate::surface::door::Door;
use crate::surface::http::Passed;
use crate::surface::problem;
use crate::telemetry;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::Method;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Arc;

/// The text in a built page that becomes the nonce.
const NONCE: &str = "__TORQUE_NONCE__";
/// The text in the runtime's page that becomes the path of applications.
const APP_PATH: &str = "__TORQUE_APP_PATH__";

/// Whether the reply is for a person looking at a browser.
#[must_use]
pub fn is_wanted(method: &Method, headers: &HeaderMap) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
        && headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
}

/// `/`: the editor for administrators, the way in for everyone else.
pub async fn root(
    State(surface): State<Arc<Surface>>,
    Extension(passed): Extension<Passed>,
    caller: Caller,
) -> Response {
    if caller.permission_on_server() >= Permission::Admin {
        return match built("editor.html", &surface) {
            Some(page) => page,
            None => unbuilt(),
        };
    }
    let mut more = sign_in_form(None, false);
    more.push_str(&public_applications(&surface, passed.door));
    let message = match caller.is_anonymous() {
        true => {
            "Sign in to manage this server. Its first start printed a setup link; an administrator makes more."
        }
        false => "You are signed in, but not as an administrator. Sign in with another link or key.",
    };
    small(StatusCode::OK, "Torque", message, &more)
}

/// An application's pages: the runtime draws them all.
pub async fn application(
    State(surface): State<Arc<Surface>>,
    Extension(passed): Extension<Passed>,
    Extension(place): Extension<Place>,
    headers: HeaderMap,
    caller: Caller,
) -> Response {
    let Some(application) = &place.application else {
        let error = Error::new(Code::NotFound, "there is no application at this address");
        return refused(&error, &passed.request_id);
    };
    if let Err(stopped) = application.answers() {
        return refused(&stopped, &passed.request_id);
    }
    let granted = (application.id, application.granted_to_anyone());
    if caller.require(Permission::Read, Some(granted)).is_err() {
        return way_in(&surface, application, &passed, &headers).await;
    }
    match built("runtime.html", &surface) {
        Some(page) => page,
        None => unbuilt(),
    }
}

/// The sign-in page, for links.
pub async fn sign_in() -> Response {
    small(
        StatusCode::OK,
        "Sign in",
        "Paste the link or the API key you were given.",
        &sign_in_form(None, false),
    )
}

/// The page that a private application shows to whoever is not signed in to it.
async fn way_in(
    surface: &Surface,
    application: &Application,
    passed: &Passed,
    headers: &HeaderMap,
) -> Response {
    let can_continue = passed.door == Door::All && surface.is_signed_in_to_server(passed, headers).await;
    small(
        StatusCode::UNAUTHORIZED,
        &application.name,
        "This application is private. Sign in to use it.",
        &sign_in_form(Some(application), can_continue),
    )
}

/// A refusal, as a page.
#[must_use]
pub fn refused(error: &Error, request_id: &str) -> Response {
    problem::log(error, "a page", request_id);
    let status = problem::problem(error.code).http;
    let title = match error.code {
        Code::NotFound => "Nothing here",
        Code::Unavailable => "Not available now",
        Code::Unauthenticated => "Sign in first",
        Code::RateLimited => "Too many tries",
        Code::Forbidden => "Not allowed",
        Code::Bug => "Something went wrong",
        Code::BadRequest | Code::Conflict | Code::Invalid | Code::TooLarge => "Not understood",
    };
    let more = match error.code {
        Code::Bug => format!("<p>Id: <code>{}</code></p>", escaped(request_id)),
        Code::Unauthenticated => sign_in_form(None, false),
        Code::NotFound => r#"<p><a href="/">To the start page</a></p>"#.to_owned(),
        _ => String::new(),
    };
    let mut response = small(status, title, &as_sentence(problem::message(error)), &more);
    if let Some((name, value)) = problem::retry_after(error) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// A built page with a nonce of its own; none when it was not built.
fn built(name: &str, surface: &Surface) -> Option<Response> {
    let asset = assets::find(name, surface.hot_reload)?;
    let html = String::from_utf8_lossy(&asset.content);
    let nonce = match nonce() {
        Ok(nonce) => nonce,
        Err(error) => return Some(refused(&error, &telemetry::new_request_id())),
    };
    Some(html_response(
        StatusCode::OK,
        html.replace(NONCE, &nonce)
            .replace(APP_PATH, &escaped(&surface.config().server.app_path)),
        &format!("'nonce-{nonce}'"),
    ))
}

fn unbuilt() -> Response {
    small(
        StatusCode::SERVICE_UNAVAILABLE,
        "The pages are not built",
        "This program was built without the browser's files.",
        "<p>Run <code>make run</code>, or <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> \
         and build the program again. Everything but pages works meanwhile.</p>",
    )
}

fn sign_in_form(application: Option<&Application>, can_continue: bool) -> String {
    let continue_button = match can_continue {
        true => r#"<button type="button" id="continue">Continue with your sign-in to this server</button>"#,
        false => "",
    };
    include_str!("pages/sign_in.html")
        .replace(
            "{application}",
            &escaped(application.map_or("", |application| application.slug.as_str())),
        )
        .replace("{continue}", continue_button)
}

/// Links to what anyone may use; nothing about the rest.
fn public_applications(surface: &Surface, door: Door) -> String {
    if door == Door::Applications {
        return String::new();
    }
    let anonymous = |application: &&Arc<Application>| {
        application.granted_to_anyone() >= Permission::Read && application.answers().is_ok()
    };
    let items: String = surface
        .torque
        .directory
        .applications()
        .iter()
        .filter(anonymous)
        .map(|application| {
            let path = surface.application_path(&application.slug, door);
            format!(
                r#"<li><a href="{}">{}</a></li>"#,
                escaped(&path),
                escaped(&application.name)
            )
        })
        .collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("<h2>Open to anyone</h2><ul>{items}</ul>"),
    }
}

fn small(status: StatusCode, title: &str, message: &str, more: &str) -> Response {
    let html = include_str!("pages/notice.html")
        .replace("{title}", &escaped(title))
        .replace("{message}", &escaped(message))
        .replace("{more}", more);
    html_response(status, html, "")
}

fn html_response(status: StatusCode, html: String, style_nonce: &str) -> Response {
    let policy = format!(
        "default-src 'self'; script-src 'self'; style-src 'self' {style_nonce}; img-src 'self' data: blob:; \
         connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    let fixed = |text: &'static str| HeaderValue::from_static(text);
    (
        status,
        [
            (header::CONTENT_TYPE, fixed("text/html; charset=utf-8")),
            (header::CACHE_CONTROL, fixed("no-store")),
            (
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_str(&policy).unwrap_or_else(|_| fixed("default-src 'none'")),
            ),
            (header::REFERRER_POLICY, fixed("same-origin")),
            (header::X_FRAME_OPTIONS, fixed("DENY")),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                fixed("same-origin"),
            ),
            (
                HeaderName::from_static("permissions-policy"),
                fixed("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            ),
        ],
        html,
    )
        .into_response()
}

fn nonce() -> crate::error::Result<String> {
    let mut bytes = [0_u8; 18];
    getrandom::fill(&mut bytes).map_err(|error| Error::bug(error.to_string()))?;
    Ok(STANDARD.encode(bytes))
}

fn as_sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// Text as HTML shows it, in content and in quoted attributes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_text_and_never_runs_it() {
        let page = escaped(r#"<script>alert("x")</script>&'"#);
        assert_eq!(
            page,
            "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"
        );
    }

    #[test]
    fn every_page_has_a_nonce_of_its_own() {
        assert_ne!(nonce().unwrap(), nonce().unwrap());
    }
}
