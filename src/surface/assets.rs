//! The browser's files: built into the program, compressed beforehand.
//!
//! Files below `/assets/` carry a digest in their name and never change; all
//! others are asked for again by their entity tag. With `frontend.enable_hot_reload`
//! they come from `web/dist` as it is now.

use crate::surface::Surface;
use crate::surface::http;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use rust_embed::RustEmbed;
use sha2::Digest as _;
use sha2::Sha256;
use std::borrow::Cow;
use std::path::Component;
use std::path::Path;
use std::sync::Arc;

/// Where hot reload finds the files.
const ON_DISK: &str = "web/dist";

/// What `npm run build` wrote; empty in a program that was built without it.
#[derive(RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
struct Built;

/// The codings that files were written in beforehand, best first.
const CODINGS: &[(&str, &str)] = &[("br", ".br"), ("gzip", ".gz")];

/// One file, with what tells it from its other versions.
pub struct Asset {
    /// What is in it.
    pub content: Cow<'static, [u8]>,
    digest: [u8; 32],
}

/// The file of this name; none when there is no such file.
#[must_use]
pub fn find(name: &str, from_disk: bool) -> Option<Asset> {
    if from_disk {
        let name = Path::new(name);
        if !name.components().all(|part| matches!(part, Component::Normal(_))) {
            return None;
        }
        let content = std::fs::read(Path::new(ON_DISK).join(name)).ok()?;
        let digest = Sha256::digest(&content).into();
        return Some(Asset {
            content: content.into(),
            digest,
        });
    }
    let file = Built::get(name)?;
    Some(Asset {
        digest: file.metadata.sha256_hash(),
        content: file.data,
    })
}

/// Whether the program carries the browser's files at all.
#[must_use]
pub fn are_built(from_disk: bool) -> bool {
    find("runtime.html", from_disk).is_some()
}

/// Answers with the file at the request's path.
pub async fn serve(State(surface): State<Arc<Surface>>, request: Request) -> Response {
    let name = request.uri().path().trim_start_matches('/').to_owned();
    // Pages need a nonce and the compressed copies a request for the plain file.
    let is_whole = !name.ends_with(".html") && !name.ends_with(".br") && !name.ends_with(".gz");
    let from_disk = surface.hot_reload;
    match find(&name, from_disk).filter(|_| is_whole) {
        Some(asset) => respond(&name, asset, request.headers(), from_disk),
        None => http::nothing_here(request).await,
    }
}

/// A file of the program's own source, such as the sign-in page's script.
#[must_use]
pub fn respond_own(content_type: &'static str, content: &'static str, headers: &HeaderMap) -> Response {
    let digest: [u8; 32] = Sha256::digest(content.as_bytes()).into();
    let etag = etag(&digest, "");
    if is_known(headers, &etag) {
        return not_modified(etag, "no-cache");
    }
    (
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (header::ETAG, header_value(&etag)),
        ],
        content,
    )
        .into_response()
}

fn respond(name: &str, plain: Asset, headers: &HeaderMap, from_disk: bool) -> Response {
    let cache = if name.starts_with("assets/") && !from_disk {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let content_type = content_type(name);
    let mut coding = None;
    let mut asset = plain;
    for (token, suffix) in CODINGS {
        if accepts(headers, token)
            && let Some(compressed) = find(&format!("{name}{suffix}"), from_disk)
        {
            coding = Some(*token);
            asset = compressed;
            break;
        }
    }
    let etag = etag(&asset.digest, coding.unwrap_or_default());
    let mut response = if is_known(headers, &etag) {
        not_modified(etag, cache)
    } else {
        let mut response = asset.content.into_owned().into_response();
        let own = response.headers_mut();
        own.insert(header::CONTENT_TYPE, header_value(content_type));
        own.insert(header::CACHE_CONTROL, header_value(cache));
        own.insert(header::ETAG, header_value(&etag));
        if let Some(token) = coding {
            own.insert(header::CONTENT_ENCODING, header_value(token));
        }
        response
    };
    response
        .headers_mut()
        .insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn not_modified(etag: String, cache: &str) -> Response {
    (
        StatusCode::NOT_MODIFIED,
        [
            (header::ETAG, header_value(&etag)),
            (header::CACHE_CONTROL, header_value(cache)),
        ],
    )
        .into_response()
}

fn etag(digest: &[u8; 32], coding: &str) -> String {
    let hex: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}{coding}\"")
}

fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == etag)
}

/// Whether the client takes a coding: named, and not with a weight of zero.
fn accepts(headers: &HeaderMap, coding: &str) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|part| {
            let mut pieces = part.split(';').map(str::trim);
            (pieces.next()? == coding).then(|| pieces.next().unwrap_or("q=1").to_owned())
        })
        .any(|weight| {
            weight
                .strip_prefix("q=")
                .and_then(|q| q.parse::<f32>().ok())
                .is_some_and(|q| q > 0.0)
        })
}

fn content_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_taken_when_it_is_named_and_weighs_something() {
        for (sent, coding, taken) in [
            ("gzip, deflate, br", "br", true),
            ("gzip;q=0.5", "gzip", true),
            ("br;q=0, gzip", "br", false),
            ("brotli", "br", false),
            ("", "gzip", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, sent.parse().unwrap());
            assert_eq!(accepts(&headers, coding), taken, "{coding} of {sent}");
        }
    }

    #[test]
    fn hot_reload_reads_below_its_folder_only() {
        for name in ["../Cargo.toml", "/etc/hostname", "a/../../Cargo.toml", ""] {
            assert!(find(name, true).is_none(), "{name}");
        }
    }

    #[test]
    fn a_known_version_is_not_sent_again() {
        let first = respond_own("text/css", "a {}", &HeaderMap::new());
        let etag = first.headers()[header::ETAG].clone();
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, etag);
        assert_eq!(
            respond_own("text/css", "a {}", &headers).status(),
            StatusCode::NOT_MODIFIED
        );
        assert_eq!(respond_own("text/css", "b {}", &headers).status(), StatusCode::OK);
    }
}
