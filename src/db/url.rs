//! Where a database is: reading `postgres://` URLs.
//!
//! The names of libpq's TLS modes keep their meaning: `prefer` and `require`
//! encrypt without asking who answers, `verify-ca` and `verify-full` ask.

use crate::db::pooler::Pooler;
use crate::db::tls;
use crate::db::tls::Verify;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres::config::Host;
use tokio_postgres::config::SslMode;

/// A database that can be connected to.
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(super) config: tokio_postgres::Config,
    pub(super) tls: Option<tls::Connector>,
    /// How statements travel, when a pooler stands between.
    pub(super) pooler: Option<Arc<Pooler>>,
}

impl fmt::Debug for DatabaseUrl {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place())
    }
}

impl DatabaseUrl {
    /// Reads a URL; `connect_timeout` is for connections that do not come about.
    ///
    /// # Errors
    /// When it is not a URL of a PostgreSQL database, or names a certificate that cannot be read.
    pub fn parse(url: &str, connect_timeout: Duration) -> Result<Self> {
        let url = with_host_of_query(url);
        let (url, asked) = split_tls(&url)?;
        let mut config = tokio_postgres::Config::from_str(&url).map_err(|error| {
            Error::new(
                Code::BadRequest,
                format!("the database URL cannot be read: {error}"),
            )
        })?;
        if config.get_hosts().is_empty() {
            config.host("localhost");
        }
        if config.get_dbname().is_none() {
            let user = config.get_user().unwrap_or("postgres").to_owned();
            config.dbname(&user);
        }
        if config.get_user().is_none() {
            config.user("postgres");
        }
        config
            .application_name(config.get_application_name().unwrap_or("torque").to_owned())
            .connect_timeout(connect_timeout)
            .keepalives(true)
            .keepalives_idle(Duration::from_secs(30))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(3)
            .tcp_user_timeout(Duration::from_secs(20));
        let local = config
            .get_hosts()
            .iter()
            .all(|host| matches!(host, Host::Unix(_)));
        let tls = if local || asked.mode == SslMode::Disable {
            config.ssl_mode(SslMode::Disable);
            None
        } else {
            config.ssl_mode(asked.mode);
            Some(tls::connector(asked.verify, asked.root.as_deref())?)
        };
        Ok(Self {
            config,
            tls,
            pooler: None,
        })
    }

    /// The database's name.
    #[must_use]
    pub fn database(&self) -> &str {
        self.config.get_dbname().unwrap_or_default()
    }

    /// The login's name.
    #[must_use]
    pub fn user(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }

    /// The login's password.
    #[must_use]
    pub fn password(&self) -> Option<&[u8]> {
        self.config.get_password()
    }

    /// The same database with another login.
    #[must_use]
    pub fn with_login(&self, user: &str, password: Option<&str>) -> Self {
        let mut other = self.clone();
        other.config.user(user);
        if let Some(password) = password {
            other.config.password(password);
        }
        other
    }

    /// The same server's database of another name.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.config.dbname(name);
        other
    }

    /// The database for people: host, port and name, no secret.
    #[must_use]
    pub fn place(&self) -> String {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            Some(Host::Unix(folder)) => folder.display().to_string(),
            None => "localhost".to_owned(),
        };
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        format!("{}@{host}:{port}/{}", self.user(), self.database())
    }
}

/// A URL whose query names the host, `?host=/run/postgresql`, without the host before its path: libpq has the
/// query's go before, the driver would try both. A port before the path stays, unless the query names that too.
fn with_host_of_query(url: &str) -> String {
    let names = |query: &str, name: &str| query.split('&').any(|pair| pair.starts_with(name));
    let Some((head, query)) = url.split_once('?').filter(|(_, query)| names(query, "host=")) else {
        return url.to_owned();
    };
    let Some((scheme, rest)) = head.split_once("://") else {
        return url.to_owned();
    };
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (login, host) = match authority.rsplit_once('@') {
        Some((login, host)) => (format!("{login}@"), host),
        None => (String::new(), authority),
    };
    let port = host.rsplit_once(':').map(|(_, port)| port);
    let port = port.filter(|port| {
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && !names(query, "port=")
    });
    let port = port.map(|port| format!("&port={port}")).unwrap_or_default();
    format!("{scheme}://{login}{path}?{query}{port}")
}

/// What a URL asks of TLS.
struct AskedTls {
    mode: SslMode,
    verify: Verify,
    root: Option<PathBuf>,
}

/// Takes the parameters about TLS out of a URL, since the driver knows only three of the modes.
fn split_tls(url: &str) -> Result<(String, AskedTls)> {
    let mut asked = AskedTls {
        mode: SslMode::Prefer,
        verify: Verify::Nothing,
        root: None,
    };
    let Some((base, query)) = url.split_once('?') else {
        return Ok((url.to_owned(), asked));
    };
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "sslmode" => {
                (asked.mode, asked.verify) = match value {
                    "disable" => (SslMode::Disable, Verify::Nothing),
                    "allow" | "prefer" => (SslMode::Prefer, Verify::Nothing),
                    "require" => (SslMode::Require, Verify::Nothing),
                    "verify-ca" => (SslMode::Require, Verify::Authority),
                    "verify-full" => (SslMode::Require, Verify::AuthorityAndName),
                    other => {
                        return Err(Error::new(
                            Code::BadRequest,
                            format!(
                                "the database URL's sslmode is disable, allow, prefer, require, verify-ca or \
                                 verify-full, not `{other}`"
                            ),
                        ));
                    }
                };
            }
            "sslrootcert" => asked.root = Some(PathBuf::from(percent_decoded(value))),
            "sslcert" | "sslkey" | "sslcrl" => {
                return Err(Error::new(
                    Code::BadRequest,
                    format!("the database URL's `{name}` is not supported: sign in with a password"),
                ));
            }
            _ => rest.push(pair),
        }
    }
    // As libpq does: with a root certificate at hand, `require` checks it.
    if asked.root.is_some() && asked.mode == SslMode::Require && asked.verify == Verify::Nothing {
        asked.verify = Verify::Authority;
    }
    let url = if rest.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{}", rest.join("&"))
    };
    Ok((url, asked))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, hex) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::DatabaseUrl;
    use std::time::Duration;

    fn parse(url: &str) -> crate::error::Result<DatabaseUrl> {
        DatabaseUrl::parse(url, Duration::from_secs(1))
    }

    #[test]
    fn a_url_is_read_and_shown_without_its_password() {
        let url = parse("postgres://ada:s3cret@db.example.org:6543/shop?sslmode=verify-full").unwrap();
        assert_eq!(url.database(), "shop");
        assert_eq!(url.user(), "ada");
        assert_eq!(url.password(), Some(&b"s3cret"[..]));
        assert!(url.tls.is_some());
        assert_eq!(format!("{url:?}"), "ada@db.example.org:6543/shop");
    }

    #[test]
    fn a_socket_folder_needs_no_tls() {
        let url = parse("postgresql://torque@%2Ftmp%2Fpg/torque?sslmode=require").unwrap();
        assert!(url.tls.is_none());
        assert_eq!(url.place(), "torque@/tmp/pg:5432/torque");
    }

    #[test]
    fn the_querys_host_goes_before_the_one_of_the_address() {
        for (url, place) in [
            (
                "postgres://ada@localhost:6543/shop?host=/run/pg",
                "ada@/run/pg:6543/shop",
            ),
            (
                "postgres://ada@/shop?host=/run/pg&port=7000",
                "ada@/run/pg:7000/shop",
            ),
            ("postgres:///shop?host=%2Frun%2Fpg", "postgres@/run/pg:5432/shop"),
            (
                "postgres://ada:x@localhost:6543/shop?host=/run/pg&port=7000&sslmode=require",
                "ada@/run/pg:7000/shop",
            ),
            (
                "postgres://ada@[::1]:6543/shop?host=db.example.org",
                "ada@db.example.org:6543/shop",
            ),
        ] {
            let read = parse(url).unwrap();
            assert_eq!(read.place(), place, "{url}");
            assert_eq!(read.config.get_hosts().len(), 1, "{url}");
            assert_eq!(read.tls.is_none(), place.contains("@/"), "{url}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        for url in [
            "mysql://localhost/x",
            "postgres://localhost/x?sslmode=sometimes",
            "postgres://localhost/x?sslcert=me.pem",
            "postgres://localhost/x?sslmode=verify-full&sslrootcert=/no/such/file.pem",
        ] {
            assert!(parse(url).is_err(), "{url}");
        }
    }
}
