//! Where the server listens, and the certificate it shows there.

use crate::config::Server;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use axum_server::tls_rustls::RustlsConfig;
use std::io;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::ToSocketAddrs;
use std::sync::Arc;

/// Whether the settings name a certificate.
#[must_use]
pub fn is_set(server: &Server) -> bool {
    !server.tls_certificate.is_empty()
}

/// Where the server listens.
#[derive(Debug)]
pub struct Listeners {
    /// For everything, or for what is no application.
    pub whole: TcpListener,
    /// A second one, for applications only.
    pub applications: Option<TcpListener>,
}

impl Listeners {
    /// The ports, which the settings may have left open.
    #[must_use]
    pub fn ports(&self) -> (u16, Option<u16>) {
        let of = |listener: &TcpListener| listener.local_addr().map_or(0, |address| address.port());
        (of(&self.whole), self.applications.as_ref().map(of))
    }
}

/// Opens the listening sockets that the settings ask for, or says in one sentence why one cannot be.
pub fn bind(server: &Server) -> Result<Listeners> {
    let whole = listen("server.bind", &server.bind, server)?;
    let applications = match server.app_bind.is_empty() {
        true => None,
        false => Some(listen("server.app_bind", &server.app_bind, server)?),
    };
    Ok(Listeners { whole, applications })
}

fn listen(setting: &str, address: &str, server: &Server) -> Result<TcpListener> {
    let resolved: Vec<SocketAddr> = address
        .to_socket_addrs()
        .map_err(|error| {
            Error::new(
                Code::BadRequest,
                format!("{setting}: “{address}” is no address and port such as 127.0.0.1:8080"),
            )
            .because(error)
        })?
        .collect();
    for candidate in &resolved {
        may_listen(setting, *candidate, server)?;
    }
    let listener =
        TcpListener::bind(resolved.as_slice()).map_err(|error| explain(setting, address, error))?;
    listener.set_nonblocking(true).map_err(Error::bug)?;
    Ok(listener)
}

/// Refuses to listen where strangers may come by and read along, unless it was said explicitly.
fn may_listen(setting: &str, address: SocketAddr, server: &Server) -> Result<()> {
    let allowed = address.ip().to_canonical().is_loopback()
        || is_set(server)
        || !server.trusted_proxies.is_empty()
        || server.allow_insecure_bind;
    if allowed {
        return Ok(());
    }
    Err(Error::new(
        Code::BadRequest,
        format!(
            "{setting}: {address} can be reached from other machines, and passwords and data would travel unprotected. \
             Set server.tls_certificate and server.tls_key, or server.trusted_proxies when a proxy does TLS, \
             or say --allow-insecure-bind if you mean it"
        ),
    ))
}

fn explain(setting: &str, address: &str, error: io::Error) -> Error {
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "something else listens there already: stop it, or choose another port with --bind".to_owned()
        }
        io::ErrorKind::PermissionDenied => {
            "this user may not listen there; ports below 1024 need a privilege, 8080 does not".to_owned()
        }
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address".to_owned(),
        _ => error.to_string(),
    };
    Error::new(
        Code::Unavailable,
        format!("{setting}: cannot listen at {address}: {why}"),
    )
    .because(error)
}

/// Reads certificate and key; none when the settings name none.
pub async fn certificate(server: &Server) -> Result<Option<RustlsConfig>> {
    if !is_set(server) {
        return Ok(None);
    }
    // A second start in one process (tests) finds the provider installed: that is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let unreadable = |file: &str, error: &dyn std::fmt::Display| {
        Error::new(
            Code::BadRequest,
            format!("the TLS file {file} cannot be read: {error}"),
        )
    };
    let certificate = tokio::fs::read(&server.tls_certificate)
        .await
        .map_err(|error| unreadable(&server.tls_certificate, &error))?;
    let key = tokio::fs::read(&server.tls_key)
        .await
        .map_err(|error| unreadable(&server.tls_key, &error))?;
    let config = RustlsConfig::from_pem(certificate, key).await.map_err(|error| {
        Error::new(
            Code::BadRequest,
            format!("server.tls_certificate and server.tls_key do not make a certificate: {error}"),
        )
    })?;
    let mut inner = (*config.get_inner()).clone();
    inner.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.reload_from_config(Arc::new(inner));
    Ok(Some(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listening_beyond_loopback_unprotected_has_to_be_said() {
        let address: SocketAddr = "192.0.2.1:8080".parse().unwrap();
        let loopback: SocketAddr = "[::1]:8080".parse().unwrap();
        let mut server = Server::default();
        assert!(may_listen("server.bind", loopback, &server).is_ok());
        let refusal = may_listen("server.bind", address, &server).unwrap_err();
        assert!(refusal.message.contains("--allow-insecure-bind"));
        server.allow_insecure_bind = true;
        assert!(may_listen("server.bind", address, &server).is_ok());
        server.allow_insecure_bind = false;
        server.trusted_proxies.push("10.0.0.1".to_owned());
        assert!(may_listen("server.bind", address, &server).is_ok());
        server.trusted_proxies.clear();
        "chain.pem".clone_into(&mut server.tls_certificate);
        assert!(may_listen("server.bind", address, &server).is_ok());
    }

    #[test]
    fn a_taken_port_and_a_wrong_address_are_explained() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut server = Server {
            bind: taken.local_addr().unwrap().to_string(),
            ..Server::default()
        };
        let refusal = bind(&server).unwrap_err();
        assert!(refusal.message.contains("listens there already"), "{refusal}");
        "nonsense".clone_into(&mut server.bind);
        assert!(bind(&server).unwrap_err().message.contains("no address and port"));
    }
}
