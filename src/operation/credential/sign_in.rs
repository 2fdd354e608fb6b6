//! Signing in and out: one-time links, and API keys that a person holds.

use crate::db::Row;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Torque;
use crate::operation::caller::Permission;
use crate::operation::credential::failed;
use crate::operation::credential::secret;
use crate::operation::credential::secret::Kind;
use crate::operation::credential::secret::Secret;
use serde_json::json;
use std::net::IpAddr;
use std::time::Duration;
use uuid::Uuid;

/// How long a sign-in session lasts.
const SESSION: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How long the setup link works; the next start prints a fresh one.
const SETUP_LINK: Duration = Duration::from_secs(24 * 3_600);

/// A session that was just made.
#[derive(Debug)]
pub struct Session {
    /// The cookie's value.
    pub secret: Secret,
    /// The application it is for; none for the whole server.
    pub application: Option<(Uuid, String)>,
    /// What it allows.
    pub permission: Permission,
    /// Who signed in.
    pub caller: String,
    /// How long it lasts.
    pub lasts: Duration,
}

/// The secret of the setup link, while nobody administers the server yet.
pub async fn setup_link(torque: &Torque) -> Result<Option<Secret>> {
    let link = Secret::new(Kind::Link)?;
    let sql = include_str!("../../../sql/queries/caller/replace_setup_link.sql");
    let made = torque
        .db
        .write_opt(sql, &[&link.hash().as_slice(), &SETUP_LINK.as_secs_f64()])
        .await?;
    Ok(made.map(|_| link))
}

/// Makes a session out of a link or an API key, for one application if that is wished.
pub async fn sign_in(
    torque: &Torque,
    presented: &str,
    application: Option<Uuid>,
    address: Option<IpAddr>,
) -> Result<Session> {
    let sql = match Kind::of(presented) {
        Some(Kind::Link) => include_str!("../../../sql/queries/caller/sign_in_with_link.sql"),
        Some(Kind::Key) => include_str!("../../../sql/queries/caller/sign_in_with_key.sql"),
        Some(Kind::Session) | None => return Err(failed(torque, address)),
    };
    if let Some(address) = address {
        let checked = torque.credentials.0.failed_sign_ins.check(address);
        checked.inspect_err(|error| torque.audit.sign_in_refused(Some(address), error))?;
    }
    let session = Secret::new(Kind::Session)?;
    let row = torque
        .db
        .write_opt(
            sql,
            &[
                &secret::hash(presented).as_slice(),
                &session.hash().as_slice(),
                &SESSION.as_secs_f64(),
                &application,
            ],
        )
        .await?;
    match row {
        Some(row) => {
            let session = made(session, &row)?;
            noted(torque, &session, address, "credential");
            Ok(session)
        }
        None => Err(failed(torque, address)),
    }
}

/// Makes a session for one application out of a session for the whole server.
pub async fn continue_in(
    torque: &Torque,
    held: &str,
    application: Uuid,
    address: Option<IpAddr>,
) -> Result<Session> {
    let session = Secret::new(Kind::Session)?;
    let sql = include_str!("../../../sql/queries/caller/continue_in_application.sql");
    let row = torque
        .db
        .write_opt(
            sql,
            &[
                &secret::hash(held).as_slice(),
                &session.hash().as_slice(),
                &application,
                &SESSION.as_secs_f64(),
            ],
        )
        .await?;
    match row {
        Some(row) => {
            let session = made(session, &row)?;
            noted(torque, &session, address, "session");
            Ok(session)
        }
        None => {
            let error = Error::new(Code::Unauthenticated, "sign in first");
            torque.audit.sign_in_refused(address, &error);
            Err(error)
        }
    }
}

/// Ends a session; one that does not exist is ended already.
pub async fn sign_out(torque: &Torque, held: &str, address: Option<IpAddr>) -> Result<()> {
    let sql = include_str!("../../../sql/queries/caller/sign_out.sql");
    let ended = torque
        .db
        .write_opt(sql, &[&secret::hash(held).as_slice()])
        .await?;
    if let Some(row) = ended {
        let caller: String = row.get("caller");
        torque
            .audit
            .signed("signOut", &caller, row.get("application_id"), address, json!({}));
    }
    Ok(())
}

/// Notes a sign-in, and what it was made from.
fn noted(torque: &Torque, session: &Session, address: Option<IpAddr>, from: &str) {
    let application = session.application.as_ref().map(|(id, _)| *id);
    let details = json!({ "from": from, "permission": session.permission.name() });
    torque
        .audit
        .signed("signIn", &session.caller, application, address, details);
}

fn made(secret: Secret, row: &Row) -> Result<Session> {
    let permission: String = row.get("permission");
    let seconds_left: f64 = row.get("seconds_left");
    let application_id: Option<Uuid> = row.get("application_id");
    let slug: Option<String> = row.get("application");
    Ok(Session {
        secret,
        application: application_id.zip(slug),
        permission: permission.parse().map_err(Error::bug)?,
        caller: row.get("caller"),
        lasts: Duration::from_secs_f64(seconds_left.max(0.0)),
    })
}
