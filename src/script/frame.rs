//! Frames between the server and a worker: four bytes of length, then JSON.

use crate::script::Fault;
use crate::script::MOST_BYTES;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Map;
use serde_json::Value;
use std::io::Error;
use std::io::ErrorKind;
use std::io::Read;
use std::io::Result;
use std::io::Write;

/// What a frame may hold besides its value.
const SLACK: usize = 131_072;

/// What a worker is asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// The script's digest; the worker keeps what it has read under it.
    pub script: String,
    /// Its code, unless the worker has it.
    pub code: Option<String>,
    /// What it sees, by name; nothing when it is only to be read.
    pub roots: Option<Map<String, Value>>,
    /// What its random numbers grow from.
    pub seed: u64,
    /// What its clock says, when the clock stands still.
    pub now_ms: Option<i64>,
}

/// What a worker answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answered {
    /// What came of it.
    pub result: std::result::Result<Value, Fault>,
    /// What it said on its console.
    pub log: Vec<Line>,
}

/// A line of a script's console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `error`, `warn`, `info` or `debug`.
    pub level: String,
    /// The line.
    pub message: String,
}

/// A frame's bytes; none when it is too large.
pub fn packed<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, value).ok()?;
    let length = frame.len() - 4;
    if length > MOST_BYTES + SLACK {
        return None;
    }
    frame[..4].copy_from_slice(&u32::try_from(length).ok()?.to_le_bytes());
    Some(frame)
}

/// The length that a head announces, if a frame may have it.
pub fn length(head: [u8; 4]) -> Result<usize> {
    let length = usize::try_from(u32::from_le_bytes(head)).unwrap_or(usize::MAX);
    if length > MOST_BYTES + SLACK {
        return Err(Error::new(ErrorKind::InvalidData, "a frame is too large"));
    }
    Ok(length)
}

/// Reads a frame; none at the end.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> Result<Option<T>> {
    let mut head = [0; 4];
    match from.read_exact(&mut head) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        head => head?,
    }
    let mut body = vec![0; length(head)?];
    from.read_exact(&mut body)?;
    serde_json::from_slice(&body).map(Some).map_err(Error::other)
}

/// Writes a frame.
pub fn write<T: Serialize>(to: &mut impl Write, value: &T) -> Result<()> {
    let frame = packed(value).ok_or_else(|| Error::new(ErrorKind::InvalidData, "a frame is too large"))?;
    to.write_all(&frame)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::Line;
    use super::packed;
    use super::read;

    #[test]
    fn a_frame_that_lies_about_its_length_is_refused_before_it_is_read() {
        let frame = [0xff, 0xff, 0xff, 0x7f, b'{'];
        assert!(read::<Line>(&mut frame.as_slice()).is_err());
        assert!(read::<Line>(&mut [9, 0, 0, 0, b'{'].as_slice()).is_err());
        assert_eq!(read::<Line>(&mut [].as_slice()).unwrap(), None);
        let line = Line {
            level: "info".to_owned(),
            message: "ä".to_owned(),
        };
        assert_eq!(read(&mut packed(&line).unwrap().as_slice()).unwrap(), Some(line));
    }

    #[test]
    fn a_frame_nested_deeper_than_anybody_needs_is_refused() {
        let deep = "[".repeat(100_000);
        let mut frame = u32::try_from(deep.len()).unwrap().to_le_bytes().to_vec();
        frame.extend(deep.bytes());
        assert!(read::<serde_json::Value>(&mut frame.as_slice()).is_err());
    }
}
