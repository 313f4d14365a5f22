//! A generated source text that remembers where each of its stretches came from.
//!
//! It knows nothing of Rust.

use std::ops::Range;
use std::sync::Arc;

use super::super::state::Stored;

/// Text with origins.
#[derive(Clone, Debug, Default)]
pub struct Source {
    pub text: String,
    stretches: Vec<(usize, Origin)>,
}

/// Where a stretch came from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The cell, from this byte on.
    Cell(usize),
    /// An item of an earlier cell, from this byte on.
    Earlier(Arc<Stored>, usize),
    /// The loading of this variable under its written type.
    Load(String),
    /// The storing of this variable, or its place in the marked tuple.
    Store(String),
    /// The putting back of this variable, which the cell had loaded.
    PutBack(String),
    /// The showing of the final expression.
    Show,
    /// All else that the reader never wrote.
    Generated,
}

impl Source {
    pub fn push(&mut self, origin: Origin, text: &str) {
        self.stretches.push((self.text.len(), origin));
        self.text.push_str(text);
    }

    pub fn generated(&mut self, text: &str) {
        self.push(Origin::Generated, text);
    }

    /// A stretch of the cell; `code` is the whole cell.
    pub fn cell(&mut self, code: &str, range: Range<usize>) {
        self.push(Origin::Cell(range.start), &code[range]);
    }

    /// Another source's text. What is not the viewer's own counts as generated, but for items of earlier cells.
    pub fn adopt(&mut self, other: &Source, is_own: bool) {
        let base = self.text.len();
        for (start, origin) in &other.stretches {
            let is_kept = is_own || matches!(origin, Origin::Earlier(..));
            self.stretches.push((base + start, if is_kept { origin.clone() } else { Origin::Generated }));
        }
        self.text.push_str(&other.text);
    }

    /// The origin of a byte, and how far into its stretch it lies.
    pub fn origin(&self, at: usize) -> (&Origin, usize) {
        let index = self.stretches.partition_point(|(start, _)| *start <= at);
        match index.checked_sub(1).and_then(|index| self.stretches.get(index)) {
            Some((start, origin)) => (origin, at - start),
            None => (&Origin::Generated, at),
        }
    }

    /// The byte of the cell that a byte of the source stands for.
    pub fn in_cell(&self, at: usize) -> Option<usize> {
        match self.origin(at) {
            (Origin::Cell(start), offset) => Some(start + offset),
            _ => None,
        }
    }

    /// The byte at a line and a column (from 1, in characters).
    pub fn byte_at(&self, line: usize, column: usize) -> Option<usize> {
        let mut start = 0;
        for _ in 1..line {
            start += self.text.get(start..)?.find('\n')? + 1;
        }
        let rest = self.text.get(start..)?;
        Some(start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at))
    }
}

/// The line and the column, from 1 and in characters, of a byte in a text.
pub fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
