//! `[secrets]`: the key that secrets of applications are encrypted with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::Serialize;
use std::fmt;

/// `[secrets]`
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    /// 32 bytes, as base64 or 64 hexadecimal digits; empty: a file beside the embedded database.
    pub key: String,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.key.is_empty() { "" } else { "***" };
        formatter.debug_struct("Secrets").field("key", &shown).finish()
    }
}

impl Secrets {
    /// The key; none where none is set.
    ///
    /// # Errors
    /// A sentence when it is no key.
    pub fn bytes(&self) -> Result<Option<[u8; 32]>, String> {
        let text = self.key.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let bytes = match hexadecimal(text) {
            Some(bytes) => bytes,
            None => STANDARD.decode(text).unwrap_or_default(),
        };
        <[u8; 32]>::try_from(bytes).map(Some).map_err(|_| {
            "is 32 bytes as base64 or as 64 hexadecimal digits: openssl rand -base64 32 makes one".to_owned()
        })
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_either_form_and_never_shown() {
        let of = |key: &str| Secrets { key: key.to_owned() };
        assert_eq!(of("").bytes(), Ok(None));
        assert_eq!(of(&"0a".repeat(32)).bytes(), Ok(Some([10; 32])));
        assert_eq!(of(&STANDARD.encode([7; 32])).bytes(), Ok(Some([7; 32])));
        for wrong in ["short", &"0a".repeat(31), &STANDARD.encode([7; 16])] {
            assert!(of(wrong).bytes().is_err(), "{wrong}");
        }
        assert!(!format!("{:?}", of("hush-hush")).contains("hush"));
    }
}
