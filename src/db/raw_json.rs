//! JSON from the database that is passed on without being read.
//!
//! Going through `serde_json::Value` costs two to three times as much as
//! keeping the bytes (measured in the design).

use bytes::Bytes;
use postgres_types::FromSql;
use postgres_types::Type;
use std::error::Error;

/// The text of a `json` or `jsonb` value, as the database wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawJson(Bytes);

impl RawJson {
    /// The JSON text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The JSON text, to be put into a reply.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }

    /// The JSON text as text.
    ///
    /// # Errors
    /// When the database's encoding is not UTF-8.
    pub fn as_str(&self) -> Result<&str, std::str::Utf8Error> {
        std::str::from_utf8(&self.0)
    }
}

/// The same without a copy: borrowed from the row it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawJsonRef<'a>(pub &'a [u8]);

fn text_of<'a>(ty: &Type, raw: &'a [u8]) -> Result<&'a [u8], Box<dyn Error + Sync + Send>> {
    if *ty != Type::JSONB {
        return Ok(raw);
    }
    match raw.split_first() {
        // The wire form of jsonb is a version byte and the text.
        Some((1, text)) => Ok(text),
        _ => Err("an unknown version of jsonb's wire form".into()),
    }
}

impl FromSql<'_> for RawJson {
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Bytes::copy_from_slice(text_of(ty, raw)?)))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::JSON | Type::JSONB | Type::TEXT)
    }
}

impl<'a> FromSql<'a> for RawJsonRef<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(text_of(ty, raw)?))
    }

    fn accepts(ty: &Type) -> bool {
        <RawJson as FromSql>::accepts(ty)
    }
}

#[cfg(test)]
mod tests {
    use super::RawJson;
    use super::RawJsonRef;
    use postgres_types::FromSql;
    use postgres_types::Type;

    #[test]
    fn jsonb_is_kept_as_the_text_behind_its_version_byte() {
        let json = RawJson::from_sql(&Type::JSONB, b"\x01{\"a\": 1}").unwrap();
        assert_eq!(json.as_bytes(), b"{\"a\": 1}");
        let json = RawJsonRef::from_sql(&Type::JSON, b"{\"a\": 1}").unwrap();
        assert_eq!(json.0, b"{\"a\": 1}");
        assert!(RawJson::from_sql(&Type::JSONB, b"\x02{}").is_err());
        assert!(RawJson::from_sql(&Type::JSONB, b"").is_err());
    }
}
