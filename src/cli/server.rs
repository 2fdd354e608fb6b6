//! `torque server`: assemble, say where, serve, drain.

use crate::cli::answer::Answer;
use crate::cli::assemble;
use crate::cli::assemble::Place;
use crate::cli::first_start;
use crate::cli::settings::Settings;
use crate::db::embedded::Folder;
use crate::db::embedded::ServerLock;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::credential::sign_in;
use crate::operation::deploy;
use crate::operation::keys;
use crate::surface;
use crate::surface::tls;
use crate::surface::tls::Listeners;
use crate::telemetry;
use clap::Args;
use serde_json::Value;
use serde_json::json;
use std::sync::Arc;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;
use tokio::sync::Notify;

/// Flags of `torque server`. Each is a setting of the configuration file as well.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The address and port to listen on [setting: `server.bind`]
    #[arg(long)]
    bind: Option<String>,
    /// Where the editor's surface stands [setting: `graphql.path`]
    #[arg(long, value_name = "PATH")]
    graphql_path: Option<String>,
    /// Where JSON-RPC stands [setting: `jsonrpc.path`]
    #[arg(long, value_name = "PATH")]
    jsonrpc_path: Option<String>,
    /// Where the agents' surface stands [setting: `mcp.path`]
    #[arg(long, value_name = "PATH")]
    mcp_path: Option<String>,
    /// Serve the browser's files from web/dist as they are now [setting: `frontend.enable_hot_reload`]
    #[arg(long)]
    hot_reload: bool,
    /// Listen beyond loopback without TLS or a trusted proxy [setting: `server.allow_insecure_bind`]
    #[arg(long)]
    allow_insecure_bind: bool,
    /// Serve although the database role may do more than it should [setting: `server.allow_unsafe_role`]
    #[arg(long)]
    allow_unsafe_role: bool,
}

impl Arguments {
    /// The flags as settings.
    pub fn flags(&self) -> Vec<(String, String)> {
        let texts = [
            ("server.bind", &self.bind),
            ("graphql.path", &self.graphql_path),
            ("jsonrpc.path", &self.jsonrpc_path),
            ("mcp.path", &self.mcp_path),
        ];
        let switches = [
            ("frontend.enable_hot_reload", self.hot_reload),
            ("server.allow_insecure_bind", self.allow_insecure_bind),
            ("server.allow_unsafe_role", self.allow_unsafe_role),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        let switches = switches
            .into_iter()
            .filter(|(_, on)| *on)
            .map(|(name, _)| (name.to_owned(), "true".to_owned()));
        texts.chain(switches).collect()
    }
}

/// Serves until it is told to stop.
pub async fn run(mut settings: Settings, json: bool) -> Result<Answer> {
    telemetry::install();
    // Before anything starts: a signal during the start must not end the process around its database.
    let told_to_stop = told_to_stop()?;
    // Taken first: a port that is in use should not cost the start of a database.
    let listeners = tls::bind(&settings.config.server)?;
    let (port, app_port) = listeners.ports();
    settings.config.server.listens_at(port, app_port);
    let mut lock = lock_folder(&settings)?;
    let place = Place::open(&settings).await?;
    let served = serve(&settings, &place, listeners, lock.as_mut(), told_to_stop, json).await;
    place.close().await;
    served?;
    tracing::info!("stopped");
    Ok(Answer::new("", Value::Null))
}

fn lock_folder(settings: &Settings) -> Result<Option<ServerLock>> {
    if !assemble::uses_embedded(&settings.config) {
        return Ok(None);
    }
    let embedded = crate::db::embedded::Settings::from_config(&settings.config, &settings.folder)?;
    Folder::open(&embedded)?.lock_for_server().map(Some)
}

async fn serve(
    settings: &Settings,
    place: &Place,
    listeners: Listeners,
    lock: Option<&mut ServerLock>,
    told_to_stop: impl Future<Output = ()> + Send + 'static,
    json: bool,
) -> Result<()> {
    let torque = assemble::torque(place.config.clone()).await?;
    if torque.config.server.first_application {
        first_start::make_application(&torque, &settings.folder).await?;
    }
    let address = torque.config.server.address();
    if let Some(lock) = lock {
        lock.note(&address)?;
    }
    let directory = torque.clone();
    let current = tokio::spawn(async move { directory.directory.keep_current(&directory.db).await });
    let left = torque.clone();
    let resuming = tokio::spawn(async move { deploy::keep_resuming(&left).await });
    let noted = torque.clone();
    let noting = tokio::spawn(async move { noted.audit.keep(&noted.db).await });
    let (audit, db) = (torque.audit.clone(), torque.db.clone());
    let feed = torque.feed.clone();
    feed.start();
    let engine = torque.clone();
    engine.engine.start(&engine);
    announce(&torque, place, &address, json).await?;
    let served = surface::serve(torque, listeners, told_to_stop).await;
    engine.engine.stop(&engine).await;
    feed.stop();
    current.abort();
    resuming.abort();
    noting.abort();
    if let Err(error) = audit.write(&db).await {
        tracing::warn!(%error, "the last audited calls could not be written down");
    }
    served
}

/// Says on standard output where the server answers; nothing else is written there.
async fn announce(torque: &Torque, place: &Place, address: &str, json: bool) -> Result<()> {
    let link = sign_in::setup_link(torque).await?;
    let link = link.map(|link| format!("{address}{}", keys::link_path(&link)));
    let database = match &place.embedded {
        Some(embedded) => embedded.psql_command(),
        None => torque.db.logins().direct.place(),
    };
    let applications: Vec<(String, String)> = torque
        .directory
        .applications()
        .iter()
        .map(|application| {
            (
                application.name.clone(),
                torque.config.server.application_at(address, &application.slug),
            )
        })
        .collect();
    if json {
        let applications: Vec<_> = applications
            .iter()
            .map(|(name, url)| json!({ "name": name, "url": url }))
            .collect();
        let said = json!({
            "url": address,
            "release": env!("CARGO_PKG_VERSION"),
            "applications": applications,
            "setupLink": link,
            "database": database,
        });
        println!("{said}");
        return Ok(());
    }
    println!("Torque {} answers at {address}", env!("CARGO_PKG_VERSION"));
    for (name, url) in applications {
        println!("  {name}  {url}");
    }
    if let Some(link) = link {
        println!("Nobody administers this server yet. Open this link once, within a day:");
        println!("  {link}");
    }
    match place.embedded {
        Some(_) => println!("Its database: torque psql, or\n  {database}"),
        None => println!("Its database: {database}"),
    }
    Ok(())
}

/// Listens for SIGTERM and Ctrl-C from now on; what it returns ends with the first one, also when that came
/// earlier. The second one ends the process at once.
fn told_to_stop() -> Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::bug)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::bug)?;
    let first = Arc::new(Notify::new());
    let told = Arc::clone(&first);
    tokio::spawn(async move {
        let mut signalled = async || {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        signalled().await;
        tracing::info!("stopping: what is under way may finish; once more to stop at once");
        first.notify_one();
        signalled().await;
        // The embedded database ends by the signal of its parent's death.
        std::process::exit(STOPPED_AT_ONCE);
    });
    Ok(async move { told.notified().await })
}

/// The exit code after a second signal, as shells show a process that a signal ended.
const STOPPED_AT_ONCE: i32 = 130;
