//! Where people find the server, and where its applications.

use crate::config::Server;

impl Server {
    /// The address people open: the public one, or the one listened on.
    #[must_use]
    pub fn address(&self) -> String {
        if !self.public_url.is_empty() {
            return self.public_url.trim_end_matches('/').to_owned();
        }
        let scheme = match self.tls_certificate.is_empty() {
            true => "http",
            false => "https",
        };
        let (host, port) = parted(&self.bind);
        let host = if is_any(host) { "localhost" } else { host };
        format!("{scheme}://{}", joined(host, port))
    }

    /// Whether applications have an origin of their own.
    #[must_use]
    pub fn is_divided(&self) -> bool {
        !self.app_host.is_empty() || !self.app_bind.is_empty()
    }

    /// The origin that applications are served at, of a server that people find at `address`.
    #[must_use]
    pub fn applications_origin(&self, address: &str) -> String {
        if !self.is_divided() {
            return address.to_owned();
        }
        let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
        let (own_host, own_port) = parted(rest);
        let (bound, bound_port) = parted(&self.app_bind);
        let host = match self.app_host.is_empty() {
            false => self.app_host.as_str(),
            true if is_any(bound) => own_host,
            true => bound,
        };
        let port = bound_port.or(own_port);
        format!("{scheme}://{}", joined(host, port))
    }

    /// Where an application's pages are: below `address`, or at their own origin.
    #[must_use]
    pub fn application_at(&self, address: &str, slug: &str) -> String {
        format!("{}{}/{slug}", self.applications_origin(address), self.app_path)
    }

    /// Where an application's pages are, as a page of the server's own links to it.
    #[must_use]
    pub fn application_link(&self, slug: &str) -> String {
        match self.is_divided() {
            true => self.application_at(&self.address(), slug),
            false => format!("{}/{slug}", self.app_path),
        }
    }

    /// With the ports that were really given where the settings leave them open.
    pub fn listens_at(&mut self, bind: u16, app_bind: Option<u16>) {
        for (address, port) in [(&mut self.bind, Some(bind)), (&mut self.app_bind, app_bind)] {
            if let (Some(host), Some(port)) = (address.strip_suffix(":0"), port) {
                *address = format!("{host}:{port}");
            }
        }
    }
}

/// `host:port`, of which the port may be missing; brackets stay around an IPv6 address.
fn parted(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn joined(host: &str, port: Option<&str>) -> String {
    port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Every address of the machine, which is no name to open; or none.
fn is_any(host: &str) -> bool {
    matches!(host, "" | "0.0.0.0" | "[::]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(bind: &str, app_bind: &str, app_host: &str, public_url: &str) -> Server {
        Server {
            bind: bind.to_owned(),
            app_bind: app_bind.to_owned(),
            app_host: app_host.to_owned(),
            public_url: public_url.to_owned(),
            ..Server::default()
        }
    }

    #[test]
    fn addresses_are_those_that_people_can_open() {
        for (bind, app_bind, app_host, public_url, own, application) in [
            ("127.0.0.1:8080", "", "", "", "http://127.0.0.1:8080", "/app/x"),
            ("0.0.0.0:80", "", "", "", "http://localhost:80", "/app/x"),
            (
                "[::1]:8080",
                "[::1]:8081",
                "",
                "",
                "http://[::1]:8080",
                "http://[::1]:8081/app/x",
            ),
            (
                "0.0.0.0:80",
                "0.0.0.0:81",
                "",
                "https://t.example.org/",
                "https://t.example.org",
                "https://t.example.org:81/app/x",
            ),
            (
                "127.0.0.1:80",
                "",
                "apps.example.org",
                "https://t.example.org",
                "https://t.example.org",
                "https://apps.example.org/app/x",
            ),
            (
                "127.0.0.1:8080",
                "",
                "apps.localhost",
                "",
                "http://127.0.0.1:8080",
                "http://apps.localhost:8080/app/x",
            ),
        ] {
            let server = server(bind, app_bind, app_host, public_url);
            assert_eq!(server.address(), own);
            assert_eq!(
                server.application_link("x"),
                application,
                "{bind} {app_bind} {app_host}"
            );
        }
    }

    #[test]
    fn a_port_that_was_left_open_is_the_one_that_was_given() {
        let mut server = server("127.0.0.1:0", "localhost:0", "", "");
        server.listens_at(4_000, Some(4_001));
        assert_eq!(server.address(), "http://127.0.0.1:4000");
        assert_eq!(server.application_link("x"), "http://localhost:4001/app/x");
    }
}
