//! Whose pages may talk to this server: Host, Origin and Sec-Fetch-Site.
//!
//! The Host must be a name this server goes by, or a page of somebody else
//! whose name was pointed at this machine could talk to it (DNS rebinding).
//! The Origin, where a browser sends one, must be the server's own or a listed
//! one, or a stranger's page could use what the browser's user is allowed.

use crate::config::Config;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::Method;
use axum::http::Uri;
use axum::http::header;
use axum::http::uri::Authority;
use std::collections::HashSet;
use std::net::SocketAddr;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names of this very machine, always good.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The names this server goes by and the origins that may call it.
#[derive(Debug)]
pub struct Origins {
    hosts: HashSet<String>,
    own: HashSet<String>,
    foreign: HashSet<String>,
}

/// One request, as far as its origin is concerned.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The method.
    pub method: &'a Method,
    /// The target; of HTTP/2 it carries the host.
    pub uri: &'a Uri,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The host a trusted proxy was asked for.
    pub forwarded_host: Option<&'a str>,
    /// Whether the browser speaks TLS.
    pub secure: bool,
}

/// What a request's origin turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The browser says that a page of this server made the request, or the person typed the address.
    Own,
    /// Nothing says that a browser made the request.
    Silent,
    /// A page of a listed origin made it: no cookie counts.
    Listed(String),
}

impl Origins {
    /// The names and origins that the settings give, for a server that listens there.
    #[must_use]
    pub fn new(config: &Config, listening: &[SocketAddr]) -> Self {
        let mut hosts: HashSet<String> = LOOPBACK.iter().map(|host| (*host).to_owned()).collect();
        for address in listening {
            if !address.ip().is_unspecified() {
                hosts.insert(host_of(&address.to_string()).unwrap_or_default());
            }
        }
        let server = &config.server;
        for named in [
            server.bind.as_str(),
            server.app_bind.as_str(),
            server.app_host.as_str(),
        ] {
            hosts.extend(host_of(named).filter(|host| host != "0.0.0.0" && host != "[::]"));
        }
        let mut own = HashSet::new();
        if let Some(origin) = origin_of(&server.public_url) {
            hosts.extend(origin.split_once("://").and_then(|(_, rest)| host_of(rest)));
            own.insert(origin);
        }
        let foreign = server
            .cors_origins
            .iter()
            .filter_map(|text| origin_of(text))
            .collect();
        Self { hosts, own, foreign }
    }

    /// Refuses a request by its Host, Origin or Sec-Fetch-Site, or says what they prove, and the Host.
    pub fn judge<'a>(&self, asked: &Asked<'a>) -> Result<(&'a str, Verdict)> {
        let host = self.host(asked)?;
        Ok((host, self.verdict(asked, host)?))
    }

    fn verdict(&self, asked: &Asked<'_>, host: &str) -> Result<Verdict> {
        let site = single(asked.headers, &SEC_FETCH_SITE)?;
        let Some(origin) = single(asked.headers, &header::ORIGIN)? else {
            return match site {
                Some("same-origin" | "none") => Ok(Verdict::Own),
                Some(_) if is_unsafe(asked.method) => Err(refused("another site's page sent the request")),
                _ => Ok(Verdict::Silent),
            };
        };
        let scheme = if asked.secure { "https" } else { "http" };
        let normal = origin_of(origin).filter(|normal| normal.eq_ignore_ascii_case(origin));
        let Some(normal) = normal else {
            return Err(refused("the Origin is not one of this server's"));
        };
        let is_own =
            self.own.contains(&normal) || origin_of(&format!("{scheme}://{host}")) == Some(normal.clone());
        if is_own {
            return match site {
                Some("cross-site") => Err(refused("another site's page sent the request")),
                _ => Ok(Verdict::Own),
            };
        }
        if self.foreign.contains(&normal) {
            return Ok(Verdict::Listed(normal));
        }
        Err(refused("the Origin is not one of this server's").with("origin", normal))
    }

    /// The host that was asked for, with its port, if it is one of this server's.
    fn host<'a>(&self, asked: &Asked<'a>) -> Result<&'a str> {
        let sent = match single(asked.headers, &header::HOST)? {
            Some(host) => Some(host),
            None => asked.uri.authority().map(Authority::as_str),
        };
        let Some(asked_for) = asked.forwarded_host.or(sent) else {
            return Err(Error::new(Code::BadRequest, "the request names no Host"));
        };
        match host_of(asked_for) {
            Some(host) if self.hosts.contains(&host) => Ok(asked_for),
            _ => Err(refused(
                "the Host is not one of this server's; server.public_url names it",
            )),
        }
    }
}

/// Whether a request of this method may change something.
#[must_use]
pub fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The one value of a header; two values are refused, since a proxy may believe the other one.
pub fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Error::new(
            Code::BadRequest,
            format!("the header {name} is given twice"),
        ));
    }
    let value = value
        .to_str()
        .map_err(|_| Error::new(Code::BadRequest, format!("the header {name} cannot be read")))?;
    Ok(Some(value))
}

/// The host of `host:port`, in lower case; brackets stay around an IPv6 address.
fn host_of(text: &str) -> Option<String> {
    let authority: Authority = text.parse().ok()?;
    let plain = !text.contains('@') && !authority.host().is_empty();
    plain.then(|| authority.host().to_ascii_lowercase())
}

/// The origin of an address, `scheme://host[:port]` without the scheme's usual port.
fn origin_of(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let scheme = uri.scheme_str()?.to_ascii_lowercase();
    let authority = uri.authority()?;
    let host = host_of(authority.as_str())?;
    let usual = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    match authority.port_u16() {
        Some(port) if port != usual => Some(format!("{scheme}://{host}:{port}")),
        _ => Some(format!("{scheme}://{host}")),
    }
}

fn refused(why: &str) -> Error {
    Error::new(Code::Forbidden, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(secure: bool, method: &str, headers: &[(&'static str, &str)]) -> Result<Verdict> {
        let mut config = Config::default();
        config.server.public_url = "https://torque.example.org/".to_owned();
        config.server.cors_origins = vec!["https://shop.example.org".to_owned()];
        let origins = Origins::new(&config, &["127.0.0.1:8080".parse().unwrap()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        origins
            .judge(&Asked {
                method: &method.parse().unwrap(),
                uri: &Uri::from_static("/"),
                headers: &map,
                forwarded_host: None,
                secure,
            })
            .map(|(_, verdict)| verdict)
    }

    #[test]
    fn hosts_of_others_are_refused_and_own_names_are_good_with_any_port() {
        for (host, good) in [
            ("127.0.0.1:8080", true),
            ("localhost", true),
            ("LOCALHOST:1", true),
            ("[::1]:8080", true),
            ("torque.example.org", true),
            ("evil.example.org", false),
            ("localhost.evil.example.org", false),
            ("127.0.0.1.nip.io:8080", false),
            ("user@localhost", false),
            ("0.0.0.0:8080", false),
            ("", false),
        ] {
            assert_eq!(judged(false, "GET", &[("host", host)]).is_ok(), good, "{host}");
        }
        assert_eq!(judged(false, "GET", &[]).unwrap_err().code, Code::BadRequest);
        let twice = judged(false, "GET", &[("host", "localhost"), ("host", "localhost")]);
        assert_eq!(twice.unwrap_err().code, Code::BadRequest);
    }

    #[test]
    fn an_origin_is_the_servers_own_a_listed_one_or_refused() {
        for (secure, host, origin, expected) in [
            (
                false,
                "localhost:8080",
                "http://localhost:8080",
                Some(Verdict::Own),
            ),
            (false, "localhost:80", "http://localhost", Some(Verdict::Own)),
            (
                false,
                "localhost:8080",
                "https://torque.example.org",
                Some(Verdict::Own),
            ),
            (
                true,
                "torque.example.org",
                "https://torque.example.org",
                Some(Verdict::Own),
            ),
            (false, "localhost:8080", "http://localhost:3000", None),
            (true, "localhost:8080", "http://localhost:8080", None),
            (false, "localhost:8080", "http://127.0.0.1:8080", None),
            (false, "localhost:8080", "null", None),
            (false, "localhost:8080", "http://evil.example.org", None),
            (false, "localhost:8080", "http://localhost:8080/", None),
            (
                false,
                "localhost:8080",
                "https://shop.example.org",
                Some(Verdict::Listed("https://shop.example.org".to_owned())),
            ),
        ] {
            let verdict = judged(secure, "POST", &[("host", host), ("origin", origin)]);
            assert_eq!(verdict.ok(), expected, "{origin} at {host}");
        }
    }

    #[test]
    fn sec_fetch_site_decides_where_no_origin_is_sent() {
        for (method, site, expected) in [
            ("POST", "same-origin", Some(Verdict::Own)),
            ("POST", "none", Some(Verdict::Own)),
            ("POST", "same-site", None),
            ("POST", "cross-site", None),
            ("DELETE", "cross-site", None),
            ("GET", "cross-site", Some(Verdict::Silent)),
            ("GET", "same-origin", Some(Verdict::Own)),
        ] {
            let headers = [("host", "localhost"), ("sec-fetch-site", site)];
            assert_eq!(judged(false, method, &headers).ok(), expected, "{method} {site}");
        }
        let contradiction = [
            ("host", "localhost"),
            ("origin", "http://localhost"),
            ("sec-fetch-site", "cross-site"),
        ];
        assert!(judged(false, "POST", &contradiction).is_err());
    }
}
