//! What lies in a folder, against what should.
//!
//! It reads and writes nothing down.

use std::fmt;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::sets::Entry;

/// What is true of one file.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    Right,
    Missing,
    /// It lies here without `.gz`: the library reads it, but nobody publishes its hash.
    Unpacked,
    /// It has this many bytes, not the right number.
    Size(u64, u64),
    /// The right number, and other bytes: found, and wanted.
    Bytes(String, &'static str),
    Unreadable(String),
}

/// Reads the file to the end, unless its length says enough.
pub fn state(folder: &Path, file: &Entry) -> State {
    let read = || -> std::io::Result<State> {
        let mut stream = File::open(folder.join(file.name))?;
        let length = stream.metadata()?.len();
        if length != file.size {
            return Ok(State::Size(length, file.size));
        }
        let mut hash = Sha256::new();
        let mut chunk = vec![0; 1 << 16];
        loop {
            match stream.read(&mut chunk)? {
                0 => return Ok(judge(hash, file)),
                got => hash.update(&chunk[..got]),
            }
        }
    };
    read().unwrap_or_else(|error| match error.kind() {
        ErrorKind::NotFound if folder.join(unpacked(file.name)).is_file() => State::Unpacked,
        ErrorKind::NotFound => State::Missing,
        _ => State::Unreadable(error.to_string()),
    })
}

/// The name of the file that is in it.
pub fn unpacked(name: &str) -> &str {
    name.strip_suffix(".gz").unwrap_or(name)
}

/// What a hash over all bytes of a file says of it.
pub fn judge(hash: Sha256, file: &Entry) -> State {
    let found: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if found == file.sha256 { State::Right } else { State::Bytes(found, file.sha256) }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            State::Right => f.write_str("right"),
            State::Missing => f.write_str("missing"),
            State::Unpacked => f.write_str("unpacked: it is read, and cannot be checked"),
            State::Size(found, wanted) => write!(f, "{found} bytes, not {wanted}"),
            State::Bytes(found, wanted) => write!(f, "sha256 {found}, not {wanted}"),
            State::Unreadable(why) => write!(f, "cannot be read: {why}"),
        }
    }
}
