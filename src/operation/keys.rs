//! API keys and sign-in links: making, listing, revoking.
//!
//! A secret is in the reply that makes it and nowhere afterwards.

use crate::error::Code;
use crate::error::Error;
use crate::error::FieldError;
use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::Torque;
use crate::operation::caller::Permission;
use crate::operation::credential::secret::Kind;
use crate::operation::credential::secret::Secret;
use crate::operation::lifetime;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use time::OffsetDateTime;
use uuid::Uuid;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[
    operation!(
        "createApiKey",
        "Makes an API key. The key is in this reply only; Torque keeps its hash.",
        Admin,
        Server,
        CreateApiKey => ApiKeyMade,
        create_api_key
    ),
    operation!(
        "listApiKeys",
        "The API keys that were made, newest first, without the keys themselves.",
        Admin,
        Server,
        ListApiKeys => ApiKeys,
        list_api_keys
    ),
    operation!(
        "revokeApiKey",
        "Ends an API key and the sign-ins made with it, within a second on every server.",
        Admin,
        Server,
        RevokeApiKey => ApiKeyRevoked,
        revoke_api_key
    ),
    operation!(
        "createSignInLink",
        "Makes a link that signs one person in, once.",
        Admin,
        Server,
        CreateSignInLink => SignInLinkMade,
        create_sign_in_link
    ),
];

/// The longest name of a key or a person.
const LONGEST_NAME: usize = 100;

/// How long a key lasts when nobody says.
const KEY_LASTS: &str = "90d";

/// How long a link works when nobody says.
const LINK_LASTS: &str = "24h";

/// What a key or link may allow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Allowed {
    /// See pages, forms and entities.
    Read,
    /// Change entities as well.
    #[default]
    Write,
    /// Change models, applications and keys as well.
    Admin,
}

impl Allowed {
    fn permission(self) -> Permission {
        match self {
            Allowed::Read => Permission::Read,
            Allowed::Write => Permission::Write,
            Allowed::Admin => Permission::Admin,
        }
    }
}

/// What to make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateApiKey {
    /// What the key is for; shown in lists and in the record of changes.
    pub name: String,
    /// The one application it counts for, by slug or id; left out: the whole server.
    #[serde(default)]
    pub application: Option<String>,
    /// `read`, `write` or `admin`.
    #[serde(default)]
    pub permission: Allowed,
    /// `90d`, `12h`, `30m`, a date, a time with its zone, or `never`; left out: 90 days.
    #[serde(default)]
    pub expires: Option<String>,
}

/// The key that was made.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyMade {
    /// Its id.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// What lists show of it.
    pub prefix: String,
    /// The key, this once.
    pub key: String,
    /// The application it counts for; null for the whole server.
    pub application: Option<String>,
    /// What it allows.
    pub permission: String,
    /// When it ends; null for never.
    pub expires_at: Option<String>,
}

async fn create_api_key(ask: Ask<'_>, params: CreateApiKey) -> Result<Reply> {
    let name = checked_name(&params.name)?;
    let application = application(ask.torque, params.application.as_deref())?;
    let lasts = params.expires.as_deref().unwrap_or(KEY_LASTS);
    let seconds = lifetime::seconds(lasts, OffsetDateTime::now_utc())?;
    let permission = params.permission.permission().name();
    let key = Secret::new(Kind::Key)?;
    let row = ask
        .torque
        .db
        .write_one(
            include_str!("../../sql/queries/caller/create_key.sql"),
            &[
                &name,
                &key.hash().as_slice(),
                &key.prefix(),
                &application.as_ref().map(|(id, _)| *id),
                &permission,
                &seconds,
            ],
        )
        .await?;
    Reply::of(&ApiKeyMade {
        id: row.get("id"),
        name,
        prefix: key.prefix().to_owned(),
        key: key.expose().to_owned(),
        application: application.map(|(_, slug)| slug),
        permission: permission.to_owned(),
        expires_at: row.get("expires_at"),
    })
}

/// Which keys.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListApiKeys {
    /// Only those of this application, by slug or id.
    #[serde(default)]
    pub application: Option<String>,
}

/// Some keys.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeys {
    /// The keys, newest first; the last thousand at most.
    pub keys: Vec<ApiKey>,
}

/// One key, without the key.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// Its id.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// The part of it that may be shown.
    pub prefix: String,
    /// The application it counts for; null for the whole server.
    pub application: Option<String>,
    /// What it allows.
    pub permission: String,
    /// `active`, `expired` or `revoked`.
    pub state: String,
    /// When it was made.
    pub created_at: String,
    /// When it ends; null for never.
    pub expires_at: Option<String>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<String>,
}

async fn list_api_keys(ask: Ask<'_>, params: ListApiKeys) -> Result<Reply> {
    let application = application(ask.torque, params.application.as_deref())?.map(|(id, _)| id);
    let sql = include_str!("../../sql/queries/caller/list_keys.sql");
    let rows = ask.torque.db.query(sql, &[&application]).await?;
    let keys = rows
        .iter()
        .map(|row| ApiKey {
            id: row.get("id"),
            name: row.get("name"),
            prefix: row.get("prefix"),
            application: row.get("application"),
            permission: row.get("permission"),
            state: row.get("state"),
            created_at: row.get("created_at"),
            expires_at: row.get("expires_at"),
            last_used_at: row.get("last_used_at"),
            revoked_at: row.get("revoked_at"),
        })
        .collect();
    Reply::of(&ApiKeys { keys })
}

/// Which key to end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RevokeApiKey {
    /// Its id or its prefix.
    pub id: String,
}

/// The key that counts no more.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyRevoked {
    /// Its id.
    pub id: Uuid,
    /// What it was for.
    pub name: String,
    /// Its prefix.
    pub prefix: String,
    /// When it ended; revoking twice changes nothing.
    pub revoked_at: String,
}

async fn revoke_api_key(ask: Ask<'_>, params: RevokeApiKey) -> Result<Reply> {
    let sql = include_str!("../../sql/queries/caller/revoke_key.sql");
    let row = ask.torque.db.write_opt(sql, &[&params.id]).await?;
    let row = row.ok_or_else(|| Error::new(Code::NotFound, "there is no API key of this id or prefix"))?;
    Reply::of(&ApiKeyRevoked {
        id: row.get("id"),
        name: row.get("name"),
        prefix: row.get("prefix"),
        revoked_at: row.get("revoked_at"),
    })
}

/// Whom to let in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSignInLink {
    /// The person's name, for the record of changes.
    #[serde(default)]
    pub name: Option<String>,
    /// The one application, by slug or id; left out: the whole server.
    #[serde(default)]
    pub application: Option<String>,
    /// What the sign-in allows.
    #[serde(default)]
    pub permission: Allowed,
    /// How long the link waits to be used; left out: 24 hours.
    #[serde(default)]
    pub expires: Option<String>,
}

/// The link that was made.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInLinkMade {
    /// The address to open, below the server's own. What follows the `#` is the secret and is never sent in an address.
    pub path: String,
    /// The application it signs in to; null for the whole server.
    pub application: Option<String>,
    /// What the sign-in allows.
    pub permission: String,
    /// Until when it can be used.
    pub expires_at: String,
}

async fn create_sign_in_link(ask: Ask<'_>, params: CreateSignInLink) -> Result<Reply> {
    let name = checked_name(params.name.as_deref().unwrap_or("guest"))?;
    let application = application(ask.torque, params.application.as_deref())?;
    let lasts = params.expires.as_deref().unwrap_or(LINK_LASTS);
    let Some(seconds) = lifetime::seconds(lasts, OffsetDateTime::now_utc())? else {
        return Err(invalid("expires", "max", "a link that never expires is not made"));
    };
    let permission = params.permission.permission().name();
    let link = Secret::new(Kind::Link)?;
    let row = ask
        .torque
        .db
        .write_one(
            include_str!("../../sql/queries/caller/create_link.sql"),
            &[
                &link.hash().as_slice(),
                &name,
                &application.as_ref().map(|(id, _)| *id),
                &permission,
                &seconds,
            ],
        )
        .await?;
    Reply::of(&SignInLinkMade {
        path: link_path(&link),
        application: application.map(|(_, slug)| slug),
        permission: permission.to_owned(),
        expires_at: row.get("expires_at"),
    })
}

/// Where a link leads, below the server's address.
#[must_use]
pub fn link_path(link: &Secret) -> String {
    format!("/sign-in#{}", link.expose())
}

fn application(torque: &Torque, slug_or_id: Option<&str>) -> Result<Option<(Uuid, String)>> {
    let Some(asked) = slug_or_id else { return Ok(None) };
    let found = torque
        .directory
        .find(asked)
        .ok_or_else(|| Error::new(Code::NotFound, format!("there is no application “{asked}”")))?;
    Ok(Some((found.id, found.slug.clone())))
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(invalid("name", "required", "a name says what it is for"));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(invalid("name", "max_length", "a name has at most 100 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(invalid("name", "text", "a name has no control characters"));
    }
    Ok(name.to_owned())
}

fn invalid(field: &str, code: &str, message: &str) -> Error {
    Error::new(Code::Invalid, format!("{field}: {message}")).with_fields(vec![FieldError {
        field: field.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        facts: Map::new(),
    }])
}
