//! Which cells may be compiled together: those of which it can't be told, by what comes out, that they were.
//!
//! The first may be any; in a later one an item must not be felt by a cell before it, nor by an earlier item.

use std::collections::BTreeSet;

use super::super::generate::Plan;
use super::super::items::{Item, Space};
use super::super::split::{Cell, PartKind, split};
use super::super::state::State;
use super::Member;

/// How many cells are compiled together at most.
const MOST: usize = 32;

/// Words that tell a line or a file, or read one.
const PLACES: &str = "Backtrace Location backtrace caller column dbg env file include include_bytes include_str line \
    module_path option_env";

/// Words by which statements may end without coming to the end of the cell.
const LEAVING: &str = "return loop";

/// Names that code may mention without writing them: what a macro of a crate makes may speak of these.
const PRELUDE: &str = "AsMut AsRef Box Clone Copy Debug Default DoubleEndedIterator Drop Eq Err ExactSizeIterator Extend \
    Fn FnMut FnOnce From FromIterator Future Hash Into IntoFuture IntoIterator Iterator None Ok Option Ord PartialEq \
    PartialOrd Result Send Sized Some String Sync ToOwned ToString TryFrom TryInto Unpin Vec align_of alloc bool char \
    core drop f32 f64 i128 i16 i32 i64 i8 isize main size_of std str test u128 u16 u32 u64 u8 usize";

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
    let mut telling = telling(state);
    for code in cells {
        let is_first = members.is_empty();
        let cell = split(code, &macros);
        if alone.contains(code) || members.len() == MOST || !may_follow(&cell, is_first, &mentioned, &telling) {
            break;
        }
        if !cell.has_code() {
            continue;
        }
        for item in items(&cell) {
            mentioned.extend(item.words.iter().chain(item.names.iter().map(|(_, name)| name)).cloned());
            if item.is_macro() && !item.words.is_disjoint(&telling) {
                telling.extend(item.names.iter().map(|(_, name)| name.clone()));
            }
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
    all.chain(PRELUDE.split_whitespace().map(str::to_owned)).collect()
}

/// The words that tell a place, and the session's macros that hold one of them, or another such macro.
fn telling(state: &State) -> BTreeSet<String> {
    let mut telling: BTreeSet<String> = PLACES.split_whitespace().map(str::to_owned).collect();
    loop {
        let before = telling.len();
        for stored in &state.stored {
            if !stored.words.is_disjoint(&telling) {
                let macros = stored.names.iter().filter(|(space, _)| *space == Space::Macro);
                telling.extend(macros.map(|(_, name)| name.clone()));
            }
        }
        if telling.len() == before {
            return telling;
        }
    }
}

fn may_follow(cell: &Cell, is_first: bool, mentioned: &BTreeSet<String>, telling: &BTreeSet<String>) -> bool {
    let words = cell.words();
    let leaves = LEAVING.split_whitespace().any(|word| words.names.contains(word));
    let tells = |item: &Item| !item.is_macro() && !item.words.is_disjoint(telling);
    if cell.opaque || words.awaits || leaves || !words.names.is_disjoint(telling) || items(cell).any(tells) {
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
