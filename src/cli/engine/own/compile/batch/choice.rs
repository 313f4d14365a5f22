//! Which cells may be compiled together: those of which it can't be told, by what comes out, that they were.
//!
//! None may tell its place, or hold in its statements what is felt elsewhere. In all but the first, an item must not be felt
//! by a cell before it, nor by an earlier item.

use std::collections::BTreeSet;

use super::super::generate::Plan;
use super::Member;
use crate::cli::engine::own::state::{Key, State, Stored};
use crate::cli::syntax::split::items::{Item, ItemKind, Space};
use crate::cli::syntax::split::plain::FELT;
use crate::cli::syntax::split::{Cell, PartKind, split, words};

/// How many cells are compiled together at most.
const MOST: usize = 32;

/// Words that tell a line or a file, or read one.
const PLACES: &str = "Backtrace Location backtrace caller column dbg env file include include_bytes include_str line \
    location module_path option_env set_hook track_caller";

/// Words by which statements may end without coming to the end of the cell.
const LEAVING: &str = "return loop";

/// Words that make an error of what another cell may or may not use.
const STRICT: [&str; 2] = ["deny", "forbid"];

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
    let Some(mut before) = Before::of(state) else { return members };
    for code in cells {
        let cell = split(code, &before.macros);
        if alone.contains(code) || members.len() == MOST || !before.lets_join(&cell) {
            break;
        }
        if !members.is_empty() && !before.lets_follow(&cell) {
            break;
        }
        if !cell.has_code() {
            continue;
        }
        before.add(&cell, code);
        let number = number + members.len();
        members.push(Member { code: code.to_owned(), plan: plan(&cell), cell, number });
    }
    members
}

/// What there is before a cell.
struct Before {
    /// The macros that make items.
    macros: BTreeSet<String>,
    /// All names that are mentioned.
    mentioned: BTreeSet<String>,
    /// The words that tell a place, and what holds one of them.
    telling: BTreeSet<String>,
    /// Macros that may make what is felt elsewhere.
    felt: BTreeSet<String>,
    /// A `use` with a star brings names that nobody has written.
    has_glob: bool,
}

impl Before {
    /// `None` where no two cells may go together.
    fn of(state: &State) -> Option<Before> {
        let is_strict = |stored: &Stored| STRICT.iter().any(|word| stored.words.contains(*word));
        let attributes = state.attributes.concat();
        if STRICT.iter().any(|word| attributes.contains(word)) || state.stored.iter().any(|stored| is_strict(stored)) {
            return None;
        }
        let mut mentioned = state.item_names();
        mentioned.extend(PRELUDE.split_whitespace().map(str::to_owned));
        mentioned.extend(state.variables.keys().cloned());
        for stored in &state.stored {
            mentioned.extend(stored.words.iter().cloned().chain(words::in_strings(&stored.text)));
        }
        let places = PLACES.split_whitespace().map(str::to_owned).collect();
        let telling = holders(state, places, false)?;
        let felt = holders(state, FELT.map(str::to_owned).into(), true)?;
        let felt = felt.into_iter().filter(|name| !FELT.contains(&name.as_str())).collect();
        let has_glob = state.stored.iter().any(|stored| stored.key == Key::Glob);
        Some(Before { macros: state.item_macros.clone(), mentioned, telling, felt, has_glob })
    }

    /// May this cell go with others at all?
    fn lets_join(&self, cell: &Cell) -> bool {
        let words = cell.words();
        let leaves = LEAVING.split_whitespace().any(|word| words.names.contains(word));
        let has = |names: &BTreeSet<String>, some: &BTreeSet<String>| !names.is_disjoint(some);
        let tells = |names: &BTreeSet<String>| has(names, &self.telling) || has(names, &self.felt);
        let is_strict = |item: &Item| STRICT.iter().any(|word| item.words.contains(*word));
        let items_are_quiet = items(cell).all(|item| !tells(&item.words) && !is_strict(item));
        !cell.opaque && !words.awaits && !words.reaches_out && !leaves && !tells(&words.names) && items_are_quiet
    }

    /// May it be one that those before it must not feel?
    fn lets_follow(&self, cell: &Cell) -> bool {
        let is_new = |(space, name): &(Space, String)| {
            let may_hide = *space == Space::Type && self.has_glob;
            name.is_ascii() && !may_hide && !self.mentioned.contains(name)
        };
        let has_attribute = cell.parts.iter().any(|part| part.kind == PartKind::Attribute);
        let are_new = items(cell).all(|item| item.is_plain && item.names.iter().all(is_new));
        cell.commands.is_empty() && !has_attribute && are_new
    }

    fn add(&mut self, cell: &Cell, code: &str) {
        for item in items(cell) {
            let names = || item.names.iter().map(|(_, name)| name.clone());
            self.mentioned.extend(item.words.iter().cloned().chain(names()));
            if item.makes_items {
                self.macros.extend(names());
            }
            if item.is_macro() && FELT.iter().any(|word| item.words.contains(*word)) {
                self.felt.extend(names());
            }
            self.has_glob |=
                matches!(&item.kind, ItemKind::Use(imports) if imports.iter().any(|import| import.name.is_none()));
        }
        self.mentioned.extend(cell.words().names);
        self.mentioned.extend(words::in_strings(code));
    }
}

/// These words with the names of all items of the kind that hold one of them, and so on; `None` where an `impl` holds one,
/// which has no name.
fn holders(state: &State, mut found: BTreeSet<String>, only_macros: bool) -> Option<BTreeSet<String>> {
    loop {
        let before = found.len();
        for stored in state.stored.iter().filter(|stored| !only_macros || stored.is_macro()) {
            if !stored.words.is_disjoint(&found) {
                if stored.names.is_empty() {
                    return None;
                }
                found.extend(stored.names.iter().map(|(_, name)| name.clone()));
            }
        }
        if found.len() == before {
            return Some(found);
        }
    }
}

fn items(cell: &Cell) -> impl Iterator<Item = &Item> {
    cell.parts.iter().filter_map(|part| match &part.kind {
        PartKind::Item(item) => Some(item),
        _ => None,
    })
}
