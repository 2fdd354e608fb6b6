//! An entity's JSON, put together from the bytes of its row.
//!
//! The data's own text goes into the reply as the database wrote it; only the
//! system properties are written around it. Nothing is parsed on the way.

use crate::db::RawJsonRef;
use crate::db::Row;
use crate::error::Error;
use crate::error::Result;
use time::OffsetDateTime;
use time::UtcOffset;
use uuid::Uuid;

/// The columns of a row that holds an entity, from `first` on: id, data, version, `created_at`, `updated_at`.
pub const COLUMNS: usize = 5;

/// An entity as its row holds it.
#[derive(Debug, Clone, Copy)]
pub struct Stored<'r> {
    /// Its id.
    pub id: Uuid,
    /// The JSON text of its properties, an object.
    pub data: &'r [u8],
    /// Its version.
    pub version: i64,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    pub updated_at: OffsetDateTime,
}

impl<'r> Stored<'r> {
    /// Reads the entity that stands in a row's columns from `first` on.
    pub fn read(row: &'r Row, first: usize) -> Result<Self> {
        let data: RawJsonRef<'r> = row.try_get(first + 1).map_err(Error::bug)?;
        Ok(Self {
            id: row.try_get(first).map_err(Error::bug)?,
            data: data.0,
            version: row.try_get(first + 2).map_err(Error::bug)?,
            created_at: row.try_get(first + 3).map_err(Error::bug)?,
            updated_at: row.try_get(first + 4).map_err(Error::bug)?,
        })
    }
}

/// Which system properties stand beside an entity's own.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a> {
    /// The entity type's name, as `entity_type`.
    pub entity_type: Option<&'a str>,
    /// `created_at`.
    pub created_at: bool,
    /// `updated_at`.
    pub updated_at: bool,
    /// `version`.
    pub version: bool,
}

impl<'a> Shape<'a> {
    /// All system properties but the type's name, which a list of one type says once.
    pub const LISTED: Shape<'static> = Shape {
        entity_type: None,
        created_at: true,
        updated_at: true,
        version: true,
    };

    /// All system properties.
    #[must_use]
    pub fn whole(entity_type: &'a str) -> Self {
        Shape {
            entity_type: Some(entity_type),
            ..Shape::LISTED
        }
    }
}

/// Writes an entity: `id`, its properties, the system properties of the shape.
pub fn push_entity(out: &mut Vec<u8>, entity: &Stored<'_>, shape: Shape<'_>) {
    push_open(out, entity, shape);
    out.push(b'}');
}

/// The same without its closing brace, for a reply that adds something.
pub fn push_open(out: &mut Vec<u8>, entity: &Stored<'_>, shape: Shape<'_>) {
    out.extend_from_slice(b"{\"id\":\"");
    push_uuid(out, entity.id);
    out.push(b'"');
    push_members(out, entity.data);
    if shape.created_at {
        out.extend_from_slice(b",\"created_at\":\"");
        push_instant(out, entity.created_at);
        out.push(b'"');
    }
    if shape.updated_at {
        out.extend_from_slice(b",\"updated_at\":\"");
        push_instant(out, entity.updated_at);
        out.push(b'"');
    }
    if shape.version {
        out.extend_from_slice(b",\"version\":");
        out.extend_from_slice(entity.version.to_string().as_bytes());
    }
    if let Some(name) = shape.entity_type {
        out.extend_from_slice(b",\"entity_type\":");
        push_text(out, name);
    }
}

/// Writes the members of an object after others: a comma and what stands between its braces, if anything.
pub fn push_members(out: &mut Vec<u8>, object: &[u8]) {
    if let Some(members) = object
        .strip_prefix(b"{")
        .and_then(|rest| rest.strip_suffix(b"}"))
        .filter(|members| !members.is_empty())
    {
        out.push(b',');
        out.extend_from_slice(members);
    }
}

/// Writes a text as JSON.
pub fn push_text(out: &mut Vec<u8>, text: &str) {
    // Writing a text into memory cannot fail; if it did, the reply would miss a value, not be wrong.
    if serde_json::to_writer(&mut *out, text).is_err() {
        out.extend_from_slice(b"null");
    }
}

/// Writes a UUID in lower case.
pub fn push_uuid(out: &mut Vec<u8>, id: Uuid) {
    let mut buffer = Uuid::encode_buffer();
    out.extend_from_slice(id.as_hyphenated().encode_lower(&mut buffer).as_bytes());
}

/// An instant in the one form it has on the wire: UTC, six digits of a second, `Z`.
#[must_use]
pub fn instant(at: OffsetDateTime) -> String {
    let mut out = Vec::with_capacity(27);
    push_instant(&mut out, at);
    String::from_utf8(out).unwrap_or_default()
}

/// Writes an instant.
pub fn push_instant(out: &mut Vec<u8>, at: OffsetDateTime) {
    let at = at.to_offset(UtcOffset::UTC);
    push_digits(out, at.year().unsigned_abs(), 4);
    out.push(b'-');
    push_digits(out, u32::from(u8::from(at.month())), 2);
    out.push(b'-');
    push_digits(out, u32::from(at.day()), 2);
    out.push(b'T');
    push_digits(out, u32::from(at.hour()), 2);
    out.push(b':');
    push_digits(out, u32::from(at.minute()), 2);
    out.push(b':');
    push_digits(out, u32::from(at.second()), 2);
    out.push(b'.');
    push_digits(out, at.microsecond(), 6);
    out.push(b'Z');
}

fn push_digits(out: &mut Vec<u8>, number: u32, width: usize) {
    let mut digits = [b'0'; 10];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        // The remainder of a division by ten is one digit.
        *digit += u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    out.extend_from_slice(&digits[digits.len() - width..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use serde_json::json;
    use time::macros::datetime;

    #[test]
    fn an_entity_is_its_data_with_the_system_properties_around_it() {
        let mut entity = Stored {
            id: Uuid::from_u128(0xABC),
            data: br#"{"label": "a \"b\"", "n": 1}"#,
            version: 3,
            created_at: datetime!(2024-07-10 09:15:00 UTC),
            updated_at: datetime!(2024-07-10 10:15:00.000123 +01:00),
        };
        let mut out = Vec::new();
        push_entity(&mut out, &entity, Shape::whole("todo"));
        let read: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(
            read,
            json!({
                "id": "00000000-0000-0000-0000-000000000abc",
                "label": "a \"b\"",
                "n": 1,
                "created_at": "2024-07-10T09:15:00.000000Z",
                "updated_at": "2024-07-10T09:15:00.000123Z",
                "version": 3,
                "entity_type": "todo"
            })
        );
        entity.data = b"{}";
        out.clear();
        push_entity(&mut out, &entity, Shape::LISTED);
        let read: Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read.as_object().unwrap().len(), 4);
    }
}
