//! Triggers of xflows: each with an id of its own, and settings that can be followed.

use crate::model::check::Check;
use crate::model::check::name::Kind;
use crate::model::xflow_document::XFlowDocument;
use crate::model::xflow_trigger::XFlowTrigger;

/// The most triggers of an xflow.
const MAX_TRIGGERS: usize = 100;

impl<'a> Check<'a> {
    pub(super) fn triggers(&mut self, path: &str, xflow: &'a XFlowDocument) {
        let count = xflow.triggers.len();
        if count > MAX_TRIGGERS {
            let message = format!("there are {count}, and at most {MAX_TRIGGERS} are possible");
            self.say(format!("{path}.triggers"), "size", message);
            return;
        }
        let ids = xflow.triggers.iter().enumerate();
        self.unique(
            ids.map(|(index, trigger)| (format!("{path}.triggers[{index}].id"), trigger.id())),
            "a trigger of this xflow",
        );
        for (index, trigger) in xflow.triggers.iter().enumerate() {
            let path = format!("{path}.triggers[{index}]");
            if trigger.id().is_empty() {
                self.say(format!("{path}.id"), "required", "a trigger needs an id");
            } else {
                self.name(&format!("{path}.id"), trigger.id(), Kind::Id);
            }
            match trigger {
                XFlowTrigger::Webhook(webhook) => self.webhook(&path, webhook),
            }
        }
    }
}
