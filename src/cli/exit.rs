//! Exit codes, and the error for wrong usage.
//!
//! Nothing is printed here: `cli` turns errors into messages and exit codes.

use std::fmt;

/// The exit code of the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Passed = 0,
    Failed = 1,
    Usage = 2,
    Broken = 3,
    NothingToTest = 4,
    Interrupted = 130,
    /// As a process has that SIGPIPE ended, by the convention of shells.
    PipeClosed = 141,
}

/// A usage error: the command ends with [`Exit::Usage`].
#[derive(Debug)]
pub struct Misuse(String);

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// An error in the user's request, as opposed to one in the tool.
pub fn usage(message: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Misuse(message.into()))
}
