//! The sources of a batch of cells: one that finds out the types, and one with a function for each cell.
//!
//! A cell's function has the same text as when it is compiled alone. Each cell has its own view of the whole, in which
//! only its own text counts as the cell's.

use std::collections::BTreeSet;

use super::super::generated::{Generated, Origin};
use super::super::plan::Plan;
use super::body::body;
use super::{failure, function, head, identifier, items, own_item, result, types};
use crate::cli::engine::own::source::Source;
use crate::cli::engine::own::state::State;

/// One of the cells, with the session's state before it, its items included.
pub struct Part<'a> {
    pub source: &'a Source,
    pub state: &'a State,
    pub plan: &'a Plan,
}

/// Generated text in pieces, each with the index of its cell.
pub struct Pieces(Vec<(Option<usize>, Generated)>);

impl Pieces {
    /// The whole as one of the cells sees it; the text is the same for all.
    pub fn seen_by(&self, cell: usize) -> Generated {
        let mut view = Generated::default();
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
    let mut open = Generated::default();
    if parts.iter().any(|part| part.plan.question) {
        failure(&mut open, first.source.number, &first.plan.error_format);
        open.add(&format!("fn __fp_all() -> {} {{\n", result(first.source.number)));
    } else {
        open.add("fn __fp_all() {\n");
    }
    let names: BTreeSet<&String> = parts.iter().flat_map(|part| &part.plan.load).collect();
    for (name, variable) in &first.state.variables {
        if names.contains(name) {
            let (mutable, type_text) = (if variable.mutable { "mut " } else { "" }, variable.type_text.source());
            let own = identifier(name);
            let load = format!("let {mutable}{own}: {type_text} = ::fp_rt::like::<{type_text}>();\n");
            open.push(Origin::Load(name.clone()), &load);
        }
    }
    pieces.push((None, open));
    for (index, part) in parts.iter().enumerate() {
        let mut piece = Generated::default();
        body(&mut piece, part.source, part.plan);
        types(&mut piece, part.source.number, part.plan);
        pieces.push((Some(index), piece));
    }
    let mut close = Generated::default();
    close.add("::std::process::abort()\n}\n");
    pieces.push((None, close));
    Pieces(pieces)
}

/// A function for each cell.
pub fn functions(crates: &[String], parts: &[Part]) -> Pieces {
    let mut pieces = beginning(crates, parts);
    for (index, part) in parts.iter().enumerate().filter(|(_, part)| part.source.cell.has_statements()) {
        let mut piece = Generated::default();
        function(&mut piece, part.state, part.source, part.plan);
        pieces.push((Some(index), piece));
    }
    Pieces(pieces)
}

/// The head and the items: those of the first cell as when it is compiled alone, then those of the others.
fn beginning(crates: &[String], parts: &[Part]) -> Vec<(Option<usize>, Generated)> {
    let mut pieces = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let mut piece = Generated::default();
        if index == 0 {
            head(&mut piece, part.state, crates, part.source);
            items(&mut piece, part.state, part.source);
        } else {
            part.source.items().for_each(|(item, _)| own_item(&mut piece, part.source, item));
        }
        pieces.push((Some(index), piece));
    }
    pieces
}
