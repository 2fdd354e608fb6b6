//! Whether a request was signed by who has the secret, and lately.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use crate::model::webhook_trigger::SignatureScheme;
use crate::model::webhook_trigger::WebhookTrigger;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::Hmac;
use hmac::Mac;
use sha2::Sha256;

/// Refuses a request that none of the secrets has signed within the tolerance. `now` is in seconds since 1970.
pub fn check<'s>(
    webhook: &WebhookTrigger,
    secrets: impl Iterator<Item = &'s String>,
    header: impl Fn(&str) -> Option<String>,
    body: &[u8],
    now: i64,
) -> Result<()> {
    let refused = |message: String| Err(Error::new(Code::Unauthenticated, message));
    let name = webhook.signature_header();
    let Some(given) = header(&name) else {
        return refused(format!("the request is not signed: the header {name} is missing"));
    };
    let mut signed = Vec::with_capacity(body.len() + 100);
    if webhook.scheme == SignatureScheme::Standard {
        let name = webhook.id_header();
        let Some(id) = header(&name) else {
            return refused(format!("the header {name} is missing"));
        };
        signed.extend_from_slice(id.as_bytes());
        signed.push(b'.');
    }
    if webhook.scheme != SignatureScheme::Github {
        let name = webhook.timestamp_header();
        let Some(text) = header(&name) else {
            return refused(format!("the header {name} is missing"));
        };
        let Ok(at) = text.parse::<i64>() else {
            return refused(format!("the header {name} is no time in seconds since 1970"));
        };
        if at.abs_diff(now) > u64::from(webhook.tolerance_seconds) {
            return refused(format!(
                "the signature is from another time: more than {} s from the server's clock",
                webhook.tolerance_seconds
            ));
        }
        signed.extend_from_slice(text.as_bytes());
        signed.push(b'.');
    }
    signed.extend_from_slice(body);
    let given = candidates(webhook.scheme, &given);
    let mut holds = false;
    for secret in secrets {
        for given in &given {
            // Each is compared in constant time, and all of them are.
            holds |= mac(&key(webhook.scheme, secret), &signed)?
                .verify_slice(given)
                .is_ok();
        }
    }
    match holds {
        true => Ok(()),
        false => refused("the signature is not one of this webhook's secrets".to_owned()),
    }
}

/// What a header may hold: several signatures, each in a form of its own.
fn candidates(scheme: SignatureScheme, header: &str) -> Vec<Vec<u8>> {
    let parts = header.split([' ', ',']).filter(|part| !part.is_empty());
    let bytes = parts.filter_map(|part| {
        let text = part.strip_prefix("sha256=").unwrap_or(part);
        match scheme {
            SignatureScheme::Standard => STANDARD.decode(text).ok(),
            _ => hexadecimal(text).or_else(|| STANDARD.decode(text).ok()),
        }
    });
    bytes.filter(|bytes| bytes.len() == 32).take(8).collect()
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = (0..64).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

/// The bytes of a secret: Standard Webhooks write them as base64 after `whsec_`.
fn key(scheme: SignatureScheme, secret: &str) -> Vec<u8> {
    let coded = secret
        .strip_prefix("whsec_")
        .filter(|_| scheme == SignatureScheme::Standard);
    coded
        .and_then(|coded| STANDARD.decode(coded).ok())
        .unwrap_or_else(|| secret.as_bytes().to_vec())
}

fn mac(key: &[u8], signed: &[u8]) -> Result<Hmac<Sha256>> {
    let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|error| Error::bug(error.to_string()))?;
    Ok(mac.chain_update(signed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn webhook(settings: serde_json::Value) -> WebhookTrigger {
        serde_json::from_value(settings).unwrap()
    }

    fn holds(
        webhook: &WebhookTrigger,
        secret: &str,
        headers: &[(&str, &str)],
        body: &[u8],
        now: i64,
    ) -> bool {
        let header = |name: &str| {
            let found = headers.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let secrets = [secret.to_owned()];
        check(webhook, secrets.iter(), header, body, now).is_ok()
    }

    #[test]
    fn the_published_examples_of_each_scheme_hold_and_nothing_near_them_does() {
        // The example of the Standard Webhooks libraries.
        let standard = webhook(json!({ "path": "a", "secrets": ["a"] }));
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let body = br#"{"test": 2432232314}"#;
        let headers = [
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            (
                "webhook-signature",
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
        ];
        let now = 1_614_265_330;
        assert!(holds(&standard, secret, &headers, body, now + 300));
        assert!(!holds(&standard, secret, &headers, body, now + 301));
        assert!(!holds(&standard, secret, &headers, body, now - 301));
        assert!(!holds(&standard, secret, &headers, b"{}", now));
        assert!(!holds(&standard, "whsec_AAAA", &headers, body, now));
        assert!(!holds(&standard, secret, &headers[..2], body, now));
        let mut other = headers;
        other[0].1 = "msg_other";
        assert!(!holds(&standard, secret, &other, body, now));
        other = headers;
        other[2].1 = "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert!(holds(&standard, secret, &other, body, now), "one of several");
        // The example of GitHub's documentation.
        let github = webhook(json!({ "path": "a", "secrets": ["a"], "scheme": "github" }));
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let headers = [("x-hub-signature-256", signature)];
        assert!(holds(
            &github,
            "It's a Secret to Everybody",
            &headers,
            b"Hello, World!",
            0
        ));
        assert!(!holds(
            &github,
            "It's a Secret to Everybody",
            &headers,
            b"Hello, World",
            0
        ));
        assert!(!holds(
            &github,
            "It's a Secret to Everybody",
            &[("x-hub-signature-256", "sha256=")],
            b"",
            0
        ));
    }
}
