//! Connections: to an address that was checked, and to no other.

use crate::egress::fault::Fault;
use crate::egress::policy::Policy;
use http::Uri;
use hyper_util::client::legacy::connect::Connected;
use hyper_util::client::legacy::connect::Connection;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;
use tokio::io::AsyncRead;
use tokio::io::AsyncWrite;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tower_service::Service;

/// How long a connection may take, its name and its encryption included.
const CONNECT: Duration = Duration::from_secs(3);

/// The addresses of a name that are being looked up.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>>;

/// Where names are looked up.
pub trait Resolve: Send + Sync {
    /// The addresses of a name.
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a>;
}

/// The machine's own resolver.
pub struct System;

impl Resolve for System {
    fn resolve<'a>(&'a self, host: &'a str) -> Resolving<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Makes the connections of one application.
#[derive(Clone)]
pub struct Connector {
    /// The application.
    pub application: Arc<str>,
    /// Where it may go.
    pub policy: Arc<Policy>,
    /// Where names are looked up.
    pub resolve: Arc<dyn Resolve>,
    /// How connections are encrypted.
    pub tls: Arc<ClientConfig>,
}

/// A way to send and receive bytes.
pub trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Connection for Box<dyn Wire> {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Box<dyn Wire>>;
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Fault>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move {
            let connected = tokio::time::timeout(CONNECT, connector.connect(&uri)).await;
            let late = || {
                Err(Fault::unreachable(format!(
                    "there was no connection within {} s",
                    CONNECT.as_secs()
                )))
            };
            connected.unwrap_or_else(|_| late()).map(TokioIo::new)
        })
    }
}

impl Connector {
    async fn connect(&self, uri: &Uri) -> Result<Box<dyn Wire>, Fault> {
        let is_encrypted = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(if is_encrypted { 443 } else { 80 });
        let stream = self.reach(host, port).await?;
        // Requests are small and go out whole.
        let _ = stream.set_nodelay(true);
        if !is_encrypted {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| Fault::wrong("url", format!("{host} is no name for a certificate")))?;
        let encrypted = TlsConnector::from(Arc::clone(&self.tls))
            .connect(name, stream)
            .await;
        let encrypted = encrypted.map_err(|error| {
            let mut fault = Fault::unreachable(format!("no encrypted connection with {host}: {error}"));
            // A certificate that is not believed will not be believed next time.
            fault.may_pass = error.kind() != io::ErrorKind::InvalidData;
            fault
        })?;
        Ok(Box::new(encrypted))
    }

    /// Checks every address of a host, then connects to the first that answers.
    async fn reach(&self, host: &str, port: u16) -> Result<TcpStream, Fault> {
        let addresses = match host.parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_) => (self.resolve.resolve(host).await).map_err(|error| {
                Fault::unreachable(format!("the name {host} cannot be looked up: {error}"))
            })?,
        };
        let is_refused = |address: &&IpAddr| !self.policy.permits(&self.application, host, port, **address);
        // One address that may not be reached condemns them all: the next answer may hold it alone.
        if let Some(refused) = addresses.iter().find(is_refused) {
            let place = if refused.to_string() == host {
                format!("{host} at port {port}")
            } else {
                format!("{host} ({refused}) at port {port}")
            };
            let message = format!(
                "requests to {place} are refused: it is not a public address on port 80 or 443, and egress.allow \
                 does not let this application through"
            );
            return Err(Fault::wrong("refused_address", message));
        }
        let each = CONNECT / u32::try_from(addresses.len().clamp(1, 3)).unwrap_or(1);
        let mut last = format!("the name {host} has no address");
        for address in addresses {
            let goal = SocketAddr::new(address, port);
            match tokio::time::timeout(each, TcpStream::connect(goal)).await {
                Ok(Ok(stream)) if stream.peer_addr().is_ok_and(|peer| peer.ip() == address) => {
                    return Ok(stream);
                }
                Ok(Ok(_)) => return Err(Fault::wrong("refused_address", "the connection went elsewhere")),
                Ok(Err(error)) => last = format!("{host} cannot be reached: {error}"),
                Err(_) => last = format!("{host} does not answer"),
            }
        }
        Err(Fault::unreachable(last))
    }
}
