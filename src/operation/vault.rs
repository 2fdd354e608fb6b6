//! The vault: encrypts secrets of applications, and opens them for the server's own use.
//!
//! XChaCha20-Poly1305 with a random nonce for each value. What is authenticated
//! beside the value is where it belongs, application and name: a ciphertext in
//! another row opens nothing. The key comes from the settings, never from the
//! database; its id, the beginning of a digest, stands beside each value, so
//! that a server with another key can say which it lacks.

use crate::config::Secrets;
use crate::db::Db;
use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use chacha20poly1305::KeyInit;
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::XNonce;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::aead::Payload;
use sha2::Digest;
use sha2::Sha256;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

const FIND: &str = include_str!("../../sql/queries/secret/find.sql");

/// Encrypts and opens; cheap to clone.
#[derive(Clone)]
pub struct Vault(Option<Arc<Key>>);

struct Key {
    cipher: XChaCha20Poly1305,
    id: String,
}

/// An encrypted value.
pub struct Sealed {
    /// The value and its tag.
    pub ciphertext: Vec<u8>,
    /// Used once.
    pub nonce: Vec<u8>,
    /// Which key it was.
    pub key_id: String,
}

impl Vault {
    /// The vault with the key that the settings name; they have been checked.
    #[must_use]
    pub fn new(settings: &Secrets) -> Self {
        let bytes = settings.bytes().ok().flatten();
        Self(bytes.map(|bytes| {
            let digest = Sha256::new().chain_update("torque secrets ").chain_update(bytes);
            let id = digest.finalize()[..4]
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let cipher = XChaCha20Poly1305::new(&bytes.into());
            Arc::new(Key { cipher, id })
        }))
    }

    /// The id of the key, if there is one.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.0.as_deref().map(|key| key.id.as_str())
    }

    /// Encrypts a value for its place.
    ///
    /// # Errors
    /// When no key is set.
    pub fn seal(&self, application: Uuid, name: &str, value: &str) -> Result<Sealed> {
        let key = self.key()?;
        let mut nonce = [0_u8; 24];
        getrandom::fill(&mut nonce).map_err(Error::bug)?;
        let place = place(application, name);
        let payload = Payload {
            msg: value.as_bytes(),
            aad: &place,
        };
        let sealed = key.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        Ok(Sealed {
            ciphertext: sealed.map_err(|error| Error::bug(error.to_string()))?,
            nonce: nonce.to_vec(),
            key_id: key.id.clone(),
        })
    }

    /// Opens what was encrypted for this place.
    ///
    /// # Errors
    /// When no key is set, it is another one, or the value is not what was encrypted here.
    pub fn open(&self, application: Uuid, name: &str, sealed: &Sealed) -> Result<String> {
        let key = self.key()?;
        if key.id != sealed.key_id {
            let message = format!(
                "the secret “{name}” was encrypted with another key ({}) than secrets.key is now ({}): \
                 give the server that key, or set the secret again",
                sealed.key_id, key.id
            );
            return Err(Error::new(Code::Conflict, message));
        }
        let broken = || {
            let message =
                format!("the secret “{name}” was changed outside Torque and cannot be opened: set it again");
            Error::new(Code::Conflict, message)
        };
        if sealed.nonce.len() != 24 {
            return Err(broken());
        }
        let place = place(application, name);
        let payload = Payload {
            msg: &sealed.ciphertext,
            aad: &place,
        };
        let nonce = XNonce::from_slice(&sealed.nonce);
        let value = key.cipher.decrypt(nonce, payload).map_err(|_| broken())?;
        String::from_utf8(value).map_err(|_| broken())
    }

    /// The values of an application's secrets; every name must be there.
    ///
    /// # Errors
    /// When one is missing, and those of [`Vault::open`].
    pub async fn values(
        &self,
        db: &Db,
        (application, slug): (Uuid, &str),
        names: &[String],
    ) -> Result<BTreeMap<String, String>> {
        let rows = db.query(FIND, &[&application, &names]).await?;
        let mut values = BTreeMap::new();
        for row in &rows {
            let name: String = row.try_get("name").map_err(Error::bug)?;
            let sealed = Sealed {
                ciphertext: row.try_get("ciphertext").map_err(Error::bug)?,
                nonce: row.try_get("nonce").map_err(Error::bug)?,
                key_id: row.try_get("key_id").map_err(Error::bug)?,
            };
            let value = self.open(application, &name, &sealed)?;
            values.insert(name, value);
        }
        match names.iter().find(|name| !values.contains_key(*name)) {
            None => Ok(values),
            Some(missing) => {
                let message = format!(
                    "there is no secret “{missing}” in {slug}: `torque secret set {missing} --app {slug}` sets it"
                );
                Err(Error::new(Code::NotFound, message))
            }
        }
    }

    fn key(&self) -> Result<&Key> {
        self.0.as_deref().ok_or_else(|| {
            let message = "secrets need a key: give every server the same secrets.key (TORQUE_SECRETS_KEY), \
                           32 bytes as base64, such as `openssl rand -base64 32` makes";
            Error::new(Code::Conflict, message)
        })
    }
}

fn place(application: Uuid, name: &str) -> Vec<u8> {
    [application.as_bytes(), name.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(byte: &str) -> Vault {
        Vault::new(&Secrets { key: byte.repeat(32) })
    }

    #[test]
    fn a_value_opens_at_its_place_with_its_key_and_nowhere_else() {
        let (own, other) = (vault("0a"), vault("0b"));
        let application = Uuid::from_u128(1);
        let mut sealed = own.seal(application, "stripe", "hush-hush").unwrap();
        assert_eq!(own.open(application, "stripe", &sealed).unwrap(), "hush-hush");
        assert!(own.open(Uuid::from_u128(2), "stripe", &sealed).is_err());
        assert!(own.open(application, "other", &sealed).is_err());
        let wrong = other.open(application, "stripe", &sealed).unwrap_err().message;
        assert!(wrong.contains("secrets.key"), "{wrong}");
        sealed.ciphertext[0] ^= 1;
        assert!(own.open(application, "stripe", &sealed).is_err());
        let none = Vault::new(&Secrets::default());
        assert!(none.seal(application, "a", "b").is_err());
    }
}
