//! `[egress]`: where xflows may send requests, and how large an answer may be.

use crate::config::Network;
use crate::config::Size;
use serde::Deserialize;
use serde::Serialize;
use std::net::IpAddr;
use std::str::FromStr;

/// `[egress]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Egress {
    /// Hosts and networks that may be reached although they are not public, or on other ports than 80 and 443.
    pub allow: Vec<String>,
    /// The largest body of an answer.
    pub max_response_size: Size,
}

impl Default for Egress {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            max_response_size: Size::megabytes(1),
        }
    }
}

/// One entry of `egress.allow`: `host:port`, `network` or `network:port`, for all applications or after `application=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    application: Option<String>,
    target: Target,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Network(Network),
    Host(String),
}

impl Allowed {
    /// Whether it is said for this application and port.
    #[must_use]
    pub fn holds_for(&self, application: &str, port: u16) -> bool {
        (self.application.as_deref()).is_none_or(|own| own == application)
            && match self.port {
                Some(own) => own == port,
                None => port == 80 || port == 443,
            }
    }

    /// Whether it names this host.
    #[must_use]
    pub fn names(&self, host: &str) -> bool {
        matches!(&self.target, Target::Host(own) if own.eq_ignore_ascii_case(host))
    }

    /// Whether this address is in its network.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        matches!(&self.target, Target::Network(network) if network.contains(address))
    }
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "“{text}” is neither a host and port (mail.internal:8025) nor a network (10.0.0.0/8, 10.0.0.0/8:8080), \
                 each for one application when its name stands before (shop=10.0.0.0/8)"
            )
        };
        let (application, rest) = match text.trim().split_once('=') {
            Some((application, rest)) => (Some(application.trim().to_owned()), rest.trim()),
            None => (None, text.trim()),
        };
        let (target, port) = parted(rest).ok_or_else(wrong)?;
        let is_host = |host: &str| {
            let mut bytes = host.bytes();
            !host.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        };
        let target = match target.parse::<Network>() {
            Ok(network) => Target::Network(network),
            Err(()) if is_host(target) => Target::Host(target.to_owned()),
            Err(()) => return Err(wrong()),
        };
        Ok(Self {
            application,
            target,
            port,
        })
    }
}

/// Target and port; an IPv6 network with a port stands in brackets.
fn parted(text: &str) -> Option<(&str, Option<u16>)> {
    if text.parse::<Network>().is_ok() {
        return Some((text, None));
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (inner, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(port) => Some((inner, Some(port.parse().ok()?))),
            None if rest.is_empty() => Some((inner, None)),
            None => None,
        };
    }
    match text.rsplit_once(':') {
        Some((target, port)) => Some((target, Some(port.parse().ok()?))),
        None => Some((text, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_says_whom_it_lets_through_and_where_to() {
        let inside: IpAddr = "10.1.2.3".parse().unwrap();
        let network: Allowed = "10.0.0.0/8".parse().unwrap();
        assert!(network.contains(inside) && network.holds_for("any", 443) && !network.holds_for("any", 8080));
        let own: Allowed = "shop=10.1.2.3:8080".parse().unwrap();
        assert!(own.contains(inside) && own.holds_for("shop", 8080));
        assert!(!own.holds_for("other", 8080) && !own.holds_for("shop", 80));
        let host: Allowed = "Mail.internal:8025".parse().unwrap();
        assert!(host.names("mail.internal") && host.holds_for("any", 8025) && !host.contains(inside));
        let six: Allowed = "[fd00::/8]:9000".parse().unwrap();
        assert!(six.contains("fd00::1".parse().unwrap()) && six.holds_for("any", 9000));
        for wrong in ["", "a b", "http://x", "10.0.0.0/64", "host:port", "[::1", "shop="] {
            assert!(wrong.parse::<Allowed>().is_err(), "{wrong}");
        }
    }
}
