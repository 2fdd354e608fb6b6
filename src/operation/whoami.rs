//! Who the caller is, as the server sees them.

use crate::error::Result;
use crate::operation::Ask;
use crate::operation::Operation;
use crate::operation::Reply;
use crate::operation::caller::Permission;
use crate::operation::operation;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

/// The operations of this file.
pub const OPERATIONS: &[Operation] = &[operation!(
    "whoami",
    "Says who the caller is and what they may do here.",
    None,
    Anywhere,
    Whoami => Identity,
    whoami
)];

/// No parameters.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Whoami {}

/// The caller.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// The caller's id; null for the anonymous caller.
    pub id: Option<Uuid>,
    /// The name in change rows.
    pub name: String,
    /// `anonymous`, `user`, `key` or `system`.
    pub kind: String,
    /// `none`, `read`, `write` or `admin`: in the application asked, or on the server.
    pub permission: String,
    /// The application the credential is tied to; null when it counts for all.
    pub application_id: Option<Uuid>,
}

async fn whoami(ask: Ask<'_>, _: Whoami) -> Result<Reply> {
    let permission: Permission = match ask.application_if_any() {
        Some(application) => ask
            .caller
            .permission_in(application.id, application.granted_to_anyone()),
        None => ask.caller.permission_on_server(),
    };
    Reply::of(&Identity {
        id: ask.caller.id,
        name: ask.caller.name.clone(),
        kind: ask.caller.kind.name().to_owned(),
        permission: permission.name().to_owned(),
        application_id: ask.caller.scope.application(),
    })
}
