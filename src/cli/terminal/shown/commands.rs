//! Workflow commands: lines of a log that a CI service obeys, such as `::error::` and `##[group]`.
//!
//! GitHub obeys `::` at the start of a line, spaces left out, and `##[` anywhere in it; others obey `##word[`. A
//! backslash before the last character of such a beginning turns it into text.

/// What the line has been so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    start: Start,
    hash: Hash,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Start {
    /// Nothing but blanks.
    #[default]
    Blank,
    /// Blanks, and one colon.
    Colon,
    Text,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Hash {
    #[default]
    None,
    /// `#`
    One,
    /// `##`, or `##word`
    Two,
}

impl Commands {
    /// Whether this character completes the beginning of a command.
    pub fn would_begin(self, c: char) -> bool {
        c == ':' && self.start == Start::Colon || c == '[' && self.hash == Hash::Two
    }

    /// The next character of the output.
    pub fn see(&mut self, c: char) {
        if matches!(c, '\n' | '\r') {
            return *self = Commands::default();
        }
        self.start = match (self.start, c) {
            (Start::Blank, c) if c.is_whitespace() => Start::Blank,
            (Start::Blank, ':') => Start::Colon,
            _ => Start::Text,
        };
        self.hash = match (self.hash, c) {
            (Hash::None, '#') => Hash::One,
            (Hash::One | Hash::Two, '#') => Hash::Two,
            (Hash::Two, c) if c.is_alphabetic() => Hash::Two,
            _ => Hash::None,
        };
    }
}
