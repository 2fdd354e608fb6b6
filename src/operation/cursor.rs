//! Cursors of lists: opaque to clients, checked when they come back.
//!
//! A cursor holds the order's values of one entity and which way to go from it.
//! Its digest ties it to the list it was made for: a cursor of another type or
//! another order is refused instead of giving a page that means nothing. It is
//! no secret and grants nothing; the values in it are parameters like any other.

use crate::error::Code;
use crate::error::Error;
use crate::error::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::Serialize;
use sha2::Digest;
use sha2::Sha256;

const DIGEST: usize = 8;

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// Towards the list's beginning.
    #[serde(rename = "b")]
    pub backwards: bool,
    /// The values of the order's keys.
    #[serde(rename = "k")]
    pub values: Vec<Option<String>>,
}

impl Cursor {
    /// The cursor's text; `list` names the list it belongs to.
    pub fn encode(&self, list: &str) -> Result<String> {
        let json = serde_json::to_vec(self).map_err(Error::bug)?;
        let mut bytes = digest(list, &json).to_vec();
        bytes.extend_from_slice(&json);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The cursor of a text that was made for this list and this many keys.
    pub fn decode(text: &str, list: &str, keys: usize) -> Result<Self> {
        let refused = || {
            Error::new(
                Code::BadRequest,
                "the cursor does not belong to this list: begin again without one",
            )
            .with("path", "params.cursor")
        };
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        let (given, json) = bytes.split_at_checked(DIGEST).ok_or_else(refused)?;
        if given != digest(list, json) {
            return Err(refused());
        }
        let cursor: Self = serde_json::from_slice(json).map_err(|_| refused())?;
        if cursor.values.len() == keys {
            Ok(cursor)
        } else {
            Err(refused())
        }
    }
}

fn digest(list: &str, json: &[u8]) -> [u8; DIGEST] {
    let mut hash = Sha256::new();
    hash.update(list.as_bytes());
    hash.update([0]);
    hash.update(json);
    let whole = hash.finalize();
    let mut short = [0; DIGEST];
    short.copy_from_slice(&whole[..DIGEST]);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_and_only_to_its_own_list() {
        let cursor = Cursor {
            backwards: true,
            values: vec![Some("ü".to_owned()), None],
        };
        let text = cursor.encode("7 label asc").unwrap();
        assert_eq!(Cursor::decode(&text, "7 label asc", 2).unwrap(), cursor);
        for (text, list, keys) in [
            (text.as_str(), "7 label desc", 2),
            (text.as_str(), "8 label asc", 2),
            (text.as_str(), "7 label asc", 3),
            (&text[1..], "7 label asc", 2),
            ("", "7 label asc", 2),
            ("not base64!", "7 label asc", 2),
        ] {
            let refusal = Cursor::decode(text, list, keys).unwrap_err();
            assert_eq!(refusal.code, Code::BadRequest);
        }
    }
}
