//! The surfaces: how the outside speaks to Torque. They translate, never decide.
//!
//! One port carries them all. A request passes the gate (`surface/http.rs`),
//! then whoever asks is settled (`surface/authenticate.rs`), then it reaches
//! its route, which the table in `router` names.

pub mod assets;
pub mod authenticate;
pub mod door;
pub mod download;
pub mod drain;
pub mod health;
pub mod http;
pub mod jsonrpc;
pub mod metrics;
pub mod origin;
pub mod page;
pub mod problem;
pub mod proxy;
pub mod sign_in;
pub mod socket;
pub mod tls;
mod webhook;

use crate::config::Config;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::caller::Caller;
use crate::operation::caller::Scope;
use crate::operation::credential;
use crate::surface::authenticate::JsonBody;
use crate::surface::authenticate::Place;
use crate::surface::door::Door;
use crate::surface::door::Doors;
use crate::surface::drain::Drain;
use crate::surface::health::Readiness;
use crate::surface::http::Passed;
use crate::surface::origin::Origins;
use crate::surface::proxy::Proxies;
use crate::surface::tls::Listeners;
use axum::Extension;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::middleware;
use axum::response::Response;
use axum::routing::any;
use axum::routing::get;
use axum::routing::post;
use axum_server::Handle;
use axum_server::accept::NoDelayAcceptor;
use hyper_util::rt::TokioTimer;
use std::future::Future;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;

/// A client that has not sent its headers by then is not going to.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// The largest head of a request.
const LARGEST_HEAD: usize = 64 * 1024;

/// Replies smaller than this cost more to compress than to send.
const WORTH_COMPRESSING: u64 = 2_048;

/// What all routes share.
pub struct Surface {
    /// The running Torque.
    pub torque: Torque,
    /// Stopping, and what is under way.
    pub drain: Drain,
    origins: Origins,
    proxies: Proxies,
    doors: Doors,
    working: Semaphore,
    readiness: Readiness,
    request_timeout: Duration,
    speaks_tls: bool,
    hot_reload: bool,
}

impl Surface {
    fn new(torque: Torque, listening: &[SocketAddr]) -> Result<Self> {
        let config = Arc::clone(&torque.config);
        Ok(Self {
            drain: Drain::default(),
            origins: Origins::new(&config, listening),
            proxies: Proxies::new(&config.server.trusted_proxies)?,
            doors: Doors::new(&config.server),
            working: Semaphore::new(config.limits.concurrent_requests.clamp(1, Semaphore::MAX_PERMITS)),
            readiness: Readiness::default(),
            request_timeout: Duration::from_secs(config.server.request_timeout.max(1)),
            speaks_tls: tls::is_set(&config.server),
            hot_reload: config.frontend.enable_hot_reload,
            torque,
        })
    }

    fn config(&self) -> &Config {
        &self.torque.config
    }

    /// Where an application's pages are, as a page behind this door links to it.
    fn application_path(&self, slug: &str, door: Door) -> String {
        let server = &self.config().server;
        match door {
            Door::Server => server.application_link(slug),
            Door::All | Door::Applications => format!("{}/{slug}", server.app_path),
        }
    }

    /// The application that a path names, as it stands there.
    fn application_named_by<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path
            .strip_prefix(self.config().server.app_path.as_str())?
            .strip_prefix('/')?;
        let name = rest.split_once('/').map_or(rest, |(name, _)| name);
        (!name.is_empty()).then_some(name)
    }

    fn is_health(&self, path: &str) -> bool {
        path == "/health/live" || path == "/health/ready"
    }

    /// Whether a path is the same on the origin of applications.
    fn is_shared(&self, path: &str) -> bool {
        self.is_health(path)
            || path.starts_with("/assets/")
            || path.starts_with("/sign-")
            || path.starts_with("/hooks/")
    }

    /// How large a body this caller may send.
    fn body_limit(&self, caller: &Caller) -> usize {
        let server = &self.config().server;
        match caller.is_anonymous() {
            true => server
                .max_anonymous_payload_size
                .bytes()
                .min(server.max_payload_size.bytes()),
            false => server.max_payload_size.bytes(),
        }
    }

    /// Whether the browser has a sign-in to the whole server.
    async fn is_signed_in_to_server(&self, passed: &Passed, headers: &HeaderMap) -> bool {
        let name = authenticate::cookie_name(passed.secure, None);
        let Some(session) = authenticate::cookie_value(headers, &name) else {
            return false;
        };
        let holder = credential::holder(&self.torque, session, Some(passed.address)).await;
        holder.is_ok_and(|holder| holder.scope == Scope::All)
    }
}

/// Every route there is.
fn router(surface: &Arc<Surface>) -> Router {
    let config = surface.config();
    let app = config.server.app_path.trim_end_matches('/');
    let mut asked = Router::new()
        .route("/", get(page::root))
        .route("/sign-in", get(page::sign_in).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route(&format!("{app}/{{application}}"), get(page::application))
        .route(&format!("{app}/{{application}}/"), get(page::application))
        .route(
            &format!("{app}/{{application}}/{{*page}}"),
            get(page::application),
        )
        .route("/ws", get(socket::open))
        .route(&format!("{app}/{{application}}/ws"), get(socket::open))
        .merge(calls(surface));
    if config.metrics.enabled {
        asked = asked.route(&config.metrics.path, get(metrics::metrics));
    }
    let asked = asked
        .method_not_allowed_fallback(http::no_such_method)
        .route_layer(middleware::from_fn_with_state(
            Arc::clone(surface),
            authenticate::authenticate,
        ));
    let open = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/sign-in/page.css", get(sign_in::style))
        .route("/sign-in/page.js", get(sign_in::script))
        .route("/hooks/{application}/{*path}", any(webhook::receive))
        .method_not_allowed_fallback(http::no_such_method)
        .fallback(assets::serve);
    asked
        .merge(open)
        .layer(CatchPanicLayer::custom(http::panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(surface), http::gate))
        .with_state(Arc::clone(surface))
}

/// The routes of JSON-RPC and of downloads; their replies are compressed for clients that ask for it.
fn calls(surface: &Surface) -> Router<Arc<Surface>> {
    let config = surface.config();
    let app = config.server.app_path.trim_end_matches('/');
    let calls = Router::new()
        .route(&config.jsonrpc.path, post(server_jsonrpc))
        .route(
            &format!("{app}/{{application}}/jsonrpc"),
            post(application_jsonrpc),
        )
        .route(
            &format!("{app}/{{application}}/export/{{entity_type}}"),
            get(download::export),
        );
    if !config.jsonrpc.enable_compression {
        return calls;
    }
    calls.route_layer(
        CompressionLayer::new()
            .quality(CompressionLevel::Fastest)
            .compress_when(SizeAbove::new(WORTH_COMPRESSING)),
    )
}

async fn server_jsonrpc(
    State(surface): State<Arc<Surface>>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Response {
    let site = jsonrpc::Site {
        torque: &surface.torque,
        caller: &caller,
        application: None,
        is_nowhere: false,
        own: None,
    };
    jsonrpc::serve(site, &body).await
}

async fn application_jsonrpc(
    State(surface): State<Arc<Surface>>,
    Extension(place): Extension<Place>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Response {
    let Some(application) = &place.application else {
        return jsonrpc::respond(jsonrpc::nowhere(&surface.torque, &caller, &body).await);
    };
    let site = jsonrpc::Site {
        torque: &surface.torque,
        caller: &caller,
        application: Some(application),
        is_nowhere: false,
        own: None,
    };
    jsonrpc::serve(site, &body).await
}

/// Serves until `shutdown` and then for as long as what is under way may take.
///
/// # Errors
/// When the settings of proxies or the certificate cannot be read.
pub async fn serve(
    torque: Torque,
    listeners: Listeners,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let config = Arc::clone(&torque.config);
    let Listeners { whole, applications } = listeners;
    let listening: Vec<SocketAddr> = [Some(&whole), applications.as_ref()]
        .into_iter()
        .flatten()
        .filter_map(|listener| listener.local_addr().ok())
        .collect();
    let surface = Arc::new(Surface::new(torque, &listening)?);
    let certificate = tls::certificate(&config.server).await?;
    let handle = Handle::new();
    tokio::spawn(stop(
        Arc::clone(&surface),
        handle.clone(),
        Duration::from_secs(config.server.drain_timeout),
        shutdown,
    ));
    let router = router(&surface);
    let whole = listen(whole, router.clone(), handle.clone(), certificate.clone());
    match applications {
        Some(listener) => {
            let router = router.layer(Extension(Door::Applications));
            tokio::try_join!(whole, listen(listener, router, handle, certificate)).map(|_| ())
        }
        None => whole.await,
    }
}

async fn stop(
    surface: Arc<Surface>,
    handle: Handle<SocketAddr>,
    patience: Duration,
    shutdown: impl Future<Output = ()>,
) {
    shutdown.await;
    surface.drain.begin();
    let left = surface.drain.finished(patience).await;
    if left > 0 {
        tracing::warn!(left, "stopping although requests are under way");
    }
    // What is finished may still be on its way to the client.
    handle.graceful_shutdown(Some(Duration::from_millis(250)));
}

async fn listen(
    listener: TcpListener,
    router: Router,
    handle: Handle<SocketAddr>,
    certificate: Option<axum_server::tls_rustls::RustlsConfig>,
) -> Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = match certificate {
        Some(certificate) => {
            let mut server = axum_server::from_tcp_rustls(listener, certificate)
                .map_err(Error::bug)?
                .handle(handle);
            harden(server.http_builder());
            server.serve(service).await
        }
        None => {
            let mut server = axum_server::from_tcp(listener)
                .map_err(Error::bug)?
                .acceptor(NoDelayAcceptor::new())
                .handle(handle);
            harden(server.http_builder());
            server.serve(service).await
        }
    };
    served.map_err(Error::bug)
}

fn harden(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(LARGEST_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(LARGEST_HEAD as u32)
        .max_concurrent_streams(128)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
}
