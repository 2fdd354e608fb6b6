//! `torque doctor`: what is wrong, and how to mend it.

use crate::cli::answer::Answer;
use crate::cli::assemble::Place;
use crate::cli::settings::Settings;
use crate::error::Error;
use crate::error::Result;
use crate::operation::health;
use crate::operation::health::Finding;
use crate::operation::health::Health;

/// The exit code when something is wrong.
const NOT_WELL: u8 = 1;

/// Looks at everything and says what it found.
pub async fn run(settings: Settings) -> Result<Answer> {
    let mut findings = vec![Finding::well("settings", "the settings are right")];
    match Place::open(&settings).await {
        Ok(place) => {
            if let Err(error) = health::examine(&place.config, None, &mut findings).await {
                findings.push(health::unreachable(&error));
            }
            place.close().await;
        }
        Err(error) => findings.push(health::unreachable(&error)),
    }
    answer(findings.into())
}

fn answer(health: Health) -> Result<Answer> {
    let ill = health.findings.iter().filter(|finding| !finding.is_well).count();
    let mut lines = Vec::new();
    for finding in &health.findings {
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
    let told = serde_json::to_value(&health).map_err(Error::bug)?;
    let answer = Answer::new(lines.join("\n"), told);
    Ok(match ill {
        0 => answer,
        _ => answer.with_exit(NOT_WELL),
    })
}
