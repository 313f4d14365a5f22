//! What a session knows between cells: the items that live, the variables with their types, and what each value hangs on.
//!
//! It compiles nothing and runs nothing; a cell is tried on a copy, and the copy is kept when it compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::compile::type_recipe::Recipe;
use super::compile::types::TypeText;
use crate::cli::syntax::split::items::{Item, ItemKind, Layout, Space};
use crate::cli::syntax::split::{Cell, PartKind};

/// The session as it is after a cell. Cheap to copy: the texts are shared.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// `#![...]` of all cells, in order, each once.
    pub attributes: Vec<String>,
    pub stored: Vec<Arc<Stored>>,
    pub variables: BTreeMap<String, Kept>,
    /// Counts the redefinitions of types: it goes into the crate's metadata, so that `TypeId`s change with them.
    pub salt: u64,
    /// Names of the macros by example that make items.
    pub item_macros: BTreeSet<String>,
    /// Crates that no `:dep` line names, and of which a variable's type is or was.
    pub inner: BTreeSet<String>,
}

/// An item (or a member of an `impl`, or one name of a `use`) that later cells see.
#[derive(Debug)]
pub struct Stored {
    pub key: Key,
    pub names: Vec<(Space, String)>,
    pub text: String,
    /// The number of the cell that it came from.
    pub cell: usize,
    pub words: BTreeSet<String>,
    pub hash: u64,
    pub layout: Option<Layout>,
    /// What a type's redefinition takes with it: an `impl` of the same cell.
    pub of_type: Option<String>,
}

/// What makes two items the same one, written again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Names,
    Text(String),
    TraitImpl(String),
    /// The `impl`'s own key, the member, and the head that is to be written around it.
    Member {
        of: String,
        name: String,
        head: String,
    },
    Glob,
}

/// A variable that lives on.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    pub type_text: TypeText,
    pub mutable: bool,
    /// For a type whose name is private.
    pub recipe: Option<Recipe>,
    pub basis: Basis,
    /// The crates that there were: one that came later is no part of the type.
    pub crates: BTreeSet<String>,
}

/// Hashes of all that the layout of a value can hang on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basis {
    items: BTreeSet<u64>,
    crates: u64,
}

impl State {
    /// Has nothing happened between the two?
    pub fn is_same(&self, other: &State) -> bool {
        let mut items = self.stored.iter().zip(&other.stored);
        self.stored.len() == other.stored.len()
            && items.all(|(one, two)| Arc::ptr_eq(one, two))
            && (&self.attributes, &self.variables, self.salt, &self.item_macros, &self.inner)
                == (&other.attributes, &other.variables, other.salt, &other.item_macros, &other.inner)
    }

    /// Takes the cell's items in, in place of their earlier namesakes; tells which names of types changed.
    pub fn take_items(&mut self, cell: &Cell, code: &str, number: usize) -> BTreeSet<String> {
        let mut changed = BTreeSet::new();
        let mut new_types = BTreeSet::new();
        for part in &cell.parts {
            let text = &code[part.start..part.range.end];
            match &part.kind {
                PartKind::Attribute if !self.attributes.iter().any(|attribute| attribute == text) => {
                    self.attributes.push(text.to_owned());
                }
                PartKind::Item(item) => self.take_item(item, code, text, number, &mut changed, &mut new_types),
                _ => {}
            }
        }
        changed
    }

    fn take_item(
        &mut self,
        item: &Item,
        code: &str,
        text: &str,
        number: usize,
        changed: &mut BTreeSet<String>,
        new_types: &mut BTreeSet<String>,
    ) {
        let store = |key: Key, names: &[(Space, String)], text: String| Stored {
            key,
            names: names.to_vec(),
            text,
            cell: number,
            words: item.words.clone(),
            hash: item.hash,
            layout: None,
            of_type: None,
        };
        match &item.kind {
            ItemKind::Definition | ItemKind::ExternCrate(_) => {
                for (space, name) in &item.names {
                    if *space == Space::Type && new_types.insert(name.clone()) {
                        self.drop_impls_of(name, number);
                    }
                }
                if item.makes_items {
                    self.item_macros.extend(item.names.iter().map(|(_, name)| name.clone()));
                }
                self.replace_names(&item.names, Some(item.hash), number, changed);
                self.push(store(Key::Names, &item.names, text.to_owned()));
            }
            ItemKind::Use(imports) => {
                for import in imports {
                    let names: Vec<_> = import.name.iter().map(|name| (Space::Any, name.clone())).collect();
                    self.replace_names(&names, None, number, changed);
                    let key = if names.is_empty() { Key::Glob } else { Key::Names };
                    self.stored.retain(|stored| stored.text != import.text);
                    self.push(store(key, &names, import.text.clone()));
                }
            }
            ItemKind::TraitImpl { key, layout } => {
                let key = Key::TraitImpl(key.clone());
                self.stored.retain(|stored| stored.key != key);
                let mut stored = store(key, &[], text.to_owned());
                stored.of_type = self_type_of(layout, item);
                stored.layout = Some(layout.clone());
                self.push(stored);
            }
            ItemKind::InherentImpl { key, members, layout } => {
                let start = members.first().map_or(text.len(), |member| member.range.start - offset_of(code, text));
                let head = &text[..start];
                for member in members {
                    let key = Key::Member { of: key.clone(), name: member.name.clone(), head: head.to_owned() };
                    self.stored.retain(|stored| !stored.key.is_member(&key));
                    let mut stored = store(key, &[], code[member.range.clone()].to_owned());
                    stored.of_type = self_type_of(layout, item);
                    stored.layout = Some(layout.clone());
                    self.push(stored);
                }
            }
            ItemKind::Call(key) | ItemKind::Nameless(key) => {
                self.replace_names(&item.names, Some(item.hash), number, changed);
                let key = Key::Text(key.clone());
                self.stored.retain(|stored| stored.key != key);
                self.push(store(key, &item.names, text.to_owned()));
            }
        }
    }

    /// What items and imports are called.
    pub fn item_names(&self) -> BTreeSet<String> {
        let names = self.stored.iter().flat_map(|stored| &stored.names);
        names.map(|(_, name)| name.clone()).filter(|name| name != "_").collect()
    }

    fn push(&mut self, stored: Stored) {
        self.stored.push(Arc::new(stored));
    }

    /// Earlier items of these names go. A type that comes back with other tokens has changed.
    fn replace_names(
        &mut self,
        names: &[(Space, String)],
        hash: Option<u64>,
        number: usize,
        changed: &mut BTreeSet<String>,
    ) {
        let meets = |stored: &Stored| {
            stored.names.iter().any(|(space, name)| {
                names.iter().any(|(other_space, other)| {
                    name == other && (space == other_space || *space == Space::Any || *other_space == Space::Any)
                })
            })
        };
        for stored in &self.stored {
            if meets(stored) && hash != Some(stored.hash) {
                changed.extend(stored.names.iter().map(|(_, name)| name.clone()));
            }
        }
        // Two of one name in one cell are left for rustc to refuse; imports may repeat.
        self.stored.retain(|stored| !meets(stored) || stored.cell == number && !names.iter().any(is_import));
    }

    /// A type defined anew takes along the `impl`s that came in one cell with its earlier definition.
    fn drop_impls_of(&mut self, name: &str, number: usize) {
        let defined = |stored: &&Arc<Stored>| {
            stored.cell != number && stored.names.iter().any(|(space, own)| *space == Space::Type && own == name)
        };
        let cells: BTreeSet<usize> = self.stored.iter().filter(defined).map(|stored| stored.cell).collect();
        self.stored.retain(|stored| stored.of_type.as_deref() != Some(name) || !cells.contains(&stored.cell));
    }

    /// All that the layout of a value of this type can hang on: the items that its names reach, and the crates.
    pub fn basis(&self, type_text: &TypeText, crates: &BTreeMap<String, String>) -> Basis {
        self.basis_beside(type_text, crates, None)
    }

    /// The same for a value that is there already: an `impl` that came after it says nothing of how it lies in memory.
    fn basis_beside(&self, type_text: &TypeText, crates: &BTreeMap<String, String>, before: Option<&Basis>) -> Basis {
        let (names, types_crates) = type_text.names();
        let mut reached: BTreeSet<String> = names;
        let mut seen = vec![false; self.stored.len()];
        let mut any_item = false;
        loop {
            let mut grew = false;
            for (index, stored) in self.stored.iter().enumerate() {
                if seen[index] || !(stored.is_reached(&reached, any_item) || self.may_make(stored, &reached)) {
                    continue;
                }
                if before.is_some_and(|before| stored.came_after(before, &reached)) {
                    continue;
                }
                seen[index] = true;
                grew = true;
                any_item |= stored.layout.is_none();
                reached.extend(stored.layout.as_ref().map_or(&stored.words, |layout| &layout.words).iter().cloned());
            }
            if !grew {
                break;
            }
        }
        // By what they say, not by when they came: rearranging items changes nothing.
        let of_items = self.stored.iter().zip(seen).filter(|(_, seen)| *seen);
        let items = of_items.map(|(stored, _)| stored.layout_hash()).collect();
        let mut hasher = DefaultHasher::new();
        for (name, fingerprint) in crates {
            if any_item || types_crates.contains(name) {
                (name, fingerprint).hash(&mut hasher);
            }
        }
        Basis { items, crates: hasher.finish() }
    }

    /// Is this the call of a macro whose text has one of these names in it?
    fn may_make(&self, call: &Stored, names: &BTreeSet<String>) -> bool {
        let is_called = |stored: &&Arc<Stored>| {
            stored.names.iter().any(|(space, name)| *space == Space::Macro && call.words.contains(name))
        };
        matches!(call.key, Key::Text(_))
            && self.stored.iter().filter(is_called).any(|makes| !makes.words.is_disjoint(names))
    }

    /// Gives up the variables whose types no longer are what they were; their names, in order.
    pub fn give_up_changed(&mut self, crates: &BTreeMap<String, String>) -> Vec<String> {
        let mut lost = Vec::new();
        for (name, kept) in &self.variables {
            let known = crates.iter().filter(|(name, _)| kept.crates.contains(*name));
            let known = known.map(|(name, print)| (name.clone(), print.clone())).collect();
            if self.basis_beside(&kept.type_text, &known, Some(&kept.basis)) != kept.basis {
                lost.push(name.clone());
            }
        }
        for name in &lost {
            self.variables.remove(name);
        }
        lost
    }
}

impl Stored {
    /// A macro by example.
    pub fn is_macro(&self) -> bool {
        self.names.iter().any(|(space, _)| *space == Space::Macro)
    }

    /// What this item says of the layout of values.
    fn layout_hash(&self) -> u64 {
        let Some(layout) = &self.layout else { return self.hash };
        let Key::TraitImpl(key) = &self.key else { return layout.hash };
        // `type Output = P;` stands in many of them.
        let mut hasher = DefaultHasher::new();
        (key, layout.hash).hash(&mut hasher);
        hasher.finish()
    }

    /// Is this an `impl` that a value came without? Its type was whole then, so nothing of it is looked up here: a type or a
    /// constant of a trait cannot be looked up before the `impl` is there. A constant of the type's own would be preferred to
    /// one of a trait, if what the type is made of has that name in it.
    fn came_after(&self, before: &Basis, reached: &BTreeSet<String>) -> bool {
        let may_come = match &self.key {
            Key::TraitImpl(_) => true,
            Key::Member { name, .. } => !reached.contains(name),
            _ => false,
        };
        may_come && self.layout.is_some() && !before.items.contains(&self.layout_hash())
    }

    /// Can the layout of a type that reaches these names hang on this item?
    fn is_reached(&self, names: &BTreeSet<String>, any_item: bool) -> bool {
        if let Some(layout) = &self.layout {
            return layout.hash != 0 && layout.head.iter().any(|name| names.contains(name));
        }
        self.names.iter().any(|(_, name)| names.contains(name))
            || any_item
                && self.names.is_empty()
                && matches!(self.key, Key::Text(_))
                && self.words.iter().any(|word| names.contains(word))
    }
}

impl Key {
    /// The same member of the same type, in whatever `impl` block.
    fn is_member(&self, other: &Key) -> bool {
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
fn self_type_of(layout: &Layout, item: &Item) -> Option<String> {
    let key = match &item.kind {
        ItemKind::TraitImpl { key, .. } => key.rsplit(" for ").next()?,
        ItemKind::InherentImpl { key, .. } => key.split_once("> ").map_or(key.as_str(), |(_, of)| of),
        _ => return None,
    };
    let first = key.split(|c: char| !(c.is_alphanumeric() || c == '_')).find(|word| !word.is_empty())?;
    layout.head.contains(first).then(|| first.to_owned())
}

fn offset_of(code: &str, text: &str) -> usize {
    text.as_ptr() as usize - code.as_ptr() as usize
}
