//! Exit codes, and the error that means wrong usage.
//!
//! It prints nothing: `cli` turns errors into messages and a code.

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
}

/// A usage error: the command ends with [`Exit::Usage`].
#[derive(Debug)]
pub struct Misuse(String);

impl std::fmt::Display for Misuse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// An error in what the user asked for, not in the tool.
pub fn usage(message: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Misuse(message.into()))
}
