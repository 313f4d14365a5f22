//! A cell on its way through the engine: its text, its parts and its number.
//!
//! It compiles nothing; `syntax::split` finds the parts.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::files::{self, Edit};
use crate::cli::syntax::split::items::Item;
use crate::cli::syntax::split::{Cell, Part, PartKind, split, without_commands};

/// One cell. The number names its file, its function and its library.
#[derive(Clone, Debug)]
pub struct Source {
    pub code: String,
    pub cell: Cell,
    pub number: usize,
    /// Where the paths in it start; `None` if it names no files.
    folder: Option<PathBuf>,
}

impl Source {
    /// Splits a cell. `item_macros` are the names of the session's macros that make items.
    pub fn split(code: &str, item_macros: &BTreeSet<String>, number: usize) -> Source {
        Source { code: code.to_owned(), cell: split(code, item_macros), number, folder: None }
    }

    /// The same for a cell that may name files in this folder.
    pub fn split_in(folder: &Path, code: &str, item_macros: &BTreeSet<String>, number: usize) -> Source {
        if !files::may_name_files(code) {
            return Source::split(code, item_macros, number);
        }
        let mut macros = item_macros.clone();
        macros.extend(files::includes_of_items(&without_commands(code), folder));
        Source { folder: Some(folder.to_owned()), ..Source::split(code, &macros, number) }
    }

    /// What to replace in a part of the cell by the files that it names.
    pub fn edits(&self, range: Range<usize>) -> Vec<Edit> {
        let Some(folder) = &self.folder else { return Vec::new() };
        files::edits(&self.code[range], folder)
    }

    /// The items of the file that an item of the cell includes, and the file's name.
    pub fn included(&self, part: &Part) -> Option<(Arc<str>, String)> {
        files::included(self.text_of(part), self.folder.as_ref()?)
    }

    /// Items of a file, as if the cell contained them.
    pub fn of_file(&self, text: &str, item_macros: &BTreeSet<String>) -> Source {
        Source::split(text, item_macros, self.number)
    }

    /// The part's own code, without the blanks and comments before it.
    pub fn text_of(&self, part: &Part) -> &str {
        &self.code[part.start..part.range.end]
    }

    /// The items among its parts, in order.
    pub fn items(&self) -> impl Iterator<Item = (&Part, &Item)> {
        self.cell.parts.iter().filter_map(|part| match &part.kind {
            PartKind::Item(item) => Some((part, item)),
            _ => None,
        })
    }

    /// The file that rustc reads the cell from.
    pub fn file_name(&self) -> String {
        file_name(self.number)
    }
}

/// The source file of a cell, or of the batch that begins with it.
pub fn file_name(number: usize) -> String {
    format!("cell_{number}.rs")
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
