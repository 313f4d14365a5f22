//! The items that later cells see, and how a cell's items replace earlier ones.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::files::edited;
use super::super::source::Source;
use super::State;
use crate::cli::syntax::split::items::{Import, Item, ItemKind, Layout, Member, Space};
use crate::cli::syntax::split::words::names_and_hash;
use crate::cli::syntax::split::{Part, PartKind};

/// An item (or a member of an `impl`, or one name of a `use`) that later cells see.
#[derive(Debug)]
pub struct StoredItem {
    pub key: Key,
    pub names: Vec<(Space, String)>,
    pub text: String,
    /// The number of the cell that it came from.
    pub cell: usize,
    pub words: BTreeSet<String>,
    pub hash: u64,
    pub layout: Option<Layout>,
    /// Of an `impl`: redefining this type also drops the `impl`s of the same cell.
    pub of_type: Option<String>,
}

/// Identifies an item, so that a new version replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Names,
    Text(String),
    TraitImpl(String),
    /// The `impl`'s own key, the member, and the head to write around it.
    Member {
        of: String,
        name: String,
        head: String,
    },
    Glob,
}

impl State {
    /// The text of each item, a member with its `impl` around it.
    pub fn item_sources(&self) -> Vec<String> {
        let source = |item: &Arc<StoredItem>| match &item.key {
            Key::Member { head, .. } => format!("{head}{}\n}}", item.text),
            _ => item.text.clone(),
        };
        self.items.iter().map(source).collect()
    }

    /// Adds the cell's items in place of earlier versions; returns the names of types that changed.
    pub fn add_items(&mut self, source: &Source) -> BTreeSet<String> {
        let mut addition =
            Addition { state: self, source, part_start: 0, changed: BTreeSet::new(), new_types: BTreeSet::new() };
        for part in &source.cell.parts {
            addition.add(part);
        }
        addition.changed
    }
}

/// The items of a cell on their way into the state.
struct Addition<'a> {
    state: &'a mut State,
    source: &'a Source,
    /// Where the item's own text begins in the cell.
    part_start: usize,
    changed: BTreeSet<String>,
    new_types: BTreeSet<String>,
}

impl Addition<'_> {
    fn add(&mut self, part: &Part) {
        if let (PartKind::Item(_), Some((_, text))) = (&part.kind, self.source.included(part)) {
            return self.add_file(&text);
        }
        let text = self.source.text_of(part);
        self.part_start = part.start;
        match &part.kind {
            PartKind::Attribute if !self.state.attributes.iter().any(|attribute| attribute == text) => {
                self.state.attributes.push(text.to_owned());
            }
            PartKind::Item(item) => {
                let edits = self.source.edits(part.start..part.range.end);
                match names_and_hash(&edited(text, &edits)) {
                    Some((words, hash)) if edits.iter().any(|edit| edit.file.is_some()) => {
                        self.add_item(&Item { words, hash, ..item.clone() }, &edited(text, &edits));
                    }
                    // The places of its members are those of the cell.
                    _ if matches!(item.kind, ItemKind::InherentImpl { .. }) => self.add_item(item, text),
                    _ => self.add_item(item, &edited(text, &edits)),
                }
            }
            _ => {}
        }
    }

    /// The items of a file that the cell includes.
    fn add_file(&mut self, text: &str) {
        let source = self.source.of_file(text, &self.state.item_macros);
        let new_types = std::mem::take(&mut self.new_types);
        let state = &mut *self.state;
        let mut inner = Addition { state, source: &source, part_start: 0, changed: BTreeSet::new(), new_types };
        let items = source.cell.parts.iter().filter(|part| matches!(part.kind, PartKind::Item(_)));
        items.for_each(|part| inner.add(part));
        let (changed, new_types) = (inner.changed, inner.new_types);
        self.changed.extend(changed);
        self.new_types = new_types;
    }

    fn add_item(&mut self, item: &Item, text: &str) {
        match &item.kind {
            ItemKind::Definition | ItemKind::ExternCrate(_) => self.add_definition(item, text),
            ItemKind::Use(imports) => imports.iter().for_each(|import| self.add_import(item, import)),
            ItemKind::TraitImpl { key, layout } => {
                let of_type = self_type(key.rsplit(" for ").next().unwrap_or_default(), layout);
                let key = Key::TraitImpl(key.clone());
                self.state.items.retain(|stored| stored.key != key);
                self.push(StoredItem { of_type, layout: Some(layout.clone()), ..self.stored(item, key, &[], text) });
            }
            ItemKind::InherentImpl { key, members, layout } => self.add_members(item, text, key, members, layout),
            ItemKind::Call(key) | ItemKind::Nameless(key) => {
                self.replace_names(&item.names, Some(item.hash));
                let key = Key::Text(key.clone());
                self.state.items.retain(|stored| stored.key != key);
                self.push(self.stored(item, key, &item.names, text));
            }
        }
    }

    fn add_definition(&mut self, item: &Item, text: &str) {
        for (space, name) in &item.names {
            if *space == Space::Type && self.new_types.insert(name.clone()) {
                self.drop_impls_of(name);
            }
        }
        if item.makes_items {
            self.state.item_macros.extend(item.names.iter().map(|(_, name)| name.clone()));
        }
        self.replace_names(&item.names, Some(item.hash));
        self.push(self.stored(item, Key::Names, &item.names, text));
    }

    fn add_import(&mut self, item: &Item, import: &Import) {
        let names: Vec<_> = import.name.iter().map(|name| (Space::Any, name.clone())).collect();
        self.replace_names(&names, None);
        let key = if names.is_empty() { Key::Glob } else { Key::Names };
        self.state.items.retain(|stored| stored.text != import.text);
        self.push(self.stored(item, key, &names, &import.text));
    }

    fn add_members(&mut self, item: &Item, text: &str, key: &str, members: &[Member], layout: &Layout) {
        let start = members.first().map_or(text.len(), |member| member.range.start - self.part_start);
        let head = &text[..start];
        let of_type = self_type(key.split_once("> ").map_or(key, |(_, of)| of), layout);
        for member in members {
            let key = Key::Member { of: key.to_owned(), name: member.name.clone(), head: head.to_owned() };
            self.state.items.retain(|stored| !stored.key.is_same_member(&key));
            let text = &self.source.code[member.range.clone()];
            let text = edited(text, &self.source.edits(member.range.clone()));
            let stored = self.stored(item, key, &[], &text);
            self.push(StoredItem { of_type: of_type.clone(), layout: Some(layout.clone()), ..stored });
        }
    }

    fn stored(&self, item: &Item, key: Key, names: &[(Space, String)], text: &str) -> StoredItem {
        StoredItem {
            key,
            names: names.to_vec(),
            text: text.to_owned(),
            cell: self.source.number,
            words: item.words.clone(),
            hash: item.hash,
            layout: None,
            of_type: None,
        }
    }

    fn push(&mut self, item: StoredItem) {
        self.state.items.push(Arc::new(item));
    }

    /// Removes earlier items of these names. A type redefined with other tokens has changed.
    fn replace_names(&mut self, names: &[(Space, String)], hash: Option<u64>) {
        let number = self.source.number;
        let meets = |stored: &StoredItem| {
            stored.names.iter().any(|(space, name)| {
                names.iter().any(|(other_space, other)| {
                    name == other && (space == other_space || *space == Space::Any || *other_space == Space::Any)
                })
            })
        };
        for stored in &self.state.items {
            if meets(stored) && hash != Some(stored.hash) {
                self.changed.extend(stored.names.iter().map(|(_, name)| name.clone()));
            }
        }
        // Two of one name in one cell are left for rustc to report; imports may repeat.
        self.state.items.retain(|stored| !meets(stored) || stored.cell == number && !names.iter().any(is_import));
    }

    /// Redefining a type drops the `impl`s that its earlier definition's cell contained.
    fn drop_impls_of(&mut self, name: &str) {
        let defined = |stored: &&Arc<StoredItem>| {
            stored.cell != self.source.number
                && stored.names.iter().any(|(space, own)| *space == Space::Type && own == name)
        };
        let cells: BTreeSet<usize> = self.state.items.iter().filter(defined).map(|stored| stored.cell).collect();
        self.state.items.retain(|stored| stored.of_type.as_deref() != Some(name) || !cells.contains(&stored.cell));
    }
}

impl StoredItem {
    /// A name of a `use`, or a glob.
    pub fn is_import(&self) -> bool {
        self.key == Key::Glob || !self.names.is_empty() && self.names.iter().all(is_import)
    }

    /// A macro by example.
    pub fn is_macro(&self) -> bool {
        self.names.iter().any(|(space, _)| *space == Space::Macro)
    }
}

impl Key {
    /// The same member of the same type, in whatever `impl` block.
    fn is_same_member(&self, other: &Key) -> bool {
        match (self, other) {
            (Key::Member { of, name, .. }, Key::Member { of: other_of, name: other_name, .. }) => {
                of == other_of && name == other_name
            }
            _ => false,
        }
    }
}

fn is_import(name: &(Space, String)) -> bool {
    name.0 == Space::Any
}

/// The type that an `impl` is for: the last name before its brace that is not a generic parameter.
fn self_type(key: &str, layout: &Layout) -> Option<String> {
    let first = key.split(|c: char| !(c.is_alphanumeric() || c == '_')).find(|word| !word.is_empty())?;
    layout.head.contains(first).then(|| first.to_owned())
}
