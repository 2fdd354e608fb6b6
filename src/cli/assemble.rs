//! Putting a Torque together: the database, its installation, the directory.

use crate::cli::settings::Settings;
use crate::config::Config;
use crate::db::Db;
use crate::db::embedded;
use crate::db::embedded::Embedded;
use crate::db::install;
use crate::engine::Engine;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::feed::Feed;
use crate::operation::Gather;
use crate::operation::Patience;
use crate::operation::Torque;
use crate::operation::audit::Audit;
use crate::operation::credential::Credentials;
use crate::operation::directory::Directory;
use crate::operation::vault::Vault;
use std::sync::Arc;

/// A database that runs, and the settings that lead to it.
pub struct Place {
    /// The settings, with the embedded database's URL where that is used.
    pub config: Config,
    /// The embedded database, if it is used.
    pub embedded: Option<Embedded>,
    /// Where a server that runs on the embedded database answers.
    served_at: Option<String>,
}

impl Place {
    /// Starts or joins the embedded database unless the settings name another.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn open(settings: &Settings) -> Result<Self> {
        let mut config = settings.config.clone();
        if !uses_embedded(&config) {
            return Ok(Self {
                config,
                embedded: None,
                served_at: None,
            });
        }
        let chosen = embedded::Settings::from_config(&config, &settings.folder)?;
        let folder = embedded::Folder::open(&chosen)?;
        let served_at = folder.served_at();
        if config.secrets.key.trim().is_empty() {
            config.secrets.key = folder.secrets_key()?;
            if let Err(fault) = config.secrets.bytes() {
                let path = folder.root().join("secrets.key");
                return Err(Error::new(
                    Code::BadRequest,
                    format!("{} {fault}", path.display()),
                ));
            }
        }
        let embedded = Embedded::start(chosen).await?;
        config.database.url = embedded.url();
        config.database.direct_url = String::new();
        Ok(Self {
            config,
            embedded: Some(embedded),
            served_at,
        })
    }

    /// The address people open: the public one, that of the server that runs here, or what the settings say.
    #[must_use]
    pub fn address(&self) -> String {
        let server = &self.config.server;
        match &self.served_at {
            Some(served_at) if server.public_url.is_empty() => served_at.clone(),
            _ => server.address(),
        }
    }

    /// Stops what was started here.
    pub async fn close(self) {
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

/// Does something at a database that is joined or started, and stops it again if it was started.
///
/// # Errors
/// When it cannot be started, and those of what is done.
pub async fn at_place<T>(settings: &Settings, work: impl AsyncFnOnce(&Place) -> Result<T>) -> Result<T> {
    let place = Place::open(settings).await?;
    let done = work(&place).await;
    place.close().await;
    done
}

/// Does something with a whole Torque, over a database that is joined or started.
///
/// # Errors
/// When the database cannot be opened or installed, and those of what is done.
pub async fn with_torque<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Torque, &Place) -> Result<T>,
) -> Result<T> {
    at_place(settings, async |place| {
        // It ends before its database: one that is stopped under its connections would make them try again.
        let torque = torque(place.config.clone()).await?;
        work(&torque, place).await
    })
    .await
}

/// Whether the settings mean the embedded database.
#[must_use]
pub fn uses_embedded(config: &Config) -> bool {
    match config.database.kind.as_str() {
        "embedded" => true,
        "postgres" => false,
        _ => config.database.url.is_empty(),
    }
}

/// Installs what is missing, connects, and refuses a login that may do too much.
///
/// # Errors
/// When the database cannot be reached or installed, or the login is unsafe and that was not allowed.
pub async fn torque(config: Config) -> Result<Torque> {
    install::install(&config).await?;
    let db = Db::connect(&config).await?;
    refuse_unsafe_role(&db, &config).await?;
    let directory = Directory::default();
    directory.refresh(&db).await?;
    let credentials = Credentials::new(
        config.limits.failed_sign_ins_per_minute,
        config.limits.anonymous_writes_per_minute,
    );
    let feed = Feed::new(&db, &directory, &config);
    Ok(Torque {
        vault: Vault::new(&config.secrets),
        patience: Patience::new(&config),
        engine: Engine::new(&config),
        writes: Gather::new("torque_grouped_writes_total"),
        reads: Gather::new("torque_grouped_reads_total"),
        db,
        config: Arc::new(config),
        credentials,
        directory,
        feed,
        audit: Audit::default(),
    })
}

async fn refuse_unsafe_role(db: &Db, config: &Config) -> Result<()> {
    let faults = install::role_faults(db).await?;
    if faults.is_empty() {
        return Ok(());
    }
    let sentences: Vec<String> = faults.into_iter().map(|fault| fault.sentence).collect();
    let sentences = sentences.join("; ");
    if config.server.allow_unsafe_role {
        tracing::warn!("UNSAFE ROLE: {sentences}");
        return Ok(());
    }
    Err(Error::new(
        Code::Forbidden,
        format!(
            "{sentences}. Leave database.direct_url empty and Torque makes itself a lesser role, or set database.url \
             to {}_server, or say --allow-unsafe-role",
            db.logins().prefix
        ),
    ))
}
