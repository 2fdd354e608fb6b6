//! What starts an xflow by itself: each trigger with an id that stays over versions.

use crate::model::webhook_trigger::WebhookTrigger;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

/// What starts an xflow by itself. Changes of entities start one by a lifecycle hook of their type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum XFlowTrigger {
    /// When a request comes to an address.
    Webhook(WebhookTrigger),
}

impl XFlowTrigger {
    /// The xflow's own name for it.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Webhook(webhook) => &webhook.id,
        }
    }

    /// The webhook, if it is one.
    #[must_use]
    pub fn webhook(&self) -> Option<&WebhookTrigger> {
        match self {
            Self::Webhook(webhook) => Some(webhook),
        }
    }
}
