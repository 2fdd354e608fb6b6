//! What a caller keeps for themselves in an application, such as the views of a grid.
//!
//! A preference is a caller's own: nobody else reads it, and it grants nothing. Whoever
//! may read the application may keep some; who is nobody in particular keeps none.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// The longest name.
const LONGEST_NAME: usize = 300;
/// The most bytes of a value's JSON.
const LARGEST_VALUE: usize = 32 * 1024;
/// The most preferences of a caller in an application.
const MOST: i64 = 1_000;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "listPreferences",
        "Gives what the caller keeps in the application under names that begin alike.",
        Read,
        Application,
        ListPreferences => Preferences,
        list_preferences
    ),
    operation!(
        "savePreference",
        "Keeps a value for the caller under a name, in place of the one that stood there.",
        Read,
        Application,
        SavePreference => PreferenceSaved,
        save_preference
    ),
    operation!(
        "deletePreference",
        "Forgets what the caller keeps under a name.",
        Read,
        Application,
        DeletePreference => PreferenceDeleted,
        delete_preference
    ),
];

/// Which preferences.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListPreferences {
    /// What their names begin with; without it, all.
    #[serde(default)]
    pub prefix: String,
}

/// What to keep.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SavePreference {
    /// The name: 1 to 300 characters.
    pub name: String,
    /// The value: at most 32 KB of JSON.
    pub value: Value,
}

/// What to forget.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeletePreference {
    /// The name.
    pub name: String,
}

/// What a caller keeps.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// By name.
    pub preferences: Vec<Preference>,
}

/// A value that a caller keeps.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Preference {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: Value,
}

/// What was kept.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PreferenceSaved {
    /// The name.
    pub name: String,
}

/// What was forgotten.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PreferenceDeleted {
    /// The name.
    pub name: String,
    /// Whether there was anything.
    pub deleted: bool,
}

async fn list_preferences(ask: Ask<'_>, params: ListPreferences) -> Result<Reply> {
    let application = ask.application()?;
    let caller = somebody(ask)?;
    let rows = ask
        .torque
        .db
        .query(
            include_str!("../../sql/queries/preference/list.sql"),
            &[&application.id, &caller, &params.prefix],
        )
        .await?;
    let preferences = rows
        .iter()
        .map(|row| {
            Ok(Preference {
                name: row.try_get("name").map_err(Error::bug)?,
                value: row.try_get("value").map_err(Error::bug)?,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Reply::of(&Preferences { preferences })
}

async fn save_preference(ask: Ask<'_>, params: SavePreference) -> Result<Reply> {
    let application = ask.application()?;
    let caller = somebody(ask)?;
    let letters = params.name.chars().count();
    if !(1..=LONGEST_NAME).contains(&letters) {
        return Err(refused(
            "name",
            format!("must have 1 to {LONGEST_NAME} characters"),
        ));
    }
    let value = params.value.to_string();
    if value.len() > LARGEST_VALUE {
        let error = Error::new(
            Code::TooLarge,
            format!("value has at most {LARGEST_VALUE} bytes of JSON"),
        );
        return Err(error.with("path", "params.value").with("limit", LARGEST_VALUE));
    }
    let saved = ask
        .torque
        .db
        .write_opt(
            include_str!("../../sql/queries/preference/save.sql"),
            &[&application.id, &caller, &params.name, &params.value, &MOST],
        )
        .await?;
    match saved {
        Some(_) => Reply::of(&PreferenceSaved { name: params.name }),
        None => Err(Error::new(
            Code::TooLarge,
            format!("a caller keeps at most {MOST} preferences in an application: delete some first"),
        )
        .with("limit", MOST)),
    }
}

async fn delete_preference(ask: Ask<'_>, params: DeletePreference) -> Result<Reply> {
    let application = ask.application()?;
    let caller = somebody(ask)?;
    let count = ask
        .torque
        .db
        .execute(
            include_str!("../../sql/queries/preference/delete.sql"),
            &[&application.id, &caller, &params.name],
        )
        .await?;
    Reply::of(&PreferenceDeleted {
        name: params.name,
        deleted: count > 0,
    })
}

/// The row in `torque.callers` that the preferences belong to.
fn somebody(ask: Ask<'_>) -> Result<Uuid> {
    ask.caller.id.ok_or_else(|| {
        Error::new(
            Code::Unauthenticated,
            "preferences are kept for callers who have signed in or have a key",
        )
    })
}

fn refused(param: &str, sentence: String) -> Error {
    Error::new(Code::BadRequest, format!("{param} {sentence}")).with("path", format!("params.{param}"))
}
