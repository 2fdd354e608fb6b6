//! A place in an application's feed that a client can come back to.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// `epoch:pos`: positions mean something within one life of the database only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The life of the database; a restore begins a new one.
    pub epoch: Uuid,
    /// The last position that was seen.
    pub pos: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.epoch, self.pos)
    }
}

/// The text is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (epoch, pos) = text.split_once(':').ok_or(NoCursor)?;
        let epoch = Uuid::try_parse(epoch).map_err(|_| NoCursor)?;
        let pos = pos.parse::<i64>().map_err(|_| NoCursor)?;
        if pos < 0 {
            return Err(NoCursor);
        }
        Ok(Self { epoch, pos })
    }
}
