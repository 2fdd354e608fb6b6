//! Secrets of applications: set, listed by name, deleted; never given back.
//!
//! What is encrypted stands in the vault (`vault.rs`); here it is asked.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::operation;
use crate::xflow::secret_name;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use std::fmt;

/// The fewest and the most bytes of a value: what is shorter cannot be masked without masking everything.
const LENGTHS: (usize, usize) = (8, 16_384);
/// The most secrets of an application.
const MOST: i64 = 1_000;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "setSecret",
        "Keeps a secret of the application, encrypted, in place of the one of that name. Nothing gives it back.",
        Admin,
        Application,
        SetSecret => SecretSet,
        set_secret
    ),
    operation!(
        "listSecrets",
        "The names of the application's secrets and when each was set; never their values.",
        Admin,
        Application,
        ListSecrets => Secrets,
        list_secrets
    ),
    operation!(
        "deleteSecret",
        "Forgets a secret of the application.",
        Admin,
        Application,
        DeleteSecret => SecretDeleted,
        delete_secret
    ),
];

/// What to keep.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetSecret {
    /// What `{{ secrets.name }}` calls it: letters, digits and _, beginning with a letter.
    pub name: String,
    /// The value: 8 to 16,384 bytes.
    pub value: String,
}

impl fmt::Debug for SetSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SetSecret")
            .field("name", &self.name)
            .finish()
    }
}

/// A secret that was set.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretSet {
    /// Its name.
    name: String,
    /// When.
    updated_at: String,
}

/// All of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListSecrets {}

/// Secrets without their values.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Secrets {
    /// By name.
    secrets: Vec<Secret>,
}

/// A secret without its value.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// Its name.
    name: String,
    /// When it was set.
    updated_at: String,
    /// Who set it.
    updated_by: String,
    /// Whether this server has the key it was encrypted with.
    readable: bool,
}

/// What to forget.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeleteSecret {
    /// Its name.
    pub name: String,
}

/// A secret that is gone.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SecretDeleted {
    /// Its name.
    name: String,
    /// Whether there was one.
    deleted: bool,
}

async fn set_secret(ask: Ask<'_>, params: SetSecret) -> Result<Reply> {
    let application = ask.application()?;
    if !secret_name(&params.name) {
        let message =
            "params.name must be letters, digits and _, beginning with a letter, 63 characters at most";
        return Err(Error::new(Code::BadRequest, message).with("path", "params.name"));
    }
    let (least, most) = LENGTHS;
    if !(least..=most).contains(&params.value.len()) {
        let message = format!("params.value must have {least} to {most} bytes");
        return Err(Error::new(Code::BadRequest, message).with("path", "params.value"));
    }
    let sealed = (ask.torque.vault).seal(application.id, &params.name, &params.value)?;
    let row = (ask.torque.db)
        .write_opt(
            include_str!("../../sql/queries/secret/set.sql"),
            &[
                &application.id,
                &params.name,
                &sealed.ciphertext,
                &sealed.nonce,
                &sealed.key_id,
                &ask.caller.name,
                &MOST,
            ],
        )
        .await?;
    let row = row.ok_or_else(|| {
        let message = format!("an application keeps at most {MOST} secrets: delete some first");
        Error::new(Code::TooLarge, message).with("limit", MOST)
    })?;
    Reply::of(&SecretSet {
        name: params.name,
        updated_at: row.try_get("updated_at").map_err(Error::bug)?,
    })
}

async fn list_secrets(ask: Ask<'_>, _: ListSecrets) -> Result<Reply> {
    let rows = (ask.torque.db)
        .query(
            include_str!("../../sql/queries/secret/list.sql"),
            &[&ask.application()?.id],
        )
        .await?;
    let own = ask.torque.vault.key_id();
    let secrets = rows
        .iter()
        .map(|row| {
            let key_id: &str = row.try_get("key_id").map_err(Error::bug)?;
            Ok(Secret {
                name: row.try_get("name").map_err(Error::bug)?,
                updated_at: row.try_get("updated_at").map_err(Error::bug)?,
                updated_by: row.try_get("updated_by").map_err(Error::bug)?,
                readable: own == Some(key_id),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Reply::of(&Secrets { secrets })
}

async fn delete_secret(ask: Ask<'_>, params: DeleteSecret) -> Result<Reply> {
    let count = (ask.torque.db)
        .execute(
            include_str!("../../sql/queries/secret/delete.sql"),
            &[&ask.application()?.id, &params.name],
        )
        .await?;
    Reply::of(&SecretDeleted {
        name: params.name,
        deleted: count > 0,
    })
}
