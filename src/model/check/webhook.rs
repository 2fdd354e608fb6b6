//! Webhooks: an address of their own, and a way to tell whose requests count.

use crate::model::check::Check;
use crate::model::webhook_trigger::LONGEST_PATH;
use crate::model::webhook_trigger::LONGEST_TOLERANCE;
use crate::model::webhook_trigger::LONGEST_WAIT;
use crate::model::webhook_trigger::METHODS;
use crate::model::webhook_trigger::WebhookTrigger;
use crate::model::xflow_trigger::XFlowTrigger;
use crate::xflow::secret_name;

/// The most secrets of a webhook: the one that goes and the one that comes.
const MAX_SECRETS: usize = 2;

impl<'a> Check<'a> {
    pub(super) fn webhook(&mut self, path: &str, webhook: &'a WebhookTrigger) {
        let is_path = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
        };
        if webhook.path.is_empty() {
            self.say(format!("{path}.path"), "required", "a webhook needs a path");
        } else if webhook.path.len() > LONGEST_PATH || !webhook.path.split('/').all(is_path) {
            let message = format!(
                "must be names of letters, digits and - _ . ~ with a slash between them, {LONGEST_PATH} characters at most"
            );
            self.say(format!("{path}.path"), "name", message);
        } else {
            let model = self.model;
            let same = (model.xflows.iter())
                .flat_map(|xflow| &xflow.triggers)
                .filter_map(XFlowTrigger::webhook)
                .filter(|other| other.path == webhook.path);
            if same.count() > 1 {
                let message = format!("several webhooks of the model have the path {}", webhook.path);
                self.say(format!("{path}.path"), "duplicate", message);
            }
        }
        if webhook.methods.is_empty() {
            self.say(format!("{path}.methods"), "required", "a webhook takes a method");
        }
        for (index, method) in webhook.methods.iter().enumerate() {
            if !METHODS.contains(&method.as_str()) {
                let message = format!("must be one of {}", METHODS.join(", "));
                self.say(format!("{path}.methods[{index}]"), "enum", message);
            }
        }
        if webhook.secrets.is_empty() != webhook.unsigned {
            let message = match webhook.unsigned {
                true => "requests that are signed with secrets are not unsigned: leave one of the two out",
                false => {
                    "name a secret that requests are signed with, or say \"unsigned\": true, and anybody may start it"
                }
            };
            self.say(format!("{path}.secrets"), "required", message);
        }
        if webhook.secrets.len() > MAX_SECRETS {
            self.say(format!("{path}.secrets"), "size", "there are two at most");
        }
        for (index, name) in webhook.secrets.iter().enumerate() {
            if !secret_name(name) {
                let message = "must be the name of a secret: letters, digits and _, beginning with a letter";
                self.say(format!("{path}.secrets[{index}]"), "name", message);
            }
        }
        for (name, header) in [
            ("signature_header", &webhook.signature_header),
            ("timestamp_header", &webhook.timestamp_header),
            ("id_header", &webhook.id_header),
        ] {
            let is_header = |header: &String| {
                !header.is_empty()
                    && header
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            };
            if header.as_ref().is_some_and(|header| !is_header(header)) {
                self.say(format!("{path}.{name}"), "name", "is no name of a header");
            }
        }
        if webhook.tolerance_seconds == 0 || webhook.tolerance_seconds > LONGEST_TOLERANCE {
            let message = format!("must be between 1 and {LONGEST_TOLERANCE}");
            self.say(format!("{path}.tolerance_seconds"), "max", message);
        }
        if webhook.timeout_ms == 0 || webhook.timeout_ms > LONGEST_WAIT {
            let message = format!("must be between 1 and {LONGEST_WAIT}");
            self.say(format!("{path}.timeout_ms"), "max", message);
        }
    }
}
