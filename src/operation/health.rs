//! What is wrong with an installation, and how to mend it.
//!
//! `torque doctor` and the administration ask the same: what was looked at,
//! whether it is well, and what to do where it is not.

use crate::config::Config;
use crate::db::Db;
use crate::db::install;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

const FINDINGS: &str = include_str!("../../sql/queries/database/findings.sql");

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!("checkHealth", "Looks at what torque doctor looks at, and says how to mend what is wrong.", Admin, Server,
        CheckHealth => Health, check_health),
];

/// No parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckHealth {}

/// Everything that was looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Health {
    /// Whether all is well.
    pub ok: bool,
    /// One thing each.
    pub findings: Vec<Finding>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Finding {
    /// `settings`, `database`, `roles`, `partitions`, `feed`, `deploys`, `search` or `server`.
    pub area: String,
    /// Whether it is well.
    #[serde(rename = "ok")]
    pub is_well: bool,
    /// What was found.
    pub what: String,
    /// What to do; empty where nothing has to be done.
    pub mend: String,
}

impl Finding {
    /// Something that is as it should be.
    pub fn well(area: &str, what: impl Into<String>) -> Self {
        Self {
            area: area.to_owned(),
            is_well: true,
            what: what.into(),
            mend: String::new(),
        }
    }

    /// Something that somebody should mend.
    pub fn ill(area: &str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            area: area.to_owned(),
            is_well: false,
            what: what.into(),
            mend: mend.into(),
        }
    }
}

impl From<Vec<Finding>> for Health {
    fn from(findings: Vec<Finding>) -> Self {
        Self {
            ok: findings.iter().all(|finding| finding.is_well),
            findings,
        }
    }
}

/// A database that cannot be looked at.
#[must_use]
pub fn unreachable(error: &Error) -> Finding {
    Finding::ill(
        "database",
        error.message.clone(),
        "see that PostgreSQL runs and that database.url (or TORQUE_DATABASE_URL) is right",
    )
}

/// Looks at the installation, over the connections of a server that runs or over new ones.
///
/// # Errors
/// When the database cannot be looked at; what was found until then stays in `findings`.
pub async fn examine(config: &Config, db: Option<&Db>, findings: &mut Vec<Finding>) -> Result<()> {
    let state = install::status(config).await?;
    if !state.pending().is_empty() {
        findings.push(Finding::ill(
            "database",
            format!("{} migrations have not been applied", state.pending().len()),
            "torque migrate --up (a starting server does it as well)",
        ));
        return Ok(());
    }
    findings.push(Finding::well(
        "database",
        format!("the schema is at version {}, this release's", state.version()),
    ));
    findings.push(match state.has_this_logic() {
        true => Finding::well("database", "the logic is this release's"),
        false => Finding::ill(
            "database",
            "the logic (sql/logic) is not this release's",
            "torque migrate --up (a starting server does it as well)",
        ),
    });
    let db = match db {
        Some(db) => db.clone(),
        None => Db::connect(config).await?,
    };
    roles(&db, findings).await?;
    for row in db.owner().await?.query(FINDINGS, &[]).await? {
        let what: String = row.get("what");
        let area: String = row.get("area");
        findings.push(match row.get("is_well") {
            true => Finding::well(&area, what),
            false => Finding::ill(&area, what, row.get::<_, String>("mend")),
        });
    }
    Ok(())
}

async fn roles(db: &Db, findings: &mut Vec<Finding>) -> Result<()> {
    let faults = install::role_faults(db).await?;
    if faults.is_empty() {
        findings.push(Finding::well(
            "roles",
            format!(
                "the server signs in as {}, which owns nothing",
                db.logins().server.user()
            ),
        ));
    }
    for fault in faults {
        findings.push(Finding::ill(
            "roles",
            fault.sentence,
            format!(
                "leave database.direct_url empty, so that Torque makes its own role, or set database.url to {}_server",
                db.logins().prefix
            ),
        ));
    }
    Ok(())
}

async fn check_health(ask: Ask<'_>, _: CheckHealth) -> Result<Reply> {
    let torque = ask.torque;
    let mut findings = Vec::new();
    if let Err(error) = examine(&torque.config, Some(&torque.db), &mut findings).await {
        findings.push(unreachable(&error));
    }
    let alarms = torque.feed.alarms();
    if alarms.is_empty() {
        findings.push(Finding::well("server", "no loop of this server is in trouble"));
    }
    for alarm in alarms {
        findings.push(Finding::ill(
            "server",
            format!("{} for {} s: {}", alarm.what, alarm.since.as_secs(), alarm.reason),
            "see this server's log, and mend what the reason names",
        ));
    }
    Reply::of(&Health::from(findings))
}
