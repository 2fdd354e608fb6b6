//! A lifecycle hook: an xflow that runs when an entity is written or read.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

/// An xflow that runs when an entity of the type is written or read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LifecycleHook {
    /// When it runs.
    pub event: LifecycleEvent,
    /// The xflow that runs.
    pub xflow_id: String,
    /// Whether it runs at all.
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// When a lifecycle hook runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LifecycleEvent {
    /// Before a write, to say what is wrong with it.
    OnValidate,
    /// Before an entity is created; may change or refuse it.
    BeforeCreate,
    /// Before an entity is updated; may change or refuse it.
    BeforeUpdate,
    /// Before an entity is deleted; may refuse it.
    BeforeDelete,
    /// After an entity was created.
    OnCreate,
    /// After an entity was updated.
    OnUpdate,
    /// After an entity was deleted.
    OnDelete,
    /// After any write.
    OnPersist,
    /// After an entity was read.
    OnRead,
}

fn yes() -> bool {
    true
}
