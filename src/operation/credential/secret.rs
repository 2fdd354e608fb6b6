//! Secrets: how they are made, what they look like, and what is kept of them.
//!
//! Every secret has 256 bits from the operating system, so a plain SHA-256 is
//! all that has to be stored: there is nothing to guess that a slow hash would
//! protect. The text leads with its kind, so that scanners of leaked secrets
//! and people can tell what they have found.

use crate::error::Error;
use crate::error::Result;
use sha2::Digest as _;
use sha2::Sha256;
use std::fmt;

/// The characters of a secret: all of them survive a double click.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Characters of 5.95 bits each that make 256 bits.
const SECRET_LENGTH: usize = 43;

/// Characters of a key's prefix: enough to tell keys apart in a list, far too few to guess the rest from.
const PREFIX_LENGTH: usize = 8;

/// Longer texts are not looked at: nothing Torque makes is longer.
const LONGEST: usize = 128;

/// What of a secret is kept and looked up.
pub type Hash = [u8; 32];

/// What a secret is for; its text leads with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An API key: `tq_…`.
    Key,
    /// The value of a sign-in cookie: `ts_…`.
    Session,
    /// A one-time link: `tl_…`.
    Link,
}

impl Kind {
    fn lead(self) -> &'static str {
        match self {
            Kind::Key => "tq_",
            Kind::Session => "ts_",
            Kind::Link => "tl_",
        }
    }

    /// The kind of secret this text claims to be.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        [Kind::Key, Kind::Session, Kind::Link]
            .into_iter()
            .find(|kind| text.len() <= LONGEST && text.starts_with(kind.lead()))
    }
}

/// A secret that was just made. Printing it for debugging shows its kind only.
pub struct Secret {
    kind: Kind,
    prefix: String,
    text: String,
}

impl Secret {
    /// A new secret from the operating system's randomness.
    pub fn new(kind: Kind) -> Result<Self> {
        let prefix = random(PREFIX_LENGTH, &ALPHABET[..36])?.to_ascii_lowercase();
        let secret = random(SECRET_LENGTH, ALPHABET)?;
        let text = match kind {
            Kind::Key => format!("{}{prefix}_{secret}", kind.lead()),
            Kind::Session | Kind::Link => format!("{}{secret}", kind.lead()),
        };
        Ok(Self { kind, prefix, text })
    }

    /// The secret itself: for the one reply, cookie or line that hands it over.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What lists show of an API key.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What the database keeps.
    #[must_use]
    pub fn hash(&self) -> Hash {
        hash(&self.text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.kind.lead())
    }
}

/// What the database keeps of a secret that was presented.
#[must_use]
pub fn hash(text: &str) -> Hash {
    Sha256::digest(text.as_bytes()).into()
}

/// So many characters of an alphabet, each equally likely.
fn random(length: usize, alphabet: &[u8]) -> Result<String> {
    // A byte beyond the largest multiple of the alphabet would favour its first characters: drawn again.
    let fair = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut bytes = [0_u8; 64];
    while text.len() < length {
        getrandom::fill(&mut bytes).map_err(|error| Error::bug(error.to_string()))?;
        for byte in bytes
            .iter()
            .map(|byte| usize::from(*byte))
            .filter(|byte| *byte < fair)
        {
            if text.len() < length {
                text.push(char::from(alphabet[byte % alphabet.len()]));
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_key_reads_as_kind_prefix_and_secret() {
        let key = Secret::new(Kind::Key).unwrap();
        let parts: Vec<_> = key.expose().split('_').collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(
            (parts[0], parts[1], parts[2].len()),
            ("tq", key.prefix(), SECRET_LENGTH)
        );
        assert_eq!(Kind::of(key.expose()), Some(Kind::Key));
        assert_eq!(hash(key.expose()), key.hash());
    }

    #[test]
    fn secrets_differ_and_never_show_in_debug_output() {
        let made: HashSet<String> = (0..1_000)
            .map(|_| Secret::new(Kind::Session).unwrap().expose().to_owned())
            .collect();
        assert_eq!(made.len(), 1_000);
        let secret = Secret::new(Kind::Link).unwrap();
        assert_eq!(format!("{secret:?}"), "tl_…");
    }

    #[test]
    fn what_torque_never_made_is_no_credential() {
        for text in ["", "tq", "TQ_x", "Bearer", &format!("tq_{}", "x".repeat(LONGEST))] {
            assert_eq!(Kind::of(text), None, "{text}");
        }
    }
}
