//! A lifecycle hook: an xflow that runs when an entity is written or read.

use crate::model::is_false;
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
    /// A jsonpath predicate over `$.new` and `$.old`, the values by storage key: `$.new.status == "closed"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Properties of which at least one must have changed, for updates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// Whether what the xflow does to its own entity may start it again.
    #[serde(default, rename = "self", skip_serializing_if = "is_false")]
    pub itself: bool,
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

impl LifecycleEvent {
    /// Whether it comes after the commit, so that a trigger follows it.
    #[must_use]
    pub fn follows_a_commit(self) -> bool {
        matches!(
            self,
            LifecycleEvent::OnCreate
                | LifecycleEvent::OnUpdate
                | LifecycleEvent::OnDelete
                | LifecycleEvent::OnPersist
        )
    }
}

fn yes() -> bool {
    true
}
