//! Which cells may be compiled together: those of which it can't be told, by what comes out, that they were.
//!
//! The first may be any; in a later one an item must not be felt by a cell before it, nor by an earlier item.

use std::collections::BTreeSet;

use super::super::generate::Plan;
use super::super::items::Item;
use super::super::split::{Cell, PartKind, split};
use super::super::state::State;
use super::Member;

/// How many cells are compiled together at most.
const MOST: usize = 32;

/// Words that tell a line or a file, or read one.
const PLACES: [&str; 14] = [
    "Backtrace",
    "Location",
    "backtrace",
    "caller",
    "column",
    "dbg",
    "env",
    "file",
    "include",
    "include_bytes",
    "include_str",
    "line",
    "module_path",
    "option_env",
];

/// Words by which statements may end without coming to the end of the cell.
const LEAVING: [&str; 2] = ["return", "loop"];

/// Names that code may mention without writing them: what a macro of a crate makes may speak of these.
const PRELUDE: [&str; 51] = [
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
    "align_of",
    "alloc",
    "core",
    "drop",
    "main",
    "size_of",
    "std",
    "str",
    "test",
];

/// The cells from the first on that may go together, in order.
pub fn choose<'a>(
    state: &State,
    cells: impl Iterator<Item = &'a str>,
    alone: &BTreeSet<String>,
    plan: impl Fn(&Cell) -> Plan,
    number: usize,
) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    let mut macros = state.item_macros.clone();
    let mut mentioned = mentioned(state);
    for code in cells {
        let is_first = members.is_empty();
        let cell = split(code, &macros);
        if alone.contains(code) || members.len() == MOST || !may_follow(&cell, is_first, &mentioned) {
            break;
        }
        if !cell.has_code() {
            continue;
        }
        for item in items(&cell) {
            mentioned.extend(item.words.iter().chain(item.names.iter().map(|(_, name)| name)).cloned());
            if item.makes_items {
                macros.extend(item.names.iter().map(|(_, name)| name.clone()));
            }
        }
        mentioned.extend(cell.words().names);
        let number = number + members.len();
        members.push(Member { code: code.to_owned(), plan: plan(&cell), cell, number });
    }
    members
}

/// All names that what there is of the session mentions.
fn mentioned(state: &State) -> BTreeSet<String> {
    let of_items = state.stored.iter().flat_map(|stored| stored.words.iter().cloned());
    let all = of_items.chain(state.item_names()).chain(state.variables.keys().cloned());
    all.chain(PRELUDE.iter().map(|&name| name.to_owned())).collect()
}

fn may_follow(cell: &Cell, is_first: bool, mentioned: &BTreeSet<String>) -> bool {
    let words = cell.words();
    let has = |names: &BTreeSet<String>, some: &[&str]| some.iter().any(|word| names.contains(*word));
    let tells = has(&words.names, &PLACES) || items(cell).any(|item| has(&item.words, &PLACES));
    if cell.opaque || words.awaits || tells || has(&words.names, &LEAVING) {
        return false;
    }
    let is_new = |item: &Item| item.is_plain && item.names.iter().all(|(_, name)| !mentioned.contains(name));
    let adds_attribute = cell.parts.iter().any(|part| part.kind == PartKind::Attribute);
    is_first || cell.commands.is_empty() && !adds_attribute && !words.reaches_out && items(cell).all(is_new)
}

fn items(cell: &Cell) -> impl Iterator<Item = &Item> {
    cell.parts.iter().filter_map(|part| match &part.kind {
        PartKind::Item(item) => Some(item),
        _ => None,
    })
}
