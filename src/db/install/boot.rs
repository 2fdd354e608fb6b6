//! What the server's login may do, looked at before anything is served.

use crate::db::Db;
use crate::error::Result;

const SERVER_ROLE: &str = include_str!("../../../sql/queries/database/server_role.sql");

/// A power that the server's login should not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleFault {
    /// A sentence for people.
    pub sentence: String,
}

/// What is wrong with the server's login; nothing, as a rule.
///
/// # Errors
/// When the database cannot be asked.
pub async fn role_faults(db: &Db) -> Result<Vec<RoleFault>> {
    let row = db.query_one(SERVER_ROLE, &[]).await?;
    let name: String = row.get("name");
    let mut faults = Vec::new();
    for (power, sentence) in [
        ("is_superuser", "is a superuser"),
        ("bypasses_row_security", "bypasses row security"),
        (
            "owns_tables",
            "owns tables of Torque's, or may act as their owner",
        ),
    ] {
        if row.get::<_, bool>(power) {
            faults.push(RoleFault {
                sentence: format!("the server's login {name} {sentence}"),
            });
        }
    }
    let expected = format!("{}_server", db.logins().prefix);
    if name != expected {
        faults.push(RoleFault {
            sentence: format!(
                "the server's login is {name}, not {expected}: callers and causes are not recorded"
            ),
        });
    }
    Ok(faults)
}
