//! Generated source text that records the origin of each of its spans.
//!
//! It knows nothing of Rust.

use std::ops::Range;
use std::sync::Arc;

use super::super::files::Edit;
use super::super::state::StoredItem;
use crate::cli::syntax::split::one_line::on_one_line;

/// Text with the origins of its spans.
#[derive(Clone, Debug, Default)]
pub struct Generated {
    pub text: String,
    spans: Vec<(usize, Origin)>,
    /// Each line of the cell gets its own number here, as far as the order of the text allows it.
    keeps_lines: bool,
    /// The line breaks so far.
    breaks: usize,
}

/// The text of a file that a cell names.
#[derive(Debug)]
pub struct FileText {
    pub name: Arc<str>,
    pub text: String,
    /// What names it in the cell.
    pub at: Range<usize>,
}

/// Where a span comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The cell, from this byte on.
    Cell(usize),
    /// An item of an earlier cell, from this byte on.
    Earlier(Arc<StoredItem>, usize),
    /// A file that the cell names.
    File(Arc<FileText>),
    /// The code that loads this variable under its written type.
    Load(String),
    /// The code that stores this variable, or its place in the marked tuple.
    Store(String),
    /// The code that drops this variable before others are stored.
    Release(String),
    /// The code that puts this loaded variable back.
    PutBack(String),
    /// The code before or after the final expression that shows it; the expression's place in the cell.
    Show { of: Range<usize>, is_before: bool },
    /// Anything else that the user did not write.
    Other,
}

impl Generated {
    /// A text that gives the cell's lines their own numbers: panic hooks, `line!()` and `dbg!` see these.
    pub fn in_lines() -> Generated {
        Generated { keeps_lines: true, ..Generated::default() }
    }

    pub fn push(&mut self, origin: Origin, text: &str) {
        self.spans.push((self.text.len(), origin.clone()));
        match origin {
            Origin::Cell(_) | Origin::Earlier(..) | Origin::File(_) => self.text.push_str(text),
            _ if self.keeps_lines => self.text.push_str(&text.replace('\n', " ")),
            _ => self.text.push_str(text),
        }
        self.breaks += self.text[self.spans.last().map_or(0, |(start, _)| *start)..].matches('\n').count();
    }

    /// A line break that the text before it may need.
    pub fn break_line(&mut self) {
        self.spans.push((self.text.len(), Origin::Other));
        self.text.push('\n');
        self.breaks += 1;
    }

    /// Text that the user did not write.
    pub fn add(&mut self, text: &str) {
        self.push(Origin::Other, text);
    }

    /// A span of the cell; `code` is the whole cell.
    pub fn cell(&mut self, code: &str, range: Range<usize>) {
        if self.keeps_lines {
            let before = code[..range.start].matches('\n').count();
            (self.breaks..before).for_each(|_| self.break_line());
        }
        self.push(Origin::Cell(range.start), &code[range]);
    }

    /// Appends another text. Unless it is the viewer's own, it counts as generated, except for items of earlier cells.
    pub fn adopt(&mut self, other: &Generated, is_own: bool) {
        let base = self.text.len();
        for (start, origin) in &other.spans {
            let keeps_origin = is_own || matches!(origin, Origin::Earlier(..));
            self.spans.push((base + start, if keeps_origin { origin.clone() } else { Origin::Other }));
        }
        self.text.push_str(&other.text);
    }

    /// The origin of a byte, and its offset in the span.
    pub fn origin(&self, at: usize) -> (&Origin, usize) {
        let index = self.spans.partition_point(|(start, _)| *start <= at);
        match index.checked_sub(1).and_then(|index| self.spans.get(index)) {
            Some((start, origin)) => (origin, at - start),
            None => (&Origin::Other, at),
        }
    }

    /// The part of the cell that a span of this text stands for. What begins or ends in the code that shows the final
    /// expression stands for that expression; what ends in other generated code ends with its own length.
    pub fn range_in_cell(&self, start: usize, end: usize, code: &str) -> Option<Range<usize>> {
        let from = match self.origin(start) {
            (Origin::Cell(from), offset) => from + offset,
            (Origin::Show { of, is_before }, _) if start < end || *is_before => of.start,
            (Origin::Show { of, .. }, _) => of.end,
            _ => return None,
        };
        let to = match self.origin(end.max(start + 1) - 1) {
            _ if start == end => from,
            (Origin::Cell(from), offset) => from + offset + 1,
            (Origin::Show { of, .. }, _) => of.end,
            _ => from + (end - start),
        };
        Some(from..to.clamp(from, code.len().max(from)))
    }

    /// A span of the cell with replacements, whose places start from the span.
    pub fn cell_with(&mut self, code: &str, range: Range<usize>, edits: &[Edit]) {
        let mut at = range.start;
        let whole = code[range.clone()].trim();
        let named = range.end - whole.len()..range.end;
        for edit in edits {
            let replaced = range.start + edit.range.start..range.start + edit.range.end;
            self.cell(code, at..replaced.start);
            match &edit.file {
                Some(file) => self.file(file, &edit.text, named.clone()),
                None => self.push(Origin::Cell(replaced.start), &edit.text),
            }
            at = replaced.end;
        }
        self.cell(code, at..range.end);
    }

    /// The text of a file that this part of the cell names.
    pub fn file(&mut self, name: &Arc<str>, text: &str, at: Range<usize>) {
        let line = if self.keeps_lines { on_one_line(text) } else { None };
        let part = Arc::new(FileText { name: name.clone(), text: text.to_owned(), at });
        self.push(Origin::File(part), line.as_deref().unwrap_or(text));
    }

    /// The first byte of the cell that a span of this text contains.
    pub fn in_cell_between(&self, start: usize, end: usize) -> Option<usize> {
        let spans = self.spans.iter().filter(|(at, _)| (start..end).contains(at));
        self.in_cell(start).or(spans.clone().find_map(|(at, _)| self.in_cell(*at)))
    }

    /// The byte of the cell that a byte of this text stands for.
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
