//! Why a cell goes no further.

use crate::cli::outcome::End;

/// A cell that ended early, or a failure of the session itself.
pub enum Halt {
    Ended(End),
    Failed(anyhow::Error),
}

impl From<End> for Halt {
    fn from(end: End) -> Halt {
        Halt::Ended(end)
    }
}

impl From<anyhow::Error> for Halt {
    fn from(error: anyhow::Error) -> Halt {
        Halt::Failed(error)
    }
}
