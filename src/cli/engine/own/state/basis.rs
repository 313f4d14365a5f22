//! What the layout of a value can depend on: the items that its type's names reach, and the crates.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::super::compile::types::TypeText;
use super::{Key, State, StoredItem};
use crate::cli::syntax::split::items::Space;

/// Hashes of everything that the layout of a value can depend on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basis {
    items: BTreeSet<u64>,
    crates: u64,
}

impl Basis {
    /// Are the crates others, whatever became of the items?
    pub fn has_other_crates(&self, other: &Basis) -> bool {
        self.crates != other.crates
    }
}

impl State {
    /// The basis of a new value of this type.
    pub fn basis(&self, type_text: &TypeText, crates: &BTreeMap<String, String>) -> Basis {
        self.basis_with(type_text, crates, None)
    }

    /// The basis of a value made earlier: an `impl` added since then does not affect its layout.
    pub fn basis_of_value(&self, type_text: &TypeText, crates: &BTreeMap<String, String>, before: &Basis) -> Basis {
        self.basis_with(type_text, crates, Some(before))
    }

    fn basis_with(&self, type_text: &TypeText, crates: &BTreeMap<String, String>, before: Option<&Basis>) -> Basis {
        let (names, types_crates) = type_text.names();
        let mut reached: BTreeSet<String> = names;
        let mut seen = vec![false; self.items.len()];
        let mut any_item = false;
        loop {
            let mut grew = false;
            for (index, item) in self.items.iter().enumerate() {
                if seen[index] || !(item.is_reached(&reached, any_item) || self.may_make(item, &reached)) {
                    continue;
                }
                if before.is_some_and(|before| item.came_after(before, &reached)) {
                    continue;
                }
                seen[index] = true;
                grew = true;
                any_item |= item.layout.is_none();
                reached.extend(item.layout.as_ref().map_or(&item.words, |layout| &layout.words).iter().cloned());
            }
            if !grew {
                break;
            }
        }
        // By content and not by order: rearranging items changes nothing.
        let of_items = self.items.iter().zip(seen).filter(|(_, seen)| *seen);
        let items = of_items.map(|(item, _)| item.layout_hash()).collect();
        let mut hasher = DefaultHasher::new();
        for (name, fingerprint) in crates {
            if any_item || types_crates.contains(name) {
                (name, fingerprint).hash(&mut hasher);
            }
        }
        Basis { items, crates: hasher.finish() }
    }

    /// Is this the call of a macro whose text contains one of these names?
    fn may_make(&self, call: &StoredItem, names: &BTreeSet<String>) -> bool {
        let is_called = |item: &&Arc<StoredItem>| {
            item.names.iter().any(|(space, name)| *space == Space::Macro && call.words.contains(name))
        };
        matches!(call.key, Key::Text(_))
            && self.items.iter().filter(is_called).any(|makes| !makes.words.is_disjoint(names))
    }
}

impl StoredItem {
    /// A hash of what in this item affects a value's layout.
    fn layout_hash(&self) -> u64 {
        let Some(layout) = &self.layout else { return self.hash };
        let Key::TraitImpl(key) = &self.key else { return layout.hash };
        // Many of them contain the same `type Output = P;`.
        let mut hasher = DefaultHasher::new();
        (key, layout.hash).hash(&mut hasher);
        hasher.finish()
    }

    /// Is this an `impl` that did not exist when the value was made? Its type was complete then, so nothing is looked
    /// up in this `impl`: an associated type or constant cannot be looked up before its `impl` exists. Only an inherent
    /// constant could take precedence over one of a trait, if the definition of the type mentions its name.
    fn came_after(&self, before: &Basis, reached: &BTreeSet<String>) -> bool {
        let may_come = match &self.key {
            Key::TraitImpl(_) => true,
            Key::Member { name, .. } => !reached.contains(name),
            _ => false,
        };
        may_come && self.layout.is_some() && !before.items.contains(&self.layout_hash())
    }

    /// Can the layout of a type that reaches these names depend on this item?
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
