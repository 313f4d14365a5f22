//! The sources of cells that are compiled together: one that tells the types, and one with a function for each cell.
//!
//! A cell's function has the text that it has alone; each cell has a view of the whole in which only it is its own.

use std::collections::BTreeSet;

use super::super::source::{Origin, Source};
use super::super::split::{Cell, PartKind};
use super::super::state::State;
use super::{Plan, body, failure, function, head, identifier, items, result, types};

/// One of the cells, with the session as it will be before it, its items in place.
pub struct Part<'a> {
    pub cell: &'a Cell,
    pub code: &'a str,
    pub number: usize,
    pub state: &'a State,
    pub plan: &'a Plan,
}

/// All statements in one function that is never called; the views of the cells.
pub fn types_of(crates: &[String], parts: &[Part]) -> Vec<Source> {
    let Some(first) = parts.first() else { return Vec::new() };
    let mut pieces = beginning(crates, parts);
    let mut open = Source::default();
    if parts.iter().any(|part| part.plan.question) {
        failure(&mut open, first.number, &first.plan.error_format);
        open.generated(&format!("fn __fp_all() -> {} {{\n", result(first.number)));
    } else {
        open.generated("fn __fp_all() {\n");
    }
    let names: BTreeSet<&String> = parts.iter().flat_map(|part| &part.plan.load).collect();
    for (name, kept) in &first.state.variables {
        if names.contains(name) {
            let (mutable, type_text) = (if kept.mutable { "mut " } else { "" }, kept.type_text.source());
            let variable = identifier(name);
            let load = format!("let {mutable}{variable}: {type_text} = ::fp_rt::like::<{type_text}>();\n");
            open.push(Origin::Load(name.clone()), &load);
        }
    }
    pieces.push((None, open));
    for (index, part) in parts.iter().enumerate() {
        let mut piece = Source::default();
        body(&mut piece, part.cell, part.code, part.plan);
        types(&mut piece, part.number, part.plan);
        pieces.push((Some(index), piece));
    }
    let mut close = Source::default();
    close.generated("::std::process::abort()\n}\n");
    pieces.push((None, close));
    views(&pieces, parts.len())
}

/// A function for each cell; the views of the cells.
pub fn functions(crates: &[String], parts: &[Part]) -> Vec<Source> {
    let mut pieces = beginning(crates, parts);
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| part.cell.has_statements()) {
        let mut piece = Source::default();
        function(&mut piece, part.state, part.cell, part.code, part.number, part.plan);
        pieces.push((Some(index), piece));
    }
    views(&pieces, parts.len())
}

/// The head and the items: those of the first cell as they stand when it is alone, those of the others behind them.
fn beginning(crates: &[String], parts: &[Part]) -> Vec<(Option<usize>, Source)> {
    let mut pieces = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let mut piece = Source::default();
        if index == 0 {
            head(&mut piece, part.state, crates);
            items(&mut piece, part.state, part.cell, part.code, part.number);
        } else {
            for part_of_cell in &part.cell.parts {
                if let PartKind::Item(_) = &part_of_cell.kind {
                    piece.cell(part.code, part_of_cell.range.clone());
                    piece.generated(part_of_cell.lacks(part.code));
                    piece.generated("\n");
                }
            }
        }
        pieces.push((Some(index), piece));
    }
    pieces
}

fn views(pieces: &[(Option<usize>, Source)], count: usize) -> Vec<Source> {
    let view = |index: usize| {
        let mut view = Source::default();
        for (owner, piece) in pieces {
            view.adopt(piece, *owner == Some(index));
        }
        view
    };
    (0..count).map(view).collect()
}
