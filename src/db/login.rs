//! Which logins a server uses, found out from the URLs it is given.
//!
//! With one URL whose login is privileged, the server does not serve with it:
//! it makes itself a role `<prefix>_server` at installation and signs in as that,
//! with a password derived from the URL's own, so that nothing has to be stored.

use crate::config::Config;
use crate::db::pooler;
use crate::db::pooler::Pooler;
use crate::db::refusal;
use crate::db::seconds;
use crate::db::url::DatabaseUrl;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use hmac::Hmac;
use hmac::Mac;
use sha2::Sha256;
use std::fmt::Write;
use std::sync::Arc;
use tokio_postgres::Client;

const LOGIN: &str = include_str!("../../sql/queries/database/login.sql");
const ROLE_PREFIX: &str = include_str!("../../sql/queries/database/role_prefix.sql");

/// The logins of a server.
#[derive(Debug, Clone)]
pub struct Logins {
    /// What serves requests.
    pub server: DatabaseUrl,
    /// What installs, deploys and listens: straight to the database.
    pub direct: DatabaseUrl,
    /// Whether the two are two URLs, so that only one of them may lead through a pooler.
    has_two_ways: bool,
    /// The prefix of this database's roles.
    pub prefix: String,
    /// The server role's password, where Torque makes it.
    pub(super) server_password: Option<String>,
    /// Whether `direct` may install.
    pub(super) may_install: bool,
}

impl Logins {
    /// Asks the database of `direct_url` (or `url`) who that login is, and decides.
    ///
    /// # Errors
    /// When the database cannot be reached, or the URLs do not suffice.
    pub async fn find(config: &Config) -> Result<Self> {
        let database = &config.database;
        let timeout = seconds(database.connection_timeout);
        if database.url.is_empty() {
            return Err(Error::new(Code::BadRequest, "there is no database URL"));
        }
        let url = DatabaseUrl::parse(&database.url, timeout)?;
        let one_url = database.direct_url.is_empty();
        let direct = if one_url {
            url.clone()
        } else {
            DatabaseUrl::parse(&database.direct_url, timeout)?
        };
        let client = pooler::straight(&direct)
            .await
            .map_err(|error| unreachable(&direct, error))?
            .ok_or_else(|| through_a_pooler(&direct, one_url))?;
        let asked = ask(&client).await.map_err(refusal::translate)?;
        let server_name = format!("{}_server", asked.prefix);
        if !one_url || !asked.is_privileged || url.user() == server_name {
            return Ok(Self {
                server: url,
                direct,
                has_two_ways: !one_url,
                prefix: asked.prefix,
                server_password: None,
                may_install: asked.is_privileged,
            });
        }
        let password = derived_password(&direct, &asked.prefix)?;
        Ok(Self {
            server: url.with_login(&server_name, Some(&password)),
            direct,
            has_two_ways: false,
            prefix: asked.prefix,
            server_password: Some(password),
            may_install: true,
        })
    }

    /// Finds out whether the server's connections lead through a pooler; if so, they keep nothing in a session.
    pub(super) async fn through_pooler(mut self) -> Result<Self> {
        if !self.has_two_ways {
            return Ok(self);
        }
        let straight = pooler::straight(&self.server)
            .await
            .map_err(|error| unreachable(&self.server, error))?;
        if straight.is_none() {
            tracing::info!(
                pooler = self.server.place(),
                "the database is reached through a pooler: nothing is kept prepared"
            );
            self.server.pooler = Some(Arc::new(Pooler::new(self.listener())));
        }
        Ok(self)
    }

    /// The listener's login: the server's own, straight to the database.
    #[must_use]
    pub fn listener(&self) -> DatabaseUrl {
        let password = self.server.password().map(String::from_utf8_lossy);
        self.direct.with_login(self.server.user(), password.as_deref())
    }

    /// The role that owns Torque's tables.
    #[must_use]
    pub fn owner_role(&self) -> String {
        format!("{}_owner", self.prefix)
    }
}

struct Asked {
    is_privileged: bool,
    prefix: String,
}

async fn ask(client: &Client) -> std::result::Result<Asked, tokio_postgres::Error> {
    let row = client.query_one(LOGIN, &[]).await?;
    let mut prefix: String = row.try_get("database_name")?;
    if row.try_get("is_installed")?
        && let Ok(Some(recorded)) = client.query_opt(ROLE_PREFIX, &[]).await
    {
        prefix = recorded.try_get(0)?;
    }
    Ok(Asked {
        is_privileged: row.try_get("is_privileged")?,
        prefix,
    })
}

fn unreachable(url: &DatabaseUrl, error: tokio_postgres::Error) -> Error {
    let place = url.place();
    let state = error.code().map(tokio_postgres::error::SqlState::code);
    let message = match state {
        Some("3D000") => format!(
            "the database of {place} does not exist: make it with `createdb {}`",
            url.database()
        ),
        Some("28P01" | "28000") => format!("the database does not accept the login of {place}"),
        _ => format!(
            "the database of {place} cannot be reached: {}",
            refusal::reason(&error)
        ),
    };
    let translated = refusal::translate(error);
    Error {
        message,
        ..translated
    }
}

fn through_a_pooler(url: &DatabaseUrl, one_url: bool) -> Error {
    let message = if one_url {
        format!(
            "database.url ({}) leads through a connection pooler, where Torque can neither listen nor install: \
             set database.direct_url to a URL that leads straight to PostgreSQL",
            url.place()
        )
    } else {
        format!(
            "database.direct_url ({}) leads through a connection pooler, where Torque can neither listen nor \
             install: give it the address of PostgreSQL itself, and let only database.url lead through the pooler",
            url.place()
        )
    };
    Error::new(Code::BadRequest, message)
}

fn derived_password(url: &DatabaseUrl, prefix: &str) -> Result<String> {
    let Some(secret) = url.password().filter(|secret| !secret.is_empty()) else {
        return Err(Error::new(
            Code::BadRequest,
            format!(
                "the login of database.url ({}) may do anything and has no password in the URL, so Torque cannot \
                 make itself a lesser one: make a role {prefix}_server, set database.url to it, and set \
                 database.direct_url to this URL",
                url.place()
            ),
        ));
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(Error::bug)?;
    mac.update(format!("torque server role {prefix}").as_bytes());
    let mut password = String::with_capacity(64);
    for byte in mac.finalize().into_bytes() {
        let _ = write!(password, "{byte:02x}");
    }
    Ok(password)
}
