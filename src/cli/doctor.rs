//! `torque doctor`: what is wrong, and how to mend it.

use crate::cli::answer::Answer;
use crate::cli::assemble::Place;
use crate::cli::settings::Settings;
use crate::db::Db;
use crate::db::install;
use crate::error::Error;
use crate::error::Result;
use serde_json::json;

const FINDINGS: &str = include_str!("../../sql/queries/database/findings.sql");

/// The exit code when something is wrong.
const NOT_WELL: u8 = 1;

/// One thing that was looked at.
struct Finding {
    /// database, roles, partitions, feed, settings.
    area: String,
    is_well: bool,
    what: String,
    mend: String,
}

impl Finding {
    fn well(area: &str, what: impl Into<String>) -> Self {
        Self {
            area: area.to_owned(),
            is_well: true,
            what: what.into(),
            mend: String::new(),
        }
    }

    fn ill(area: &str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            area: area.to_owned(),
            is_well: false,
            what: what.into(),
            mend: mend.into(),
        }
    }
}

/// Looks at everything and says what it found.
pub async fn run(settings: Settings) -> Result<Answer> {
    let mut findings = vec![Finding::well("settings", "the settings are right")];
    match Place::open(&settings).await {
        Ok(place) => {
            if let Err(error) = examine(&place, &mut findings).await {
                findings.push(unreachable(&error));
            }
            place.close().await;
        }
        Err(error) => findings.push(unreachable(&error)),
    }
    Ok(answer(&findings))
}

fn unreachable(error: &Error) -> Finding {
    Finding::ill(
        "database",
        error.message.clone(),
        "see that PostgreSQL runs and that database.url (or TORQUE_DATABASE_URL) is right",
    )
}

async fn examine(place: &Place, findings: &mut Vec<Finding>) -> Result<()> {
    let state = install::status(&place.config).await?;
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
    if state.has_this_logic() {
        findings.push(Finding::well("database", "the logic is this release's"));
    } else {
        findings.push(Finding::ill(
            "database",
            "the logic (sql/logic) is not this release's",
            "torque migrate --up (a starting server does it as well)",
        ));
    }
    let db = Db::connect(&place.config).await?;
    roles(&db, findings).await?;
    for row in db.owner().await?.query(FINDINGS, &[]).await? {
        let what: String = row.get("what");
        let area: String = row.get("area");
        findings.push(if row.get("is_well") {
            Finding::well(&area, what)
        } else {
            Finding::ill(&area, what, row.get::<_, String>("mend"))
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

fn answer(findings: &[Finding]) -> Answer {
    let ill = findings.iter().filter(|finding| !finding.is_well).count();
    let mut lines = Vec::new();
    for finding in findings {
        let mark = if finding.is_well { "ok  " } else { "BAD " };
        lines.push(format!("{mark} {:<11} {}", finding.area, finding.what));
        if !finding.mend.is_empty() {
            lines.push(format!("                 to mend it: {}", finding.mend));
        }
    }
    lines.push(match ill {
        0 => "All is well.".to_owned(),
        1 => "One thing is wrong.".to_owned(),
        several => format!("{several} things are wrong."),
    });
    let list: Vec<_> = findings
        .iter()
        .map(|finding| {
            json!({
                "area": finding.area,
                "ok": finding.is_well,
                "what": finding.what,
                "mend": finding.mend,
            })
        })
        .collect();
    let answer = Answer::new(lines.join("\n"), json!({ "ok": ill == 0, "findings": list }));
    if ill == 0 {
        answer
    } else {
        answer.with_exit(NOT_WELL)
    }
}
