//! Problems with the data or the options of a figure, recorded until it is checked, saved or shown.
//!
//! The figure draws them above the picture.

use crate::error::{Error, ErrorKind};

#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub message: String,
    /// The next step; a note has none.
    help: Option<String>,
}

impl Problem {
    pub fn error(message: impl Into<String>, help: impl Into<String>) -> Problem {
        Problem { message: message.into(), help: Some(help.into()) }
    }

    pub fn note(message: impl Into<String>) -> Problem {
        Problem { message: message.into(), help: None }
    }

    /// The rest is drawn.
    pub fn not_finite(missing: usize, all: usize, noun: &str) -> Problem {
        let (s, are) = (if all == 1 { "" } else { "s" }, if missing == 1 { "is" } else { "are" });
        Problem::note(format!("{missing} of {all} {noun}{s} {are} not finite and left out"))
    }

    pub fn line(&self) -> String {
        let kind = if self.help.is_some() { "error" } else { "note" };
        format!("{kind}: {}", self.message)
    }

    pub fn as_error(&self) -> Option<Error> {
        let help = self.help.as_ref()?;
        Some(Error::new(ErrorKind::Value, &*self.message, &**help))
    }
}
