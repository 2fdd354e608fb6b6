//! Whoever asks, after authentication, and what they may do.
//!
//! One type for every surface: it is made where a request comes in, decides
//! permission in [`Caller::require`], and ends in the change rows as caller,
//! origin and cause. It never carries the credential itself.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use serde::Deserialize;
use serde::Serialize;
use serde_json::json;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use uuid::Uuid;

/// The longest name of a caller that is written into change rows.
const NAME_LIMIT: usize = 200;

/// What a caller may do, from nothing to everything; a higher one includes the lower ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Nothing at all: only what needs no permission answers.
    None,
    /// See pages, forms and entities.
    Read,
    /// Change entities.
    Write,
    /// Change models, applications and keys.
    Admin,
}

impl Permission {
    /// The permission's name in keys, settings and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Permission::None => "none",
            Permission::Read => "read",
            Permission::Write => "write",
            Permission::Admin => "admin",
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Permission {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "none" => Ok(Permission::None),
            "read" => Ok(Permission::Read),
            "write" => Ok(Permission::Write),
            "admin" => Ok(Permission::Admin),
            other => Err(Error::new(
                Code::BadRequest,
                format!("there is no permission “{other}”; it is read, write or admin"),
            )),
        }
    }
}

/// Where a credential counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The server and every application on it.
    All,
    /// One application and nothing beside it.
    Application(Uuid),
}

impl Scope {
    /// The scope a credential's row tells: no application means all of them.
    #[must_use]
    pub fn of(application: Option<Uuid>) -> Self {
        application.map_or(Scope::All, Scope::Application)
    }

    /// The application a credential is tied to, if it is tied to one.
    #[must_use]
    pub fn application(self) -> Option<Uuid> {
        match self {
            Scope::All => None,
            Scope::Application(id) => Some(id),
        }
    }

    /// Whether the scope reaches this application.
    #[must_use]
    pub fn reaches(self, application: Uuid) -> bool {
        match self {
            Scope::All => true,
            Scope::Application(own) => own == application,
        }
    }
}

/// What a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerKind {
    /// Nobody in particular: no credential came with the request.
    Anonymous,
    /// A person with a sign-in session.
    User,
    /// A program with an API key.
    Key,
    /// Torque itself: the command line, installation, the engine.
    System,
}

impl CallerKind {
    /// The kind's name in `torque.callers` and in replies.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CallerKind::Anonymous => "anonymous",
            CallerKind::User => "user",
            CallerKind::Key => "key",
            CallerKind::System => "system",
        }
    }
}

/// The way a write came in, as the change rows keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// JSON-RPC over HTTP or WebSocket.
    JsonRpc,
    /// GraphQL.
    GraphQl,
    /// The Model Context Protocol.
    Mcp,
    /// Plain SQL, outside the server.
    Sql,
    /// A node of an xflow.
    XFlow,
    /// Sample data and imports.
    Import,
    /// The command line.
    Cli,
}

impl Origin {
    /// The origin's name in the change rows.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Origin::JsonRpc => "jsonrpc",
            Origin::GraphQl => "graphql",
            Origin::Mcp => "mcp",
            Origin::Sql => "sql",
            Origin::XFlow => "xflow",
            Origin::Import => "import",
            Origin::Cli => "cli",
        }
    }
}

/// Whoever asks.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The row in `torque.callers`; none for the anonymous caller.
    pub id: Option<Uuid>,
    /// The name that people read in change rows and logs.
    pub name: String,
    /// What the caller is.
    pub kind: CallerKind,
    /// Where the credential counts.
    pub scope: Scope,
    /// What the credential allows there.
    pub permission: Permission,
    /// The way the request came in.
    pub origin: Origin,
    /// What set this off (`root:execution:depth`), for writes of xflows.
    pub cause: Option<String>,
    /// Where the request came from, for the limits on tries; none inside the server.
    pub address: Option<IpAddr>,
    /// The request's id, in the reply's `x-request-id` and in every log line about it.
    pub request_id: String,
}

impl Caller {
    /// The caller without a credential: may do what an application grants to anyone, nothing more.
    #[must_use]
    pub fn anonymous(origin: Origin, request_id: impl Into<String>) -> Self {
        Self {
            id: None,
            name: "anonymous".to_owned(),
            kind: CallerKind::Anonymous,
            scope: Scope::All,
            permission: Permission::None,
            origin,
            cause: None,
            address: None,
            request_id: request_id.into(),
        }
    }

    /// Torque itself, with every permission. Made only on the roof and by installation, never from a request.
    #[must_use]
    pub fn system(origin: Origin) -> Self {
        Self {
            id: None,
            name: "torque".to_owned(),
            kind: CallerKind::System,
            scope: Scope::All,
            permission: Permission::Admin,
            origin,
            cause: None,
            address: None,
            request_id: Uuid::now_v7().to_string(),
        }
    }

    /// Whether the request came without a credential.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.kind == CallerKind::Anonymous
    }

    /// What separates this caller's idempotency keys from everyone else's.
    #[must_use]
    pub fn identity(&self) -> String {
        self.id
            .map_or_else(|| self.kind.name().to_owned(), |id| id.to_string())
    }

    /// What the caller may do in an application that grants `anyone` to everybody.
    ///
    /// A credential of another application counts as none there: it is worth what the application gives to anyone.
    #[must_use]
    pub fn permission_in(&self, application: Uuid, anyone: Permission) -> Permission {
        if self.scope.reaches(application) {
            self.permission.max(anyone)
        } else {
            anyone
        }
    }

    /// What the caller may do to the server itself: only credentials for everything count.
    #[must_use]
    pub fn permission_on_server(&self) -> Permission {
        match self.scope {
            Scope::All => self.permission,
            Scope::Application(_) => Permission::None,
        }
    }

    /// Refuses unless the caller may do what needs this permission.
    ///
    /// `application` is the one it is asked of, with what it grants to anyone; none for the server itself.
    pub fn require(&self, needed: Permission, application: Option<(Uuid, Permission)>) -> Result<()> {
        let held = match application {
            Some((id, anyone)) => self.permission_in(id, anyone),
            None => self.permission_on_server(),
        };
        if held >= needed {
            return Ok(());
        }
        if self.is_anonymous() {
            return Err(Error::new(
                Code::Unauthenticated,
                "this needs a credential: send an API key as “Authorization: Bearer …”, or sign in",
            ));
        }
        let reach = match (self.scope, application) {
            (Scope::Application(own), Some((asked, _))) if own != asked => {
                "the credential belongs to another application"
            }
            (Scope::Application(_), None) => {
                "the credential belongs to one application and this concerns the whole server"
            }
            _ => "the credential does not allow this",
        };
        Err(Error::new(
            Code::Forbidden,
            format!("{reach}; it needs the permission {needed}"),
        )
        .with("needed", needed.name())
        .with("held", held.name()))
    }

    /// The value of `torque.ctx` that carries caller, origin and cause into the change rows.
    #[must_use]
    pub fn ctx(&self) -> String {
        let name: String = self
            .name
            .chars()
            .filter(|c| !c.is_control())
            .take(NAME_LIMIT)
            .collect();
        let mut ctx = json!({ "caller": name, "origin": self.origin.name() });
        if let Some(cause) = &self.cause {
            ctx["cause"] = json!(cause);
        }
        ctx.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(scope: Scope, permission: Permission) -> Caller {
        Caller {
            id: Some(Uuid::nil()),
            name: "ci".to_owned(),
            kind: CallerKind::Key,
            scope,
            permission,
            origin: Origin::JsonRpc,
            cause: None,
            address: None,
            request_id: "r".to_owned(),
        }
    }

    #[test]
    fn the_anonymous_caller_gets_what_the_application_grants_and_no_more() {
        let anonymous = Caller::anonymous(Origin::JsonRpc, "r");
        let app = Uuid::from_u128(1);
        assert!(
            anonymous
                .require(Permission::Write, Some((app, Permission::Write)))
                .is_ok()
        );
        let refusal = anonymous
            .require(Permission::Write, Some((app, Permission::Read)))
            .unwrap_err();
        assert_eq!(refusal.code, Code::Unauthenticated);
        let refusal = anonymous.require(Permission::Read, None).unwrap_err();
        assert_eq!(refusal.code, Code::Unauthenticated);
    }

    #[test]
    fn a_key_of_one_application_counts_for_nothing_elsewhere() {
        let own = Uuid::from_u128(1);
        let other = Uuid::from_u128(2);
        let caller = key(Scope::Application(own), Permission::Admin);
        assert!(
            caller
                .require(Permission::Admin, Some((own, Permission::None)))
                .is_ok()
        );
        for application in [Some((other, Permission::None)), None] {
            let refusal = caller.require(Permission::Read, application).unwrap_err();
            assert_eq!(refusal.code, Code::Forbidden);
        }
        assert!(
            caller
                .require(Permission::Read, Some((other, Permission::Read)))
                .is_ok()
        );
    }

    #[test]
    fn the_context_carries_who_where_and_why() {
        let mut caller = key(Scope::All, Permission::Write);
        caller.name = "a\u{0}b\"".to_owned();
        caller.cause = Some("root:1:2".to_owned());
        let ctx: serde_json::Value = serde_json::from_str(&caller.ctx()).unwrap();
        assert_eq!(
            ctx,
            json!({ "caller": "ab\"", "origin": "jsonrpc", "cause": "root:1:2" })
        );
    }
}
