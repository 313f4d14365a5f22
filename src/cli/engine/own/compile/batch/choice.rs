//! Selects cells that can be compiled in one batch without any observable difference.
//!
//! No cell may reveal its place in the source, and its statements must not contain anything with an effect elsewhere.
//! In all but the first, an item must not affect a cell before it, nor an earlier item.

use std::collections::BTreeSet;

use super::super::plan::Plan;
use super::Member;
use crate::cli::engine::own::files::may_name_files;
use crate::cli::engine::own::source::Source;
use crate::cli::engine::own::state::{Key, State, StoredItem};
use crate::cli::syntax::split::items::{Item, ItemKind, Space};
use crate::cli::syntax::split::plain::REACHING;
use crate::cli::syntax::split::{Cell, PartKind, words};

/// The largest batch.
const MOST: usize = 32;

/// Words that reveal a line or a file, or read one.
const PLACES: &str = "Backtrace Location backtrace caller column dbg env file include include_bytes include_str line \
    location module_path option_env set_hook track_caller";

/// Words by which statements may end without reaching the end of the cell.
const LEAVING: &str = "return loop";

/// Lint levels that turn a warning about another cell into an error.
const STRICT: [&str; 2] = ["deny", "forbid"];

/// Names that code can use without writing them, through macros of crates.
const PRELUDE: &str = "\
    AsMut AsRef Box Clone Copy Debug Default DoubleEndedIterator Drop Eq Err ExactSizeIterator Extend Fn FnMut \
    FnOnce From FromIterator Future Hash Into IntoFuture IntoIterator Iterator None Ok Option Ord PartialEq \
    PartialOrd Result Send Sized Some String Sync ToOwned ToString TryFrom TryInto Unpin Vec align_of alloc bool \
    char core drop f32 f64 i128 i16 i32 i64 i8 isize main size_of std str test u128 u16 u32 u64 u8 usize";

/// The longest run of cells, from the first on, that can be batched.
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
        let source = Source::split(code, &before.macros, number + members.len());
        if alone.contains(code) || members.len() == MOST || !before.lets_join(&source) {
            break;
        }
        if !members.is_empty() && !before.lets_follow(&source) {
            break;
        }
        if !source.cell.has_code() {
            continue;
        }
        before.add(&source);
        members.push(Member { plan: plan(&source.cell), source });
    }
    members
}

/// What a cell could affect, or be affected by.
struct Before {
    /// The macros that make items.
    macros: BTreeSet<String>,
    /// All names mentioned before.
    mentioned: BTreeSet<String>,
    /// Words that reveal a place, and items that contain one.
    revealing: BTreeSet<String>,
    /// Macros that could make something with an effect elsewhere.
    escaping: BTreeSet<String>,
    /// A glob import: it brings in names that no cell mentions.
    has_glob: bool,
}

impl Before {
    /// `None` if no two cells can be batched.
    fn of(state: &State) -> Option<Before> {
        let is_strict = |item: &StoredItem| STRICT.iter().any(|word| item.words.contains(*word));
        let attributes = state.attributes.concat();
        if STRICT.iter().any(|word| attributes.contains(word)) || state.items.iter().any(|item| is_strict(item)) {
            return None;
        }
        let mut mentioned = state.item_names();
        mentioned.extend(PRELUDE.split_whitespace().map(str::to_owned));
        mentioned.extend(state.variables.keys().cloned());
        for item in &state.items {
            mentioned.extend(item.words.iter().cloned().chain(words::in_strings(&item.text)));
        }
        let places = PLACES.split_whitespace().map(str::to_owned).collect();
        let revealing = holders(state, places, false)?;
        let escaping = holders(state, REACHING.map(str::to_owned).into(), true)?;
        let escaping = escaping.into_iter().filter(|name| !REACHING.contains(&name.as_str())).collect();
        let has_glob = state.items.iter().any(|item| item.key == Key::Glob);
        Some(Before { macros: state.item_macros.clone(), mentioned, revealing, escaping, has_glob })
    }

    /// Can this cell be batched at all?
    fn lets_join(&self, source: &Source) -> bool {
        let words = source.cell.words();
        let leaves = LEAVING.split_whitespace().any(|word| words.names.contains(word));
        let has = |names: &BTreeSet<String>, some: &BTreeSet<String>| !names.is_disjoint(some);
        let reveals = |names: &BTreeSet<String>| has(names, &self.revealing) || has(names, &self.escaping);
        let is_strict = |item: &Item| STRICT.iter().any(|word| item.words.contains(*word));
        let items_are_quiet = source.items().all(|(_, item)| !reveals(&item.words) && !is_strict(item));
        let is_plain =
            !source.cell.opaque && !may_name_files(&source.code) && !words.awaits && !words.reaches_out && !leaves;
        is_plain && !reveals(&words.names) && items_are_quiet
    }

    /// Can it follow others without affecting them?
    fn lets_follow(&self, source: &Source) -> bool {
        let is_new = |(space, name): &(Space, String)| {
            let may_hide = *space == Space::Type && self.has_glob;
            name.is_ascii() && !may_hide && !self.mentioned.contains(name)
        };
        let has_attribute = source.cell.parts.iter().any(|part| part.kind == PartKind::Attribute);
        let are_new = source.items().all(|(_, item)| item.is_plain && item.names.iter().all(is_new));
        source.cell.commands.is_empty() && !has_attribute && are_new
    }

    fn add(&mut self, source: &Source) {
        for (_, item) in source.items() {
            let names = || item.names.iter().map(|(_, name)| name.clone());
            self.mentioned.extend(item.words.iter().cloned().chain(names()));
            if item.makes_items {
                self.macros.extend(names());
            }
            if item.is_macro() && REACHING.iter().any(|word| item.words.contains(*word)) {
                self.escaping.extend(names());
            }
            self.has_glob |=
                matches!(&item.kind, ItemKind::Use(imports) if imports.iter().any(|import| import.name.is_none()));
        }
        self.mentioned.extend(source.cell.words().names);
        self.mentioned.extend(words::in_strings(&source.code));
    }
}

/// These words, with the names of all items that contain one of them, transitively; `None` if an `impl`, which has no
/// name, contains one.
fn holders(state: &State, mut found: BTreeSet<String>, only_macros: bool) -> Option<BTreeSet<String>> {
    loop {
        let before = found.len();
        for item in state.items.iter().filter(|item| !only_macros || item.is_macro()) {
            if !item.words.is_disjoint(&found) {
                if item.names.is_empty() {
                    return None;
                }
                found.extend(item.names.iter().map(|(_, name)| name.clone()));
            }
        }
        if found.len() == before {
            return Some(found);
        }
    }
}
