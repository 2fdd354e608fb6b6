//! Who is really asking, when a proxy stands in between.
//!
//! `X-Forwarded-*` is believed from the listed proxies only: from anyone else
//! it would be a way to dodge the limits on tries and to look like loopback.

use crate::config::Network;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use axum::http::HeaderMap;
use std::net::IpAddr;

/// The addresses and networks whose word is taken.
#[derive(Debug, Default)]
pub struct Proxies(Vec<Network>);

/// Where a request came from.
#[derive(Debug, PartialEq, Eq)]
pub struct Client<'a> {
    /// The address of whoever asks.
    pub address: IpAddr,
    /// Whether the browser speaks TLS to the proxy; none when nobody trusted says.
    pub secure: Option<bool>,
    /// The host the proxy was asked for.
    pub host: Option<&'a str>,
    /// Whether the request was made on this very machine, with nothing in between.
    pub is_local: bool,
}

impl Proxies {
    /// Reads addresses (`192.0.2.1`) and networks (`192.0.2.0/24`).
    pub fn new(listed: &[String]) -> Result<Self> {
        let networks = listed.iter().map(|text| {
            text.parse::<Network>().map_err(|()| {
                Error::new(
                    Code::BadRequest,
                    format!("server.trusted_proxies: “{text}” is neither an address nor a network such as 10.0.0.0/8"),
                )
            })
        });
        networks.collect::<Result<_>>().map(Self)
    }

    /// Whether no proxy is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Where a request came from, given the other end of its connection.
    #[must_use]
    pub fn client<'a>(&self, peer: IpAddr, headers: &'a HeaderMap) -> Client<'a> {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            let forwarded = ["x-forwarded-for", "forwarded", "via"]
                .iter()
                .any(|name| headers.contains_key(*name));
            return Client {
                address: peer,
                secure: None,
                host: None,
                is_local: peer.is_loopback() && !forwarded,
            };
        }
        let last = |name: &str| {
            let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
            value.rsplit(',').map(str::trim).find(|part| !part.is_empty())
        };
        Client {
            address: self.origin_of_chain(peer, headers),
            secure: last("x-forwarded-proto").map(|scheme| scheme.eq_ignore_ascii_case("https")),
            host: last("x-forwarded-host"),
            is_local: false,
        }
    }

    /// The last address of `X-Forwarded-For` that no trusted proxy has: what comes before it, anyone can write.
    fn origin_of_chain(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer;
        for value in headers.get_all("x-forwarded-for").iter().rev() {
            let Ok(value) = value.to_str() else { return nearest };
            for part in value.rsplit(',') {
                let Ok(address) = part.trim().parse::<IpAddr>() else {
                    return nearest;
                };
                nearest = address.to_canonical();
                if !self.trusts(nearest) {
                    return nearest;
                }
            }
        }
        nearest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(*name, value.parse().unwrap());
        }
        map
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let proxies = Proxies::new(&["10.0.0.0/8".to_owned(), "::1".to_owned()]).unwrap();
        let forwarded = headers(&[
            ("x-forwarded-for", "203.0.113.9, 198.51.100.7, 10.1.1.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "torque.example.org"),
        ]);
        let client = proxies.client("10.2.3.4".parse().unwrap(), &forwarded);
        assert_eq!(client.address, "198.51.100.7".parse::<IpAddr>().unwrap());
        assert_eq!(
            (client.secure, client.host),
            (Some(true), Some("torque.example.org"))
        );
        let stranger = proxies.client("192.0.2.1".parse().unwrap(), &forwarded);
        assert_eq!(stranger.address, "192.0.2.1".parse::<IpAddr>().unwrap());
        assert_eq!((stranger.secure, stranger.host), (None, None));
    }

    #[test]
    fn a_request_through_an_unlisted_proxy_on_this_machine_is_not_local() {
        let proxies = Proxies::default();
        let here: IpAddr = "127.0.0.1".parse().unwrap();
        assert!(proxies.client(here, &HeaderMap::new()).is_local);
        assert!(
            !proxies
                .client(here, &headers(&[("x-forwarded-for", "192.0.2.1")]))
                .is_local
        );
    }

    #[test]
    fn networks_are_read_and_nonsense_is_named() {
        for (listed, address, inside) in [
            ("0.0.0.0/0", "203.0.113.1", true),
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/32", "192.0.2.1", false),
        ] {
            let proxies = Proxies::new(&[listed.to_owned()]).unwrap();
            assert_eq!(
                proxies.trusts(address.parse().unwrap()),
                inside,
                "{address} in {listed}"
            );
        }
        for wrong in ["", "proxy", "192.0.2.0/33", "192.0.2.0/x"] {
            let refusal = Proxies::new(&[wrong.to_owned()]).unwrap_err();
            assert!(refusal.message.contains("trusted_proxies"), "{wrong}");
        }
    }
}
