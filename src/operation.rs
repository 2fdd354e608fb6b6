//! What can be asked of Torque, once, for every surface.
//!
//! An [`Operation`] is a name, a sentence, the permission it needs, where it
//! is asked, the schemas of its parameters and its result, and the function
//! that performs it. Surfaces enumerate [`all`] and call [`perform`]; nothing
//! else decides who may ask what. A file of this folder ends in its list of
//! operations, and [`all`] names the files.

pub mod applications;
pub mod audit;
pub mod bulk;
pub mod caller;
pub mod carried;
pub mod credential;
pub mod cursor;
pub mod deleted;
pub mod deploy;
pub mod directory;
pub mod entity;
mod entity_group;
pub mod entity_json;
pub mod entity_list;
pub mod entity_sql;
pub mod entity_type;
pub mod entity_write;
pub mod execution;
pub mod export;
pub mod form;
pub mod gather;
pub mod health;
pub mod history;
pub mod idempotency;
pub mod import;
pub mod keys;
pub mod lifetime;
pub mod metrics;
pub mod models;
mod names;
pub mod openrpc;
pub mod page;
mod params;
mod patience;
pub mod preference;
pub mod rate;
pub mod relationship;
pub mod script_check;
mod secret;
pub mod signal;
pub mod strict_json;
pub mod subscription;
pub mod templates;
pub mod vault;
pub mod webhook;
pub mod whoami;
pub mod xflow_call;
pub mod xflow_list;

use crate::config::Config;
use crate::db;
use crate::db::Db;
use crate::engine::Engine;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::feed::Feed;
use crate::operation::audit::Audit;
use crate::operation::caller::Caller;
use crate::operation::caller::Permission;
use crate::operation::credential::Credentials;
use crate::operation::directory::Application;
use crate::operation::directory::Directory;
pub use crate::operation::entity::One;
pub use crate::operation::entity_group::Single;
pub use crate::operation::gather::Gather;
pub use crate::operation::params::read_params;
pub use crate::operation::patience::Patience;
use crate::operation::vault::Vault;
use crate::telemetry;
use bytes::Bytes;
use schemars::Schema;
use schemars::SchemaGenerator;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::LazyLock;

/// One running Torque: what every operation needs, cheap to clone.
#[derive(Clone)]
pub struct Torque {
    /// The database.
    pub db: Db,
    /// The settings.
    pub config: Arc<Config>,
    /// The credentials that were looked up, and the limits on tries.
    pub credentials: Credentials,
    /// The applications as they stand in the database now.
    pub directory: Directory,
    /// The change feeds of the applications.
    pub feed: Feed,
    /// What callers were seen doing, on its way into the database.
    pub audit: Audit,
    /// What opens secrets of applications.
    pub vault: Vault,
    /// Who waits for locks.
    pub patience: Patience,
    /// The writes that wait for their statement.
    /// What runs xflows.
    pub engine: Engine,
    pub writes: Gather<Single>,
    /// The reads of single entities that do.
    pub reads: Gather<One>,
}

/// A reply's JSON, already serialised: surfaces put it into their envelope and send it on unread.
#[derive(Debug, Clone)]
pub struct Reply(pub Bytes);

impl Reply {
    /// The reply that says this value.
    pub fn of<T: Serialize>(value: &T) -> Result<Self> {
        let bytes = serde_json::to_vec(value).map_err(Error::bug)?;
        Ok(Self(Bytes::from(bytes)))
    }

    /// The reply whose JSON was put together by hand.
    #[must_use]
    pub fn raw(json: impl Into<Bytes>) -> Self {
        Self(json.into())
    }
}

/// Where an operation is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Of the server itself: models, applications, keys.
    Server,
    /// Of one application.
    Application,
    /// Of either.
    Anywhere,
}

/// One request on its way through an operation.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// The running Torque.
    pub torque: &'a Torque,
    /// Whoever asks.
    pub caller: &'a Caller,
    /// The application it is asked of.
    application: Option<&'a Arc<Application>>,
    /// The parameters as they came, for fingerprints.
    pub params: &'a RawValue,
}

impl<'a> Ask<'a> {
    /// The application it is asked of.
    pub fn application(&self) -> Result<&'a Arc<Application>> {
        self.application
            .ok_or_else(|| Error::new(Code::BadRequest, "say which application: applicationId"))
    }

    /// The application, where the operation does without one as well.
    #[must_use]
    pub fn application_if_any(&self) -> Option<&'a Arc<Application>> {
        self.application
    }
}

/// The future of an operation that is being performed.
pub type Performing<'a> = Pin<Box<dyn Future<Output = Result<Reply>> + Send + 'a>>;

/// Something a caller can ask, defined once for every surface.
pub struct Operation {
    /// The name on the wire, `camelCase`.
    pub name: &'static str,
    /// One sentence for references, tools and people.
    pub summary: &'static str,
    /// What the caller must be allowed to do.
    pub permission: Permission,
    /// Where it is asked.
    pub reach: Reach,
    /// The schema of its parameters, an object.
    pub params: fn(&mut SchemaGenerator) -> Schema,
    /// The schema of its result.
    pub result: fn(&mut SchemaGenerator) -> Schema,
    /// Performs it; the permission has been checked.
    pub perform: for<'a> fn(Ask<'a>) -> Performing<'a>,
}

/// Makes an [`Operation`] from an `async fn(Ask<'_>, Params) -> Result<Reply>`.
///
/// ```text
/// operation!("listPages", "The pages of the application.", Read, Application, ListPages => Pages, list_pages)
/// ```
macro_rules! operation {
    ($name:literal, $summary:literal, $permission:ident, $reach:ident, $params:ty => $result:ty, $perform:path) => {
        $crate::operation::Operation {
            name: $name,
            summary: $summary,
            permission: $crate::operation::caller::Permission::$permission,
            reach: $crate::operation::Reach::$reach,
            params: |generator| generator.subschema_for::<$params>(),
            result: |generator| generator.subschema_for::<$result>(),
            perform: |ask| {
                Box::pin(async move {
                    let params = $crate::operation::read_params::<$params>(ask.params)?;
                    $perform(ask, params).await
                })
            },
        }
    };
}
pub(crate) use operation;

/// The lists of operations, one a file, in the order of the reference.
const LISTS: &[&[Operation]] = &[
    page::OPERATIONS,
    form::OPERATIONS,
    entity_type::OPERATIONS,
    entity_list::OPERATIONS,
    export::OPERATIONS,
    import::OPERATIONS,
    entity::OPERATIONS,
    entity_write::OPERATIONS,
    bulk::OPERATIONS,
    relationship::OPERATIONS,
    history::OPERATIONS,
    deleted::OPERATIONS,
    subscription::OPERATIONS,
    xflow_list::OPERATIONS,
    xflow_call::OPERATIONS,
    execution::OPERATIONS,
    signal::OPERATIONS,
    secret::OPERATIONS,
    webhook::OPERATIONS,
    preference::OPERATIONS,
    whoami::OPERATIONS,
    models::OPERATIONS,
    templates::OPERATIONS,
    applications::OPERATIONS,
    applications::contents::OPERATIONS,
    deploy::OPERATIONS,
    deploy::past::OPERATIONS,
    keys::OPERATIONS,
    metrics::OPERATIONS,
    health::OPERATIONS,
    openrpc::OPERATIONS,
];

static BY_NAME: LazyLock<HashMap<&'static str, &'static Operation>> =
    LazyLock::new(|| all().map(|operation| (operation.name, operation)).collect());

/// Every operation there is.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    LISTS.iter().flat_map(|list| list.iter())
}

/// The operation of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Operation> {
    BY_NAME.get(name).copied()
}

/// Checks that the caller may ask this, that the application answers, and that the parameters are plain JSON.
///
/// `application` is the one that the surface found for the request, whatever its state.
pub fn admit<'a>(
    torque: &'a Torque,
    caller: &'a Caller,
    application: Option<&'a Arc<Application>>,
    operation: &Operation,
    params: &'a RawValue,
) -> Result<Ask<'a>> {
    let application = match operation.reach {
        Reach::Server => None,
        Reach::Application | Reach::Anywhere => application,
    };
    may_ask(torque, caller, application, operation).inspect_err(|error| {
        let application = application.map(|application| application.id);
        torque.audit.refused(caller, application, operation.name, error);
    })?;
    if let Some(application) = application {
        application.answers()?;
    }
    strict_json::check(params.get(), "params")?;
    Ok(Ask {
        torque,
        caller,
        application,
        params,
    })
}

fn may_ask(
    torque: &Torque,
    caller: &Caller,
    application: Option<&Arc<Application>>,
    operation: &Operation,
) -> Result<()> {
    let granted = application.map(|application| (application.id, application.granted_to_anyone()));
    caller.require(operation.permission, granted)?;
    if operation.permission >= Permission::Write {
        torque.credentials.count_anonymous_write(caller)?;
    }
    Ok(())
}

/// Performs an operation for a caller who is admitted to it.
pub async fn perform(
    torque: &Torque,
    caller: &Caller,
    application: Option<&Arc<Application>>,
    operation: &Operation,
    params: &RawValue,
) -> Result<Reply> {
    let work = async { carry_out(admit(torque, caller, application, operation, params)?, operation).await };
    measured(operation, caller, work).await
}

/// Notes how an operation went in the server's numbers, refusals at the door included.
pub async fn measured(
    operation: &Operation,
    caller: &Caller,
    work: impl Future<Output = Result<Reply>>,
) -> Result<Reply> {
    telemetry::measure(
        operation.name,
        caller.origin.name(),
        work,
        |result| match result {
            Ok(reply) => Ok(reply.0.len()),
            Err(error) => Err(error.code),
        },
    )
    .await
}

/// Performs what was admitted. After a write the application's sequencer is poked, so that nobody waits for a poll.
pub async fn carry_out(ask: Ask<'_>, operation: &Operation) -> Result<Reply> {
    let reply = match (operation.perform)(ask).await {
        Err(error) if db::is_locked_out(&error) => {
            let application = ask.application.map(|application| application.id);
            ask.torque.patience.perform(ask, application, operation).await?
        }
        result => result?,
    };
    if let Some(application) = ask.application
        && operation.permission >= Permission::Write
    {
        ask.torque.feed.poke(application.id);
    }
    Ok(reply)
}
