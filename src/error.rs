//! One error for the whole library: what went wrong, with the values at fault, and what to do next.
//!
//! It does not carry backtraces or nested causes: a reader of a chapter needs a sentence and a next step.

use std::fmt;

/// What a shape-dependent or file-reading function returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The family an [`Error`] belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Shapes that do not fit together.
    Shape,
    /// A number or an option outside what the function takes.
    Value,
    /// A file that is missing, unreadable, or not what its name says.
    File,
}

/// A sentence that names the values at fault, and a help line with the next step.
///
/// `Display` and `Debug` are the same text, because a notebook shows an early `?` through `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    help: String,
}

impl Error {
    /// An error of a kind, with its sentence (lower case, no final dot) and the next step.
    pub fn new(kind: ErrorKind, message: impl Into<String>, help: impl Into<String>) -> Self {
        Error { kind, message: message.into(), help: help.into() }
    }

    /// Which family this error belongs to.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What went wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The next step.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhelp: {}", self.message, self.help)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}
