//! The sources of cells that are compiled together: one that tells the types, and one with a function for each cell.
//!
//! A cell's function has the text that it has alone; each cell has a view of the whole in which only it is its own.

use std::collections::BTreeSet;

use super::super::source::{Origin, Source};
use super::{Plan, body, failure, function, head, identifier, items, own_item, result, types};
use crate::cli::engine::own::state::State;
use crate::cli::syntax::split::{Cell, PartKind};

/// One of the cells, with the session as it will be before it, its items in place.
pub struct Part<'a> {
    pub cell: &'a Cell,
    pub code: &'a str,
    pub number: usize,
    pub state: &'a State,
    pub plan: &'a Plan,
}

/// A source in the pieces that it is made of, each with the cell that it is from.
pub struct Pieces(Vec<(Option<usize>, Source)>);

impl Pieces {
    /// The whole as one of the cells sees it; its text is the same for all.
    pub fn seen_by(&self, cell: usize) -> Source {
        let mut view = Source::default();
        for (owner, piece) in &self.0 {
            view.adopt(piece, *owner == Some(cell));
        }
        view
    }
}

/// All statements in one function that is never called.
pub fn types_of(crates: &[String], parts: &[Part]) -> Pieces {
    let first = &parts[0];
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
    Pieces(pieces)
}

/// A function for each cell.
pub fn functions(crates: &[String], parts: &[Part]) -> Pieces {
    let mut pieces = beginning(crates, parts);
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| part.cell.has_statements()) {
        let mut piece = Source::default();
        function(&mut piece, part.state, part.cell, part.code, part.number, part.plan);
        pieces.push((Some(index), piece));
    }
    Pieces(pieces)
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
            let items = part.cell.parts.iter().filter(|part| matches!(part.kind, PartKind::Item(_)));
            items.for_each(|item| own_item(&mut piece, part.code, item));
        }
        pieces.push((Some(index), piece));
    }
    pieces
}
