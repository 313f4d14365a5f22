//! The inputs that ran to their end, in order, across sections.
//!
//! Writing them to a file is in `save`.

use crate::cli::outcome::Output;

/// An input that ran to its end, and its outputs.
#[derive(Clone, Debug)]
pub struct Entry {
    pub code: String,
    pub outputs: Vec<Output>,
    /// The cell of the section that it is; `None` if the reader typed it.
    pub cell: Option<usize>,
}

impl Entry {
    pub fn is_own(&self) -> bool {
        self.cell.is_none()
    }
}

#[derive(Default)]
pub struct Journal {
    entries: Vec<Entry>,
    /// Where the present session begins.
    session: usize,
}

impl Journal {
    pub fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// All of them, those of earlier sections included.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The session was reset: what ran before can't be undone any more.
    pub fn begin_session(&mut self) {
        self.session = self.entries.len();
    }

    /// Whether anything ran in this session.
    pub fn has_undo(&self) -> bool {
        self.entries.len() > self.session
    }

    /// Removes the last input of this session.
    pub fn undo(&mut self) -> Option<Entry> {
        if self.has_undo() { self.entries.pop() } else { None }
    }

    /// The code that the reader typed in this session.
    pub fn own_code(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.entries[self.session..].iter().filter(|entry| entry.is_own()).map(|entry| entry.code.as_str())
    }
}
